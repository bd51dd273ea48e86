"""smstools' smsd; it forwards by an eventhandler that queues a file, as its example does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bed import DUTY
from tests.benchmarks.contestants.contestant import Contestant, Letter, texts_in

FOLDERS = ("incoming", "outgoing", "checked", "failed", "sent")

SETTINGS = """\
devices = GSM1
logfile = {folder}/log
infofile = {folder}/working
pidfile = {folder}/pid
outgoing = {folder}/outgoing
checked = {folder}/checked
incoming = {folder}/incoming
failed = {folder}/failed
sent = {folder}/sent
stats = {folder}/stats
receive_before_send = no
autosplit = 3
hangup_incoming_call = yes
eventhandler = {folder}/forward
{main}
[GSM1]
device = {port}
init = AT+CLIP=1
incoming = yes
baudrate = 115200
{modem}
"""

# Its manual: whole seconds, and 0 is taken for the default. The registration is asked for only
# before sending.
TUNED_MAIN = "delaytime = 1\ndelaytime_mainprocess = 1\n"
TUNED_MODEM = "check_network = 2\n"

FORWARD = """\
#!/bin/sh
if [ "$1" = RECEIVED ]; then
	file=$(mktemp {folder}/send_XXXXXX)
	{{ echo "To: {duty}"; echo; sed '1,/^$/d' "$2"; }} > "$file"
	mv "$file" {folder}/outgoing/
fi
"""


class Smstools(Contestant):
    """Debian's, with its own defaults."""

    name = "smstools default"
    programs = ("smsd",)
    polls = True
    sleeps_s = 10.0
    says_ready = False
    takes_seconds = True
    default_settings = True
    main = ""
    modem = ""

    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        """See `Contestant`."""
        for each in (*FOLDERS, "stats"):
            (folder / each).mkdir()
        text = SETTINGS.format(folder=folder, port=port, main=self.main, modem=self.modem)
        (folder / "smsd.conf").write_text(text)
        forward = folder / "forward"
        forward.write_text(FORWARD.format(folder=folder, duty=DUTY.removeprefix("+")))
        forward.chmod(0o755)
        for number, letter in enumerate(letters):
            path = folder / "outgoing" / f"letter{number:04d}"
            path.write_text(f"To: {letter.recipient.removeprefix('+')}\n\n{letter.text}")

    def command(self, folder: Path, port: Path) -> list[str]:
        """See `Contestant`."""
        return ["smsd", "-t", f"-c{folder / 'smsd.conf'}"]

    def kept(self, folder: Path) -> str:
        """See `Contestant`."""
        return texts_in(folder / "incoming", folder / "outgoing", folder / "checked")


class SmstoolsTuned(Smstools):
    """With every wait of its manual at its least."""

    name = "smstools tuned"
    sleeps_s = 1.0
    default_settings = False
    main = TUNED_MAIN
    modem = TUNED_MODEM
