"""Which greeting callers hear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.rota import Greeting, UnknownNameError, greeting_for
from firmware.rota.values import GreetingTime
from tests.rota.samples import office, rota, utc

EACH: tuple[GreetingTime, ...] = ("always", "open", "closed", "holiday")
OFFICE = rota(office("mon-fri", "08:00", "18:00"))
NO_OFFICE = rota()


@pytest.mark.parametrize(
    ("at", "order"),
    [
        ("2026-01-05T07:00", "open always"),  # a Monday at 08:00
        ("2026-01-05T17:00", "closed always"),
        ("2026-07-14T10:00", "holiday open always"),
        ("2026-07-13T22:00", "holiday closed always"),  # 14 July begins at midnight in Paris
        ("2026-07-13T21:59:59", "closed always"),
    ],
)
def test_the_first_of_these_that_there_is(at: str, order: str) -> None:
    left = {when: Greeting("S", when, when) for when in EACH}
    for when in order.split():
        known = replace(OFFICE, greetings=tuple(left.values()))
        found = greeting_for(known, "S", utc(at))
        assert found is not None
        assert found.when == when
        del left[found.when]
    assert greeting_for(replace(OFFICE, greetings=tuple(left.values())), "S", utc(at)) is None


def test_without_office_hours_a_service_is_neither_open_nor_closed() -> None:
    known = replace(NO_OFFICE, greetings=(Greeting("S", "open", "a"), Greeting("S", "closed", "b")))
    assert greeting_for(known, "S", utc("2026-01-05T12:00")) is None


def test_a_greeting_is_of_one_service() -> None:
    known = replace(OFFICE, greetings=(Greeting("T", "always", "a"),))
    assert greeting_for(known, "S", utc("2026-01-05T12:00")) is None
    with pytest.raises(UnknownNameError):
        greeting_for(known, "T", utc("2026-01-05T12:00"))
