"""gammu-smsd with its file folders; forwarding by RunOnReceive, as its manual shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bed import DUTY
from tests.benchmarks.contestants.contestant import Contestant, Letter, texts_in

FOLDERS = ("inbox", "outbox", "sent", "error")

SETTINGS = """\
[gammu]
device = {port}
connection = at
synchronizetime = no

[smsd]
service = files
logfile = {folder}/log
inboxpath = {folder}/inbox/
outboxpath = {folder}/outbox/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/error/
runonreceive = {folder}/forward
hangupcalls = 1
"""

# gammu-smsdrc(5): look each second, and ask the modem for nothing else
TUNED = """\
commtimeout = 1
receivefrequency = 1
loopsleep = 1
statusfrequency = 0
checksecurity = 0
checkbattery = 0
checksignal = 0
checknetwork = 0
"""

# "Setting this to 0 disables sleeping. Please note this might cause Gammu to consume quite a lot
# of CPU power as it will effectively do busy loop."
BUSY = TUNED.replace("= 1\n", "= 0\n")

FORWARD = """\
#!/bin/sh
exec gammu-smsd-inject -c {folder}/smsdrc TEXT {duty} -text "$SMS_1_TEXT" >/dev/null 2>&1
"""


class GammuSmsd(Contestant):
    """Debian's, with its own defaults."""

    name = "gammu-smsd default"
    programs = ("gammu-smsd", "gammu-smsd-inject")
    polls = True
    sleeps_s = 30.0
    says_ready = False
    takes_seconds = True
    default_settings = True
    settings = SETTINGS

    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        """See `Contestant`."""
        for each in FOLDERS:
            (folder / each).mkdir()
        (folder / "smsdrc").write_text(self.settings.format(folder=folder, port=port))
        forward = folder / "forward"
        forward.write_text(FORWARD.format(folder=folder, duty=DUTY))
        forward.chmod(0o755)
        for letter in letters:
            (folder / "outbox" / f"OUTA_{letter.recipient}_00.txt").write_text(letter.text)

    def command(self, folder: Path, port: Path) -> list[str]:
        """See `Contestant`."""
        return ["gammu-smsd", "-c", str(folder / "smsdrc")]

    def kept(self, folder: Path) -> str:
        """See `Contestant`."""
        return texts_in(folder / "inbox", folder / "outbox")


class GammuSmsdTuned(GammuSmsd):
    """As often as it can and still sleep."""

    name = "gammu-smsd tuned"
    sleeps_s = 1.0
    takes_seconds = False
    default_settings = False
    settings = SETTINGS + TUNED


class GammuSmsdBusy(GammuSmsd):
    """With every wait at 0: it asks the modem without a pause."""

    name = "gammu-smsd busy loop"
    sleeps_s = 0.1
    takes_seconds = False
    default_settings = False
    settings = SETTINGS + BUSY
