"""What somebody has to answer for, and what administrators must know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AlertCause(StrEnum):
    """What somebody has to answer for."""

    CALL = "call"            # a call that was not passed on
    DIVERTED = "diverted"    # a call that the network passed on, not yet confirmed
    SMS = "sms"              # a stranger's message
    REMINDER = "reminder"    # "your duty starts at ..., answer OK"
    RELAY = "relay"          # "Alice hands the duty over to you, answer OK"
    SWAP = "swap"            # "Alice asks you to take her shift of ..., answer OK"


CUT_OFF = "cut off"   # the text of an alert: the conversation with the caller was broken off
MEANWHILE = "meanwhile"   # and: the network led the caller on while the box spoke with another


class AlertState(StrEnum):
    """OPEN asks people in turn; EXHAUSTED has asked everybody thrice and stays on the page."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"        # nobody has to answer (taken care of on the page, or pointless now)


@dataclass(frozen=True, slots=True)
class Asked:
    """One person asked to answer for an alert, in which turn round the list (from 0).

    ``declined``: the person has said NON to this question.
    """

    person: str
    mobile: str
    level: int
    at: datetime
    round: int = 0
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """One demand for an acknowledgement, from its cause to its end.

    ``cause_id`` is the id of the call or message. ``text`` is the stranger's message or the words
    that go with the cause. ``round`` counts turns round the list from 0; ``due_at`` is when the
    next person is asked. ``asked`` lists who was asked so far, in order.
    """

    id: int
    reference: str
    cause: AlertCause
    cause_id: int | None
    service: str
    opened_at: datetime
    number: str | None = None
    text: str = ""
    state: AlertState = AlertState.OPEN
    round: int = 0
    due_at: datetime | None = None
    asked: tuple[Asked, ...] = ()
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something administrators must know. ``until`` None while it lasts.

    ``key`` is stable (``forwarding``, ``modem``, ``sim-pin``, ``alert:17``); ``cause`` is a
    message of the catalogue with its ``values``, so that the page can word it in its own language.
    """

    key: str
    since: datetime
    cause: str
    values: dict[str, str] = field(default_factory=dict)
    until: datetime | None = None
