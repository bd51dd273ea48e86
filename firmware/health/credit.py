"""The SIM's credit: asked by USSD, read out of the operator's words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from firmware.rota.health_table import AMOUNT
from firmware.sms.octets import unpack_septets

TEXT_MAX = 1000   # characters of an answer that are looked through
# 1234, 12,50, 12.5, 1 234,56; no part of 1.234,56, of which nobody can tell what its point means
_AMOUNT = re.compile(
    r"(?<![0-9])(?<![0-9][.,])-?[0-9]{1,9}(?: [0-9]{3})*"
    r"(?:[.,][0-9]{1,2}(?![0-9]|[.,][0-9])|(?![0-9]|[.,][0-9]| [0-9]{3}))"
)
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")


@dataclass(frozen=True, slots=True)
class Credit:
    """What the operator said: the amount, None where the pattern did not find one."""

    text: str
    amount: Decimal | None


def read_credit(text: str, dcs: int | None, pattern: str) -> Credit:
    """The answer of the operator, read with the site's pattern."""
    shown = " ".join(readable(text, dcs)[:TEXT_MAX].split())
    return Credit(shown, amount_in(shown, pattern))


def amount_in(text: str, pattern: str) -> Decimal | None:
    """The number that stands in ``text`` where ``{amount}`` stands in ``pattern``. Case, accents
    and the number of blanks do not matter."""
    before, _, after = pattern.partition(AMOUNT)
    folded, ahead, behind = _plain(text), _plain(before).lstrip(), _plain(after).rstrip()
    for match in _AMOUNT.finditer(folded):
        if _ends_with(folded[: match.start()], ahead) and _begins_with(
            folded[match.end() :], behind
        ):
            return Decimal(match[0].replace(" ", "").replace(",", "."))
    return None


def readable(text: str, dcs: int | None) -> str:
    """What a modem that hands the octets on in hexadecimal means (23.038 5: UCS-2 or packed
    septets); any other text as it is."""
    if _HEXADECIMAL.fullmatch(text) is None:
        return text
    octets = bytes.fromhex(text)
    if dcs is not None and ((dcs & 0xCC) == 0x48 or dcs == 0x11):  # 23.038 5: UCS-2
        return octets.decode("utf-16-be", "replace")
    if dcs is not None and not _is_packed(dcs):
        return text
    septets = unpack_septets(octets, len(octets) * 8 // 7)
    letters = "".join(chr(septet) for septet in septets).rstrip("\r\x00")
    # digits, letters and punctuation have their ASCII places in the GSM alphabet
    return letters if letters.isprintable() else text


def _is_packed(dcs: int) -> bool:
    """23.038 5: septets of the default alphabet, whatever the language (3 is French) or class."""
    by_language = dcs & 0xF0 in (0x00, 0x20)
    return by_language or dcs & 0xEC == 0x40 or dcs & 0xF4 == 0xF0


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split(" "))


def _ends_with(text: str, ahead: str) -> bool:
    return text.rstrip().endswith(ahead.rstrip())


def _begins_with(text: str, behind: str) -> bool:
    return text.lstrip().startswith(behind.lstrip())
