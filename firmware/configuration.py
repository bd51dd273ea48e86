"""What the box is told at its start and never changes: see `veilleur.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firmware.at.profile import ModemProfile
from firmware.wording import Wording


@dataclass(frozen=True, slots=True)
class Configuration:
    """``profile`` serves ports whose USB ids told no other; ``wordings`` holds every language.

    ``pin_written`` names the state of the file that the PIN was read from. ``pulse_every_s`` is
    how often the page's pulse is renewed (below `PULSE_STALE_S`), ``poll_every_s`` how often a
    modem that is well is asked how it is.
    """

    profile: ModemProfile
    wordings: Mapping[str, Wording]
    pin: str | None = None
    pin_written: str = ""
    pulse_every_s: float = 15.0
    poll_every_s: float = 60.0
