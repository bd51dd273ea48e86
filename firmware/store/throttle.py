"""Holds back whoever tries passwords and codes: kept in the store, so a restart forgets nothing.

A try is counted before it is judged and given back when it was right: four requests at once cannot
each take the last free one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.store.database import Database
from firmware.store.plain import clean, instant_text, read_time

FIRST_WAIT_S = 30
WAIT_MAX_S = 15 * 60
FORGOTTEN_AFTER = timedelta(hours=24)
DOUBLINGS_MAX = 16  # far above what reaches WAIT_MAX_S


@dataclass(frozen=True, slots=True)
class Limit:
    """``free`` tries under ``key`` cost nothing; then each waits twice as long as the one before.

    ``cleared``: one right try forgives all; without, it only gives itself back, so that somebody
    with a password of their own cannot wash an address clean.
    """

    key: str
    free: int
    cleared: bool = False


class Throttle:
    """Belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, limits: Sequence[Limit], now: datetime) -> timedelta:
        """Count a try under each key. Above zero: it may not be made, wait so long first."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM throttle WHERE last_at < ?", (instant_text(now - FORGOTTEN_AFTER),)
            )
            wait = max(_wait(connection, limit, now) for limit in limits)
            if wait <= timedelta(0):
                for limit in limits:
                    _count(connection, limit, now)
        return max(wait, timedelta(0))

    def give_back(self, limits: Sequence[Limit]) -> None:
        """The try was right."""
        with self._database.transaction() as connection:
            for limit in limits:
                connection.execute(
                    "UPDATE throttle SET failures = failures - 1 WHERE key = ? AND failures > 0",
                    (clean(limit.key),),
                )
                if limit.cleared:
                    connection.execute("DELETE FROM throttle WHERE key = ?", (clean(limit.key),))


def _wait(connection: sqlite3.Connection, limit: Limit, now: datetime) -> timedelta:
    found = connection.execute(
        "SELECT failures, last_at FROM throttle WHERE key = ?", (clean(limit.key),)
    ).fetchone()
    if found is None or found[0] < limit.free:
        return timedelta(0)
    doublings = min(found[0] - limit.free, DOUBLINGS_MAX)
    wait = timedelta(seconds=min(FIRST_WAIT_S * 2**doublings, WAIT_MAX_S))
    since = now - read_time(found[1])
    # A clock set back must not lock anybody out for longer than the longest wait
    return wait - since if since >= timedelta(0) else wait


def _count(connection: sqlite3.Connection, limit: Limit, now: datetime) -> None:
    connection.execute(
        "INSERT INTO throttle (key, failures, last_at) VALUES (?, 1, ?) ON CONFLICT (key)"
        " DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
        (clean(limit.key), instant_text(now)),
    )
