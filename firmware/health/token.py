"""The word by which the box knows its own SMS again."""

from __future__ import annotations

import hashlib

LETTERS = "2346789ACDEFGHJKMNPQRTUVWXY"   # none that is misread for another
LENGTH = 9                                # 42 bits: nobody's guess, and nobody's ordinary word


def make_token(*secrets: object) -> str:
    """A word that whoever does not know ``secrets`` cannot guess: a guess, sent with a false
    sender, would make the box believe that a duty telephone is its own number."""
    digest = hashlib.sha256("\n".join(map(str, secrets)).encode()).digest()
    value = int.from_bytes(digest, "big")
    letters = []
    for _ in range(LENGTH):
        value, index = divmod(value, len(LETTERS))
        letters.append(LETTERS[index])
    return "".join(letters)


def holds_token(text: str, token: str) -> bool:
    """Whether the text holds the word, whatever stands around it."""
    return bool(token) and token in text.upper()
