"""The floor, and the library: two scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hw.simulator.tpdu import Submit, encode_address
from hw.simulator.user_data import Coding, UserData
from tests.benchmarks.bed import DUTY
from tests.benchmarks.contestants.contestant import PYTHON, Contestant, Letter, letters_file

HERE = Path(__file__).parent


class Floor(Contestant):
    """Reads the same bytes, commits one row with synchronous=FULL, and answers.

    It gets its letters as PDUs and copies the user data of what it forwards: no codec.
    """

    name = "floor"

    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        """See `Contestant`."""
        (folder / "letters").write_text("\n".join(_pdu(each) for each in letters))

    def command(self, folder: Path, port: Path) -> list[str]:
        """See `Contestant`."""
        files = (HERE / "floor_script.py", port, folder / "rows.db")
        return [PYTHON, *map(str, files), encode_address(DUTY).hex(), str(folder / "letters")]


def _pdu(letter: Letter) -> str:
    """27.005 3.1 <pdu> in hexadecimal, after an empty service centre address."""
    submit = Submit(0, letter.recipient, UserData(Coding.GSM7, letter.text))
    return "00" + submit.encode().hex().upper()


class GsmModemLibrary(Contestant):
    """python-gsmmodem-new's `GsmModem` with its callbacks. It keeps nothing on disk."""

    name = "python-gsmmodem"

    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        """See `Contestant`."""
        letters_file(folder, letters)

    def command(self, folder: Path, port: Path) -> list[str]:
        """See `Contestant`."""
        script = HERE / "gsmmodem_script.py"
        return [PYTHON, "-W", "ignore", *map(str, (script, port, DUTY, folder / "letters"))]
