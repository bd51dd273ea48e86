"""For which SMS somebody waits: those go on being tried for as long as that lasts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from firmware.record import OutgoingMessage

_ALARM = re.compile(r"alarm:alert:([0-9]+):")   # the cause of an unanswered alert's alarm


def awaited_alert(message: OutgoingMessage) -> int | None:
    """The alert that the message asks somebody to answer for: as a question or as its alarm."""
    if message.about is not None:
        return message.about
    alarm = _ALARM.match(message.cause)
    return int(alarm[1]) if alarm is not None else None


class OfAlerts:
    """The numbers of the SMS that ask somebody about an alert, and of those that alarm that nobody
    answers for it: nearly all alerts have none of these."""

    def __init__(self) -> None:
        self._questions: dict[int, list[int]] = {}
        self._alarms: dict[int, list[int]] = {}

    def questions(self, alert_id: int) -> Sequence[int]:
        return self._questions.get(alert_id, ())

    def alarms(self, alert_id: int) -> Sequence[int]:
        return self._alarms.get(alert_id, ())

    def file(self, message: OutgoingMessage) -> None:
        alert_id = awaited_alert(message)
        if alert_id is not None:
            self._drawer(message).setdefault(alert_id, []).append(message.id)

    def forget(self, message: OutgoingMessage) -> None:
        alert_id, drawer = awaited_alert(message), self._drawer(message)
        if alert_id is not None and alert_id in drawer:
            drawer[alert_id].remove(message.id)
            if not drawer[alert_id]:
                del drawer[alert_id]

    def _drawer(self, message: OutgoingMessage) -> dict[int, list[int]]:
        return self._alarms if message.about is None else self._questions
