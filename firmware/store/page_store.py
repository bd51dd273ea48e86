"""The page's side: what it shows, and the wishes that it leaves for the daemon."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from firmware.moment import read_instant
from firmware.record import (
    Alarm,
    Alert,
    AlertCause,
    AlertState,
    Call,
    Intervention,
    RequestKind,
    Voicemail,
)
from firmware.store import dating, fact_reader
from firmware.store.damaged import left, raw_rows, readable, try_to
from firmware.store.database import Database
from firmware.store.errors import translated
from firmware.store.plain import clean, instant_text, json_text, read_time
from firmware.store.tables import ALARM, ALERT, CALL, INTERVENTION, VOICEMAIL

# An abandoned call that nobody rang back for so long is history, not a task
ABANDONED_SHOWN_DAYS = 3
SHOWN_MAX = 500
LAST_TEXT = "last:sms"   # the fact

UNSETTLED_ALERTS = "WHERE state IN ('open', 'exhausted') ORDER BY id DESC LIMIT ?"
# The caller gave up, no alert stands for the call, and that number has not called since: a later
# call speaks for itself, unless the box refused it
_RECENT = dating.since("call", "started_at")
ABANDONED_CALLS = (
    f"AS missed WHERE outcome = 'abandoned' AND missed.{_RECENT} AND number IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.cause_id = missed.id"
    " AND alert.cause IN ('call', 'diverted'))"
    " AND NOT EXISTS (SELECT 1 FROM call AS later WHERE later.number = missed.number"
    " AND later.id > missed.id AND later.outcome <> 'refused')"
    " ORDER BY id DESC LIMIT ?2"
)
VOICEMAILS = "WHERE deleted_at IS NULL AND seconds > 0 ORDER BY id DESC LIMIT ?"
NEW_VOICEMAILS = "WHERE deleted_at IS NULL AND seconds > 0 AND heard_at IS NULL"
INTERVENTIONS = "WHERE started_at >= ? AND started_at < ? ORDER BY started_at"
INTERVENTION_MAX = timedelta(days=3)
OPEN_ALARMS = "WHERE until IS NULL ORDER BY since DESC"


class CallBackReason(StrEnum):
    """Why somebody should ring this number."""

    ASKING = "asking"        # people are being asked, nobody has answered yet
    UNANSWERED = "unanswered"  # everybody was asked, nobody answered
    ABANDONED = "abandoned"  # the caller hung up before anything was done


@dataclass(frozen=True, slots=True)
class CallBack:
    """One line of the call-back list. ``number`` is None for a withheld caller.

    ``alert`` is set when somebody still has to answer for it: only such a line can be marked as
    taken care of; the others leave the list when the number gets through or after three days.
    """

    at: datetime
    reason: CallBackReason
    service: str
    number: str | None
    text: str
    alert: Alert | None = None
    call: Call | None = None


class PageStore:
    """Reads for the page; belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsettled_alerts(self) -> tuple[Alert, ...]:
        """Alerts that wait for an answer (open or exhausted), the newest first."""
        return readable(self._database, ALERT, UNSETTLED_ALERTS, SHOWN_MAX)

    def callers_alerts(self) -> tuple[Alert, ...]:
        """Those of them that are about a caller or a sender, the newest first."""
        return tuple(filter(_has_a_caller, self.unsettled_alerts()))

    def call_back_list(self, now: datetime) -> tuple[CallBack, ...]:
        """Callers and senders whom nobody has answered for, the newest first."""
        since = instant_text(now - timedelta(days=ABANDONED_SHOWN_DAYS))
        with self._database.reading():
            alerts = self.unsettled_alerts()
            calls = readable(self._database, CALL, ABANDONED_CALLS, since, SHOWN_MAX)
        lines = [_from_alert(alert) for alert in alerts if _has_a_caller(alert)]
        lines += [_from_call(call) for call in calls]
        return tuple(sorted(lines, key=lambda line: line.at, reverse=True))

    def open_alarms(self) -> tuple[Alarm, ...]:
        """What administrators must know now, the newest first."""
        return readable(self._database, ALARM, OPEN_ALARMS)

    def last_call_at(self) -> datetime | None:
        """When the last call began, also one of before the daemon's start: the newest instant.
        What begins with no digit is none, and ':' follows the digits."""
        query = "SELECT max(started_at) FROM call WHERE started_at < ':'"
        ((at,),) = raw_rows(self._database, query)
        return try_to(read_time, at)

    def last_text_at(self) -> datetime | None:
        """When the last SMS came in that was not the box's own, as the daemon has noted it."""
        return read_instant(fact_reader.facts(self._database, LAST_TEXT).get(""))

    def outgoing_waiting(self) -> int:
        """SMS that have not left yet."""
        with translated(self._database.path):
            (count,) = self._database.connection.execute(
                "SELECT count(*) FROM outgoing_message WHERE state IN ('queued', 'sending')"
            ).fetchone()
        return int(count)

    def ask(self, kind: RequestKind, values: dict[str, str], *, by: str, at: datetime) -> int:
        """Leave a wish for the daemon and return its number.

        The same wish left twice before it is done (a double click) is one wish.
        """
        text = json_text({**values, "by": by})
        with self._database.transaction() as connection:
            return _same_wish(connection, kind, text) or _new_wish(connection, kind, text, at)

    def voicemails(self, limit: int) -> tuple[Voicemail, ...]:
        """Messages whose recording is still kept, the newest first."""
        return readable(self._database, VOICEMAIL, VOICEMAILS, limit)

    def voicemail(self, number: int) -> Voicemail | None:
        found = readable(self._database, VOICEMAIL, "WHERE id = ?", number)
        return found[0] if found else None

    def new_voicemails(self) -> int:
        """How many messages nobody has heard yet."""
        with translated(self._database.path):
            (count,) = self._database.connection.execute(
                f"SELECT count(*) FROM voicemail {NEW_VOICEMAILS}"
            ).fetchone()
        return int(count)

    def going_voicemails(self) -> frozenset[int]:
        """Messages whose deletion is on its way to the daemon."""
        query = (
            'SELECT "values" FROM request WHERE done_at IS NULL AND kind = \'delete_voicemail\''
        )
        found = [try_to(_voicemail_in, cell) for (cell,) in raw_rows(self._database, query)]
        return frozenset(left(self._database, "request", found))

    def interventions(self, low: datetime, high: datetime) -> tuple[Intervention, ...]:
        """Those that began before ``high``, and not so long before ``low`` that none lasts."""
        begun = instant_text(low - INTERVENTION_MAX), instant_text(high)
        return readable(self._database, INTERVENTION, INTERVENTIONS, *begun)

    def swaps(self) -> tuple[tuple[int, dict[str, object]], ...]:
        """Questions for a swap: the number of the alert and what `duty.swap_parts` reads."""
        found = fact_reader.facts(self._database, "swap:")
        return tuple(
            (int(n), value) for n, value in found.items() if n.isdigit() and isinstance(value, dict)
        )

    def is_done(self, request_id: int) -> bool:
        """Whether the daemon has done that wish."""
        with translated(self._database.path):
            found = self._database.connection.execute(
                "SELECT done_at FROM request WHERE id = ?", (request_id,)
            ).fetchone()
        return found is not None and found[0] is not None


def _voicemail_in(values: str) -> int:
    return int(json.loads(values)["voicemail"])


def _same_wish(connection: sqlite3.Connection, kind: RequestKind, text: str) -> int | None:
    found = connection.execute(
        'SELECT id FROM request WHERE done_at IS NULL AND kind = ? AND "values" = ?',
        (kind.value, text),
    ).fetchone()
    return None if found is None else int(found[0])


def _new_wish(connection: sqlite3.Connection, kind: RequestKind, text: str, at: datetime) -> int:
    cursor = connection.execute(
        'INSERT INTO request (at, kind, "values") VALUES (?, ?, ?)',
        (instant_text(at), kind.value, clean(text)),
    )
    return int(cursor.lastrowid or 0)


def _has_a_caller(alert: Alert) -> bool:
    """Reminders, relays and swaps are between colleagues: nobody is to be rung back."""
    return alert.cause in (AlertCause.CALL, AlertCause.DIVERTED, AlertCause.SMS)


def _from_alert(alert: Alert) -> CallBack:
    asking = alert.state is AlertState.OPEN
    return CallBack(
        at=alert.opened_at,
        reason=CallBackReason.ASKING if asking else CallBackReason.UNANSWERED,
        service=alert.service,
        number=alert.number,
        text=alert.text,
        alert=alert,
    )


def _from_call(call: Call) -> CallBack:
    return CallBack(
        at=call.started_at,
        reason=CallBackReason.ABANDONED,
        service=call.service,
        number=call.number,
        text="",
        call=call,
    )
