"""What a change means for people: the hours that come and go, within the notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from firmware.rota import Override, Person, Rota, on_duty
from firmware.rota.news import DutyNews, Stretch, duty_news, told_limit
from tests.rota.test_undo import NAMES, NOW, ROTA, at, cover, holding, overrides


def utc(day: int, hour: int) -> datetime:
    return datetime(2026, 11, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def news_of(after: Rota, before: Rota = ROTA) -> dict[str, DutyNews]:
    return {news.person.name: news for news in duty_news(before, after, NOW)}


def test_a_replacement_gives_to_one_what_it_takes_from_the_other() -> None:
    """Week of 30 November: Bruno's turn goes to Alice for two days."""
    found = news_of(holding(Override("Ambulance", 1, at(30, 8), at(32, 8), "Bruno", "Alice")))
    stretch = (Stretch("Ambulance", 1, utc(30, 7), utc(32, 7)),)
    assert on_duty(ROTA, "Ambulance", utc(30, 8))[0].person.name == "Bruno"
    assert {name: (n.gained, n.lost) for name, n in found.items()} == {
        "Alice": (stretch, ()),
        "Bruno": ((), stretch),
    }


def test_what_changes_nothing_is_no_news() -> None:
    assert news_of(ROTA) == {}
    assert news_of(holding(cover(30, 31, "Chloé", "Alice"))) == {}


def test_what_runs_now_is_told_apart_from_what_comes() -> None:
    running = Override("Ambulance", 1, at(25, 10), at(26, 10), "Alice", "Bruno")
    (alice, bruno) = news_of(holding(running)).values()
    assert (alice.lost[0].start, bruno.gained[0].start) == (NOW, NOW)
    assert not alice.after(NOW)
    assert bruno.after(NOW - timedelta(seconds=1))


def test_beyond_two_months_nothing_is_told_and_what_begins_in_it_is_told_whole() -> None:
    limit = told_limit(ROTA, NOW)
    assert limit == utc(86, 23)
    assert news_of(holding(cover(88, 90, None, "Chloé"))) == {}
    last = news_of(holding(Override("Ambulance", 1, at(86, 20), at(89), None, "Chloé")))
    assert last["Chloé"].gained[0].end == utc(89, 7)


def test_a_new_name_with_the_old_number_is_no_news() -> None:
    names = ("Alice Martin", *NAMES[1:])
    renamed = replace(
        ROTA,
        people=tuple(replace(p, name=n) for p, n in zip(ROTA.people, names, strict=True)),
        rotations=(replace(ROTA.rotations[0], people=names),),
    )
    assert news_of(renamed) == {}


def test_somebody_new_and_somebody_gone() -> None:
    people = (*ROTA.people[:2], Person("Zoé", "+33601020399"))
    after = replace(
        ROTA, people=people, rotations=(replace(ROTA.rotations[0], people=("Alice", "Zoé")),)
    )
    found = news_of(after)
    assert set(found) == {"Alice", "Bruno", "Zoé"}
    assert found["Zoé"].lost == ()


@given(st.lists(overrides, max_size=3), st.lists(overrides, max_size=3))
def test_hour_by_hour_it_is_the_difference(first: list[Override], second: list[Override]) -> None:
    before, after = holding(*first), holding(*second)
    found = {news.person.name: news for news in duty_news(before, after, NOW)}
    instant = NOW
    while instant < told_limit(ROTA, NOW):
        was = {duty.person.name for duty in on_duty(before, "Ambulance", instant)}
        will = {duty.person.name for duty in on_duty(after, "Ambulance", instant)}
        for name in NAMES:
            news = found.get(name, DutyNews(ROTA.person(name), (), ()))
            assert (name in will - was) == any(s.start <= instant < s.end for s in news.gained)
            assert (name in was - will) == any(s.start <= instant < s.end for s in news.lost)
        instant += timedelta(hours=7)
