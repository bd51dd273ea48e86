"""Greetings recorded by telephone, as rows: what the daemon writes of them."""

from __future__ import annotations

import sqlite3

from firmware.record import RecordedGreeting
from firmware.store.plain import clean


def put(connection: sqlite3.Connection, row: RecordedGreeting) -> bool:
    """Let it be played in place of whatever callers of its service heard at its times; the text
    that was spoken stays beside it.

    False where nothing is to be done: it is there already, or an edit on the page has meanwhile
    taken its service out of the rota.
    """
    service = clean(row.service)
    known = connection.execute(
        'SELECT recording FROM greeting WHERE service = ? AND "when" = ?', (service, row.when)
    ).fetchone()
    if known is not None and known[0] == row.recording:
        return False
    if not connection.execute("SELECT 1 FROM service WHERE name = ?", (service,)).fetchone():
        return False
    if known is not None:
        connection.execute(
            'UPDATE greeting SET recording = ? WHERE service = ? AND "when" = ?',
            (row.recording, service, row.when),
        )
    else:
        connection.execute(
            'INSERT INTO greeting (position, service, "when", recording)'
            " SELECT coalesce(max(position), 0) + 1, ?, ?, ? FROM greeting",
            (service, row.when, row.recording),
        )
    return True
