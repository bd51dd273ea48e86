"""Updates of a real box: the real package, daemon, page, dpkg and a simulated modem, in a root of
its own without a network. Run by `updates.py` under `unshare -mn`; ends at what does not hold.

systemd does not run here: `systemctl` in that root is 20 lines that start and end the two programs
under their users. What systemd itself does with the units is for the virtual machine.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRON = {"PATH": PATH, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
DATA = "/var/lib/veilleur"
SYSTEMCTL = """\
#!/bin/sh
# Ends and starts the two programs, as systemd would
end() { for name in daemon page; do
	pid=$(cat /run/$name.pid 2>/dev/null) && kill "$pid" 2>/dev/null \\
		&& tail --pid="$pid" -f /dev/null
	rm -f /run/$name.pid; done; }
begin() { # NAME USER ARGUMENTS
	name=$1 user=$2; shift 2
	VEILLEUR_RUNTIME=/run/veilleur setsid setpriv --reuid "$user" --regid veilleur --init-groups \\
		/usr/bin/veilleur "$@" --data /var/lib/veilleur >>/srv/$name.log 2>&1 </dev/null &
	echo $! >/run/$name.pid; }
case "$*" in *veilleur*) ;; *) exit 0 ;; esac
case "$*" in
*restart*|*start*) end
	begin daemon veilleur run --port /srv/modem
	begin page veilleur-web web --listen 127.0.0.1:8099 ;;
*stop*) end ;;
esac
"""
BETWEEN_LOOKS = threading.Event()   # that nothing sets
STEPS = ("verified", "kept", "saved", "installing", "trying")
TOML = '[clock]\ntrust = "system"\n'


class Story:
    """One root; ``inside`` runs a command there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def inside(self, *command: str, code: int | None = 0, text: str = "") -> str:
        done = subprocess.run(
            ["chroot", self.root, *command], env=ENVIRON, input=text, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if code is not None and done.returncode != code:
            raise SystemExit(f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout + (done.stderr if code is None else "")

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    def prepare(self, old: Path) -> None:
        for command in (
            f"mount -t proc proc {self.root}/proc",
            f"mount -t tmpfs tmpfs {self.root}/srv",
            f"mount -t tmpfs tmpfs {self.root}/run",
            f"mount --rbind /dev {self.root}/dev",
            "ip link set lo up",
        ):
            subprocess.run(command.split(), check=True)
        self.path("/srv").chmod(0o1777)
        shim = self.path("/usr/local/bin/systemctl")
        shim.write_text(SYSTEMCTL)
        shim.chmod(0o755)
        self.path("/srv/old.deb").write_bytes(old.read_bytes())
        self.inside("dpkg", "-i", "/srv/old.deb")
        self.inside("install", "-d", "-o", "veilleur", "-g", "veilleur", "/run/veilleur")
        self.path("/etc/default").mkdir(exist_ok=True)
        self.path("/etc/default/veilleur").write_text("VEILLEUR_LISTEN=127.0.0.1:8099\n")
        self.modem = subprocess.Popen(
            ["chroot", self.root, "veilleur", "modem", "--profile", "generic", "--pty",
             "/srv/modem"], env=ENVIRON, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.until(lambda: self.path("/srv/modem").is_symlink(), "the modem")
        self.path(os.readlink(self.path("/srv/modem"))).chmod(0o666)

    def load(self, site: Path) -> None:
        """A company's rota, as its administrator has it."""
        self.path("/srv/site.toml").write_bytes(site.read_bytes())
        self.inside("veilleur", "import", "/srv/site.toml", "--data", DATA)
        self.path(f"{DATA}/veilleur.toml").write_text(TOML)
        self.inside("chmod", "640", f"{DATA}/veilleur.toml")
        self.inside("chown", "-R", "veilleur:veilleur", DATA)

    def until(self, holds: Callable[[], bool], what: str, within_s: float = 300.0) -> None:
        ends = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > ends:
                raise SystemExit(f"{what} has not come within {within_s:.0f} s")
            BETWEEN_LOOKS.wait(0.02)

    def version(self) -> str:
        return self.inside("dpkg-query", "-W", "-f", "${Version}", "veilleur").strip()

    def is_sound(self) -> None:
        for command in (("dpkg", "--audit"), ("dpkg", "-V", "veilleur")):
            said = self.inside(*command)
            assert said == "", said

    def modem_is_ready(self) -> bool:
        for path in self.path("/run/veilleur").glob("*/pulse.json"):
            return bool(json.loads(path.read_text())["modem"] == "ready")
        return False

    def outcome(self) -> str:
        table = json.loads(self.path("/var/lib/veilleur-update/outcome.json").read_text())
        return str(table["what"])

    def lines(self) -> list[dict[str, object]]:
        said = self.inside("veilleur", "journal", "--data", DATA, "--json")
        return [json.loads(line) for line in said.splitlines()]

    def put(self, bundle: Path) -> str:
        place = "/srv/update.bundle"
        self.path(place).write_bytes(bundle.read_bytes())
        return place

    def brought(self, bundle: Path) -> str:
        """The page lays it down as its own user, systemd's path unit starts this."""
        place = "/var/lib/veilleur-update/incoming/update.bundle"
        as_page = ("setpriv", "--reuid", "veilleur-web", "--regid", "veilleur", "--init-groups")
        self.inside(*as_page, "install", "-m", "600", self.put(bundle), place)
        said = self.inside("veilleur", "update", "--brought", code=None)
        assert not self.path(place).exists(), said
        assert self.inside("veilleur", "update", "--brought") == ""   # nothing more to do
        return said

    def step(self) -> str:
        try:
            text = self.path("/var/lib/veilleur-update/state.json").read_text()
            return str(json.loads(text)["step"])
        except (OSError, ValueError):
            return ""

    def start_again(self) -> None:
        """The machine boots: the guide settles, the services start, the guide goes on."""
        guide = "/var/lib/veilleur-update/work/updater.pyz"
        if self.step():
            self.inside("/usr/bin/python3", "-I", guide, "settle")
        self.inside("systemctl", "start", "veilleur.service")
        if self.step():
            self.inside("/usr/bin/python3", "-I", guide, "go-on", code=None)

    def cut(self, bundle: str, step: str, after_s: float) -> None:
        """Start the update and kill everything some time after it has come to ``step``."""
        running = subprocess.Popen(
            ["chroot", self.root, "veilleur", "update", bundle], env=ENVIRON,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        later = STEPS[STEPS.index(step) :]
        self.until(lambda: self.step() in later or running.poll() is not None, step)
        BETWEEN_LOOKS.wait(after_s)
        assert running.poll() is None, f"it was over before it came to {step}"
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        self.inside("systemctl", "stop", "veilleur.service")


def say(text: str) -> None:
    print(f"== {text}", flush=True)


def tell(story: Story, good: Path, broken: Path, older: str) -> None:
    story.inside("systemctl", "start", "veilleur.service")
    story.until(story.modem_is_ready, "ready")
    exported = story.inside("veilleur", "export", "--data", DATA)

    began = time.monotonic()
    said = story.brought(good)
    took_s = time.monotonic() - began
    say(f"a good version, laid down as the page does: {story.outcome()} in {took_s:.1f} s")
    assert (story.outcome(), story.version()) == ("installed", "9.9.9"), said
    story.is_sound()
    assert story.modem_is_ready()

    say("the same once more, which is refused")
    assert "has 9.9.9 already" in story.inside("veilleur", "update", story.put(good), code=2) + (
        story.inside("veilleur", "update", story.put(good), code=None)
    )
    story.inside("dpkg", "-i", "--force-downgrade", "/srv/old.deb")
    story.inside("systemctl", "start", "veilleur.service")
    story.until(story.modem_is_ready, "ready")

    began = time.monotonic()
    said = story.inside("veilleur", "update", story.put(broken), code=None)
    say(f"one that never becomes ready: {story.outcome()} in {time.monotonic() - began:.1f} s")
    assert (story.outcome(), story.version()) == ("returned", older), said
    story.is_sound()
    assert story.modem_is_ready()
    assert story.inside("veilleur", "export", "--data", DATA) == exported
    outcomes = [line["outcome"] for line in story.lines()]
    assert "restored" in outcomes, "the data were not put back"
    assert "heard by the broken version" in outcomes, "what came in meanwhile is lost"

    chance = random.Random(7)
    for step in ("verified", "kept", "saved", "installing", "installing", "installing", "trying"):
        after_s = chance.uniform(0, 1.5) if step == "installing" else chance.uniform(0, 0.05)
        story.cut(story.put(good), step, after_s)
        found = story.step(), story.inside("dpkg", "--audit")
        story.start_again()
        left = "half of it" if found[1] else "nothing half"
        say(f"cut {after_s:.2f} s into {step} (of dpkg {left}): {story.version()}")
        story.is_sound()
        assert story.step() == ""
        assert story.version() in ("9.9.9", older)
        assert not found[0] or story.version() == "9.9.9"
        story.until(story.modem_is_ready, "ready")
        assert story.inside("veilleur", "export", "--data", DATA) == exported
        story.inside("dpkg", "-i", "--force-downgrade", "/srv/old.deb")
        story.inside("systemctl", "start", "veilleur.service")
        story.until(story.modem_is_ready, "ready")


def main() -> None:
    root, old, good, broken, site = map(Path, sys.argv[1:6])
    story = Story(root)
    try:
        story.prepare(old)
        story.load(site)
        tell(story, good, broken, story.version())
        say("done")
    finally:
        story.inside("systemctl", "stop", "veilleur.service", code=None)
        story.modem.kill()
        for log in ("daemon", "page"):
            path = story.path(f"/srv/{log}.log")
            print(f"-- {log}\n{path.read_text()[-1500:] if path.exists() else ''}")


if __name__ == "__main__":
    main()
