"""A sentence: kept, or spoken now and kept; by the next engine where one fails at it."""

from __future__ import annotations

from collections.abc import Callable

from firmware.speech.cupboard import Cupboard
from firmware.speech.engine import Engine, SpeechFault


def sentence(
    cupboard: Cupboard, engine: Engine, text: str, language: str, complain: Callable[[str], None]
) -> bytes:
    """Its telephone PCM. Raises ``SpeechFault`` where nothing can speak it; ``complain`` is told
    what went wrong on the way."""
    engine = engine.of(language)
    while True:
        try:
            return _spoken(cupboard, engine, text, language, complain)
        except SpeechFault as fault:
            if engine.also is None:
                raise
            complain(f"{fault}; {engine.also.name} speaks instead")
            engine = engine.also


def _spoken(
    cupboard: Cupboard, engine: Engine, text: str, language: str, complain: Callable[[str], None]
) -> bytes:
    pcm = cupboard.get(engine, text, language)
    if pcm is not None:
        return pcm
    pcm = engine.speak(text, language)
    try:
        cupboard.put(engine, text, language, pcm)
    except OSError as fault:
        # It was spoken, that is what counts; a full disk is told by whoever watches it
        complain(f"a spoken sentence could not be kept: {fault}")
    return pcm
