"""Wrong tries wait, right ones are given back, and nobody is locked out for ever."""

from __future__ import annotations

from datetime import timedelta

from firmware.store.database import Database
from firmware.store.throttle import WAIT_MAX_S, Limit, Throttle
from tests.store.samples import NOW

PAIR = Limit("alice@here", 2, cleared=True)
PLACE = Limit("@here", 3)


def test_each_further_try_waits_twice_as_long_up_to_a_quarter_of_an_hour(
    database: Database,
) -> None:
    throttle, now, waits = Throttle(database), NOW, []
    for _ in range(2):
        assert throttle.take([PAIR], now) == timedelta(0)
    for _ in range(8):
        wait = throttle.take([PAIR], now)
        waits.append(wait.total_seconds())
        assert throttle.take([PAIR], now + wait - timedelta(seconds=1)) == timedelta(seconds=1)
        now += wait
        assert throttle.take([PAIR], now) == timedelta(0)
    assert waits == [30, 60, 120, 240, 480, WAIT_MAX_S, WAIT_MAX_S, WAIT_MAX_S]


def test_a_refused_try_is_not_counted(database: Database) -> None:
    throttle = Throttle(database)
    for _ in range(50):
        throttle.take([PAIR], NOW)
    assert throttle.take([PAIR], NOW) == timedelta(seconds=30)


def test_a_right_try_clears_the_pair_and_only_gives_itself_back_to_the_place(
    database: Database,
) -> None:
    """Somebody with a password of their own cannot wash an address clean."""
    throttle = Throttle(database)
    other = Limit("bob@here", 2, cleared=True)
    for _ in range(2):
        throttle.take([PAIR, PLACE], NOW)
    throttle.take([other, PLACE], NOW)
    throttle.give_back([other, PLACE])
    assert throttle.take([PAIR], NOW) > timedelta(0)
    assert throttle.take([PLACE], NOW) == timedelta(0)
    assert throttle.take([PLACE], NOW) > timedelta(0)
    throttle.give_back([PAIR])
    assert throttle.take([PAIR], NOW) == timedelta(0)


def test_a_day_without_a_try_forgets_them(database: Database) -> None:
    throttle = Throttle(database)
    for _ in range(2):
        throttle.take([PAIR], NOW)
    later = NOW + timedelta(hours=24, seconds=1)
    assert throttle.take([PAIR], later) == timedelta(0)
    assert throttle.take([PAIR], later) == timedelta(0)


def test_a_clock_set_back_locks_nobody_out_for_long(database: Database) -> None:
    throttle = Throttle(database)
    for _ in range(2):
        throttle.take([PAIR], NOW)
    assert throttle.take([PAIR], NOW - timedelta(days=4000)) == timedelta(seconds=30)


def test_one_blocked_key_counts_a_try_under_none(database: Database) -> None:
    throttle = Throttle(database)
    for _ in range(2):
        throttle.take([PAIR], NOW)
    for _ in range(10):
        throttle.take([PAIR, PLACE], NOW)
    assert throttle.take([PLACE], NOW) == timedelta(0)
