"""The swaps that concern somebody, as the daemon keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.duty.swap_parts import (
    AGREED,
    ASKED,
    DECLINED,
    SILENT,
    STALE,
    WITHDRAWN,
    Part,
    parts_of,
)
from web.box import box
from web.language import N_
from web.reader import reader

STATES = {
    ASKED: N_("waits for the answer"),
    AGREED: N_("agreed"),
    DECLINED: N_("declined"),
    SILENT: N_("not answered"),
    STALE: N_("not possible any more"),
    WITHDRAWN: N_("taken back"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: ``parts`` are what changes hands, ``state`` a message of the catalogue."""

    alert: int
    parts: tuple[Part, ...]
    is_open: bool
    by_me: bool
    state: str


def asked_of(name: str) -> list[Asked]:
    """The newest first; what is over is shown until its shifts are."""
    found = []
    for alert, value in box().store.swaps():
        try:
            parts = parts_of(value)
        except ValueError:
            continue  # written by another version of the program
        state = str(value.get("state"))
        if name not in (parts[0].giver, parts[0].taker) or state not in STATES:
            continue
        if max(part.end for part in parts) > reader().now:
            by_me = parts[0].giver == name
            found.append(Asked(alert, parts, state == ASKED, by_me, STATES[state]))
    return sorted(found, key=lambda each: -each.alert)
