"""All that the store knows of one call or one SMS, from its arrival to the last answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.record import Alert, AlertCause, Call, IncomingMessage, JournalEntry, OutgoingMessage
from firmware.store.damaged import readable
from firmware.store.database import Database
from firmware.store.plain import instant_text
from firmware.store.tables import ALERT, CALL, INCOMING, JOURNAL, OUTGOING

OF_CAUSE = "WHERE cause_id = ? AND cause IN ({}) ORDER BY id"
# The causes of an alert's own SMS begin with "alert:17:" and "taken:17:": a range of the unique
# index, for ";" follows ":"
OF_ALERT = "WHERE cause >= ? AND cause < ? ORDER BY id"
AROUND = (
    "INDEXED BY journal_at WHERE at >= ? AND at <= ? AND kind IN ('ack', 'escalation', 'delivery')"
    " ORDER BY at, id LIMIT ?"
)
LINES_MAX = 5000
# A status report may come after the answer
AFTERWARDS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Story:
    """``call`` or ``message`` began it. ``lines`` are the journal's about answers, questions that
    nobody answered, and status reports, the oldest first."""

    call: Call | None
    message: IncomingMessage | None
    alerts: tuple[Alert, ...]
    sent: tuple[OutgoingMessage, ...]
    lines: tuple[JournalEntry, ...]


def story_of_call(database: Database, call_id: int, now: datetime) -> Story | None:
    """What came of a call, None when there is no such call."""
    with database.reading() as connection:
        found = CALL.select(connection, "WHERE id = ?", call_id)
        if not found:
            return None
        alerts = _alerts(database, call_id, AlertCause.CALL, AlertCause.DIVERTED)
        return _told(database, now, found[0].started_at, alerts, call=found[0])


def story_of_message(database: Database, message_id: int, now: datetime) -> Story | None:
    """What came of a received SMS, None when there is no such SMS."""
    with database.reading() as connection:
        found = INCOMING.select(connection, "WHERE id = ?", message_id)
        if not found:
            return None
        alerts = _alerts(database, message_id, AlertCause.SMS)
        return _told(database, now, found[0].received_at, alerts, message=found[0])


def _alerts(database: Database, cause_id: int, *causes: AlertCause) -> tuple[Alert, ...]:
    condition = OF_CAUSE.format(", ".join(f"'{cause.value}'" for cause in causes))
    return readable(database, ALERT, condition, cause_id)


def _told(
    database: Database,
    now: datetime,
    began: datetime,
    alerts: tuple[Alert, ...],
    call: Call | None = None,
    message: IncomingMessage | None = None,
) -> Story:
    prefixes = [f"{kind}:{alert.id}:" for alert in alerts for kind in ("alert", "taken")]
    sent = [
        each
        for prefix in prefixes
        for each in readable(
            database, OUTGOING, OF_ALERT, prefix, f"{prefix.removesuffix(':')};"
        )
    ]
    ends = [alert.ended_at or now for alert in alerts]
    ends += [each.ended_at for each in sent if each.ended_at is not None]
    until = max(ends, default=began) + AFTERWARDS
    around = readable(
        database, JOURNAL, AROUND, instant_text(began), instant_text(until), LINES_MAX
    )
    references = {alert.reference for alert in alerts}
    lines = tuple(
        entry
        for entry in around
        if entry.detail.get("reference") in references
        or str(entry.detail.get("cause", "")).startswith(tuple(prefixes))
    )
    return Story(call, message, alerts, tuple(sorted(sent, key=lambda each: each.id)), lines)
