"""The schema says what the values say: a new field or enum member needs a migration."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import pytest

from firmware.record import (
    AlertCause,
    AlertState,
    CallOutcome,
    JournalKind,
    OutgoingState,
    RequestKind,
    RotaOverride,
)
from firmware.rota import values
from firmware.rota.window import WEEKDAYS
from firmware.store import override_rows, people_store, pin_store, rota_store, tables
from firmware.store.database import Database
from firmware.store.plain import field_hints
from firmware.store.table import Table

ADDED = {
    "journal": {"id", "change"},
    "request": {"done_at"},
    "site": {"id"},
    "health": {"id"},
    "retention": {"id"},
    "voice": {"id"},
    "greeting": {"position"},
    "person": {"position"},
    "service": {"position"},
    "override": {"position", "entered_at", "entered_by"},
    "opening_hours": {"position"},
    "contact": {"position"},
    "active_window": {"position", "rotation"},
}
TABLES = [
    found
    for module in (tables, rota_store, people_store, pin_store)
    for found in vars(module).values()
    if isinstance(found, Table)
]


def columns(database: Database, table: str) -> set[str]:
    found = database.connection.execute(f"SELECT name FROM pragma_table_info('{table}')")  # noqa: S608
    return {name for (name,) in found}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_columns_are_the_fields(database: Database, table: Table[Any]) -> None:
    assert columns(database, table.name) == set(table.columns) | ADDED.get(table.name, set())


def test_the_rotation_is_whole(database: Database) -> None:
    fields = set(field_hints(values.Rotation)) - {"every", "people", "active"}
    assert columns(database, "rotation") == fields | {"position", "every_count", "every_unit"}


def test_an_override_by_sms_fits_the_table() -> None:
    names = [name.strip().strip('"') for name in override_rows.COLUMNS.split(",")]
    assert names == list(field_hints(RotaOverride))


def allowed(database: Database, table: str, column: str) -> list[str]:
    (sql,) = database.connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = ?", (table,)
    ).fetchone()
    match = re.search(rf'CHECK \("?{column}"? IN \(([^)]*)\)\)', sql)
    assert match is not None
    return re.findall("'([^']*)'", match[1])


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("journal", "kind", JournalKind),
        ("call", "outcome", CallOutcome),
        ("alert", "cause", AlertCause),
        ("alert", "state", AlertState),
        ("outgoing_message", "state", OutgoingState),
        ("request", "kind", RequestKind),
    ],
)
def test_the_checks_are_the_enums(
    database: Database, table: str, column: str, kind: type[StrEnum]
) -> None:
    assert allowed(database, table, column) == [member.value for member in kind]


@pytest.mark.parametrize(
    ("table", "column", "texts"),
    [
        ("site", "language", values.LANGUAGES),
        ("person", "role", values.ROLES),
        ("service", "mode", values.MODES),
        ("rotation", "duty_type", values.DUTY_TYPES),
        ("rotation", "every_unit", values.STEP_UNITS),
        ("health", "sms_loop", values.SMS_LOOPS),
        ("health", "weekly_day", WEEKDAYS),
        ("greeting", "when", values.GREETING_TIMES),
    ],
)
def test_the_checks_are_the_rota_s_words(
    database: Database, table: str, column: str, texts: tuple[str, ...]
) -> None:
    assert allowed(database, table, column) == list(texts)
