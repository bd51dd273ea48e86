"""What came of an update, for the page, the alarm and the lights: one small file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from firmware.update.places import PUBLIC, write_durably

SIZE_MAX = 4096


class What(StrEnum):
    """Of all but the last three nothing was changed."""

    NOT_A_BUNDLE = "not_a_bundle"
    CUT_OFF = "cut_off"              # half a download
    SIGNATURE = "signature"          # not the one of what it should have signed
    OTHER_KEY = "other_key"          # by somebody whom this box does not know
    CHANGED = "changed"              # the package is not the one that was signed for
    NO_KEY = "no_key"                # this box knows nobody whose updates it takes
    ARCHITECTURE = "architecture"
    OLDER = "older"                  # or the same
    TOO_FAR = "too_far"              # another version has to be installed first
    NO_ROOM = "no_room"
    NOT_SAVED = "not_saved"          # the data could not be backed up
    STICK_GONE = "stick_gone"
    TWO_STICKS = "two_sticks"
    TWO_FILES = "two_files"
    INSTALLED = "installed"
    RETURNED = "returned"            # the new version did not become ready: the old one is back
    STUCK = "stuck"                  # and not even that worked


class Refused(Exception):  # noqa: N818 - it says what became of the update
    """Nothing was changed, and why; ``values`` go into the sentence."""

    def __init__(self, what: What, **values: str) -> None:
        super().__init__(f"{what.value} {values}" if values else what.value)
        self.what, self.values = what, values


@dataclass(frozen=True, slots=True)
class Outcome:
    """``values``: ``version`` (of the update), ``before`` (the box's), and what a cause needs."""

    what: What
    at: datetime
    values: Mapping[str, str] = field(default_factory=dict)


def tell(path: Path, what: What, values: Mapping[str, str]) -> Outcome:
    """Write it down. ``OSError`` if the disk takes nothing."""
    outcome = Outcome(what, datetime.now(UTC).replace(microsecond=0), dict(values))
    table = {"what": what.value, "at": outcome.at.isoformat(), "values": dict(values)}
    write_durably(path, json.dumps(table).encode(), PUBLIC)
    return outcome


def read_outcome(path: Path) -> Outcome | None:
    """None if there is none, or none that could be believed."""
    try:
        with path.open("rb") as file:
            table = json.loads(file.read(SIZE_MAX))
        at = datetime.fromisoformat(table["at"])
        values = {str(key): str(value) for key, value in table["values"].items()}
        return Outcome(What(table["what"]), at, values) if at.tzinfo is not None else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
