"""Telephone numbers as people write them, brought to E.164."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException

from firmware.rota.text import TextError, quoted

E164 = re.compile(
    r"\+[1-9][0-9]{6,14}"
)  # E.164 6: at most 15 digits, no country code begins with 0
COUNTRY_CODE = re.compile(r"[1-9][0-9]{0,2}")  # E.164 6.2.1

UNKNOWN, INTERNATIONAL, NATIONAL = 0, 1, 2   # 24.008 10.5.4.7, type of number

# (0) stands for the trunk prefix that is dialled at home only: +33 (0)6 01 02 03 04
_TRUNK_IN_BRACKETS = re.compile(r"(?<=[0-9])\(0\)")
_SEPARATORS = re.compile(r"[-./()]")


class NumberFault(TextError):  # noqa: N818 - a fault of the input, named like the others
    """A text that is no telephone number of this form; its message says why."""


def normalise_number(text: str, country_code: str) -> str:
    """``06 01 02 03 04`` with ``33`` as ``+33601020304``.

    It also takes ``0033 6...`` and ``+33 (0)6...``. Blanks, points, hyphens, slashes and brackets
    do not count. A national number begins with the trunk prefix 0. Raises ``NumberFault``.
    """
    if not COUNTRY_CODE.fullmatch(country_code):
        raise NumberFault(
            "the country code {code} is not one to three digits", code=quoted(country_code)
        )
    bare = "".join(c for c in text if unicodedata.category(c) not in ("Zs", "Cf", "Pd") or c == "-")
    bare = _SEPARATORS.sub("", _TRUNK_IN_BRACKETS.sub("", bare))
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    elif bare.startswith("0"):
        bare = f"+{country_code}{bare[1:]}"
    if not bare.startswith("+"):
        raise NumberFault("it begins neither with + nor with 0")
    if not E164.fullmatch(bare):
        if re.fullmatch(r"\+[0-9]*", bare) is None:
            raise NumberFault("it holds something that is no digit")
        raise NumberFault("it must have 7 to 15 digits after the +, the first of them not 0")
    return bare


def heard_number(text: str, kind: int, country_code: str) -> str:
    """A number as a network tells it, in E.164; ``kind`` is its type of number (24.008 10.5.4.7).

    Some modems leave the + of an international number out; a national one may lack the 0 that is
    dialled at home. Of an unknown type it may be the site's own country's, with neither + nor 0.
    Raises ``NumberFault``.
    """
    told = text.strip()
    if told[:1] in set("123456789"):
        if kind == INTERNATIONAL or (kind == UNKNOWN and _is_of(country_code, told)):
            told = f"+{told}"
        elif kind == NATIONAL:
            told = f"0{told}"
    return normalise_number(told, country_code)


def type_of_number(octet: int | None) -> int:
    """The type of number in a type of address (129, 145, 161 ...); unknown where it is not told."""
    return UNKNOWN if octet is None else octet >> 4 & 0b111


def _is_of(country_code: str, digits: str) -> bool:
    """Whether the digits are a whole number of that country behind its code, and not one of home
    that lacks its 0."""
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except NumberParseException:
        return False
    return str(parsed.country_code) == country_code and phonenumbers.is_valid_number(parsed)
