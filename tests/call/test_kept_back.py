"""Second callers of whom a modem tells late: it kept its codes back behind a message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.call.told import CALLER_2, NOTICE, notices, watching
from tests.simulation.sites import CALLER
from tests.simulation.world import World


@pytest.fixture
def kept_back(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """The end of a message's body is lost on the wire, and so the modem keeps its codes back until
    ESC comes a minute later."""
    world = watching(tmp_path, getattr(request, "param", "divert"), tells=True)
    feed = world.wire.feed
    lost: list[bytes] = []

    def without_its_end(data: bytes) -> None:
        if data.endswith(b"\x1a") and not lost:
            lost.append(data)
            data = data[:-1]
        feed(data)

    world.wire.feed = without_its_end  # type: ignore[method-assign]
    world.text(CALLER, "Bonjour")
    while not lost:
        world.run(0.1)
    heard: list[bytes] = []
    answers = world._from_modem

    def hear(data: bytes) -> None:
        heard.append(data)
        answers(data)

    world.wire.on_output = hear
    yield world
    assert NOTICE in heard, "the network told"
    assert not world.wire.modem.port.in_body


def test_a_call_that_rang_behind_a_message_and_was_led_on_is_no_second_caller(
    kept_back: World
) -> None:
    """Found by a simulated year: its ring and the notice came in one, as if it had just begun."""
    world = kept_back
    world.call(CALLER)
    world.run(80)
    assert notices(world) == 0


def test_of_two_notices_behind_a_message_the_last_is_the_calls_own(kept_back: World) -> None:
    world = kept_back
    world.call(CALLER)
    world.run(6)
    world.call(CALLER_2)
    world.run(80)
    assert notices(world) == 1


def test_a_call_that_rang_again_behind_a_message_was_not_the_one_led_on(kept_back: World) -> None:
    world = kept_back
    world.call(CALLER, patience_s=12)
    world.run(6)
    world.call(CALLER_2)
    world.run(80)
    assert notices(world) == 1


@pytest.mark.parametrize("proved", [True, False])
def test_who_gave_up_after_one_ring_behind_a_message_was_not_the_one_led_on(
    kept_back: World, proved: bool
) -> None:
    """Nothing told of them after the notice, and so it was taken for their own."""
    world = kept_back
    if not proved:
        world.attendant._calls.second.network = None
    calls = world.network.ledger.calls
    world.call(CALLER, patience_s=60)
    while not any(leg.ringing_ms for call in calls.values() for leg in call.legs):
        world.run(0.1)
    world.call(CALLER_2)
    while not any(leg.told_ms for call in calls.values() for leg in call.legs):
        world.run(0.1)
    world.phone(CALLER).hang_up()
    world.run(80)
    assert notices(world) == 1
    assert CALLER in {alert.number for alert in world.page.unsettled_alerts()}


def test_rings_that_come_together_were_kept_back_though_the_message_seems_to_be_over(
    kept_back: World
) -> None:
    """Found by a simulated year: an error made the box believe so, the modem waited on for the end
    of the body, and the box took the one caller, who was led on meanwhile, for two."""
    world = kept_back
    world._from_modem(b"\r\n+CMS ERROR: 500\r\n")
    world.call(CALLER)
    world.run(80)
    assert notices(world) == 0


@pytest.mark.parametrize("at_s", [0.0, 0.5])
def test_a_modem_that_tells_of_each_ring_twice_keeps_nothing_back(
    tmp_path: Path, at_s: float
) -> None:
    """The first caller hangs up right after the word about the second, whom the box is to know."""
    world = watching(tmp_path, "alert", tells=True)
    told: list[bytes] = []
    answers = world._from_modem

    def twice(data: bytes) -> None:
        answers(data)
        if b"RING" in data:
            answers(data)
        told.extend([data] if data == NOTICE else [])

    world.wire.on_output = twice
    world.call(CALLER, patience_s=30)
    while not world.attendant._calls._book.lines:
        world.run(0.1)
    world.run(at_s)
    world.call(CALLER_2)
    while not told:
        world.run(0.05)
    world.run(0.3)
    world.phone(CALLER).hang_up()
    world.run(60)
    assert notices(world) == 1


def test_who_is_told_of_among_rings_that_come_together_is_another_where_it_rings_on(
    kept_back: World
) -> None:
    world = kept_back
    world._from_modem(b"\r\n+CMS ERROR: 500\r\n")
    world.call(CALLER, patience_s=14)
    world.run(8)
    world.call(CALLER_2)
    world.run(80)
    assert notices(world) == 1


@pytest.mark.parametrize("kept_back", ["alert"], indirect=True)
def test_behind_a_message_what_is_proved_tells_whom_the_network_led_on(kept_back: World) -> None:
    """Found by a simulated year: the caller gave up in the same silence, and in this mode no call
    is led on for no reply."""
    world = kept_back
    world.call(CALLER, patience_s=10.5)
    world.run(7.5)
    world.call(CALLER_2)
    world.run(80)
    assert notices(world) == 1
