"""The words that staff send: case, accents and spaces do not matter; French and English."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from firmware.alert.reference import LENGTH, is_reference


class Word(Enum):
    OK = auto()
    NON = auto()
    QUI = auto()
    PLANNING = auto()
    RELAIS = auto()
    DEBUT = auto()
    FIN = auto()
    AIDE = auto()
    CODE = auto()


WORDS = {
    "ok": Word.OK,
    "okay": Word.OK,
    "non": Word.NON,
    "no": Word.NON,
    "qui": Word.QUI,
    "who": Word.QUI,
    "planning": Word.PLANNING,
    "relais": Word.RELAIS,
    "take": Word.RELAIS,
    "debut": Word.DEBUT,
    "start": Word.DEBUT,
    "fin": Word.FIN,
    "stop": Word.FIN,
    "aide": Word.AIDE,
    "help": Word.AIDE,
    "code": Word.CODE,
}

# What may stand between `OK` and the reference: the alert itself says "Réf 8F2"
CALLED = ("ref", "reference")
LONGEST = max(len(word) for word in WORDS)


@dataclass(frozen=True, slots=True)
class StaffCommand:
    """A word and what follows it.

    ``reference`` is what follows at once, if it has the form of a reference (in capitals);
    ``mentioned`` all that could be meant as one, also further on ("OK pour 8F2"), also written
    apart ("8 F2"). ``argument`` is all that follows, as it was written. ``stamp`` is that of its
    centre, None where it bears none; ``said_at`` when it was sent, where the network was late.
    """

    word: Word
    argument: str = ""
    reference: str | None = None
    mentioned: tuple[str, ...] = ()
    stamp: datetime | None = None
    said_at: datetime | None = None


def plain(text: str) -> str:
    """Small letters without accents, single spaces: how names and words are compared."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(letters.casefold().split())


def parse_staff_command(text: str) -> StaffCommand | None:
    """The command in a text, None when it begins with none of the words.

    Spaces do not matter: ``OK8F2`` is ``OK 8F2``, ``O K`` is ``OK``. What follows an `OK` and is
    no reference ("OK j'arrive") does not make it less of an OK.
    """
    text = unicodedata.normalize("NFC", text)
    words = re.findall(r"[^\W_]+", plain(text))
    for taken in range(1, min(len(words), LONGEST) + 1):
        word = WORDS.get("".join(words[:taken]))
        if word is not None:
            return _command(word, words[taken:], text, taken)
    return _glued(words)


def _command(word: Word, rest: list[str], text: str, taken: int) -> StaffCommand:
    found = re.match(rf"[\W_]*(?:[^\W_]+[\W_]*){{{taken}}}", text)
    argument = text[found.end() :].strip() if found else " ".join(rest)
    mentioned = _mentioned(rest)
    named = rest[1:] if rest and rest[0] in CALLED else rest
    first = named[0].upper() if named else ""
    return StaffCommand(word, argument, first if is_reference(first) else None, mentioned)


def _mentioned(words: list[str]) -> tuple[str, ...]:
    """Every run of words that, written together, has the form of a reference."""
    runs = (
        "".join(words[start:end]).upper()
        for start in range(len(words))
        for end in range(start + 1, min(start + LENGTH, len(words)) + 1)
    )
    return tuple(dict.fromkeys(run for run in runs if is_reference(run)))


def _glued(words: list[str]) -> StaffCommand | None:
    """``OK8F2``, ``NON8F2``."""
    for prefix in ("ok", "non"):
        if words and words[0].startswith(prefix):
            reference = words[0].removeprefix(prefix).upper()
            if is_reference(reference):
                return StaffCommand(WORDS[prefix], "", reference, (reference,))
    return None
