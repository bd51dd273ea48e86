"""Overrides: absences, additions and replacements; the latest entered wins.

Each rotation, and each addition, gives a place to somebody. Whoever has a place can give way to an
override entered after he came to it: the latest replacement decides, and the one whom it brings in
can give way again to what was entered after it. Without a replacement an absence leaves the place
empty. So cover that is found after an absence was entered acts, and a second replacement of the
same person takes the place of the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from firmware.rota.values import DutyType, Override

Crew = dict[str, DutyType]


def apply(overrides: Sequence[Override], crew: Crew, added_type: DutyType) -> Crew:
    """The people on duty after ``overrides``, given in the order of entry, with their duty types.

    A replacement keeps the type of the place that it takes; an addition has ``added_type``.
    """
    places = [(name, duty_type, -1) for name, duty_type in crew.items()]
    for entered, override in enumerate(overrides):
        if override.out is None and override.in_ is not None:
            places.append((override.in_, added_type, entered))
    found: Crew = {}
    for name, duty_type, entered in places:
        holder = _holder(overrides, name, entered)
        if holder is not None:
            found.setdefault(holder, duty_type)
    return found


def _holder(overrides: Sequence[Override], name: str, entered: int) -> str | None:
    """Who has the place that ``name`` came to by override number ``entered`` (-1: a rotation)."""
    while True:
        about = [i for i in range(entered + 1, len(overrides)) if overrides[i].out == name]
        if not about:
            return name
        replaced = [(i, brought) for i in about if (brought := overrides[i].in_) is not None]
        if not replaced:
            return None
        entered, name = replaced[-1]
