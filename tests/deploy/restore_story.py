"""What `deploy/RESTORE.md` says, done to the letter: an old box's stick, a new box, and a watch.

Run by `updates.py` under `unshare -mn`. The old box makes its backup onto a stick on a loop device;
what udev would do, naming the stick below /dev/disk/by-label, is done here by hand.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.deploy.update_story import DATA, ENVIRON, Story, say

PAGE = Path(__file__).parents[2] / "deploy/RESTORE.md"
WORDS = "quatre chevaux a l'ecurie"
LIMIT_S = 300.0


def commands() -> list[str]:
    """The lines of the page's block of commands."""
    text = PAGE.read_text(encoding="utf-8")
    block = re.search(r"## By commands.*?```sh\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return block[1].strip().splitlines()


def typed(story: Story, line: str) -> None:
    """At a terminal, where somebody answers when asked for the passphrase."""
    child, terminal = pty.fork()
    if child == 0:
        os.chroot(story.root)
        os.chdir("/")
        os.execve("/bin/sh", ["sh", "-c", line], ENVIRON)  # noqa: S606 - the line is what is tried
    said = b""
    try:
        while data := os.read(terminal, 4096):
            said += data
            if said.endswith(b"Passphrase of the backup: "):
                os.write(terminal, WORDS.encode() + b"\n")
    except OSError:
        said += b"\n"   # the terminal ends with its program
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, f"{line}\n{said.decode()}"


def stick_in(story: Story, device: str) -> None:
    """What udev does."""
    folder = story.path("/dev/disk")
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    (folder / "by-label").mkdir()
    (folder / "by-label/VEILLEUR").symlink_to(device)


def old_box(story: Story, package: Path, site: Path, device: str) -> str:
    story.prepare(package)
    story.load(site)
    story.inside("systemctl", "start", "veilleur.service")
    story.until(story.modem_is_ready, "ready")
    story.path("/srv/words").write_text(f"{WORDS}\n")
    stick_in(story, device)
    story.path("/media").mkdir(exist_ok=True)
    story.inside("mount", device, "/media")
    story.inside(
        "veilleur", "backup", "/media/veilleur-20260303T023000Z.age", "--data", DATA,
        "--passphrase-file", "/srv/words",
    )  # fmt: skip
    story.inside("umount", "/media")
    exported = story.inside("veilleur", "export", "--data", DATA)
    story.inside("systemctl", "stop", "veilleur.service")
    story.modem.kill()
    return exported


def main() -> None:
    old, new, package, site, device = sys.argv[1:6]
    stories = Story(Path(old)), Story(Path(new))
    try:
        exported = old_box(stories[0], Path(package), Path(site), device)
        story = stories[1]
        story.prepare(Path(package))
        stick_in(story, device)
        story.inside("systemctl", "start", "veilleur.service")
        began = time.monotonic()
        for line in commands():
            typed(story, line)
        story.until(story.modem_is_ready, "ready", LIMIT_S)
        took_s = time.monotonic() - began
        assert story.inside("veilleur", "export", "--data", DATA) == exported
        assert any(line["outcome"] == "restored" for line in story.lines())
        assert len(story.lines()) > 2, "the old box's journal is not there"
        assert took_s < LIMIT_S
        say(f"restored and ready in {took_s:.1f} s")
        say("done")
    finally:
        for each in stories:
            each.inside("systemctl", "stop", "veilleur.service", code=None)
            each.modem.kill()


if __name__ == "__main__":
    main()
