"""The national language shift tables of 3GPP 23.038 annex A, as far as this box reads them.

Turkish (1), Spanish (2) and Portuguese (3) are whole. Of the nine Indic tables and the Urdu one
(4 to 13) only the characters on which all ten agree are kept: Latin letters, digits, punctuation.
Each other septet becomes U+FFFD, so that a reader sees that something is missing, and how much.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ESCAPE = 0x1B  # 23.038 6.2.1, to the extension table
UNREADABLE = "\ufffd"

# 23.038 6.2.1: position in the string is the septet; 0x1B stands for the escape itself.
DEFAULT_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# 23.038 6.2.1.1; 0x0A is the page break.
DEFAULT_EXTENSION: Mapping[int, str] = MappingProxyType(
    {
        0x0A: "\f",
        0x14: "^",
        0x28: "{",
        0x29: "}",
        0x2F: "\\",
        0x3C: "[",
        0x3D: "~",
        0x3E: "]",
        0x40: "|",
        0x65: "€",
    }
)

TURKISH, SPANISH, PORTUGUESE = 1, 2, 3  # 23.038 6.2.1.2.4, language identifiers
_LAST_LANGUAGE = 13  # Urdu


def _with(base: str, changes: Mapping[int, str]) -> str:
    return "".join(changes.get(septet, char) for septet, char in enumerate(base))


_TURKISH_LOCKING = _with(  # 23.038 A.3.1
    DEFAULT_ALPHABET,
    {
        0x04: "€",
        0x07: "ı",
        0x0B: "Ğ",
        0x0C: "ğ",
        0x1C: "Ş",
        0x1D: "ş",
        0x40: "İ",
        0x60: "ç",
    },
)
_PORTUGUESE_LOCKING = (  # 23.038 A.3.3
    "@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?"
    "ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà"
)
_OTHER_LOCKING = "".join(  # 23.038 A.3.4 to A.3.13: what all ten have in common
    char if char in " !)(,.:;?0123456789abcdefghijklmnopqrstuvwxyz\n\r\x1b" else UNREADABLE
    for char in _with(DEFAULT_ALPHABET, {0x28: ")", 0x29: "("})  # mirrored in all ten
)
_OTHER_SINGLE: Mapping[int, str] = MappingProxyType(  # 23.038 A.2.4 to A.2.13, the same
    {
        **dict.fromkeys(range(128), UNREADABLE),
        **dict(zip(range(0x0D), "@£$¥¿\"¤%&'\f*+", strict=True)),
        **dict(zip(range(0x0E, 0x19), "-/<=>¡^¡_#*", strict=True)),
        **DEFAULT_EXTENSION,
        **{septet: chr(septet) for septet in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    }
)

_SINGLE_SHIFT: Mapping[int, Mapping[int, str]] = MappingProxyType(
    {
        TURKISH: {  # 23.038 A.2.1
            **DEFAULT_EXTENSION,
            **dict(zip(b"GIScgis", "ĞİŞçğış", strict=True)),
        },
        SPANISH: {  # 23.038 A.2.2
            **DEFAULT_EXTENSION,
            0x09: "ç",
            **dict(zip(b"AIOUaiou", "ÁÍÓÚáíóú", strict=True)),
        },
        PORTUGUESE: {  # 23.038 A.2.3
            **DEFAULT_EXTENSION,
            **{0x05: "ê", 0x09: "ç", 0x0B: "Ô", 0x0C: "ô", 0x0E: "Á", 0x0F: "á"},
            **{0x12: "Φ", 0x13: "Γ", 0x15: "Ω", 0x16: "Π", 0x17: "Ψ", 0x18: "Σ", 0x19: "Θ"},
            **{0x1F: "Ê", 0x41: "À", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x5B: "Ã", 0x5C: "Õ"},
            **{0x61: "Â", 0x69: "í", 0x6F: "ó", 0x75: "ú", 0x7B: "ã", 0x7C: "õ", 0x7F: "â"},
        },
    }
)


def locking_table(language: int | None) -> str:
    """The 128 characters that a locking shift to ``language`` selects (23.038 annex A.3).

    No shift, Spanish (which has no locking table) and reserved languages: the default alphabet.
    """
    if language == TURKISH:
        return _TURKISH_LOCKING
    if language == PORTUGUESE:
        return _PORTUGUESE_LOCKING
    if language is not None and PORTUGUESE < language <= _LAST_LANGUAGE:
        return _OTHER_LOCKING
    return DEFAULT_ALPHABET


def single_shift_table(language: int | None) -> Mapping[int, str]:
    """What follows an escape under a single shift to ``language`` (23.038 annex A.2).

    No shift and reserved languages: the default extension table.
    """
    if language is not None and PORTUGUESE < language <= _LAST_LANGUAGE:
        return _OTHER_SINGLE
    return _SINGLE_SHIFT.get(language or 0, DEFAULT_EXTENSION)
