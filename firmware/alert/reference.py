"""The three characters by which staff name an alert: ``8F2``.

No letter or digit that is misread on a small screen or misheard on a telephone (0 O, 1 I L, 5 S,
B 8 is kept apart by leaving B out), and at least one digit, so that a reference is never a word.
New ones are no length of time either: `OK 7mn` is a promise.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

DIGITS = "2346789"
ALPHABET = DIGITS + "ACDEFGHJKMNPQRTUVWXY"
LENGTH = 3
DURATION = re.compile(r"[0-9]{1,2}(H|MN|M)|H[0-9]{2}")
_SPACE = len(ALPHABET) ** LENGTH
# Odd and no multiple of 3: prime to the size of the space, so that every value is visited once.
_STRIDE = 7919


@lru_cache(maxsize=1024)   # a new alert passes by those of the days before
def reference(number: int) -> str:
    """The reference of the ``number``-th alert: neighbours look nothing alike."""
    value = number * _STRIDE % _SPACE
    characters = []
    for _ in range(LENGTH):
        value, index = divmod(value, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(characters)


def free_reference(number: int, taken: Collection[str]) -> str:
    """The first reference from ``number`` on that holds a digit, is no length of time, and is not
    taken.

    ``taken`` holds a few hundred at most of 19,683, so that this ends after a few steps.
    """
    while True:
        candidate = reference(number)
        free = candidate not in taken and DURATION.fullmatch(candidate) is None
        if free and is_reference(candidate):
            return candidate
        number += 1


def is_reference(word: str) -> bool:
    """Whether a word has the form of a reference, in capitals."""
    return (
        len(word) == LENGTH
        and all(character in ALPHABET for character in word)
        and any(character in DIGITS for character in word)
    )
