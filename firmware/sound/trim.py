"""What somebody said to the telephone, without the quiet around it and the key after it."""

from __future__ import annotations

from firmware.sound.dtmf import KeyListener
from firmware.sound.loudness import GATE_DBFS, speech_level_db
from firmware.sound.pcm import FRAME_BYTES, FRAME_MS, amplitude, frames, rms

BELOW_SPEECH_DB = 25.0      # a breath; the softest sounds of a word are louder
MARGIN_MS = 200             # of quiet, that stays on both sides
KEY_WITHIN_MS = 2000        # of the end: the key that ended it
KEY_BEGAN_MS = 60           # before it was recognised


def trimmed(pcm: bytes) -> bytes:
    """``pcm`` cut in whole frames; empty where nobody spoke."""
    found = [frame for frame in frames(pcm) if len(frame) == FRAME_BYTES]
    found = found[: _key_at(found)]
    level = speech_level_db(b"".join(found))
    floor = amplitude(max(GATE_DBFS, level - BELOW_SPEECH_DB))
    loud = [at for at, frame in enumerate(found) if rms(frame) > floor]
    if not loud:
        return b""
    margin = MARGIN_MS // FRAME_MS
    return b"".join(found[max(0, loud[0] - margin) : loud[-1] + margin + 1])


def _key_at(found: list[bytes]) -> int:
    """Where the key near the end begins to sound; the end where there is none."""
    listener = KeyListener()
    first = max(0, len(found) - KEY_WITHIN_MS // FRAME_MS)
    for at in range(first, len(found)):
        if listener.hear(found[at]):
            return max(0, at - KEY_BEGAN_MS // FRAME_MS)
    return len(found)
