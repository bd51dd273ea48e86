"""What is written, as it is to be read aloud: numbers, times and abbreviations of each language.

PURE. espeak-ng reads "06 01" as "zéro si, zéro un", "M. Petit" as "M, Petit" and +33601020304 as
thirty-three billion. Whoever hears a number once, at night, has to be able to write it down.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_DIGITS = {
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
# E.164, or a national number of ten digits with or without its blanks
_NUMBER = re.compile(r"(?<![\w+])(?:\+\d[\d   .]{5,18}\d|0\d(?:[   .-]?\d\d){4})(?!\d)")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])(?::| ?h ?)([0-5]\d)\b", re.IGNORECASE)
_HOUR = re.compile(r"\b([01]?\d|2[0-3]) ?h\b")
_SHORT = {
    "fr": (
        (r"\bM\. (?=\w)", "monsieur "),
        (r"\bMM\. (?=\w)", "messieurs "),
        (r"\bMme\b\.?", "madame"),
        (r"\bMmes\b\.?", "mesdames"),
        (r"\bMlle\b\.?", "mademoiselle"),
        (r"\bDrs?\b\.?", "docteur"),
        (r"\bPr\b\.?", "professeur"),
        (r"\bSt[-. ]+(?=\w)", "saint "),
        (r"\bSte[-. ]+(?=\w)", "sainte "),
        (r"\b[nN][°º] ?", "numéro "),
        (r"\b[Tt]él\b\.?", "téléphone"),
        (r"\b[Rr][Dd][Vv]\b", "rendez-vous"),
        (r"\b[ÉE]HPAD\b", "épade"),
        (r"\b[Ss]\.?[Vv]\.?[Pp]\b\.?", "s’il vous plaît"),
        (r"\b(IRM|USLD|MAS|HAD|VSL|SSR|USC)\b", "letters"),
    ),
    "en": (
        (r"\bSt\. (?=\w)", "Saint "),
        (r"\b[Nn]o\. ?(?=\d)", "number "),
        (r"\b112\b", "one one two"),
        (r"\bEHPAD\b", "eh pad"),
    ),
}
_SIGNS = {
    "fr": {"&": " et ", "%": " pour cent", "€": " euros", "+": " plus "},
    "en": {"&": " and ", "%": " per cent", "€": " euros", "+": " plus "},
}


def aloud(text: str, language: str) -> str:
    """``text`` as an engine should read it, on one line; never a command to the engine."""
    found = _plain(text)
    found = _NUMBER.sub(lambda match: number_aloud(match[0], language), found)
    if language == "fr":
        found = _CLOCK.sub(lambda match: _clock(match[1], match[2]), found)
        found = _HOUR.sub(lambda match: _clock(match[1], "00"), found)
    for pattern, words in _SHORT[language]:
        found = re.sub(pattern, _letters if words == "letters" else _always(words), found)
    for sign, words in _SIGNS[language].items():
        found = found.replace(sign, words)
    return " ".join(found.split())


def number_aloud(number: str, language: str) -> str:
    """``+33601020304`` as it is told: pairs in French, digit by digit in English.

    A comma between parts is a short halt, in which a pen keeps up. Ten digits of ours begin with 0.
    """
    digits = re.sub(r"\D", "", number)
    foreign = number.startswith("+") and not (digits.startswith("33") and len(digits) == 11)
    if number.startswith("+") and not foreign:
        digits = f"0{digits[2:]}"
    names = _DIGITS[language]
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    if language == "en":
        spoken = [" ".join(names[int(digit)] for digit in pair) for pair in pairs]
    else:
        spoken = [_pair(pair) for pair in pairs]
    return ("plus " if foreign else "") + ", ".join(spoken)


def _pair(pair: str) -> str:
    """``06`` is "zéro six", ``71`` is left to the engine."""
    if len(pair) == 1 or pair[0] == "0":
        return " ".join(_DIGITS["fr"][int(digit)] for digit in pair)
    return pair


def _clock(hours: str, minutes: str) -> str:
    hour, minute = int(hours), int(minutes)
    rest = f" {minute}" if minute else ""
    if hour in (0, 12):
        return ("minuit" if hour == 0 else "midi") + rest
    # "vingt et une heures": an hour is a lady, and no engine knows it
    name = {1: "une heure", 21: "vingt et une heures"}.get(hour, f"{hour} heures")
    return name + rest


def _letters(match: re.Match[str]) -> str:
    return ".".join(match[0]) + "."


def _always(words: str) -> Callable[[re.Match[str]], str]:
    return lambda match: words


def _plain(text: str) -> str:
    """Without what has no sound, and without espeak-ng's [[phonemes]]."""
    kept = (
        c if unicodedata.category(c)[0] in "LNMZ" or c in ".,;:!?'’-()+&%€°º/\n" else " "
        for c in unicodedata.normalize("NFC", text)
    )
    return "".join(kept).replace("/", " ").replace("\n", ". ").replace(" ", " ")
