"""The whole site file in tables: one value in, the same value out."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from firmware.record import JournalEntry, JournalKind, RecordedGreeting, RotaOverride
from firmware.rota import (
    Contact,
    Greeting,
    Health,
    OpeningHours,
    Override,
    Person,
    Retention,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    VoiceRules,
    Window,
    grammar,
)
from firmware.store import greeting_rows, journal, override_rows, people_store, rota_history
from firmware.store.account_store import write_audit
from firmware.store.account_values import AuditEntry
from firmware.store.database import Database
from firmware.store.errors import translated
from firmware.store.plain import clean, instant_text, read_time, wall_text
from firmware.store.rota_history import Sentence, Version
from firmware.store.table import Table

T = TypeVar("T")

SITE = Table("site", Site)
PERSON = Table("person", Person)
SERVICE = Table("service", Service)
OVERRIDE = Table("override", Override, instants=False)
OPENING_HOURS = Table("opening_hours", OpeningHours)
HEALTH = Table("health", Health)
RETENTION = Table("retention", Retention)
WINDOW = Table("active_window", Window)
CONTACT = Table("contact", Contact)
VOICE = Table("voice", VoiceRules)
GREETING = Table("greeting", Greeting)

# Children before parents
_TABLES = (
    "health",
    "retention",
    "voice",
    "greeting",
    "opening_hours",
    "override",
    "active_window",
    "rotation_person",
    "rotation",
    "service",
    "person",
    "site",
)
_PARTS = (
    "site", "people", "services", "rotations", "overrides", "opening_hours", "health", "contacts",
    "retention", "voice", "greetings",
)


class RotaStore:
    """Loads and replaces the rota; used by the daemon, the page and the commands alike."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """A number that grows with each change of the rota, whoever made it."""
        with translated(self._database.path):
            return _version(self._database.connection)

    def load_rota(self) -> Rota | None:
        """The rota, or None while no site file has been loaded."""
        with self._database.reading() as connection:
            return load(connection)

    def replace_rota(
        self,
        rota: Rota,
        by: str,
        at: datetime,
        *,
        expected_version: int | None = None,
        sentence: Sentence | None = None,
        undoes: int | None = None,
        vouched: bool = False,
    ) -> bool:
        """Put ``rota`` in place of what is there; False when it is the same: nothing is written.

        ``by`` is the account's name; ``sentence`` says in the history what was done and
        ``undoes`` which version it takes back. With ``expected_version`` an edit that was begun on
        an older rota is refused (``Conflict``) instead of undoing somebody else's. ``vouched``:
        whoever loads it answers for the numbers that are new in it. ``RefusedRow`` when the rota
        names a person or a service that it does not hold.
        """
        with self._database.transaction() as connection:
            present = _version(connection)
            if expected_version is not None and present != expected_version:
                raise Conflict(present)
            before = load(connection)
            if before == rota:
                return False
            if before is not None:
                rota_history.keep_first(connection, present, at, before)
            _store(connection, rota, by, at)
            people_store.follow(connection, before, rota)
            if vouched:
                new = people_store.numbers_of(rota) - people_store.numbers_of(before)
                people_store.vouch(connection, new, "import", by, at)
            if before is None or before.contacts != rota.contacts:
                _store_contacts(connection, rota)  # thousands perhaps, and seldom changed
            version = journal.next_number(connection, "rota_version")
            said = sentence or Sentence(
                rota_history.LOADED if before is None else rota_history.REPLACED
            )
            rota_history.write(connection, Version(version, at, by, said, undoes), rota)
            journal.write(connection, _edit(before, rota, Version(version, at, by, said, undoes)))
        return True


class Conflict(Exception):  # noqa: N818 - the name says what happened
    """The rota is not the one that the edit began with; ``version`` is the present one."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"somebody else has changed the rota in the meantime: version {version}")


def enter_override(connection: sqlite3.Connection, row: RotaOverride) -> None:
    """An override that came by SMS, within the transaction of the daemon's step."""
    before, present = load(connection), _version(connection)
    if not override_rows.append(connection, row):
        return
    if before is not None:
        rota_history.keep_first(connection, present, row.entered_at, before)
    after = load(connection)
    if after is None:
        return
    values = {
        "service": row.service,
        "from": grammar.wall_text(row.start),
        "to": grammar.wall_text(row.end),
        "in": row.in_ or "",
        "out": row.out or "",
    }
    number = journal.next_number(connection, "rota_version")
    said = rota_history.taken_over(values)
    version = Version(number, row.entered_at, row.entered_by, said)
    rota_history.write(connection, version, after)


def enter_greeting(connection: sqlite3.Connection, row: RecordedGreeting) -> None:
    """A greeting recorded by telephone, within the transaction of the daemon's step: as an edit of
    the page, with its line of the history, of the journal and of the audit log."""
    before, present = load(connection), _version(connection)
    if before is None or not greeting_rows.put(connection, row):
        return
    rota_history.keep_first(connection, present, row.entered_at, before)
    after = load(connection)
    if after is None:
        return
    values = {"service": row.service, "when": row.when, "recording": row.recording}
    said = Sentence(rota_history.GREETING_RECORDED, values)
    number = journal.next_number(connection, "rota_version")
    version = Version(number, row.entered_at, row.entered_by, said)
    rota_history.write(connection, version, after)
    journal.write(connection, _edit(before, after, version))
    entry = AuditEntry(row.entered_at, row.entered_by, "voice.recorded", row.number, values=values)
    write_audit(connection, entry)


def _version(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute(
        "SELECT value FROM counter WHERE name = 'rota_version'"
    ).fetchone()
    return int(number)


def load(connection: sqlite3.Connection) -> Rota | None:
    """The rota as this connection sees it now."""
    sites = SITE.select(connection, "")
    if not sites:
        return None
    return Rota(
        site=sites[0],
        people=PERSON.select(connection, "ORDER BY position"),
        services=SERVICE.select(connection, "ORDER BY position"),
        rotations=_load_rotations(connection),
        overrides=OVERRIDE.select(connection, "ORDER BY position"),
        opening_hours=OPENING_HOURS.select(connection, "ORDER BY position"),
        health=next(iter(HEALTH.select(connection, "")), Health()),
        contacts=CONTACT.select(connection, "ORDER BY position"),
        retention=next(iter(RETENTION.select(connection, "")), Retention()),
        voice=next(iter(VOICE.select(connection, "")), VoiceRules()),
        greetings=GREETING.select(connection, "ORDER BY position"),
    )


def _load_rotations(connection: sqlite3.Connection) -> tuple[Rotation, ...]:
    people: dict[int, list[str]] = {}
    for rotation, person in connection.execute(
        "SELECT rotation, person FROM rotation_person ORDER BY rotation, position"
    ):
        people.setdefault(rotation, []).append(person)
    windows: dict[int, list[Window]] = {}
    for rotation, *values in connection.execute(
        f"SELECT rotation, {WINDOW.column_list} FROM active_window"
        " ORDER BY rotation, position"
    ):
        windows.setdefault(rotation, []).append(WINDOW.row(values))
    found = connection.execute(
        'SELECT position, service, level, start, every_count, every_unit, duty_type, "end"'
        " FROM rotation ORDER BY position"
    )
    return tuple(
        Rotation(
            service=service,
            level=level,
            start=read_time(start),
            every=Step(count, unit),
            people=tuple(people.get(position, ())),
            duty_type=duty_type,
            end=None if end is None else read_time(end),
            active=tuple(windows.get(position, ())),
        )
        for position, service, level, start, count, unit, duty_type, end in found
    )


def _store(connection: sqlite3.Connection, rota: Rota, by: str, at: datetime) -> None:
    entered = _entered(connection)
    for name in _TABLES:
        connection.execute(f"DELETE FROM {name}")
    _insert_only(connection, SITE, rota.site)
    if rota.health != Health():
        _insert_only(connection, HEALTH, rota.health)
    if rota.retention != Retention():
        _insert_only(connection, RETENTION, rota.retention)
    if rota.voice != VoiceRules():
        _insert_only(connection, VOICE, rota.voice)
    _insert_in_order(connection, PERSON, rota.people)
    _insert_in_order(connection, SERVICE, rota.services)
    _insert_in_order(connection, OPENING_HOURS, rota.opening_hours)
    _insert_in_order(connection, GREETING, rota.greetings)
    for position, rotation in enumerate(rota.rotations, start=1):
        _store_rotation(connection, position, rotation)
    for position, override in enumerate(rota.overrides, start=1):
        values = OVERRIDE.values(override)
        who_and_when = entered[values].pop(0) if entered[values] else (instant_text(at), clean(by))
        override_rows.insert(connection, position, (*values, *who_and_when))


def _store_contacts(connection: sqlite3.Connection, rota: Rota) -> None:
    connection.execute("DELETE FROM contact")
    _insert_in_order(connection, CONTACT, rota.contacts)


def _entered(connection: sqlite3.Connection) -> defaultdict[tuple[Any, ...], list[tuple[str, str]]]:
    """Who entered each override and when: an edit elsewhere in the rota must not forget it."""
    entered: defaultdict[tuple[Any, ...], list[tuple[str, str]]] = defaultdict(list)
    for *values, at, by in connection.execute(
        f"SELECT {override_rows.COLUMNS} FROM override ORDER BY position"
    ):
        entered[tuple(values)].append((at, by))
    return entered


def _store_rotation(connection: sqlite3.Connection, position: int, rotation: Rotation) -> None:
    connection.execute(
        "INSERT INTO rotation (position, service, level, start, every_count, every_unit,"
        ' duty_type, "end") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        (
            position,
            clean(rotation.service),
            rotation.level,
            wall_text(rotation.start),
            rotation.every.count,
            rotation.every.unit,
            rotation.duty_type,
            None if rotation.end is None else wall_text(rotation.end),
        ),
    )
    connection.executemany(
        "INSERT INTO rotation_person (rotation, position, person) VALUES (?, ?, ?)",
        [(position, turn, clean(name)) for turn, name in enumerate(rotation.people, start=1)],
    )
    connection.executemany(
        f"INSERT INTO active_window (rotation, position, {WINDOW.column_list})"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (position, turn, *WINDOW.values(window))
            for turn, window in enumerate(rotation.active, start=1)
        ],
    )


def _insert_only(connection: sqlite3.Connection, table: Table[T], row: T) -> None:
    """The one row that ``table`` may have."""
    marks = ", ".join("?" for _ in table.columns)
    connection.execute(
        f"INSERT INTO {table.name} (id, {table.column_list}) VALUES (1, {marks})",
        table.values(row),
    )


def _insert_in_order(
    connection: sqlite3.Connection, table: Table[T], rows: Iterable[T]
) -> None:
    marks = ", ".join("?" for _ in table.columns)
    connection.executemany(
        f"INSERT INTO {table.name} (position, {table.column_list})"
        f" VALUES (?, {marks})",
        [(position, *table.values(row)) for position, row in enumerate(rows, start=1)],
    )


def _edit(before: Rota | None, after: Rota, version: Version) -> JournalEntry:
    changed = [
        part for part in _PARTS if before is None or getattr(before, part) != getattr(after, part)
    ]
    detail: dict[str, object] = {"rota": version.number, "changed": changed}
    detail |= {"sentence": version.sentence.what, "values": dict(version.sentence.values)}
    if version.undoes is not None:
        detail["undoes"] = version.undoes
    return JournalEntry(
        at=version.at,
        kind=JournalKind.EDIT,
        person=version.by,
        outcome="loaded" if before is None else "changed",
        detail=detail,
    )
