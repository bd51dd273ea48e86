"""The step with a sound card: what the daemon's sound needs of the unit that shuts it in."""

from __future__ import annotations

import re

from deploy.package.build import ROOT
from tests.vm.box import Box

UNIT = ROOT / "deploy/systemd/veilleur.service"
NAME, CARD = "veilleur-sound", "plughw:Dummy,0"   # ALSA's own card without an instrument
# What would make a service of it, or take the daemon's folders away at its end
LEFT_OUT = r"^(?:Type|NotifyAccess|Restart\w*|Watchdog\w*|ExecStopPost|Runtime\w+|State\w+)=.*\n"


def unit() -> str:
    """The daemon's unit with another program in it, and nothing else of its confinement changed."""
    text = re.sub(LEFT_OUT, "", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    program = f"Type=oneshot\nExecStart=/usr/bin/python3 -P /opt/vm/sound.py {CARD}"
    text, changed = re.subn(r"^ExecStart=.*$", program, text, flags=re.MULTILINE)
    assert changed == 1
    return text.replace("Environment=", "Environment=PYTHONPATH=/usr/lib/veilleur ", 1)


def hears_a_sound_card(box: Box) -> str:
    """A card that comes after the daemon, and a thread that asks to be real-time."""
    box.machine.say("modprobe", "snd-dummy")
    box.machine.say("sh", "-c", f"cat >/run/systemd/system/{NAME}.service", given=unit())
    box.machine.say("systemctl", "daemon-reload")
    done = box.machine.ask("systemctl", "start", NAME)
    said = [line for line in box.log(NAME) if line.startswith("real-time: ")]
    assert done.code == 0, box.log(NAME)
    box.machine.say("rm", f"/run/systemd/system/{NAME}.service")
    box.machine.say("systemctl", "daemon-reload")
    return said[-1]
