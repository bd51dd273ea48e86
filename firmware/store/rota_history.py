"""What was changed in the rota: by whom, when, in which words, and how it stood afterwards.

Written in the transaction of the change itself. Nothing here is ever changed or taken out: an undo
is a version of its own that says which one it takes back.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from firmware.rota import Rota, read_site_file, write_site_file
from firmware.store.damaged import instants, part_of, raw_rows, try_to
from firmware.store.database import Database
from firmware.store.errors import UnreadableDatabase, translated
from firmware.store.plain import clean, instant_text, json_text, read_time

# Messages of the page's catalogue for changes that no page made
LOADED = "Site file loaded"
REPLACED = "Site file loaded in place of what was there"
BEFORE_HISTORY = "As it stood before changes were kept"
TAKEN_OVER = "%(in)s takes the duty over from %(out)s: %(service)s, %(from)s to %(to)s"
RELIEVED = "%(out)s is relieved: %(service)s, %(from)s to %(to)s"
GREETING_RECORDED = "Greeting of %(service)s recorded by telephone"
UNREADABLE = "This line of the history cannot be read: the data are damaged here"
TAKEN_ON = "%(in)s comes on duty too: %(service)s, %(from)s to %(to)s"

_COLUMNS = 'version, at, by, what, "values", undoes'
SITE_MAX = 16_000_000  # bytes of a site file's text in UTF-8: 4,000,000 characters at most


@dataclass(frozen=True, slots=True)
class Sentence:
    """``what`` is a message with ``%(name)s`` places; ``values`` fill them.

    A value that is a wall-clock time or an instant is written as the site file writes it
    (``2026-11-29T14:00``), so that each reader gets it in his own manner.
    """

    what: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """One change. ``undoes`` is the version that it takes back, if it does."""

    number: int
    at: datetime
    by: str
    sentence: Sentence
    undoes: int | None = None


def taken_over(values: dict[str, str]) -> Sentence:
    """The words for an override that came by SMS; ``in`` or ``out`` may be empty."""
    if not values["out"]:
        return Sentence(TAKEN_ON, values)
    return Sentence(TAKEN_OVER if values["in"] else RELIEVED, values)


def write(connection: sqlite3.Connection, version: Version, rota: Rota) -> None:
    """Keep ``rota`` as it stands from ``version`` on; within the transaction that changed it."""
    text = clean(write_site_file(rota)).encode()
    connection.execute(
        f"INSERT INTO rota_history ({_COLUMNS}, site) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            version.number,
            instant_text(version.at),
            clean(version.by),
            clean(version.sentence.what),
            json_text(dict(version.sentence.values)),
            version.undoes,
            zlib.compress(text),
        ),
    )


def keep_first(connection: sqlite3.Connection, number: int, at: datetime, rota: Rota) -> None:
    """Keep the rota that an older program left, before the first change that is recorded."""
    if connection.execute("SELECT 1 FROM rota_history LIMIT 1").fetchone() is None:
        write(connection, Version(number, at, "", Sentence(BEFORE_HISTORY)), rota)


def versions(
    database: Database, *, before: int | None = None, after: int = 0, limit: int = 50
) -> tuple[Version, ...]:
    """The changes above version ``after`` and below ``before``, the newest first."""
    return _read(
        database,
        "WHERE version > ? AND version < ? ORDER BY version DESC LIMIT ?",
        (after, before if before is not None else 2**62, limit),
    )


def version(database: Database, number: int) -> Version | None:
    found = _read(database, "WHERE version = ?", (number,))
    return found[0] if found else None


def recorded_as(database: Database, recording: str) -> Version | None:
    """The version with which a greeting recorded by telephone came, for as long as it is kept."""
    found = _read(
        database,
        "WHERE what = ?"
        " AND CASE WHEN json_valid(\"values\") THEN json_extract(\"values\", '$.recording') END = ?"
        " ORDER BY version DESC LIMIT 1",
        (GREETING_RECORDED, recording),
    )
    return found[0] if found else None


def undone_by(database: Database, number: int) -> Version | None:
    """The version that takes ``number`` back, if there is one; the last if there are several."""
    found = _read(database, "WHERE undoes = ? ORDER BY version DESC LIMIT 1", (number,))
    return found[0] if found else None


def site_text(database: Database, number: int) -> str | None:
    """The site file as it stood from version ``number`` on, or None if that is not kept."""
    with translated(database.path):
        found = database.connection.execute(
            "SELECT site FROM rota_history WHERE version = ?", (number,)
        ).fetchone()
    if found is None:
        return None
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(found[0], SITE_MAX)
        if not unpacking.eof:
            raise ValueError("longer than a site file can be")
        return text.decode()
    except (ValueError, zlib.error) as error:
        raise UnreadableDatabase(f"version {number} of the rota cannot be read: {error}") from error


def rota_at(database: Database, number: int) -> Rota | None:
    """The rota as it stood from version ``number`` on, or None if that is not kept."""
    text = site_text(database, number)
    return None if text is None else read_site_file(text)


def rota_before(database: Database, number: int) -> Rota | None:
    """The rota that version ``number`` changed, or None if that is not kept."""
    found = _read(database, "WHERE version < ? ORDER BY version DESC LIMIT 1", (number,))
    return rota_at(database, found[0].number) if found else None


def _read(
    database: Database, condition: str, parameters: tuple[object, ...]
) -> tuple[Version, ...]:
    rows = raw_rows(database, f"SELECT {_COLUMNS} FROM rota_history {condition}", parameters)
    return tuple(
        # The rota of one that cannot be read may well be readable
        try_to(_version, *row) or Version(row[0], at, part_of(row[2]) or "", Sentence(UNREADABLE))
        for row, (at, _) in zip(rows, instants(row[1] for row in rows), strict=True)
    )


def _version(number: int, at: str, by: str, what: str, values: str, undoes: int | None) -> Version:
    return Version(number, read_time(at), by, Sentence(what, dict(json.loads(values))), undoes)
