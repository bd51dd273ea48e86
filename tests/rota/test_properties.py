"""What holds for every rota: time is divided without holes, and all answers agree."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.rota import (
    OpeningHours,
    Override,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    Window,
    gaps,
    handovers,
    next_handover,
    next_opening_change,
    office_number,
    on_duty,
    read_site_file,
    shifts,
    write_site_file,
)
from firmware.rota.grammar import parse_days
from tests.rota.samples import PEOPLE

ZONES = ("Europe/Paris", "Pacific/Auckland", "Australia/Lord_Howe", "Africa/Cairo", "UTC")
BEGIN = datetime(2026, 3, 1)  # noqa: DTZ001 - wall clock
TICK = timedelta(microseconds=1)

people = st.sampled_from([person.name for person in PEOPLE[:4]])
levels = st.integers(1, 2)
# Quarters of an hour fall on every edge of a clock change in these zones.
quarters = st.integers(0, 24 * 4 * 400).map(lambda n: BEGIN + n * timedelta(minutes=15))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
days = st.sampled_from(
    ["mon-fri", "sat,sun,holiday", "sun", "mon-sun", "holiday", "mon-fri,not-holiday", "sat-tue"]
).map(parse_days)
steps = st.builds(Step, st.integers(1, 40), st.sampled_from(["hour", "day", "week", "month"]))
windows = st.builds(Window, days, clocks, clocks)


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    start = draw(quarters)
    end = draw(st.none() | st.integers(1, 20_000).map(lambda n: start + n * timedelta(hours=1)))
    return Rotation(
        "S",
        draw(levels),
        start,
        draw(steps),
        tuple(draw(st.lists(people, min_size=1, max_size=5))),
        draw(st.sampled_from(["astreinte", "garde"])),
        end,
        tuple(draw(st.lists(windows, max_size=3))),
    )


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    start = draw(quarters)
    end = start + draw(st.integers(8, 400)) * timedelta(minutes=15)
    out, in_ = draw(
        st.tuples(people, st.none()) | st.tuples(st.none(), people) | st.tuples(people, people)
    )
    return Override("S", draw(levels), start, end, out, in_ if in_ != out else "Zoe")


rotas = st.builds(
    lambda zone, holidays, rules, changes, hours: Rota(
        Site("Test", zone, holidays=holidays),
        PEOPLE,
        (Service("S", "1"),),
        tuple(rules),
        tuple(changes),
        tuple(hours),
    ),
    st.sampled_from(ZONES),
    st.sampled_from(["FR", "FR-67"]),
    st.lists(rotations(), max_size=3),
    st.lists(overrides(), max_size=5),
    st.lists(
        st.builds(
            OpeningHours,
            st.just("S"),
            days,
            clocks,
            clocks,
            st.sampled_from(["+33388112233", "+33388112244"]),
        ),
        max_size=2,
    ),
)
instants = quarters.map(lambda wall: wall.replace(tzinfo=UTC))

Seen = set[tuple[int, str]]


def on(rota: Rota, instant: datetime) -> Seen:
    return {(duty.level, duty.person.name) for duty in on_duty(rota, "S", instant)}


@settings(deadline=None)
@given(rotas, instants)
def test_a_duty_holds_the_instant_and_is_as_long_as_it_says(rota: Rota, instant: datetime) -> None:
    duties = on_duty(rota, "S", instant)
    assert len({(duty.level, duty.person) for duty in duties}) == len(duties)
    assert [duty.level for duty in duties] == sorted(duty.level for duty in duties)
    for duty in duties:
        place = (duty.level, duty.person.name)
        assert duty.since is not None
        assert duty.since <= instant
        assert place in on(rota, duty.since)
        assert place not in on(rota, duty.since - TICK)
        if duty.until is not None:
            assert instant < duty.until
            assert place in on(rota, duty.until - TICK)
            assert place not in on(rota, duty.until)


@settings(deadline=None)
@given(rotas, instants, st.lists(st.integers(0, 999), max_size=6))
def test_nothing_changes_between_two_handovers(
    rota: Rota, instant: datetime, thousandths: list[int]
) -> None:
    here = on_duty(rota, "S", instant)
    change = next_handover(rota, "S", instant)
    limit = change or instant + timedelta(days=4000)
    assert limit > instant
    for part in thousandths:
        seen = on_duty(rota, "S", instant + part * (limit - instant) // 1000)
        assert {(d.level, d.person) for d in seen} == {(d.level, d.person) for d in here}
    if change is not None:
        assert on(rota, change - TICK) == on(rota, instant)
        assert on(rota, change) != on(rota, instant)
    else:
        assert all(duty.until is None for duty in here)


@settings(deadline=None)
@given(rotas, instants, st.integers(1, 40))
def test_shifts_gaps_and_handovers_agree(rota: Rota, start: datetime, count: int) -> None:
    end = start + count * timedelta(days=1)
    found = shifts(rota, "S", start, end)
    holes = gaps(rota, "S", start, end)
    changes = [change.at for change in handovers(rota, "S", start, end)]
    edges = {start, *changes, *(s.start for s in found), *(s.end for s in found)}
    edges |= {edge for gap in holes for edge in (gap.start, gap.end)}
    for edge in sorted(edge for edge in edges if edge < end):
        covered = {(s.level, s.person.name) for s in found if s.start <= edge < s.end}
        assert covered == on(rota, edge)
        first = any(level == 1 for level, _ in covered)
        assert first != any(gap.start <= edge < gap.end for gap in holes)
    assert all(start <= s.start < s.end <= end for s in found)
    assert all(a.end < b.start for a, b in pairwise(holes))
    walked, at = [], next_handover(rota, "S", start - TICK)
    while at is not None and at < end:
        walked.append(at)
        at = next_handover(rota, "S", at)
    assert walked == changes


@settings(deadline=None)
@given(rotas, instants)
def test_the_order_of_questions_does_not_matter(rota: Rota, instant: datetime) -> None:
    asked = [instant + n * timedelta(days=50) for n in range(5)]
    forward = [on_duty(rota, "S", at) for at in asked]
    fresh = read_site_file(write_site_file(rota))
    assert fresh == rota
    assert [on_duty(fresh, "S", at) for at in reversed(asked)] == forward[::-1]


@settings(deadline=None)
@given(rotas, instants)
def test_the_office_changes_when_it_says(rota: Rota, instant: datetime) -> None:
    number = office_number(rota, "S", instant)
    change = next_opening_change(rota, "S", instant)
    if change is None:
        for n in range(10):
            later = instant + n * timedelta(days=40, hours=7)
            assert office_number(rota, "S", later) == number
    else:
        assert change > instant
        assert office_number(rota, "S", change - TICK) == number
        assert office_number(rota, "S", change) != number


@settings(deadline=None)
@given(rotas)
def test_the_site_file_comes_back(rota: Rota) -> None:
    text = write_site_file(rota)
    again = read_site_file(text)
    assert again == rota
    assert hash(again) == hash(rota)
    assert write_site_file(again) == text
