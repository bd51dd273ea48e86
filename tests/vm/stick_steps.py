"""The steps with a USB stick: a backup on it by day and by night, what is refused, an update."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.vm.box import DATA, Box
from tests.vm.chain import UPDATE, updated
from tests.vm.release import NEWEST, newer
from tests.vm.root import CACHE, our_package
from tests.vm.stick import Stick

PASSPHRASE = "sept mulets gris sous la pluie"  # noqa: S105 - of a test
VEILLEUR = (sys.executable, "-m", "firmware")
ROOM = CACHE / "sticks"
SLOW = 250_000   # octets a second: the copying of a bundle lasts a minute, and is cut short


def leaves_backups_on_a_stick(box: Box) -> str:
    """Plugged in, a stick gets a sealed backup, and each night another; one that is restored
    elsewhere holds what the box holds."""
    own = f"umask 077; cat >{DATA}/stick-passphrase"
    box.machine.say("runuser", "-u", "veilleur-web", "--", "sh", "-c", own, given=PASSPHRASE)
    stick = _new("stick")
    began_s = time.monotonic()
    box.machine.plug(stick.path)
    box.until(lambda: _told(box, "stick").get("what") == "written", "a backup on the stick")
    took_s = time.monotonic() - began_s
    first = _told(box, "stick")["written_at"]
    box.machine.say("runuser", "-u", "veilleur", "--", "touch", "/run/veilleur/night-done")
    box.until(lambda: _told(box, "stick")["written_at"] != first, "the night's")
    _let_end(box)
    box.machine.unplug(stick.path)
    names = stick.names()
    assert len(names) == 2, names
    assert all(name.endswith(".age") for name in names)
    there = ("veilleur", "export", "--data", DATA)
    assert _restored(stick.take(names[-1], ROOM)) == box.machine.say(*there)
    return f"written {took_s:.0f} s after the plug; {names[0]}, by night {names[1]}"


def refuses_what_a_stick_brings(box: Box) -> str:
    """A bundle that somebody changed, two sticks, a stick pulled out while it is read: told, and
    nothing is different afterwards."""
    before = _state(box)
    bundle = newer(our_package(), CACHE, NEWEST)
    changed, pulled, other = _new("changed"), _new("pulled"), _new("other")
    spoilt = bytearray(bundle.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    (ROOM / bundle.name).write_bytes(spoilt)
    changed.put(ROOM / bundle.name)
    pulled.put(bundle)
    box.machine.plug(changed.path)
    box.until(lambda: _told(box, "outcome").get("what") == "changed", "the change is seen")
    _let_end(box)
    box.machine.plug(other.path)
    box.until(lambda: _told(box, "outcome").get("what") == "two_sticks", "two are too many")
    _let_end(box)
    box.machine.unplug(changed.path)
    box.machine.unplug(other.path)
    box.machine.plug(pulled.path, octets_per_s=SLOW)
    draft = ("test", "-e", f"{UPDATE}/incoming/.update.bundle.stick")
    box.until(lambda: box.machine.ask(*draft).code == 0, "the stick is being read")
    box.machine.unplug(pulled.path)
    box.until(lambda: _told(box, "outcome").get("what") == "stick_gone", "it was pulled out")
    _let_end(box)
    assert _state(box) == before
    return "changed, two_sticks, stick_gone; the same version, nothing laid down"


def takes_an_update_from_a_stick(box: Box) -> str:
    """The same road as from the page, with the stick left in over both restarts."""
    stick = _new("update")
    stick.put(newer(our_package(), CACHE, NEWEST))
    figures = updated(box, NEWEST, lambda: box.machine.plug(stick.path, stays=True))
    box.until(lambda: _told(box, "stick").get("what") == "written", "a backup on the stick")
    _let_end(box)
    box.machine.unplug(stick.path)
    assert any(name.endswith(".age") for name in stick.names())
    outcome = _told(box, "outcome")["what"]
    assert outcome == "installed", f"a stick that stays in is no news: {outcome}"
    return figures


def _new(name: str) -> Stick:
    ROOM.mkdir(parents=True, exist_ok=True)
    return Stick(ROOM / f"{name}.img")


def _told(box: Box, what: str) -> dict[str, str]:
    """The small file that the page reads: of the last update, or of the last backup on a stick."""
    done = box.machine.ask("cat", f"{UPDATE}/{what}.json")
    found: dict[str, str] = json.loads(done.out) if done.code == 0 else {}
    return found


def _let_end(box: Box) -> None:
    """The stick's services tell first and then put away."""
    units = ("veilleur-stick", "veilleur-stick-night")
    box.until(
        lambda: all(box.property("ActiveState", unit) == "inactive" for unit in units), "its end"
    )


def _state(box: Box) -> tuple[str, str]:
    """Version, and what lies where updates are laid."""
    version = box.machine.say("dpkg-query", "-W", "-f=${Version}", "veilleur")
    return version, box.machine.say("ls", "-A", f"{UPDATE}/incoming")


def _restored(backup: Path) -> str:
    """What a box that was made of this backup exports."""
    data = ROOM / "restored"
    subprocess.run(["rm", "-rf", data], check=True)
    (ROOM / "passphrase").write_text(PASSPHRASE)
    opened = (backup, "--data", data, "--passphrase-file", ROOM / "passphrase")
    subprocess.run([*VEILLEUR, "restore", *opened], check=True, capture_output=True)
    done = subprocess.run(
        [*VEILLEUR, "export", "--data", data], check=True, capture_output=True, text=True
    )
    return done.stdout
