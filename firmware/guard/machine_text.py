"""Is this text the work of another box like this one?

Two boxes that have each other's numbers in their rotas would alert one another for ever. Our own
sentences, in every language, are the only mark that a text carries; answering one is never right.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from functools import cache

from firmware.wording import Wording, messages

LETTERS_MIN = 35   # of its own: what people write in distress begins like many a shorter sentence
FIELD = ".{1,80}?"
# What a sentence begins with is a service's name. People quote the box's sentences, too, behind
# words of their own: `A aimé « ... »` (what a telephone makes of a reaction), `OK > ...` (an answer
# below which the alert stands). They are no box, and their OK counts
NAME = r"""(?!(?i:ok|okay|non|no)\ )(?:(?!\.\ )[^«»“”„"<>!?…]){1,80}?"""


class MachineText:
    """Knows the box's sentences by their fixed words."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        self._pattern = _pattern(tuple(wordings))

    def is_ours(self, text: str) -> bool:
        """Whether the text begins with one of the box's sentences, whatever was filled in."""
        return self._pattern.match(" ".join(text.split())) is not None


@cache
def _pattern(wordings: tuple[Wording, ...]) -> re.Pattern[str]:
    sentences = {
        wording.template(msgid)
        for wording in wordings
        for name, msgid in vars(messages).items()
        if name.isupper() and isinstance(msgid, str)
    }
    forms = sorted(form for sentence in sentences if (form := _form(sentence)) is not None)
    return re.compile("|".join(forms), re.DOTALL)


def _form(sentence: str) -> str | None:
    """The sentence as a regular expression, None if its own words are too few to be a mark."""
    form, own = [], 0
    for literal, field, _, _ in string.Formatter().parse(" ".join(sentence.split())):
        own += sum(character.isalpha() for character in literal)
        form.append(re.escape(literal))
        if field is not None:
            form.append(FIELD if "".join(form) else NAME)
    return "".join(form) if own >= LETTERS_MIN else None
