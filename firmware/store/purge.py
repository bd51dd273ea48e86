"""Forgetting in time: what the site file's ``[retention]`` does not keep any longer.

Runs at night in a process of its own, in small transactions: a step of the daemon waits for one of
them at most. What is unsettled (an alert that nobody has answered for, with its call, its text and
their journal lines; an SMS that has not left) stays however old it is. ``secure_delete`` overwrites
what is deleted.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from firmware.rota import Retention
from firmware.store import dating
from firmware.store.database import Database
from firmware.store.errors import translated
from firmware.store.plain import instant_text

BATCH = 200
# A wall clock that leapt ahead would forget everything: the journal has to have come along
LEAP_MAX = timedelta(days=3)
VOICEMAIL = Path("voice") / "mail"

_UNSETTLED = "SELECT 1 FROM alert WHERE state IN ('open', 'exhausted') AND"
_UNSETTLED_TEXT = f"NOT EXISTS ({_UNSETTLED} cause = 'sms' AND cause_id ="
_UNSETTLED_LINE = (
    f"NOT EXISTS ({_UNSETTLED} key = CASE cause WHEN 'sms' THEN 'sms_in:' ELSE 'call:' END"
    " || cause_id)"
)
_LEFT = (
    "state NOT IN ('queued', 'sending')"
    f" AND NOT EXISTS ({_UNSETTLED} alert.id = outgoing_message.about)"
)
_SETTLED = "state IN ('acknowledged', 'closed')"

# Each: what is done, the table, its key, the date that decides (None: see there), which rows
_WORDS = (
    ("UPDATE {} SET text = ''", "incoming_message", "id", "received_at",
     f"text <> '' AND {_UNSETTLED_TEXT} incoming_message.id)"),
    ("DELETE FROM {}", "incoming_part", "fingerprint", "received_at",
     "message_id IS NOT NULL"
     f" AND {_UNSETTLED_TEXT} incoming_part.message_id)"),
    ("UPDATE {} SET text = ''", "outgoing_message", "id", "created_at",
     f"text <> '' AND {_LEFT}"),
    ("UPDATE {} SET text = ''", "alert", "id", "ended_at",
     f"text <> '' AND {_SETTLED}"),
    ("UPDATE {} SET detail = json_remove(detail, '$.text')", "journal", "id", "at",
     "kind IN ('sms_in', 'sms_out') AND json_extract(detail, '$.text') IS NOT NULL"
     f" AND {_UNSETTLED_LINE}"),
)  # fmt: skip
_VOICEMAIL = (
    ("UPDATE {} SET deleted_at = strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now')",
     "voicemail", "id", "at", "deleted_at IS NULL"
     f" AND NOT EXISTS ({_UNSETTLED} cause = 'call' AND cause_id = voicemail.call_id)"),
)  # fmt: skip
_CALL_LOG = (
    ("DELETE FROM {}", "voicemail", "id", "at", "deleted_at IS NOT NULL"),
    ("DELETE FROM {}", "call", "id", "started_at",
     "ended_at IS NOT NULL AND outcome <> 'ringing'"
     f" AND NOT EXISTS ({_UNSETTLED} cause IN ('call', 'diverted') AND cause_id = call.id)"),
    ("DELETE FROM {}", "incoming_message", "id", "received_at",
     f"{_UNSETTLED_TEXT} incoming_message.id)"),
    ("DELETE FROM {}", "outgoing_message", "id", "created_at", _LEFT),
    ("DELETE FROM {}", "alert", "id", "ended_at", _SETTLED),
    ("DELETE FROM {}", "request", "id", "done_at", "TRUE"),
    ("DELETE FROM {}", "alarm", "key", "until", "TRUE"),
    # The last: the others may be dated by it
    ("DELETE FROM {}", "journal", "id", "at",
     f"kind NOT IN ('handover', 'edit') AND {_UNSETTLED_LINE}"),
)  # fmt: skip
_AUDIT = (
    ("DELETE FROM {}", "intervention", "id", "ended_at", "TRUE"),
    ("DELETE FROM {}", "audit", "id", "at", "TRUE"),
    # A swap is a fact under the number of its alert; the day is enough
    ("DELETE FROM {}", "fact", "key", None,
     "key >= 'swap:' AND key < 'swap;' AND json_extract(value, '$.end') < :limit"),
    ("DELETE FROM {}", "rota_history", "version", "at",
     "version < (SELECT max(version) FROM rota_history)"),
    ("DELETE FROM {}", "journal", "id", "at", "kind IN ('handover', 'edit')"),
)  # fmt: skip


def purge(database: Database, retention: Retention, now: datetime) -> int:
    """Forget what is too old at ``now``; how many rows were changed.

    Nothing is forgotten when the clock seems to have leapt. Raises ``StoreError``; what was
    forgotten by then stays so, and the next night goes on.
    """
    if not _clock_came_along(database, now):
        return 0
    limits = (
        (_WORDS, now - timedelta(days=retention.sms_text_days)),
        (_VOICEMAIL, now - timedelta(days=retention.voicemail_days)),
        (_CALL_LOG, months_before(now, retention.call_log_months)),
        (_AUDIT, months_before(now, retention.audit_months)),
    )
    changed = sum(
        _in_batches(database, statement(*rule), limit, now)
        for rules, limit in limits
        for rule in rules
    )
    if changed:
        with translated(database.path):  # out of the log too
            database.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return changed


def statement(action: str, table: str, key: str, date: str | None, rows: str) -> str:
    """The SQL of one rule for one batch; its parameters are the ``limit`` in time, and ``now``."""
    if date is not None:
        rows = f"{dating.before(table, date)} AND {rows}"
    chosen = f"SELECT {key} FROM {table} WHERE {rows} LIMIT {BATCH}"
    return f"{action.format(table)} WHERE {key} IN ({chosen})"


RULES = (*_WORDS, *_VOICEMAIL, *_CALL_LOG, *_AUDIT)


def purge_voicemail(
    data_dir: Path, retention: Retention, now: datetime, kept: Collection[str] = ()
) -> int:
    """Delete the recordings of callers from more than so many days ago, but those ``kept``.

    These are names of rows that `purge` has left (``mail/17``): nobody has answered for them.
    """
    limit = (now - timedelta(days=retention.voicemail_days)).timestamp()
    folder = data_dir / VOICEMAIL
    old = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.lstat().st_mtime < limit
        and f"{VOICEMAIL.name}/{path.relative_to(folder).with_suffix('')}" not in kept
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def kept_voicemail(database: Database) -> frozenset[str]:
    """The recordings that rows still speak of."""
    with translated(database.path):
        found = database.connection.execute("SELECT name FROM voicemail WHERE deleted_at IS NULL")
        return frozenset(name for (name,) in found)


def months_before(now: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(
        year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1])
    )


def _clock_came_along(database: Database, now: datetime) -> bool:
    with translated(database.path):
        (last,) = database.connection.execute("SELECT max(at) FROM journal").fetchone()
    return last is not None and instant_text(now - LEAP_MAX) <= str(last)


def _in_batches(database: Database, sql: str, limit: datetime, now: datetime) -> int:
    times, changed = {"limit": instant_text(limit), "now": instant_text(now)}, 0
    while True:
        with database.transaction() as connection:
            count = connection.execute(sql, times).rowcount
        changed += count
        if count < BATCH:
            return changed
