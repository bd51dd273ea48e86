"""What the page's charts are drawn from: calls by hour, and how soon an alert was answered for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from firmware.record import AlertState, CallOutcome
from firmware.store.damaged import left, raw_rows, try_to
from firmware.store.database import Database
from firmware.store.plain import instant_text, read_time

CALLS_BY_MINUTES = (
    "SELECT substr(started_at, 1, ?), outcome, count(*) FROM call INDEXED BY call_started"
    " WHERE started_at >= ? AND started_at < ? GROUP BY 1, 2"
)
ANSWER_TIMES = (
    "SELECT state, ended_by IS NOT NULL,"
    " CAST(round((julianday(ended_at) - julianday(opened_at)) * 86400) AS INTEGER)"
    " FROM alert INDEXED BY alert_opened WHERE opened_at >= ? AND opened_at < ?"
    " AND cause IN ('call', 'diverted', 'sms')"
)
HOUR_CHARACTERS = len("2026-03-29T01")
QUARTER_CHARACTERS = len("2026-03-29T01:0")


@dataclass(frozen=True, slots=True)
class CallsAt:
    """How many calls with one outcome began within the hour (or ten minutes) from ``at`` on."""

    at: datetime
    outcome: CallOutcome
    count: int


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How an alert about a caller stands. ``by_somebody``: it was answered for by SMS or on the
    page; ``seconds`` from its start to its end, if it has one."""

    state: AlertState
    by_somebody: bool
    seconds: int | None


def calls_at(
    database: Database, since: datetime, until: datetime, *, whole_hours: bool = True
) -> Sequence[CallsAt]:
    """Calls counted by UTC hours, or by ten minutes where the zone's hours begin elsewhere."""
    characters = HOUR_CHARACTERS if whole_hours else QUARTER_CHARACTERS
    period = (instant_text(since), instant_text(until))
    end = ":00Z" if whole_hours else "0Z"
    found = [
        try_to(lambda at, outcome, n: CallsAt(read_time(at + end), CallOutcome(outcome), n), *raw)
        for raw in raw_rows(database, CALLS_BY_MINUTES, (characters, *period))
    ]
    return left(database, "call", found)


def answer_times(database: Database, since: datetime, until: datetime) -> Sequence[AnswerTime]:
    """Each alert that was opened in the period because of a call or a stranger's SMS."""
    period = (instant_text(since), instant_text(until))
    found = [
        try_to(lambda state, by, s: AnswerTime(AlertState(state), bool(by), s), *raw)
        for raw in raw_rows(database, ANSWER_TIMES, period)
    ]
    return left(database, "alert", found)
