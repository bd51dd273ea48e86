"""A greeting as a file: what was uploaded, or recorded by telephone, kept under its own hash.

So a change of the rota that is taken back finds the recording of before. The name tells by which
way it came.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from firmware.sound import wav
from firmware.sound.trim import trimmed
from firmware.speech.convert import telephone_sound
from firmware.speech.cupboard import write_whole

FOLDER = "greeting"
BY_TELEPHONE = "tel-"


def keep_upload(voice: Path, data: bytes) -> str:
    """The name, below the folder ``voice``, under which an uploaded file's sound now lies. Raises
    ``ConversionFault`` and OSError."""
    return _kept(voice, telephone_sound(data), "")


def keep_dictated(voice: Path, data: bytes) -> str:
    """The same of a WAV recorded by telephone, without the quiet around it and the key after it.
    Raises ``WavFault``, too."""
    spoken = trimmed(wav.read_telephone(data))
    return _kept(voice, telephone_sound(wav.write(spoken)), BY_TELEPHONE)


def is_by_telephone(name: str) -> bool:
    """Whether a greeting's recording was made by telephone."""
    return name.startswith(f"{FOLDER}/{BY_TELEPHONE}")


def _kept(voice: Path, pcm: bytes, way: str) -> str:
    name = f"{FOLDER}/{way}{hashlib.sha256(pcm).hexdigest()[:16]}"
    write_whole(voice / f"{name}.wav", wav.write(pcm))
    return name
