"""The small grammars: days, steps, clock times, names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.rota.grammar import (
    GrammarFault,
    days_text,
    folded,
    parse_clock,
    parse_days,
    parse_name,
    parse_step,
    parse_wall,
    wall_text,
)
from firmware.rota.values import Step

ALL = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize(
    ("text", "days", "written"),
    [
        ("mon", ("mon",), "mon"),
        ("mon-fri", ALL[:5], "mon-fri"),
        ("Mon - Fri", ALL[:5], "mon-fri"),
        ("sat,sun,holiday", ("sat", "sun", "holiday"), "sat,sun,holiday"),
        ("holiday, sun, sat", ("sat", "sun", "holiday"), "sat,sun,holiday"),
        ("fri-mon", ("mon", "fri", "sat", "sun"), "mon,fri-sun"),
        ("sun-mon", ("mon", "sun"), "mon,sun"),
        ("mon-sun", ALL, "mon-sun"),
        ("tue-mon", ALL, "mon-sun"),
        ("mon-wed,wed,fri", ("mon", "tue", "wed", "fri"), "mon-wed,fri"),
        ("mon,tue,thu,fri", ("mon", "tue", "thu", "fri"), "mon,tue,thu,fri"),
        ("holiday", ("holiday",), "holiday"),
        ("mon-fri,not holiday", (*ALL[:5], "not-holiday"), "mon-fri,not-holiday"),
    ],
)
def test_days(text: str, days: tuple[str, ...], written: str) -> None:
    assert parse_days(text) == days
    assert days_text(days) == written


@pytest.mark.parametrize(
    "text",
    ["", ",", "mon,", "mon;tue", "lun", "monday", "mon-", "-fri", "mon-fri-sun", "mon-holiday",
     "holiday-mon", "not-holiday", "holiday,not-holiday", "mon-mon", "mon–fri", "ｍon"],
)  # fmt: skip
def test_what_are_no_days(text: str) -> None:
    with pytest.raises(GrammarFault):
        parse_days(text)


@settings(deadline=None)
@given(st.sets(st.sampled_from(ALL), min_size=1), st.sampled_from(["", "holiday", "not-holiday"]))
def test_days_come_back(weekdays: set[str], extra: str) -> None:
    days = parse_days(",".join([*weekdays, *([extra] if extra else [])]))
    assert set(days) - {extra} == weekdays
    assert parse_days(days_text(days)) == days


@pytest.mark.parametrize(
    ("text", "step", "written"),
    [
        ("1 week", Step(1, "week"), "1 week"),
        ("2 weeks", Step(2, "week"), "2 weeks"),
        ("1 weeks", Step(1, "week"), "1 week"),
        ("12hours", Step(12, "hour"), "12 hours"),
        (" 3 Days ", Step(3, "day"), "3 days"),
        ("9999 months", Step(9999, "month"), "9999 months"),
    ],
)
def test_steps(text: str, step: Step, written: str) -> None:
    assert parse_step(text) == step
    assert str(step) == written


@pytest.mark.parametrize(
    "text", ["", "week", "0 weeks", "-1 week", "1.5 weeks", "1 year", "1 week 2 days", "١ week",
             "10000 days", "99999999999999999999 days"]
)  # fmt: skip
def test_what_are_no_steps(text: str) -> None:
    with pytest.raises(GrammarFault):
        parse_step(text)


@pytest.mark.parametrize(
    "text", ["", "8:00", "08h00", "24:00:01", "24:01", "08:60", "0800", "٠٨:٠٠"]
)
def test_what_are_no_clock_times(text: str) -> None:
    with pytest.raises(GrammarFault):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-01-05T08:00", "2026-01-05T08:00"),
        ("2026-01-05 08:00:00", "2026-01-05T08:00"),
        ("2026-01-05T08:00:07", "2026-01-05T08:00:07"),
        ("2026-10-25T02:40+01:00", "2026-10-25T01:40Z"),
        ("2026-10-25T01:40Z", "2026-10-25T01:40Z"),
    ],
)
def test_wall_clock(text: str, written: str) -> None:
    value = parse_wall(text)
    assert wall_text(value) == written
    assert parse_wall(written) == value


@pytest.mark.parametrize(
    "text",
    ["", "2026-01-05", "2026-01-05T8:00", "2026-13-05T08:00", "2026-02-29T08:00", "20260105T0800",
     "2026-01-05T24:00", "2026-01-05T08:00+1", "2026-01-05T08:00:00.5", "1969-12-31T23:59",
     "2200-01-01T00:00", "2026-01-05T08:00+25:00", "2026-W02-1T08:00", "٢٠٢٦-01-05T08:00"],
)  # fmt: skip
def test_what_is_no_wall_clock(text: str) -> None:
    with pytest.raises(GrammarFault):
        parse_wall(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Alice Martin ", "Alice Martin"),
        ("Zoe\u0308", "Zoë"),  # composed
        ("Équipe 🚑", "Équipe 🚑"),
        ("👩\u200d⚕\ufe0f", "👩\u200d⚕\ufe0f"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("x" * 80, "x" * 80),
    ],
)
def test_names(text: str, name: str) -> None:
    assert parse_name(text) == name


@pytest.mark.parametrize(
    "text", ["", "  ", "\u200d", "a\nb", "a\tb", "a\x00b", "a\x7fb", "a\u2028b", "a\u202eb",
             "a\u200bb", "\ud800x", "x" * 81]
)  # fmt: skip
def test_what_are_no_names(text: str) -> None:
    with pytest.raises(GrammarFault):
        parse_name(text)


def test_names_that_people_would_mix_up() -> None:
    assert folded("Zoë MARTIN") == folded("zoe  martin") == folded("Zoe\u0308Martin")
    assert folded("Straße") == folded("STRASSE")
    assert folded("Zoe") != folded("Zoé B")
    assert folded("🚑") != folded("🚒")
