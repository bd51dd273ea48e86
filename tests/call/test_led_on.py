"""A caller of whom nobody is asked, as the network leads them on: it must have done so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.call.forwarding import GLANCE_EVERY_S
from firmware.record import AlertCause, CallOutcome, JournalKind
from firmware.store import journal
from hw.simulator.forwarding import REASONS, ForwardingBehaviour
from hw.simulator.terminal import ForwardingReason
from tests.simulation.sites import BRUNO, CALLER, with_mode
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
OFFICE = """
[[opening_hours]]
service = "Ambulance"
days = "mon-fri"
from = "08:00"
to = "18:00"
number = "+33388112233"
"""
SITES = [with_mode("divert", confirm_divert=False), with_mode("divert") + OFFICE]


def ring(world: World) -> None:
    """A call, of which nobody is asked."""
    phone = world.phone(CALLER)
    phone.patience_ms = 20_000
    phone.call(world.number)
    world.run(60)
    assert (told(world), alerts(world)) == (CallOutcome.DIVERTED, [])


def told(world: World) -> str | None:
    """What the journal says of the call."""
    (line,) = [
        each.entry
        for each in journal.latest(world.database, 100)
        if each.entry.kind is JournalKind.CALL
    ]
    return line.outcome


def alerts(world: World) -> list[AlertCause]:
    return [alert.cause for alert in world.attendant._alerts.book.unsettled()]


def world_of(folder: Path, site: str, start: datetime = START) -> World:
    world = World(folder, site, start=start)
    world.phone("+33388112233")
    world.phone(BRUNO)
    world.run(120)
    return world


@pytest.mark.parametrize("site", SITES, ids=["told", "office"])
@pytest.mark.parametrize("reason", [ForwardingReason.BUSY, ForwardingReason.UNCONDITIONAL])
def test_a_call_that_was_led_elsewhere_is_alerted_of_once_that_is_seen(
    tmp_path: Path, site: str, reason: ForwardingReason
) -> None:
    """Found by a simulated year: to the office, on a forward that somebody had erased."""
    world = world_of(tmp_path, site)
    register = world.network.subscriber(world.number).forwarding
    if reason is ForwardingReason.BUSY:
        register.set(reason, None)
    ring(world)
    if reason is ForwardingReason.UNCONDITIONAL:
        register.set(reason, "+33699000000")
    world.run(GLANCE_EVERY_S + 60)
    assert told(world) == CallOutcome.ALERTED
    assert alerts(world) == [AlertCause.CALL]
    world.run(GLANCE_EVERY_S + 60)
    assert alerts(world) == [AlertCause.CALL]


@pytest.mark.parametrize("site", SITES, ids=["told", "office"])
def test_a_network_that_refuses_the_forward_from_then_on_is_seen_all_the_same(
    tmp_path: Path, site: str
) -> None:
    world = world_of(tmp_path, site)
    register = world.network.subscriber(world.number).forwarding
    register.set(ForwardingReason.BUSY, None)
    ring(world)
    register.behaviour = ForwardingBehaviour(refused=frozenset(REASONS))
    world.run(GLANCE_EVERY_S + 60)
    assert told(world) == CallOutcome.ALERTED
    assert alerts(world) == [AlertCause.CALL]


@pytest.mark.parametrize("lost", range(8))
def test_however_many_answers_are_lost_the_caller_is_not_forgotten(
    tmp_path: Path, lost: int
) -> None:
    """From the look that would show it on."""
    world = world_of(tmp_path, SITES[0])
    subscriber = world.network.subscriber(world.number)
    subscriber.forwarding.set(ForwardingReason.BUSY, None)
    ring(world)
    keeper = world.attendant._forwarding
    while (keeper._due_s or 0) > world.moment.monotonic_s + 5:
        world.run(2)
    subscriber.conditions.ss_answers_lost = lost
    world.run(3 * GLANCE_EVERY_S)
    assert subscriber.conditions.ss_answers_lost == 0
    assert told(world) == CallOutcome.ALERTED


@pytest.mark.parametrize("changed", [False, True])
def test_who_was_led_to_the_office_just_before_it_closes_is_judged_by_that(
    tmp_path: Path, changed: bool
) -> None:
    world = world_of(tmp_path, SITES[1], datetime(2026, 3, 10, 16, 53, tzinfo=UTC))
    if changed:
        world.network.subscriber(world.number).forwarding.set(ForwardingReason.BUSY, None)
    ring(world)
    world.run(2 * GLANCE_EVERY_S)
    assert told(world) == (CallOutcome.ALERTED if changed else CallOutcome.DIVERTED)


@pytest.mark.parametrize("site", SITES, ids=["told", "office"])
def test_a_call_that_was_led_on_stays_as_it_is(tmp_path: Path, site: str) -> None:
    world = world_of(tmp_path, site)
    ring(world)
    world.run(GLANCE_EVERY_S + 60)
    register = world.network.subscriber(world.number).forwarding
    register.set(ForwardingReason.BUSY, None)    # later: no concern of that call's
    world.run(GLANCE_EVERY_S + 60)
    assert told(world) == CallOutcome.DIVERTED
    assert alerts(world) == []
