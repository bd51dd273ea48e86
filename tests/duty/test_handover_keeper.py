"""Every change of the rota is told once, to who comes and to who goes, though the box was off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.duty.handover import REMIND_BEFORE, TOO_LATE, HandoverKeeper
from firmware.record import Alert, AlertCause, Fact, JournalEntry, Memory, OutgoingMessage
from firmware.rota import Rota, on_duty, read_site_file
from tests.alert.bench import Bench
from tests.simulation.sites import SAMPLE
from tests.sms.patience import patient

pytestmark = pytest.mark.usefixtures("modem_family")

SITES = sorted((Path(__file__).parents[1] / "rota" / "sites").glob("*.toml"))
DAYS = 21
# One week with each clock change of Europe, and one without
STARTS = (
    datetime(2026, 3, 16, 7, 30, tzinfo=UTC),
    datetime(2026, 10, 14, 7, 30, tzinfo=UTC),
    datetime(2026, 6, 1, 7, 30, tzinfo=UTC),
)


class Watch(Bench):
    """A keeper in time; ``facts`` are what a restart finds on disk."""

    def __init__(self, rota: Rota, at: datetime, facts: dict[str, object] | None = None) -> None:
        super().__init__(rota, Memory(facts=facts or {}))
        self.ledger.moment = replace(self.ledger.moment, utc=at)
        self.outbox.ready = False
        self.ledger.take()
        self.keeper = HandoverKeeper(
            self.ledger, self.roster, self.outbox, self.desk, self.bell, self.speaker
        )
        self.facts = dict(facts or {})
        self.told: list[tuple[datetime, str, str, int, str]] = []
        self.sms: list[OutgoingMessage] = []
        self.reminders: list[Alert] = []

    def look(self, at: datetime) -> None:
        self.ledger.moment = replace(self.ledger.moment, utc=at)
        self.keeper.look()
        for row in self.ledger.take():
            match row:
                case JournalEntry(kind="handover"):
                    detail = row.detail
                    self.told.append(
                        (row.at, str(row.outcome), str(row.service), int(str(detail["level"])),
                         str(row.person))
                    )  # fmt: skip
                case OutgoingMessage():
                    self.sms.append(row)
                case Alert(cause=AlertCause.REMINDER):
                    self.reminders.append(row)
                case Fact():
                    self.facts[row.key] = row.value
                case _:
                    pass


def _on(rota: Rota, at: datetime) -> set[tuple[str, int, str]]:
    return {
        (service.name, duty.level, duty.person.name)
        for service in rota.services
        for duty in on_duty(rota, service.name, at)
    }


@pytest.mark.parametrize("start", STARTS, ids=lambda at: f"{at:%Y-%m}")
@pytest.mark.parametrize("site", SITES, ids=lambda path: path.stem)
def test_what_is_told_is_what_changes(site: Path, start: datetime) -> None:
    """Looking only when the keeper says so finds each change at its very instant."""
    rota = read_site_file(site.read_text(encoding="utf-8"))
    watch, at, before = Watch(rota, start), start, _on(rota, start)
    watch.look(at)
    assert watch.told == []
    looks = 0
    while True:
        following = watch.keeper.next_instant()
        assert following is None or following > at
        if following is None or following > start + timedelta(days=DAYS) or looks > 400:
            break
        assert _on(rota, following - timedelta(microseconds=1)) == before
        at, looks = following, looks + 1
        known = len(watch.told)
        watch.look(at)
        now = _on(rota, at)
        told = {(service, level, name, what) for _, what, service, level, name in
                watch.told[known:]}  # fmt: skip
        assert told == {(*one, "starts") for one in now - before} | {
            (*one, "ends") for one in before - now
        }
        before = now


@patient
@given(
    st.lists(st.integers(1, 60 * 24 * 5), min_size=1, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_however_often_it_looks_and_starts_again_nobody_is_told_twice(
    waits_min: list[int], restarts: list[bool]
) -> None:
    rota = read_site_file(SAMPLE.replace('every = "1 week"', 'every = "1 day"'))
    at = STARTS[0]
    watch = Watch(rota, at)
    watch.look(at)
    told: list[tuple[str, str, int, str]] = []
    state = _on(rota, at)
    for wait_min, restart in zip(waits_min, restarts, strict=False):
        at += timedelta(minutes=wait_min)
        if restart:
            watch = Watch(rota, at, watch.facts)
        known = len(watch.told)
        watch.look(at)
        watch.look(at)
        told = [(what, s, level, name) for _, what, s, level, name in watch.told[known:]]
        now = _on(rota, at)
        assert sorted(told) == sorted(
            [("starts", *one) for one in now - state] + [("ends", *one) for one in state - now]
        )
        state = now


@pytest.mark.parametrize("minutes", [121, 119, 90, 30, 11, 9, 1])
def test_a_reminder_leaves_time_to_find_somebody_else(minutes: int) -> None:
    rota = read_site_file(SAMPLE)
    handover = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)
    watch = Watch(rota, handover - timedelta(minutes=minutes))
    watch.look(watch.ledger.now)
    left = timedelta(minutes=minutes)
    if left > REMIND_BEFORE or left <= TOO_LATE:
        assert watch.reminders == []
        return
    (reminder,) = watch.reminders
    assert reminder.due_at is not None
    assert watch.ledger.now < reminder.due_at < handover
    assert handover - reminder.due_at >= min(timedelta(hours=1), left / 2)


def test_with_an_untrusted_clock_nothing_is_told() -> None:
    rota = read_site_file(SAMPLE)
    watch = Watch(rota, STARTS[0])
    watch.ledger.moment = replace(watch.ledger.moment, utc_trusted=False)
    watch.look(STARTS[0])
    assert watch.facts == {}
    assert watch.keeper.next_instant() is None


def test_a_handover_that_comes_again_at_the_same_instant_is_told_again() -> None:
    """Found by a simulated fortnight: the clock was set back in mid-shift, and who had been told
    that their duty runs again never heard that it was over."""
    rota = read_site_file(SAMPLE)
    handover = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)
    watch = Watch(rota, handover - timedelta(hours=1))
    for turn, at in enumerate((-60, 0, -30, 0)):
        watch.ledger.moment = replace(watch.ledger.moment, monotonic_s=turn * 1800.0)
        watch.look(handover + timedelta(minutes=at))
    ends = [sms.text for sms in watch.outbox.book.pending.values() if ":ends:" in sms.cause]
    assert len(ends) == 3
    assert ends[0] == ends[2]
