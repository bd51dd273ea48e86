"""A loop without a voice: what asks for one is answered."""

from __future__ import annotations

from collections.abc import Callable

from firmware.effect import OpenVoice, VoiceEffect
from firmware.event import Event, VoiceLost

NO_PORT = "no audio port"


class NoVoiceRoom:
    """Where there is no voice: what asks for one is answered."""

    def start(self, put: Callable[[Event], None]) -> None:
        self._put = put

    def stop(self) -> None:
        """There is nothing to stop."""

    def perform(self, effect: VoiceEffect, device: str | None) -> None:
        if isinstance(effect, OpenVoice):
            self._put(VoiceLost(NO_PORT))
