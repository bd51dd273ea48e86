"""What a broken promise turns, where one is waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation.promises import Judge
from tests.simulation.year import Year

LOOK_MS = 7_200_000
Prepare = Callable[[Year], None] | None   # what the year needs for the mistake to matter
Mutation = Callable[[pytest.MonkeyPatch], Prepare]


class Red(Exception):  # noqa: N818 - what a light turns
    """The checker has seen it."""


def watch_for(promise: str, patch: pytest.MonkeyPatch) -> None:
    """`Red` as soon as this promise is broken, whatever else is."""

    def watch(self: Judge, found: str, at_ms: int, what: str) -> None:
        if found == promise:
            raise Red(what)

    patch.setattr(Judge, "breaks", watch)


class Mistakes(list[tuple[str, Mutation]]):
    """Each with the promise that it breaks."""

    def breaks(self, promise: str) -> Callable[[Mutation], Mutation]:
        def keep(mutation: Mutation) -> Mutation:
            self.append((promise, mutation))
            return mutation

        return keep

    @property
    def names(self) -> list[str]:
        return [mutation.__name__ for _, mutation in self]


def nothing(*_arguments: object, **_named: object) -> None:
    """In place of a method that should do something."""


def play_a_day(
    folder: Path, seed: int, load: float, until_ms: int, prepare: Prepare = None
) -> None:
    """Those who look at the end only look every two hours, so that a mistake of the morning is seen
    in the morning."""
    year = Year(folder, 1, seed, 0.0, load)
    if prepare is not None:
        prepare(year)
    year.box.modem.power_on()
    year.box.run(600)
    year.work.begin(until_ms)
    for _ in range(0, until_ms, LOOK_MS):
        year.box.run(LOOK_MS / 1000)
        for checker in (year.alerts, year.rounds, year.rows, year.words):
            checker.finish()
    year.box.database.close()


def nothing_may_be_broken(patch: pytest.MonkeyPatch) -> None:
    """The first broken promise is an error."""

    def watch(self: Judge, found: str, at_ms: int, what: str) -> None:
        raise AssertionError(found, what)

    patch.setattr(Judge, "breaks", watch)


def is_seen(year: Year, promise: str, prepare: Prepare, patch: pytest.MonkeyPatch) -> bool:
    """Whether playing the year turns the light of this promise red."""
    watch_for(promise, patch)
    if prepare is not None:
        prepare(year)
    try:
        year.run()
    except Red:
        return True
    finally:
        year.box.database.close()
    return False
