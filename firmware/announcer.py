"""What the daemon says on its own output: ready, and alarms of the modem, for whoever watches."""

from __future__ import annotations

from collections.abc import Callable

from firmware.alert.bell import Bell
from firmware.effect import Announce
from firmware.ledger import Ledger
from firmware.record import JournalKind
from firmware.speaker import Speaker


class Announcer:
    """``known``: whether what is at the port has shown itself to be a modem."""

    def __init__(
        self, ledger: Ledger, bell: Bell, speaker: Speaker, known: Callable[[], bool]
    ) -> None:
        self._ledger, self._bell, self._speaker, self._known = ledger, bell, speaker, known
        self._announced: set[str] = set()
        self._effects: list[Announce] = []

    def say(self, text: str, about: str) -> None:
        self._effects.append(Announce(text, about))

    def modem_alarm(self, key: str, cause: str, values: dict[str, str]) -> None:
        """No SMS can leave; the page and the daemon's own output show it."""
        what = self._speaker.say(cause, **values)
        new = self._bell.ring(key, cause, values, by_sms=False)
        if new:
            self._ledger.journal(JournalKind.HEALTH, outcome="alarm", what=what)
        if new or key not in self._announced:
            # An alarm that stood before this start is said again: somebody may be watching.
            self._announced.add(key)
            # What has told no IMEI may be no modem at all, however well it says OK.
            nobody = key == "modem" and not self._known()
            self.say(what, "mute" if nobody else key)

    def take_effects(self) -> list[Announce]:
        effects, self._effects = self._effects, []
        return effects
