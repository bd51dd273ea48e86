"""Dialled digits to the one form under which the network knows a subscriber.

E.164 within one country's dialling plan: "+" or "00" is international, the trunk prefix "0" is
national, anything shorter than a national number (15, 112, 888) is a short code and stays.
"""

from __future__ import annotations

import re
from functools import lru_cache

COUNTRY_CODE = "33"
NATIONAL_DIGITS = 10  # trunk prefix included
SHORT_CODE_DIGITS_MAX = 6

_DIALLABLE = re.compile(r"\+?[0-9*#A-D]{1,28}")  # 24.008 10.5.4.7: BCD digits
_FORWARDABLE = re.compile(r"\+?[0-9]{1,20}")


@lru_cache(maxsize=4096)
def normalise(number: str) -> str:
    """The international form "+33..." of a dialled number; a short code stays as it is.

    Raises ValueError for an empty number or characters that cannot be dialled.
    """
    if _DIALLABLE.fullmatch(number) is None:
        raise ValueError(f"not a number that can be dialled: {number!r}")
    if number.startswith("+"):
        return number
    if number.startswith("00"):
        return "+" + number[2:]
    if number.startswith("0") and len(number) == NATIONAL_DIGITS:
        return f"+{COUNTRY_CODE}{number[1:]}"
    if len(number) > SHORT_CODE_DIGITS_MAX and number.startswith(COUNTRY_CODE):
        return "+" + number
    return number


def is_forwardable(number: str) -> bool:
    """True for a number that may be a forwarded-to number: digits only, no service code."""
    return _FORWARDABLE.fullmatch(number) is not None
