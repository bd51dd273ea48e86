"""Which passwords are taken: long ones that are not the first to be guessed.

No forced digits and signs: they make people write `Ambulance1!` (NIST SP 800-63B 3.1.1.2).
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from web.language import N_

LENGTH_MIN, LENGTH_MAX = 10, 200
TOO_SHORT = N_("At least 10 characters, please: three or four words are easy to remember.")
TOO_COMMON = N_("This is one of the first passwords that somebody would try.")
LIKE_NAME = N_("Please do not build it from your name or the company's.")
# What tops the published lists in French and English, without the too short
COMMON = frozenset(
    """
    1234567890 12345678910 123456789a 0123456789 0987654321 1234567891 1q2w3e4r5t 1qaz2wsx3edc
    azertyuiop azertyuiop1 azerty1234 azerty12345 azerty123456 azertyuiopqsdfghjklm qwertyuiop
    qwertyuiop1 qwerty1234 qwerty12345 qwerty123456 motdepasse motdepasse1 motdepasse123
    monmotdepasse password12 password123 password1234 passwordpassword administrateur
    administrator admin12345 admin123456 changeme123 changezmoi ambulances ambulance1 ambulance123
    ambulancier secretariat secretaire planning123 astreinte1 astreintes veilleur123
    veilleurveilleur bonjour123 bonjourbonjour iloveyou123 jetaime123 jetaimejetaime marseille13
    soleil12345 football123 doudoudoudou loulouloulou letmein1234 welcome1234 bienvenue1
    bienvenue123 raspberrypi raspberry123 aaaaaaaaaa
    """.split()  # noqa: SIM905 - a list of words is read best as one
)
SHARE_OF_SIGNS = 4  # fewer different signs are a pattern, not a password


def fault_of(password: str, *names: str) -> str | None:
    """What is wrong with a password, as a message; ``names`` are those it must not be built of."""
    plain = _folded(password)
    if len(password) < LENGTH_MIN:
        return TOO_SHORT
    if plain in COMMON or len(set(plain)) < SHARE_OF_SIGNS or _counts_on(plain):
        return TOO_COMMON
    left = plain
    for name in sorted((_folded(part) for each in names for part in each.split()), key=len):
        left = left.replace(name, "") if len(name) > 2 else left
    letters = "".join(sign for sign in left if sign.isalpha())
    return LIKE_NAME if left != plain and len(letters) < 5 else None


def _folded(text: str) -> str:
    """Without accents, capitals and blanks, which make no password harder to guess."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c) and not c.isspace())


def _counts_on(plain: str) -> bool:
    """``abcdefghij``, ``9876543210``: each sign the neighbour of the one before it."""
    steps = {ord(b) - ord(a) for a, b in pairwise(plain)}
    return steps in ({1}, {-1})
