"""State tables written as rows and columns, and read as (state, sign) -> what to do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

State = TypeVar("State", bound=Enum)
Sign = TypeVar("Sign", bound=Enum)

NOTHING = "-"


def table(
    columns: tuple[Sign, ...], rows: Mapping[State, str]
) -> Mapping[tuple[State, Sign], str]:
    """The cells of ``rows``: for each state one word a column, the name of the method that does
    it, `NOTHING` where the sign means nothing in that state. ValueError for a row with holes."""
    cells: dict[tuple[State, Sign], str] = {}
    for state, text in rows.items():
        words = text.split()
        if len(words) != len(columns):
            raise ValueError(f"{state}: {len(words)} cells for {len(columns)} signs")
        cells |= {(state, sign): word for sign, word in zip(columns, words, strict=True)}
    return cells
