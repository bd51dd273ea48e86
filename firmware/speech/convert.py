"""A sound that somebody uploads, made into the telephone's: never trusted, always bounded.

`sndfile-convert` (libsndfile, Debian's sndfile-programs: WAV of every kind, MP3, Ogg Vorbis and
Opus, FLAC; half a megabyte, fuzzed by OSS-Fuzz) reads it in a process of its own, with limits on
time, memory and the size of what it writes. A plain 16-bit WAV needs no tool.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from firmware.sound import loudness, resample, wav
from firmware.sound.pcm import RATE

UPLOAD_MAX = 8 * 1024 * 1024   # octets: five minutes of an MP3 at 192 kbit/s
SECONDS = (0.5, 120.0)
TIMEOUT_S = 20
MEMORY_MAX = 512 * 1024 * 1024
WRITTEN_MAX = 48 * 1024 * 1024  # two minutes of stereo at 96 kHz
_KINDS = ((b"RIFF", 8, b"WAVE"), (b"OggS", 0, b""), (b"fLaC", 0, b""), (b"ID3", 0, b""))


class ConversionFault(Exception):  # noqa: N818 - named by what is at fault
    """A file that cannot be taken: ``why`` is one of the words below."""

    def __init__(self, why: str, detail: str = "") -> None:
        self.why, self.detail = why, detail
        super().__init__(f"{why}: {detail}" if detail else why)


TOO_LARGE, NOT_SOUND, TOO_SHORT, TOO_LONG, SILENT, NO_TOOL = (
    "too large", "not a sound", "too short", "too long", "silent", "no tool",
)  # fmt: skip


def telephone_sound(data: bytes) -> bytes:
    """Telephone PCM of an uploaded file, as loud as every prompt. Raises ``ConversionFault``."""
    if len(data) > UPLOAD_MAX:
        raise ConversionFault(TOO_LARGE)
    known = any(data.startswith(a) and data[n:].startswith(b) for a, n, b in _KINDS)
    if not known and not _is_mpeg(data):
        raise ConversionFault(NOT_SOUND)
    found = _plain_wav(data) or _converted(data)
    if found.seconds < SECONDS[0]:
        raise ConversionFault(TOO_SHORT)
    if found.seconds > SECONDS[1]:
        raise ConversionFault(TOO_LONG)
    pcm = resample.mono(found.pcm) if found.channels == 2 else found.pcm
    pcm = resample.to_telephone(pcm, found.rate)
    if loudness.speech_level_db(pcm) == float("-inf"):
        raise ConversionFault(SILENT)
    return loudness.normalised(pcm)


def seconds_of(pcm: bytes) -> float:
    """How long telephone PCM lasts."""
    return len(pcm) / (2 * RATE)


def _is_mpeg(data: bytes) -> bool:
    """Eleven bits of a frame's beginning and a layer (ISO/IEC 11172-3 2.4.1.3)."""
    return len(data) > 4 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and bool(data[1] & 0x06)


def _plain_wav(data: bytes) -> wav.Wav | None:
    try:
        return wav.read(data)
    except wav.WavFault:
        return None


def _converted(data: bytes) -> wav.Wav:
    tool, limiter = shutil.which("sndfile-convert"), shutil.which("prlimit")
    if tool is None or limiter is None:
        raise ConversionFault(NO_TOOL)
    with tempfile.TemporaryDirectory(prefix="veilleur-upload-") as name:
        # libsndfile reads MP3 by its name alone and everything else by its content
        kind = "mp3" if data[:3] == b"ID3" or _is_mpeg(data) else "bin"
        given, made = Path(name) / f"given.{kind}", Path(name) / "made.wav"
        given.write_bytes(data)
        command = (
            limiter, f"--cpu={TIMEOUT_S}", f"--as={MEMORY_MAX}", f"--fsize={WRITTEN_MAX}",
            "--core=0", "--", tool, "-pcm16", str(given), str(made),
        )  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - a program of the system's, our own file names
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S,
                check=False, cwd=name,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ConversionFault(TOO_LONG) from None
        if done.returncode != 0 or not made.exists():
            too_long = done.returncode < 0 or (made.exists() and made.stat().st_size >= WRITTEN_MAX)
            raise ConversionFault(TOO_LONG if too_long else NOT_SOUND, _last_line(done.stderr))
        try:
            return wav.read(made.read_bytes())
        except wav.WavFault as fault:
            raise ConversionFault(NOT_SOUND, str(fault)) from fault


def _last_line(output: bytes) -> str:
    return "".join(output.decode("utf-8", "replace").strip().splitlines()[-1:])[:200]
