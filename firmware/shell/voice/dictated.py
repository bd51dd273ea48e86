"""A greeting that was recorded by telephone: made out of its draft, in a thread of its own."""

from __future__ import annotations

from pathlib import Path

from firmware.effect import DRAFTS
from firmware.event import GreetingMade, Unmade
from firmware.shell.watchdog import complain
from firmware.sound.wav import WavFault
from firmware.speech.convert import ConversionFault
from firmware.speech.greeting import keep_dictated


def made_of(voice: Path, draft: str) -> GreetingMade:
    """What came of ``draft``, which is gone then."""
    path = voice / f"{draft}.wav"
    try:
        return GreetingMade(draft, keep_dictated(voice, path.read_bytes()))
    except ConversionFault:
        return GreetingMade(draft, "", Unmade.NOT_HEARD)
    except (OSError, WavFault) as fault:
        complain(f"a greeting recorded by telephone could not be kept: {fault}")
        return GreetingMade(draft, "", Unmade.FAULT)
    finally:
        path.unlink(missing_ok=True)


def forget_drafts(voice: Path) -> None:
    """Those of a daemon that ended: nobody waits for them any more."""
    for left in (voice / DRAFTS).glob("*"):
        left.unlink(missing_ok=True)
