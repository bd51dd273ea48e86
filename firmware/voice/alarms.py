"""What administrators must hear of the voice: it was given up, or perhaps nobody hears it.

Sound that leaves the box cannot be measured at its end; whether anybody presses a key can.
"""

from __future__ import annotations

from collections.abc import Iterable

from firmware.alert.bell import Bell
from firmware.ledger import Ledger
from firmware.policy import Reason
from firmware.record import VoiceStep
from firmware.wording import messages

GONE, UNHEARD = "voice", "voice-unheard"   # the alarms
COUNT = "voice:unheard"   # the fact: calls in a row in which somebody answered and nobody pressed
UNHEARD_MAX = 3
AWAY_MAX_S = 600.0   # a sound port may be gone for as long as a modem restarts
# A key was pressed, or the box knows of its silence already
KNOWN = {VoiceStep.ACCEPTED_BY, VoiceStep.PASSED_ON_BY, VoiceStep.CUT_SHORT, VoiceStep.NO_SOUND}
CAUSES = {
    Reason.VOICE_FAILED: messages.VOICE_FAILED,
    Reason.NOT_JOINED: messages.VOICE_NOT_JOINED,
    Reason.NO_PORT: messages.VOICE_PORT_GONE,
}


class VoiceAlarms:
    """Two alarms on the ``bell``; the count outlives a restart."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell
        self._away_since_s: float | None = None

    def look(self, why: Reason | None, *, wanted: bool, proved: bool) -> None:
        """``why`` the voice cannot be used now; ``wanted``: calls are to be answered by it;
        ``proved``: sound has gone both ways before, so that a missing port is a loss."""
        now_s = self._ledger.moment.monotonic_s
        if why is not Reason.NO_PORT:
            self._away_since_s = None
        elif self._away_since_s is None:
            self._away_since_s = now_s
        away = self._away_since_s is not None and now_s >= self._away_since_s + AWAY_MAX_S
        missing = why is Reason.NO_PORT
        if why is Reason.NO_SPEECH or (missing and proved and not away):
            return   # perhaps only not yet: an alarm that is up goes on
        cause = CAUSES.get(why) if why is not None else None
        if cause is None or (missing and not proved):
            self._bell.still(GONE)
        elif wanted:
            self._bell.ring(GONE, cause)
        else:
            self._bell.still(GONE, by_sms=False)   # it is missed no more, and no better

    def over(self, steps: Iterable[VoiceStep]) -> None:
        """A conversation has ended, without anybody joined; keys were told to `heard`."""
        told = set(steps)
        if VoiceStep.ANSWERED_BY not in told or told & KNOWN:
            return
        count = self._count + 1
        self._ledger.remember(COUNT, count)
        if count >= UNHEARD_MAX:
            self._bell.ring(UNHEARD, messages.VOICE_UNHEARD)

    def heard(self) -> None:
        """Somebody pressed a key: they hear the box, and the box hears them."""
        if self._count:
            self._ledger.remember(COUNT, 0)
        self._bell.still(UNHEARD)

    @property
    def _count(self) -> int:
        found = self._ledger.fact(COUNT)
        return found if isinstance(found, int) else 0
