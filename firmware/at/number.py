"""The one gate through which a telephone number gets into a command."""

from __future__ import annotations

import re
from typing import Final

# E.164 6.1: at most 15 digits, and a country code never starts with 0.
_INTERNATIONAL: Final = re.compile(r"\+[1-9][0-9]{6,14}")
# 22.030 6.5.2: codes are made of digits, * and #, and end with #.
_MMI_CODE: Final = re.compile(r"[*#][0-9*#+]{1,60}#")


class UnsafeNumber(ValueError):  # noqa: N818 - named by who is at fault
    """A number or code that must not be put into a command."""


def international_number(text: str) -> str:
    """``text`` when it is ``+`` and 7 to 15 ASCII digits; raises ``UnsafeNumber``."""
    if not isinstance(text, str) or _INTERNATIONAL.fullmatch(text) is None:
        raise UnsafeNumber(f"not an international number: {text!r}")
    return text


def mmi_code(text: str) -> str:
    """``text`` when it is a supplementary-service code such as ``*#61#``; raises ``UnsafeNumber``.

    Codes are dialled or sent by +CUSD (22.030 6.5.2).
    """
    if not isinstance(text, str) or _MMI_CODE.fullmatch(text) is None:
        raise UnsafeNumber(f"not a supplementary-service code: {text!r}")
    return text
