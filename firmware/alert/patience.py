"""How long whoever was asked may take to answer."""

from __future__ import annotations

from firmware.duty.roster import Roster
from firmware.moment import Moment
from firmware.record import Alert, AlertCause

# A reminder, a relay offer, the question for a swap
PERSONAL_ALERT_S = {
    AlertCause.REMINDER: 3600, AlertCause.RELAY: 900, AlertCause.SWAP: 2 * 86_400
}  # fmt: skip
DEFAULT_ACKNOWLEDGE_WITHIN_S = 300


def patience_s(alert: Alert, roster: Roster) -> int:
    """Seconds from the question until the next person is asked."""
    if alert.cause in PERSONAL_ALERT_S:
        return PERSONAL_ALERT_S[alert.cause]
    service = roster.service(alert.service)
    return service.acknowledge_within_s if service else DEFAULT_ACKNOWLEDGE_WITHIN_S


def monotonic_due_s(alert: Alert, roster: Roster, now: Moment) -> float:
    """The monotonic instant of ``due_at``, never further off than one whole wait: the wall clock
    may have been set back while the box was off."""
    left_s = (alert.due_at - now.utc).total_seconds() if alert.due_at is not None else 0.0
    return now.monotonic_s + min(max(left_s, 0.0), patience_s(alert, roster))
