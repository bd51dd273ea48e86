"""What is kept no longer goes, by itself; what is unsettled stays, however old."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware.moment import BUILT
from firmware.record import (
    Alarm,
    AlertCause,
    AlertState,
    CallOutcome,
    Fact,
    Intervention,
    JournalKind,
    OutgoingState,
    Voicemail,
)
from firmware.rota import Retention, read_site_file
from firmware.store import journal
from firmware.store.database import Database
from firmware.store.purge import (
    BATCH,
    RULES,
    kept_voicemail,
    months_before,
    purge,
    purge_voicemail,
    statement,
)
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from tests.daemon.house import SITE
from tests.store.samples import alert, call, incoming, line, outgoing, part

STANDARD = Retention()
NOW = datetime(2046, 3, 29, 1, 0, 0, 123456, tzinfo=UTC)    # nothing is older than the program


def ago(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


@pytest.fixture
def rows(database: Database) -> RowStore:
    """The clock of this box is right: something has just happened."""
    store = RowStore(database)
    store.record([line(kind=JournalKind.HEALTH, key="now", at=NOW)])
    return store


def column(database: Database, query: str) -> list[object]:
    return [value for (value,) in database.connection.execute(query)]


def text_story(number: int, days: int, state: AlertState) -> list[object]:
    """A text that came so long ago, with all that was made of it."""
    at = ago(days=days)
    ended = None if state in (AlertState.OPEN, AlertState.EXHAUSTED) else at
    return [
        incoming(number, received_at=at, text="Au secours"),
        part(f"f{number}", received_at=at, message_id=number),
        alert(number, cause=AlertCause.SMS, cause_id=number, opened_at=at, text="Au secours",
              state=state, ended_at=ended),
        outgoing(number, created_at=at, state=OutgoingState.SENT, about=number),
        line(kind=JournalKind.SMS_IN, key=f"sms_in:{number}", at=at, detail={"text": "Au secours"}),
    ]  # fmt: skip


DATES = ("received_at", "opened_at", "ended_at", "created_at", "started_at", "at")
TABLES = ("incoming_message", "incoming_part", "alert", "outgoing_message", "journal")


@pytest.mark.parametrize(
    ("days", "words", "there"), [(29, True, True), (31, False, True), (364, False, True),
                                 (367, False, False)]
)  # fmt: skip
def test_the_words_go_first_and_the_rest_a_year_later(
    database: Database, rows: RowStore, days: int, words: bool, there: bool
) -> None:
    rows.record(text_story(1, days, AlertState.ACKNOWLEDGED))  # type: ignore[arg-type]
    purge(database, STANDARD, NOW)
    whole = "\n".join(database.connection.iterdump())
    assert ("Au secours" in whole) is words
    assert ("sms_in:1" in whole) is there
    left = [table for table in TABLES if column(database, f"SELECT count(*) FROM {table}") != [0]]  # noqa: S608
    assert left == [each for each in TABLES if there and (words or each != "incoming_part")] or (
        not there and left == ["journal"]
    )


@pytest.mark.parametrize("state", [AlertState.OPEN, AlertState.EXHAUSTED])
def test_what_nobody_has_answered_for_stays_word_for_word(
    database: Database, rows: RowStore, state: AlertState
) -> None:
    rows.record(text_story(1, 4000, state))  # type: ignore[arg-type]
    rows.record([call(9, started_at=ago(days=4000), ended_at=ago(days=4000)),
                 alert(9, cause=AlertCause.DIVERTED, cause_id=9, opened_at=ago(days=4000),
                       state=state),
                 line(key="call:9", at=ago(days=4000))])  # fmt: skip
    before = list(database.connection.iterdump())
    assert purge(database, STANDARD, NOW) == 0
    assert list(database.connection.iterdump()) == before


def test_what_has_not_left_and_who_still_rings_stays(database: Database, rows: RowStore) -> None:
    old = ago(days=4000)
    rows.record([
        outgoing(1, created_at=old, state=OutgoingState.QUEUED),
        outgoing(2, created_at=old, state=OutgoingState.SENDING),
        call(1, started_at=old, outcome=CallOutcome.RINGING),
        part("alone", received_at=old, message_id=None),
        Intervention(1, "Alice Martin", old),
        Alarm("modem", old, "modem_mute"),
    ])  # fmt: skip
    assert purge(database, STANDARD, NOW) == 0


def test_calls_statements_and_audit_after_a_year(database: Database, rows: RowStore) -> None:
    for number, days in ((1, 367), (2, 364)):
        at = ago(days=days)
        rows.record([
            call(number, started_at=at, ended_at=at, outcome=CallOutcome.DIVERTED),
            line(key=f"call:{number}", at=at),
            line(kind=JournalKind.HANDOVER, key=f"handover:{number}", at=at),
            Intervention(number, "Alice Martin", at, at),
            Alarm(f"modem{number}", at, "modem_mute", until=at),
        ])  # fmt: skip
        database.connection.execute(
            "INSERT INTO audit (at, name, address, what, \"values\") VALUES (?, 'x', '', '', '{}')",
            (at.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),),
        )
    purge(database, STANDARD, NOW)
    for query in (
        "SELECT id FROM call", "SELECT id FROM intervention", "SELECT id FROM audit",
        "SELECT 1 FROM alarm", "SELECT 1 FROM journal WHERE key LIKE 'handover:%'",
    ):  # fmt: skip
        assert column(database, query) == [1 if "SELECT 1" in query else 2], query
    assert RowStore(database).load_memory(NOW).last_ids["Call"] == 2, "no number is given twice"


def test_the_settings_of_the_site_file(database: Database, rows: RowStore) -> None:
    text = f"{SITE}\n[retention]\nsms_text_days = 10\ncall_log_months = 1\n"
    retention = read_site_file(text).retention
    assert retention == Retention(sms_text_days=10, call_log_months=1)
    rows.record(text_story(1, 32, AlertState.CLOSED))  # type: ignore[arg-type]
    rows.record(text_story(2, 11, AlertState.CLOSED))  # type: ignore[arg-type]
    purge(database, retention, NOW)
    assert column(database, "SELECT text FROM incoming_message") == [""]


def test_a_swap_of_last_year_is_forgotten(database: Database, rows: RowStore) -> None:
    for number, days in ((1, 400), (2, 10), (3, -5)):
        rows.record([Fact(f"swap:{number}", {"by": "Alice", "end": ago(days=days).isoformat()})])
    rows.record([Fact("swapped", {"end": "2000-01-01"}), Fact("swap:4", None)])
    purge(database, STANDARD, NOW)
    kept = column(database, "SELECT key FROM fact WHERE key LIKE 'swap%' ORDER BY key")
    assert kept == ["swap:2", "swap:3", "swap:4", "swapped"]


def test_the_rota_s_history_keeps_what_stands(database: Database, rows: RowStore) -> None:
    store = RotaStore(database)
    store.replace_rota(read_site_file(SITE), "Diane", ago(days=800))
    changed = SITE.replace("300", "600")
    store.replace_rota(read_site_file(changed), "Diane", ago(days=700))
    purge(database, STANDARD, NOW)
    assert len(column(database, "SELECT version FROM rota_history")) == 1
    assert store.load_rota() == read_site_file(changed)


def dated(row: Any, at: datetime) -> Any:
    """The row with all its dates that are filled in changed."""
    return replace(row, **{name: at for name in DATES if getattr(row, name, None) is not None})


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, 0, 5, tzinfo=UTC),
                                   BUILT - timedelta(microseconds=1)])
@pytest.mark.parametrize("days", [29, 31, 364, 367, None])
def test_what_was_written_without_a_clock_is_as_old_as_what_came_next(
    database: Database, path: Path, wrong: datetime, days: int | None
) -> None:
    """``None``: the time has been known since, and nothing of that kind has happened yet."""
    store = RowStore(database)

    def story(number: int, at: datetime) -> list[object]:
        return [
            *text_story(number, (NOW - at).days, AlertState.CLOSED),
            call(number, started_at=at, ended_at=at, outcome=CallOutcome.DIVERTED),
            Voicemail(number, number, "S", None, at, 3.0, f"mail/{number}"),
        ]

    store.record(story(1, ago(days=5000)))          # type: ignore[arg-type]
    store.record([dated(row, wrong) for row in story(2, NOW)])
    if days is not None:
        store.record(story(3, ago(days=days)))      # type: ignore[arg-type]
    store.record([line(kind=JournalKind.HEALTH, key="now", at=NOW)])
    purge(database, STANDARD, NOW)
    words = days is None or days < 30
    assert column(database, "SELECT text FROM incoming_message WHERE id = 2") == (
        ["Au secours"] if words else [""] if days in (31, 364) else []
    )
    for table in ("call", "alert", "outgoing_message", "incoming_message"):
        left = column(database, f"SELECT id FROM {table} WHERE id < 3")  # noqa: S608
        assert left == ([2] if days is None or days < 365 else []), table
    assert kept_voicemail(database) >= ({"mail/2"} if words else set())
    assert ("mail/2" in kept_voicemail(database)) is words
    assert column(database, "SELECT fingerprint FROM incoming_part WHERE fingerprint = 'f2'") == (
        ["f2"] if words else []
    )


@pytest.mark.parametrize("before", [29, 31])
@pytest.mark.parametrize("ahead", [False, True])
def test_no_row_is_older_than_one_before_it(
    database: Database, before: int, ahead: bool
) -> None:
    """The system was made after this program, and the box had not learnt the time yet. ``ahead``:
    a clock was once ahead, which proves nothing of what has come since."""
    store = RowStore(database)
    mail = ("Ambulance", None)
    store.record([
        Voicemail(1, 1, *mail, NOW + timedelta(days=9) if ahead else ago(days=before), 3.0, "a"),
        Voicemail(2, 2, *mail, ago(days=700), 3.0, "b"),
        line(kind=JournalKind.HEALTH, key="now", at=NOW),
    ])  # fmt: skip
    purge(database, STANDARD, NOW)
    assert ("b" in kept_voicemail(database)) is (before < 30 and not ahead)


@pytest.mark.parametrize(("days", "words", "there"), [
    (29, True, True), (31, False, True), (364, False, True), (367, False, False),
])  # fmt: skip
@pytest.mark.parametrize("again", [False, True])
def test_what_nothing_of_its_kind_has_followed_is_as_old_as_the_journal_says(
    database: Database, days: int, words: bool, there: bool, again: bool
) -> None:
    """Nobody leaves another message for a year: the first is not kept for as long. ``again``: the
    box has not known the time once more, and what was written when cannot be told apart."""
    store, wrong = RowStore(database), datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    story = [*text_story(2, 0, AlertState.CLOSED), call(2, started_at=NOW, ended_at=NOW,
             outcome=CallOutcome.DIVERTED), Voicemail(2, 2, "S", None, NOW, 3.0, "mail/2")]
    store.record([dated(row, wrong) for row in story])
    store.record([line(kind=JournalKind.HEALTH, key="then", at=ago(days=days))])
    store.record([line(kind=JournalKind.HEALTH, key="again", at=wrong)] * again)
    store.record([line(kind=JournalKind.HEALTH, key="now", at=NOW)])
    purge(database, STANDARD, NOW)
    assert ("mail/2" in kept_voicemail(database)) is (words or again)
    assert column(database, "SELECT text FROM incoming_message") == (
        ["Au secours"] if words or again else [""] if there else []
    )
    for table in (*TABLES, "call"):
        if table not in ("incoming_part", "journal"):
            left = column(database, f"SELECT id FROM {table}")  # noqa: S608
            assert left == [2] * (there or again), table
    assert column(database, "SELECT at FROM journal WHERE key = 'sms_in:2'") == (
        ["1970-01-01T00:05:00.000000Z"] * there
    )


def test_a_clock_that_leaps_forgets_nothing(database: Database, rows: RowStore) -> None:
    rows.record(text_story(1, 1, AlertState.CLOSED))  # type: ignore[arg-type]
    assert purge(database, STANDARD, datetime(2099, 1, 1, tzinfo=UTC)) == 0


def test_many_are_forgotten_in_small_transactions(database: Database, rows: RowStore) -> None:
    """A daemon that records meanwhile waits for one of them at most."""
    old = ago(days=4000)
    many = 2 * BATCH + 1
    rows.record([line(key=f"call:{n}", at=old) for n in range(many)])
    commits: list[str] = []
    database.connection.set_trace_callback(
        lambda sql: commits.append(sql) if sql == "COMMIT" else None
    )
    assert purge(database, STANDARD, NOW) == many
    database.connection.set_trace_callback(None)
    assert len(commits) >= many // BATCH + len(RULES)


def test_nothing_of_it_is_left_in_the_file(database: Database, rows: RowStore, path: Path) -> None:
    """secure_delete: the words are overwritten, not only unlinked."""
    rows.record(text_story(1, 40, AlertState.ACKNOWLEDGED))  # type: ignore[arg-type]
    purge(database, STANDARD, NOW)
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"Au secours" not in path.read_bytes()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule[1]}-{rule[0][:6]}")
def test_every_rule_can_be_run(
    database: Database, rule: tuple[str, str, str, str | None, str]
) -> None:
    with database.transaction() as connection:
        assert connection.execute(statement(*rule), {"limit": "2000", "now": "2001"}).rowcount == 0


def test_a_step_goes_on_over_a_purge(database: Database, rows: RowStore) -> None:
    """The daemon writes whole rows of what it still remembers; a purged one is simply back."""
    story = text_story(1, 400, AlertState.ACKNOWLEDGED)
    rows.record(story)  # type: ignore[arg-type]
    purge(database, STANDARD, NOW)
    rows.record(story)  # type: ignore[arg-type]
    rows.record([outgoing(2, about=1), line(key="sms_in:1", outcome="late")])
    database.check(thoroughly=True)


def test_voicemail(tmp_path: Path) -> None:
    folder = tmp_path / "voice" / "mail"
    folder.mkdir(parents=True)
    greeting = tmp_path / "voice" / "greeting.wav"
    old, new = folder / "1.wav", folder / "2.wav"
    for path, days in ((old, 31), (new, 29), (greeting, 4000)):
        path.touch()
        stamp = (NOW - timedelta(days=days)).timestamp()
        os.utime(path, (stamp, stamp))
    assert purge_voicemail(tmp_path, STANDARD, NOW, {f"mail/{old.stem}"}) == 0
    assert purge_voicemail(tmp_path, STANDARD, NOW) == 1
    assert [path.exists() for path in (old, new, greeting)] == [False, True, True]


def test_a_message_that_nobody_has_answered_for_is_kept(
    database: Database, rows: RowStore
) -> None:
    rows.record([
        Voicemail(number, number, "S", None, ago(days=days), 3.0, f"mail/{number}")
        for number, days in ((1, 40), (2, 40), (3, 20))
    ])
    rows.record([alert(7, cause=AlertCause.CALL, cause_id=2, state=AlertState.OPEN)])
    purge(database, STANDARD, NOW)
    assert kept_voicemail(database) == {"mail/2", "mail/3"}


def test_months_have_different_lengths() -> None:
    assert months_before(datetime(2026, 3, 31, 4, tzinfo=UTC), 1) == datetime(
        2026, 2, 28, 4, tzinfo=UTC
    )
    assert months_before(datetime(2024, 2, 29, tzinfo=UTC), 12) == datetime(
        2023, 2, 28, tzinfo=UTC
    )
    assert months_before(datetime(2026, 1, 5, tzinfo=UTC), 13).isoformat().startswith("2024-12-05")


def test_the_journal_s_last_line_is_what_it_was(database: Database, rows: RowStore) -> None:
    """Forgetting is no event: whoever follows the journal sees nothing of it."""
    rows.record(text_story(1, 40, AlertState.ACKNOWLEDGED))  # type: ignore[arg-type]
    last = journal.last_change(database)
    purge(database, STANDARD, NOW)
    assert journal.changes(database, last) == ()


def test_an_error_of_sqlite_s_is_ours(database: Database, rows: RowStore) -> None:
    database.connection.execute("DROP TABLE audit")
    with pytest.raises(Exception, match="no such table") as caught:
        purge(database, STANDARD, NOW)
    assert not isinstance(caught.value, sqlite3.Error)
