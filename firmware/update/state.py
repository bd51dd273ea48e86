"""How far an update has come, on the disk before each step is taken."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from firmware.update.places import PUBLIC, write_durably


class Step(StrEnum):
    """What has been done; after a power cut the next one is done, or done again."""

    VERIFIED = "verified"        # the package is here, whole and signed
    KEPT = "kept"                # so is the installed version, as a package
    SAVED = "saved"              # and a backup of the data
    INSTALLING = "installing"    # dpkg may have begun
    TRYING = "trying"            # the new version is in place, and not proved
    RETURNING = "returning"      # it has not become ready: dpkg may have begun on the old one
    RETURNED = "returned"        # the old one and data that it can read are in place


@dataclass(frozen=True, slots=True)
class State:
    """``before`` is what was installed, ``sha256`` the new package's. ``tries`` counts how often a
    step was begun. ``with_modem``: the modem was ready before, and has to be again."""

    step: Step
    version: str
    before: str
    sha256: str
    with_modem: bool = False
    tries: int = 0
    cause: str = ""              # why it went back, for whoever looks into it

    @property
    def values(self) -> dict[str, str]:
        return {"version": self.version, "before": self.before}


def write_state(path: Path, state: State) -> None:
    write_durably(path, json.dumps(asdict(state)).encode(), PUBLIC)


def read_state(path: Path) -> State | None:
    """None when no update is under way; one that cannot be read is none either."""
    try:
        table = json.loads(path.read_bytes())
        return State(**{**table, "step": Step(table["step"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
