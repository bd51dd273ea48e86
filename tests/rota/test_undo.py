"""Taking a change back: what came later stands, and the past is never rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware.rota import Override, Person, Rota, Rotation, Service, Site, Step, on_duty
from firmware.rota.past import rewrites_the_past
from firmware.rota.undo import AlreadyPast, Contradicted, undone

NAMES = ("Alice", "Bruno", "Chloé")
# Wednesday 25 November 2026, 10:00:30 in Paris
NOW = datetime(2026, 11, 25, 9, 0, 30, tzinfo=UTC)
START = datetime(2026, 11, 2, 8)  # noqa: DTZ001 - wall clock
WEEKLY = Rotation("Ambulance", 1, START, Step(1, "week"), NAMES)
ROTA = Rota(
    Site("Dupont"),
    tuple(Person(name, f"+3360102030{at}") for at, name in enumerate(NAMES)),
    (Service("Ambulance"),),
    (WEEKLY,),
)


def at(day: int, hour: int = 8) -> datetime:
    """Wall clock in November 2026."""
    return datetime(2026, 11, 1, hour) + timedelta(days=day - 1)  # noqa: DTZ001 - wall clock


def cover(day: int, end: int, out: str | None = "Chloé", in_: str | None = "Alice") -> Override:
    return Override("Ambulance", 1, at(day), at(end), out, in_)


def holding(*overrides: Override) -> Rota:
    return replace(ROTA, overrides=overrides)


MONDAY, TUESDAY, SUNDAY = cover(30, 31), cover(31, 32, "Alice", "Bruno"), cover(29, 30)
RUNNING, OVER = cover(24, 27), cover(23, 24)


def test_what_came_later_stands() -> None:
    present = holding(MONDAY, TUESDAY, SUNDAY)
    assert undone(holding(MONDAY), holding(MONDAY, TUESDAY), present, NOW) == holding(
        MONDAY, SUNDAY
    )


def test_what_was_taken_out_comes_back_to_its_place() -> None:
    before, after = holding(MONDAY, TUESDAY), holding(MONDAY)
    assert undone(before, after, after, NOW) == before
    assert undone(before, after, holding(MONDAY, SUNDAY), NOW) == holding(MONDAY, TUESDAY, SUNDAY)


def test_what_was_changed_again_cannot_be_taken_back() -> None:
    longer = replace(MONDAY, end=at(33))
    with pytest.raises(Contradicted):
        undone(holding(), holding(MONDAY), holding(longer), NOW)
    renamed = replace(ROTA, site=Site("Petit"))
    with pytest.raises(Contradicted):
        undone(ROTA, renamed, replace(ROTA, site=Site("Grand")), NOW)


def test_a_running_override_ends_now_and_was_before() -> None:
    found = undone(holding(), holding(RUNNING), holding(RUNNING, SUNDAY), NOW)
    assert found == holding(replace(RUNNING, end=at(25, 10)), SUNDAY)
    assert not rewrites_the_past(holding(RUNNING, SUNDAY), found, NOW)


def test_a_running_override_comes_back_for_what_is_left_of_it() -> None:
    cut = replace(RUNNING, end=at(25, 9))
    found = undone(holding(RUNNING), holding(cut), holding(cut), NOW)
    assert found.overrides[-1].end == RUNNING.end
    assert not rewrites_the_past(holding(cut), found, NOW)


@pytest.mark.parametrize(("before", "after"), [((), (OVER,)), ((OVER,), ())])
def test_what_is_past_cannot_be_taken_back(
    before: tuple[Override, ...], after: tuple[Override, ...]
) -> None:
    with pytest.raises(AlreadyPast):
        undone(holding(*before), holding(*after), holding(*after), NOW)


def test_a_new_rotation_is_taken_back_until_it_begins() -> None:
    changed = replace(
        ROTA,
        rotations=(
            replace(WEEKLY, end=at(30)),
            replace(WEEKLY, start=at(30), people=NAMES[::-1]),
        ),
    )
    assert undone(ROTA, changed, changed, NOW) == ROTA
    with pytest.raises(AlreadyPast):
        undone(ROTA, changed, changed, NOW + timedelta(days=6))


@pytest.mark.parametrize(
    ("after", "rewrites"),
    [
        (holding(OVER), True),
        (holding(RUNNING), True),
        (holding(SUNDAY), False),
        (holding(cover(25, 26)), True),
        (holding(Override("Ambulance", 1, at(25, 10), at(26), "Chloé")), False),
        (replace(ROTA, rotations=(replace(WEEKLY, end=at(25, 10)),)), False),
        (replace(ROTA, rotations=(replace(WEEKLY, end=at(24)),)), True),
        (replace(ROTA, rotations=(replace(WEEKLY, people=NAMES[:2]),)), True),
        (replace(ROTA, rotations=()), True),
        (replace(ROTA, rotations=(WEEKLY, replace(WEEKLY, start=at(26)))), False),
    ],
)
def test_what_rewrites_the_past(after: Rota, rewrites: bool) -> None:
    assert rewrites_the_past(ROTA, after, NOW) is rewrites


def test_a_new_name_is_no_new_past() -> None:
    names = ("Alice Martin", *NAMES[1:])
    renamed = replace(
        ROTA,
        people=tuple(replace(p, name=n) for p, n in zip(ROTA.people, names, strict=True)),
        rotations=(replace(WEEKLY, people=names),),
    )
    assert not rewrites_the_past(ROTA, renamed, NOW)


overrides = st.builds(
    cover,
    st.integers(20, 30),
    st.integers(31, 40),
    st.sampled_from((None, *NAMES)),
    st.sampled_from(NAMES),
)


@given(st.lists(overrides, max_size=4), st.lists(overrides, max_size=3), overrides)
@example([cover(20, 31, None, "Alice"), cover(20, 31, None, "Bruno")], [],
         cover(20, 31, None, "Alice"))  # fmt: skip
def test_undoing_at_once_gives_back_who_is_on_duty(
    kept: list[Override], others: list[Override], new: Override
) -> None:
    before, after = holding(*kept), holding(*kept, new)
    present = holding(*kept, new, *others)
    if any(each == new for each in others):
        return
    found = undone(before, after, present, NOW)
    assert not rewrites_the_past(present, found, NOW)
    wanted = holding(*kept, *others)
    for hours in range(0, 24 * 20, 5):
        instant = NOW + timedelta(hours=hours)
        assert [d.person for d in on_duty(found, "Ambulance", instant)] == [
            d.person for d in on_duty(wanted, "Ambulance", instant)
        ]
