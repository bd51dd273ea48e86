"""All prompts equally loud, whoever spoke them.

The level is that of the speech, not of its pauses: frames are left out that lie below an absolute
gate, then those 10 dB below the mean of the rest (the gates of ITU-R BS.1770, without its ear
curve, which the telephone's band makes small). Peaks keep their headroom rather than be cut.
"""

from __future__ import annotations

from math import inf, sqrt

from firmware.sound.pcm import amplitude, decibel, frames, gain, peak, rms

SPEECH_DBFS = -20.0    # where prompts lie; ITU-T P.56 levels of telephone speech are -26 to -18
PEAK_DBFS = -2.0
GATE_DBFS = -50.0
RELATIVE_GATE_DB = 10.0
GAIN_MAX_DB = 30.0     # more would be amplified noise


def speech_level_db(pcm: bytes) -> float:
    """The level of what is spoken, in dBFS; minus infinity where nothing is."""
    loud = [each for each in map(rms, frames(pcm)) if each > amplitude(GATE_DBFS)]
    if not loud:
        return -inf
    gate = _mean(loud) / 10 ** (RELATIVE_GATE_DB / 20)
    return decibel(_mean([each for each in loud if each > gate]))


def normalised(pcm: bytes, target_db: float = SPEECH_DBFS) -> bytes:
    """At the level of all others; pure silence stays what it is."""
    level = speech_level_db(pcm)
    if level == -inf:
        return pcm
    wanted_db = min(target_db - level, GAIN_MAX_DB)
    headroom_db = PEAK_DBFS - decibel(peak(pcm))
    return gain(pcm, 10 ** (min(wanted_db, headroom_db) / 20))


def _mean(levels: list[float]) -> float:
    return sqrt(sum(each * each for each in levels) / len(levels))
