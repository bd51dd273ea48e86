"""The spoken sentences that are always the same: they can be had ready-made."""

from __future__ import annotations

from firmware.wording import voice_messages
from firmware.wording.wording import LANGUAGES, Wording


def fixed_sentences() -> list[tuple[str, str]]:
    """(text, language) of each spoken sentence that has no ``{names}`` to fill in."""
    spoken = [
        text
        for name, text in vars(voice_messages).items()
        if name.isupper() and isinstance(text, str) and "{" not in text
    ]
    return [(Wording(language).say(text), language) for language in LANGUAGES for text in spoken]
