"""Speech engines of the system: a text in, the telephone's sound out.

espeak-ng (1 MB, two languages and more, no network) is what Debian carries; piper is taken for the
languages of which a voice is installed, and espeak-ng says what piper cannot. A text goes in by
standard input: no shell, and nothing of it is ever an argument. It takes time: for a worker or a
request, not for a loop.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from firmware.sound import loudness, resample, wav
from firmware.speech.aloud import aloud

TIMEOUT_S = 15.0      # of one text; a second of speech takes espeak-ng 10 ms, piper on a Pi 300
TEXT_MAX = 1000       # characters, over a minute
WORDS_A_MINUTE = 150  # espeak-ng's own 175 is too fast for a bad line at night
VOICES = {"fr": "fr-fr", "en": "en-gb"}
PIPER_FOLDERS = (Path("/usr/share/piper-voices"), Path("/var/lib/veilleur/piper"))


class SpeechFault(Exception):  # noqa: N818 - named by what is at fault
    """A text that cannot be spoken; says why, on one line."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that speaks. ``name`` and ``voices`` tell cached sounds of one from another's;
    ``also`` speaks the other languages, and whatever this one fails at."""

    name: str
    program: str
    voices: tuple[tuple[str, str], ...]   # language, voice
    also: Engine | None = None

    def of(self, language: str) -> Engine:
        """The engine that speaks this language: this one, or the other."""
        mine = language in dict(self.voices)
        return self if mine or self.also is None else self.also

    def voice(self, language: str) -> str:
        found = dict(self.voices).get(language)
        if found is None:
            raise SpeechFault(f"{self.name} has no voice for {language!r}")
        return found

    def speak(self, text: str, language: str) -> bytes:
        """Telephone PCM of ``text``, as loud as every prompt. Raises ``SpeechFault``."""
        words = aloud(text[:TEXT_MAX], language)
        if not words.strip(" .,;:!?'-()"):
            raise SpeechFault("there is nothing to say")
        voice = self.voice(language)
        if self.name == "piper":
            output = _run((self.program, "--model", voice, "--output-raw"), words)
            pcm, rate = output, _piper_rate(voice)
        else:
            speed = str(WORDS_A_MINUTE)
            command = (self.program, "-b", "1", "-v", voice, "-s", speed, "--stdin", "--stdout")
            found = _read(_run(command, words))
            pcm, rate = found.pcm, found.rate
        if not pcm:
            raise SpeechFault(f"{self.name} said nothing")
        return loudness.normalised(resample.to_telephone(pcm, rate))


def find_engine() -> Engine | None:
    """The engine of this system, None where there is none."""
    piper, program = shutil.which("piper"), shutil.which("espeak-ng")
    espeak = None if program is None else Engine("espeak-ng", program, tuple(VOICES.items()))
    if piper is None:
        return espeak
    voices = tuple(
        (language, str(model)) for language in VOICES if (model := _piper_voice(language))
    )
    whole = len(voices) == len(VOICES)   # else a site may speak a language that nothing speaks
    return Engine("piper", piper, voices, espeak) if whole or (voices and espeak) else espeak


def _piper_voice(language: str) -> Path | None:
    """The first model of the language that has its description beside it."""
    for folder in PIPER_FOLDERS:
        for model in sorted(folder.rglob(f"{language}[_-]*.onnx")):
            if model.with_name(model.name + ".json").is_file():
                return model
    return None


def _piper_rate(voice: str) -> int:
    try:
        described = json.loads(Path(f"{voice}.json").read_text(encoding="utf-8"))
        return int(described["audio"]["sample_rate"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise SpeechFault(f"{voice}.json: {fault}") from fault


def _run(command: tuple[str, ...], words: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - a program of the system's, fixed arguments
            command, input=words.encode(), capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise SpeechFault(f"{command[0]} took more than {TIMEOUT_S:.0f} s") from None
    except OSError as fault:
        raise SpeechFault(f"{command[0]}: {fault.strerror or fault}") from fault
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SpeechFault(f"{command[0]} ended with {done.returncode}: {''.join(said)[:200]}")
    return done.stdout


def _read(output: bytes) -> wav.Wav:
    try:
        return wav.read(output)
    except wav.WavFault as fault:
        raise SpeechFault(f"the engine's sound: {fault}") from fault
