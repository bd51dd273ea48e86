"""Hit and false rates of the keys in the sound: `python -m tests.sound.rates [--minutes 30]`.

Hits: each line is one way in which keys reach a telephone. False: speech by espeak-ng in many
voices, and noise by sox, in which nobody has pressed any key.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator

from firmware.sound.dtmf import KeyListener
from firmware.sound.pcm import FRAME_BYTES
from tests.sound.bench import (
    FRENCH,
    KEYS,
    Press,
    heard,
    noise,
    pressed,
    speech,
    through_gsm,
    with_noise,
)

VOICES = ("fr", "fr+f2", "fr+m3", "fr+croak", "fr+whisper", "en", "en+f4", "en-us+m7", "de+f1")
PITCHES = (10, 35, 60, 90)
SLOW = (8, 12)   # times slower a Pi Zero 2 W is than the machines this was written on


def hits() -> Iterator[tuple[str, int, int]]:
    """What was tried, how many keys were pressed, how many were heard in their order."""
    keys = KEYS * 4
    tries = {
        "clean, 40 ms and 40 ms pause": pressed(keys, Press(40, 40)),
        "clean, 70 ms and 65 ms pause (network)": pressed(keys, Press(70, 65)),
        "1.5 % too high": pressed(keys, Press(offset=0.015)),
        "1.5 % too low": pressed(keys, Press(offset=-0.015)),
        "high tone 4 dB louder": pressed(keys, Press(twist_db=4)),
        "high tone 8 dB softer": pressed(keys, Press(twist_db=-8)),
        "as soft as -36 dBFS": pressed(keys, Press(dbfs=-36)),
        "as loud as -4 dBFS": pressed(keys, Press(dbfs=-4)),
        "white noise, 20 dB below": with_noise(pressed(keys), "whitenoise", -32),
        "white noise, 15 dB below": with_noise(pressed(keys), "whitenoise", -27),
        "pink noise, 15 dB below": with_noise(pressed(keys), "pinknoise", -27),
        "brown noise, 12 dB below": with_noise(pressed(keys), "brownnoise", -24),
        "GSM full rate, 70 ms": through_gsm(pressed(keys, Press(70, 65))),
        "GSM full rate, 100 ms, 4 dB twist": through_gsm(pressed(keys, Press(100, 80, -4))),
    }
    for what, pcm in tries.items():
        yield what, len(keys), in_order(heard(pcm), keys)


def in_order(found: str, wanted: str) -> int:
    """How many of the wanted keys are there, one after another; a key too many counts against."""
    place = right = 0
    for key in wanted:
        at = found.find(key, place, place + 4)
        if at >= 0:
            right, place = right + 1, at + 1
    return right - max(0, len(found) - len(wanted))


def talk(minutes: float) -> Iterator[bytes]:
    """Speech of so many minutes, in many voices."""
    left = minutes * 60
    for pitch, voice, text in itertools.cycle(itertools.product(PITCHES, VOICES, FRENCH)):
        pcm = speech(text, voice, 140 + pitch, pitch)
        yield pcm
        left -= len(pcm) / 16000
        if left <= 0:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="of speech to be fooled by")
    minutes = parser.parse_args().minutes
    print("Keys heard")
    for what, count, right in hits():
        print(f"  {what:42} {right:4} of {count}  {100 * right / count:6.1f} %")
    false, spoken, kinds = 0, 0.0, ""
    for pcm in talk(minutes):
        found = heard(pcm)
        false, spoken, kinds = false + len(found), spoken + len(pcm) / 16000, kinds + found
    print("Keys heard where none was pressed")
    print(f"  {spoken / 60:.1f} minutes of speech: {false} ({60 * false / spoken:.2f} a minute)")
    if kinds:
        print(f"    which: {' '.join(sorted(kinds))}")
    for kind in ("whitenoise", "pinknoise", "brownnoise"):
        print(f"  {kind}, 5 minutes: {len(heard(noise(kind, 300.0, -15.0)))}")
    print("Cost")
    print_cost()


def print_cost() -> None:
    """What listening costs on this machine, a frame of 20 ms."""
    sounds = {
        "a key": pressed("5" * 50, Press(100, 0)),
        "noise": noise("pinknoise", 10.0, -20.0),
        "silence": bytes(FRAME_BYTES * 500),
    }
    for what, pcm in sounds.items():
        listener = KeyListener()
        began = time.process_time()
        count = 0
        for _ in range(5):
            for start in range(0, len(pcm), FRAME_BYTES):
                listener.hear(pcm[start : start + FRAME_BYTES])
                count += 1
        each_us = (time.process_time() - began) / count * 1e6
        print(
            f"  listening to {what}: {each_us:.0f} us a frame of 20 ms here; a Pi Zero 2 W: "
            + " to ".join(f"{each_us * slow / 200:.1f}" for slow in SLOW) + " % of a core"
        )  # fmt: skip


if __name__ == "__main__":
    main()
