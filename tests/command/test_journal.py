"""`veilleur journal`: the JSON of interface.md, and what comes while one follows."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.command.journal import show_journal
from firmware.record import JournalEntry, JournalKind
from firmware.store import journal
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.journal import StoredEntry
from tests.command.conftest import Run
from tests.daemon.house import House
from tests.daemon.program import VEILLEUR

KEYS = ["id", "at", "kind", "service", "number", "person", "outcome", "detail"]
AT = datetime(2026, 3, 29, 1, 0, 0, 999_999, tzinfo=UTC)
RINGING = JournalEntry(
    AT, JournalKind.CALL, "Ambulance", "+33699887766", outcome="ringing", key="call:1"
)
DIVERTED = JournalEntry(
    AT, JournalKind.CALL, "Ambulance", "+33699887766", "Chloé Durand", "diverted",
    {"target": "+33601020304"}, "call:1",
)  # fmt: skip


def write(data: Path, *entries: JournalEntry) -> None:
    with open_database(data / DATABASE_NAME, create=False) as database:
        for entry in entries:
            journal.append(database, entry)


def test_one_json_object_a_line(run: Run, data: Path) -> None:
    write(data, RINGING, DIVERTED)
    ran = run("journal", "--data", data, "--json")
    assert (ran.code, ran.err) == (0, "")
    edit, call = [json.loads(line) for line in ran.out.splitlines()]
    assert list(edit) == list(call) == KEYS
    assert edit["kind"] == "edit"
    assert call == {
        "id": edit["id"] + 1,
        "at": "2026-03-29T01:00:00Z",
        "kind": "call",
        "service": "Ambulance",
        "number": "+33699887766",
        "person": "Chloé Durand",
        "outcome": "diverted",
        "detail": {"target": "+33601020304"},
    }
    assert "Chloé" in ran.out


def test_words_are_in_the_site_s_time(run: Run, data: Path) -> None:
    write(data, DIVERTED)
    said = run("journal", "--data", data).out.splitlines()[-1]
    assert said == "2026-03-29 03:00:00  call  Ambulance  +33699887766  Chloé Durand  diverted"


def test_more_than_one_page(run: Run, data: Path) -> None:
    entry = JournalEntry(AT, JournalKind.HEALTH, outcome="modem_ready")
    path = data / DATABASE_NAME
    with open_database(path, create=False) as database, database.transaction() as connection:
        for _ in range(1201):
            journal.write(connection, entry)
    said = run("journal", "--data", data, "--json").out.splitlines()
    assert [json.loads(line)["id"] for line in said] == list(range(1, 1203))


def test_follow_shows_what_comes_and_an_outcome_under_its_id(data: Path, tmp_path: Path) -> None:
    house = House(tmp_path)
    try:
        follower = house.start("journal", "--data", data, "--json", "--follow")
        assert json.loads(follower.line())["kind"] == "edit"
        write(data, RINGING)
        first = json.loads(follower.line())
        assert (first["kind"], first["outcome"]) == ("call", "ringing")
        write(data, DIVERTED)
        second = json.loads(follower.line())
        assert (second["id"], second["outcome"]) == (first["id"], "diverted")
        assert follower.stop(signal.SIGINT) == 0
        assert follower.errors == []
    finally:
        house.close()


def test_what_comes_while_older_lines_are_printed_is_shown_once(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read, waits = journal.entries, [DIVERTED]

    def entries(database: Database, *, after_id: int, limit: int) -> tuple[StoredEntry, ...]:
        page = read(database, after_id=after_id, limit=limit)
        if after_id == 0:   # a call comes just behind the first page
            write(data, RINGING)
        return page

    def wait(_: float) -> None:
        if not waits:
            raise KeyboardInterrupt
        write(data, waits.pop())

    monkeypatch.setattr(journal, "entries", entries)
    monkeypatch.setattr("firmware.command.journal.time.sleep", wait)
    with pytest.raises(KeyboardInterrupt):
        show_journal(data, js=True, follow=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["outcome"] for line in lines if line["kind"] == "call"] == ["ringing", "diverted"]


def test_a_reader_who_has_seen_enough(data: Path, tmp_path: Path) -> None:
    """`veilleur journal | head -1`: no complaint, exit code 0."""
    write(data, *[JournalEntry(AT, JournalKind.HEALTH, outcome="x" * 200)] * 1000)
    house = House(tmp_path)
    try:
        script = ("bash", "-c", 'set -o pipefail; "$0" "$@" | head -1', *VEILLEUR)
        piped = house.start("journal", "--data", data, command=script)
        assert piped.ended() == 0
        assert len(piped.output) == 1
        assert piped.errors == []
    finally:
        house.close()
