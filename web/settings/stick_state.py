"""When a backup was last written onto a stick, and why none was since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from firmware.update.places import places
from firmware.update.sticks import PASSPHRASE, read_stick
from web.box import box
from web.language import N_

WORDS = {
    "full": N_("The stick is full: the last backup could not be written."),
    "failed": N_("The last backup could not be written: the stick was pulled out, is worn or is "
                 "write-protected."),
    "two_sticks": N_("Two sticks named VEILLEUR are plugged in: pull one out."),
    "no_stick": N_("No stick named VEILLEUR is plugged in."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StickState:
    """``trouble`` is a message, empty if there is none."""

    is_set: bool
    written_at: datetime | None
    trouble: str


def stick_state() -> StickState:
    known = read_stick(places().stick)
    is_set = (box().data_dir / PASSPHRASE).exists()
    if known is None:
        return StickState(is_set, None, "")
    return StickState(is_set, known.written_at, WORDS.get(known.what, "") if is_set else "")
