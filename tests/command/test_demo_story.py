"""The demo's past: the same from the same start, and one that the box could have lived through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from firmware.command.data import read_site
from firmware.command.demo import SAMPLE_SITE
from firmware.command.demo_story import DAYS, tell, with_a_gap
from firmware.record import Alert, AlertState, Call, CallOutcome, JournalEntry, JournalKind, Row
from firmware.rota import gaps, on_duty
from firmware.store import journal
from firmware.store.database import DATABASE_NAME
from firmware.store.page_store import PageStore
from firmware.store.row_store import RowStore
from tests.store.fresh import made_database

SITE = read_site(SAMPLE_SITE)
# A Wednesday, a Sunday, and two months that hold both clock changes
STARTS = (
    datetime(2026, 11, 25, 18, 5, 7, tzinfo=UTC),
    datetime(2026, 11, 22, 9, tzinfo=UTC),
    datetime(2027, 4, 14, 0, 0, 1, tzinfo=UTC),
    datetime(2027, 11, 3, 12, tzinfo=UTC),
)


@pytest.fixture(params=STARTS, ids=str)
def now(request: pytest.FixtureRequest) -> datetime:
    at: datetime = request.param
    return at


@cache
def story(now: datetime) -> tuple[Row, ...]:
    """Told once for all tests that only look at it."""
    return tell(SITE, now)


def test_the_same_start_tells_the_same_story() -> None:
    now = STARTS[0]
    assert tell(SITE, now) == story(now)
    assert story(now) != tell(SITE, now + timedelta(seconds=1))


def test_the_next_sunday_has_a_gap_by_day(now: datetime) -> None:
    first, second = SITE.services
    (gap,) = gaps(with_a_gap(SITE, now), first.name, now, now + timedelta(days=8))
    assert gap.end - gap.start == timedelta(hours=12)
    assert gap.start.weekday() == 6
    assert timedelta(hours=1) < gap.start - now
    assert gaps(SITE, second.name, now, now + timedelta(days=8)) == ()


def test_everybody_named_was_on_duty(now: datetime) -> None:
    asked = [
        (alert.service, each.level, each.person, each.at)
        for alert in alerts(story(now))
        for each in alert.asked
    ]
    assert len(asked) > 300
    for service, level, person, at in asked:
        duties = on_duty(SITE, service, at)
        assert (level, person) in {(duty.level, duty.person.name) for duty in duties}


def test_each_call_has_its_end_and_one_alert_is_open(now: datetime) -> None:
    rows = story(now)
    calls = [row for row in rows if isinstance(row, Call)]
    assert all(call.ended_at and call.outcome is not CallOutcome.RINGING for call in calls)
    assert {call.outcome for call in calls} == {
        CallOutcome.DIVERTED, CallOutcome.ABANDONED, CallOutcome.ALERTED,
    }  # fmt: skip
    (still_open,) = [alert for alert in alerts(rows) if alert.state is AlertState.OPEN]
    assert still_open.due_at is not None
    assert still_open.due_at > now + timedelta(minutes=20)
    answered = [alert for alert in alerts(rows) if alert is not still_open]
    assert all(alert.ended_at and alert.opened_at < alert.ended_at <= now for alert in answered)
    assert {alert.cause_id for alert in alerts(rows) if alert.cause != "sms"} == {
        call.id for call in calls
    }


def test_it_reads_like_a_journal(now: datetime, tmp_path: Path) -> None:
    rows = story(now)
    with made_database(tmp_path / DATABASE_NAME) as database:
        RowStore(database).record(rows)
        lines = journal.latest(database, 100_000)
        assert len(PageStore(database).unsettled_alerts()) == 1
        memory = RowStore(database).load_memory(now)
    times = [line.entry.at for line in reversed(lines)]
    assert times == sorted(times)
    assert now - timedelta(days=DAYS, seconds=1) <= times[0]
    assert times[-1] <= now
    kinds = {line.entry.kind for line in lines}
    assert kinds == set(JournalKind) - {JournalKind.EDIT}  # written by whoever loads the site
    last_id = max(row.id for row in rows if isinstance(row, Call))
    assert memory.last_ids["Call"] == last_id
    keyed = [row.key for row in rows if isinstance(row, JournalEntry) and row.key]
    assert len(keyed) == len(set(keyed))


def alerts(rows: tuple[Row, ...]) -> list[Alert]:
    return [row for row in rows if isinstance(row, Alert)]
