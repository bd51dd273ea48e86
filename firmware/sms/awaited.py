"""For which SMS somebody waits: those go on being tried for as long as that lasts."""

from __future__ import annotations

import re

from firmware.record import OutgoingMessage

_ALARM = re.compile(r"alarm:alert:([0-9]+):")   # the cause of an unanswered alert's alarm


def awaited_alert(message: OutgoingMessage) -> int | None:
    """The alert that the message asks somebody to answer for: as a question or as its alarm."""
    if message.about is not None:
        return message.about
    alarm = _ALARM.match(message.cause)
    return int(alarm[1]) if alarm is not None else None
