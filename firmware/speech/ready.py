"""The fixed sentences, spoken when the package was built: a box without an engine has them too.

`prompts.zip` lies beside this module where the package was built with an engine; a checkout has
none and needs none. In it: mu-law under the hash of language and words, so that a sentence which
was reworded since is simply not there.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from firmware.speech import mulaw
from firmware.speech.aloud import aloud
from firmware.speech.engine import Engine

PROMPTS = Path(__file__).parent / "prompts.zip"
_NEVER = datetime(1980, 1, 1).timetuple()[:6]  # noqa: DTZ001 - zip's own beginning: same files, same bytes


def ready_made(text: str, language: str, prompts: Path = PROMPTS) -> bytes | None:
    """Telephone PCM of a fixed sentence, None where it is not among them."""
    try:
        with zipfile.ZipFile(prompts) as archive:
            return mulaw.unpacked(archive.read(_name(text, language)))
    except (OSError, KeyError, zipfile.BadZipFile):
        return None


def make_ready(sentences: Iterable[tuple[str, str]], engine: Engine) -> bytes:
    """The zip of these (text, language), each once. Raises ``SpeechFault``."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for text, language in sorted(set(sentences)):
            entry = zipfile.ZipInfo(_name(text, language), _NEVER)
            pcm = engine.speak(text, language)
            archive.writestr(entry, mulaw.packed(pcm), zipfile.ZIP_DEFLATED)
    return output.getvalue()


def _name(text: str, language: str) -> str:
    return hashlib.sha256(f"{language}\0{aloud(text, language)}".encode()).hexdigest()[:32]
