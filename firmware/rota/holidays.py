"""The bank holidays of France, with those of Alsace-Moselle (Code du travail L3133-1, L3134-13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

HOLIDAY_CODES = ("FR", "FR-57", "FR-67", "FR-68")  # ISO 3166-2; the last three: Alsace-Moselle

_FIXED = (  # L3133-1: month, day, name
    (1, 1, "new_year"),
    (5, 1, "labour_day"),
    (5, 8, "victory_1945"),
    (7, 14, "national_day"),
    (8, 15, "assumption"),
    (11, 1, "all_saints"),
    (11, 11, "armistice_1918"),
    (12, 25, "christmas"),
)
_FROM_EASTER = (  # L3133-1: days after Easter Sunday, name
    (1, "easter_monday"),
    (39, "ascension"),
    (50, "whit_monday"),
)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def bank_holidays(code: str, good_friday: bool, year: int) -> Mapping[date, str]:
    """The bank holidays of ``year`` and their names (``easter_monday``); ValueError on a bad code.

    Good Friday is one only in communes with a Protestant or mixed church (L3134-13): a switch.
    """
    if code not in HOLIDAY_CODES:
        raise ValueError(f"{code!r} is none of {', '.join(HOLIDAY_CODES)}")
    sunday = easter(year)
    found = {date(year, month, day): name for month, day, name in _FIXED}
    found |= {sunday + timedelta(days=days): name for days, name in _FROM_EASTER}
    if code != "FR":
        found[date(year, 12, 26)] = "saint_stephen"
    if good_friday:
        found[sunday - timedelta(days=2)] = "good_friday"
    return MappingProxyType(dict(sorted(found.items())))
