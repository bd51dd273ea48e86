"""Sounds to try the keys on: exact tones of our own, noise from sox, speech from espeak-ng."""

from __future__ import annotations

import shutil
import subprocess
from array import array
from dataclasses import dataclass
from functools import cache
from math import pi, sin

import pytest

from firmware.sound.dtmf import KEY_TONES, KeyListener
from firmware.sound.pcm import RATE, amplitude, clipped, mix, samples, silence, to_pcm

KEYS = "".join(sorted(KEY_TONES))
needs_sox = pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not here")
needs_speech = pytest.mark.skipif(
    shutil.which("espeak-ng") is None or shutil.which("sox") is None,
    reason="espeak-ng or sox is not here",
)
RAW = ("-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16", "-c", "1")


@dataclass(frozen=True, slots=True)
class Press:
    """How a key is pressed. Twist: how much louder the high tone is, in dB."""

    ms: float = 70.0   # as the network plays them (23.014)
    pause_ms: float = 65.0
    twist_db: float = 0.0
    offset: float = 0.0    # of both frequencies: 0.015 is 1.5 % too high
    dbfs: float = -15.0    # of the louder tone


def pressed(keys: str, press: Press = Press()) -> bytes:
    """These keys one after another, written with a sine and no ramp, unlike our own tones."""
    low_db = press.dbfs - max(0.0, press.twist_db)
    high_db = press.dbfs + min(0.0, press.twist_db)
    parts = [silence(60)]
    for key in keys:
        low, high = (hertz * (1 + press.offset) for hertz in KEY_TONES[key])
        count = round(RATE * press.ms / 1000)
        values = array("h")
        for index in range(count):
            at = 2 * pi * index / RATE
            values.append(clipped(
                2**0.5 * (amplitude(low_db) * sin(low * at) + amplitude(high_db) * sin(high * at))
            ))  # fmt: skip
        parts += [to_pcm(values), bytes(2 * round(RATE * press.pause_ms / 1000))]
    return b"".join([*parts, silence(60)])


def heard(pcm: bytes, piece: int = 320) -> str:
    """The keys that a fresh listener hears, given pieces of this size."""
    listener = KeyListener()
    return "".join(
        listener.hear(pcm[start : start + piece]) for start in range(0, len(pcm), piece)
    )


@cache
def noise(kind: str, seconds: float, dbfs: float) -> bytes:
    """``whitenoise``, ``pinknoise`` or ``brownnoise``, always the same, RMS at ``dbfs``."""
    raw = sox("-R", "-n", *RAW, "-", "synth", str(seconds), kind, "gain", "-6")
    values = samples(raw)
    level = (sum(value * value for value in values) / len(values)) ** 0.5
    factor = amplitude(dbfs) / level
    return to_pcm(array("h", (clipped(value * factor) for value in values)))


def with_noise(pcm: bytes, kind: str, dbfs: float) -> bytes:
    """The same with noise over it."""
    return mix([pcm, noise(kind, len(pcm) / 16000 + 0.1, dbfs)[: len(pcm)]])


def speech(text: str, voice: str = "fr", speed: int = 160, pitch: int = 50) -> bytes:
    """Spoken by espeak-ng, brought to the telephone's rate by sox."""
    wav = subprocess.run(
        ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), text],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    return sox("-t", "wav", "-", *RAW, "-", stdin=wav)


def through_gsm(pcm: bytes) -> bytes:
    """As the full-rate codec of the network hands it on."""
    gsm = sox(*RAW, "-", "-t", "gsm", "-", stdin=pcm)
    return sox("-t", "gsm", "-", *RAW, "-", stdin=gsm)


def sox(*arguments: str, stdin: bytes = b"") -> bytes:
    """What sox writes to its standard output."""
    return subprocess.run(
        ["sox", "-V1", *arguments], check=True, capture_output=True, input=stdin
    ).stdout


# What people say to a telephone, and sentences that sound like keys
FRENCH = (
    "Bonjour, ici le service d'ambulances. Pour une urgence vitale, raccrochez et composez le "
    "quinze ou le cent douze. Sinon, restez en ligne, nous cherchons la personne de garde.",
    "Ma mère est tombée dans l'escalier, elle a mal à la hanche, elle ne peut plus se lever. Nous "
    "habitons au douze rue des Lilas, deuxième étage, le code de la porte est quatre mille deux "
    "cent trois, il faut sonner chez Monsieur Lefèvre.",
    "Allô ? Oui, bonsoir. Je vous appelle pour un transport demain matin à huit heures et quart, "
    "de la clinique Sainte-Barbe vers l'hôpital civil. Le patient est en fauteuil roulant.",
    "Un, deux, trois, quatre, cinq, six, sept, huit, neuf, zéro, dièse, étoile. Oui, non, "
    "peut-être. Ah bon ? Eh bien, euh, attendez, je vais chercher un papier et un crayon.",
    "Please hold the line while we try to reach somebody. You have one new message, left on "
    "Tuesday at seven in the evening. To hear it again, press one. To call back, press three.",
    "Wee weep whee eel, you are in an area of fear. Oh, I owe you a year of yoga. Why, yes, yellow "
    "lorry, red lorry. The violin sings a long, low note, and the whistle a high one.",
)
