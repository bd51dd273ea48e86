"""What can be said on a call: values, none of which knows how it will sound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence spoken by the speech engine, in ``language`` (``fr`` or ``en``)."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A file below the data directory's ``voice/``, without ``.wav``: ``greeting/3``, ``mail/17``.

    ``instead`` is said where it is not there, or cannot be read.
    """

    name: str
    instead: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Tone:
    """A sound of our own making: ``beep``."""

    name: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of ``ms`` milliseconds."""

    ms: int


Clip = Spoken | Recording | Tone | Pause
Clips = tuple[Clip, ...]
