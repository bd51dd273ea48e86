"""What the box is told at its start and never changes: see `veilleur.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware.at.profile import ModemProfile
from firmware.line.registration import KEEP_ALIVE_S
from firmware.recovery.permits import RecoveryOptions
from firmware.wording import Wording


@dataclass(frozen=True, slots=True)
class Configuration:
    """``profile`` serves ports whose USB ids told no other; ``wordings`` holds every language.

    ``pin_written`` names the state of the file that the PIN was read from. ``pulse_every_s`` is
    how often the page's pulse is renewed (below `PULSE_STALE_S`), ``poll_every_s`` how often a
    modem that is well is asked how it is, ``keep_alive_s`` how often one
    that is asked nothing else must give a sign of life. ``own_number`` is the SIM's
    number as somebody wrote it down. ``setup_code`` is what lets in the page's first administrator,
    empty when there is one. ``settings_fault`` is why `veilleur.toml` could not be used: the box
    goes on with the settings that it served with before.
    """

    profile: ModemProfile
    wordings: Mapping[str, Wording]
    pin: str | None = None
    pin_written: str = ""
    pulse_every_s: float = 15.0
    poll_every_s: float = 60.0
    keep_alive_s: float = KEEP_ALIVE_S
    recovery: RecoveryOptions = field(default_factory=RecoveryOptions)
    own_number: str | None = None
    setup_code: str = ""
    settings_fault: str = ""
