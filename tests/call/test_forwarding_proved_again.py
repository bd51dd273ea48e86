"""A command that sets a forward can lose or garble a digit, and set another: that is found soon."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from firmware.event import Woken
from firmware.pulse import ForwardingState
from hw.simulator.forwarding import VOICE, ForwardingBehaviour
from hw.simulator.subscriber import Profile
from hw.simulator.terminal import ForwardingReason
from tests.simulation.sites import ADMIN, BRUNO, CALLER, with_mode
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_another_forward_set_by_a_garbled_digit_is_erased_within_two_minutes(
    tmp_path: Path,
) -> None:
    """Found by a simulated year: callers were led on after 20 s of ringing, until the next hour."""
    world = World(tmp_path, with_mode("alert"), start=START)
    register = world.network.subscriber(world.number).forwarding
    feed, garbled = world.wire.feed, False

    def garble(data: bytes) -> None:
        nonlocal garbled
        if b"AT+CCFC=3,3," in data and not garbled:
            garbled, data = True, data.replace(b"AT+CCFC=3,", b"AT+CCFC=2,")
        feed(data)

    world.run(90)
    keeper = world.attendant._forwarding
    keeper._state = ForwardingState.CHANGING   # the answer that proved it was lost: all is set anew
    world.wire.feed = garble  # type: ignore[method-assign]
    keeper.check_now()
    world.step(Woken())
    world.run(28)
    assert garbled
    assert keeper.view.state is ForwardingState.VERIFIED
    assert register.registered(ForwardingReason.NO_REPLY) == BRUNO
    world.run(120)
    assert register.registered(ForwardingReason.NO_REPLY) is None
    assert register.registered(ForwardingReason.BUSY) == BRUNO
    assert register.registered(ForwardingReason.NOT_REACHABLE) == BRUNO


def spoiled(world: World, times: int) -> list[bytes]:
    """The time of the next forwards for no reply loses a digit on the way; all that were asked."""
    feed, asked = world.wire.feed, []

    def spoil(data: bytes) -> None:
        if b"AT+CCFC=2,3," in data:
            asked.append(data)
            if len(asked) <= times:
                data = data.replace(b",,,15", b",,,5")
        feed(data)

    world.wire.feed = spoil  # type: ignore[method-assign]
    return asked


def no_reply_s(world: World) -> int:
    register = world.network.subscriber(world.number).forwarding
    return register._forwards[ForwardingReason.NO_REPLY, VOICE].no_reply_s


def test_a_time_that_lost_a_digit_is_set_again_at_once(tmp_path: Path) -> None:
    """Found by a simulated year: callers rang for 5 s, not for 15, until the next handover."""
    world = World(tmp_path, with_mode("divert"), start=START, boot=False)
    asked = spoiled(world, 1)
    world.modem.power_on()
    world.run(60)
    assert len(asked) == 2
    assert no_reply_s(world) == 15
    assert world.attendant._forwarding.view.state is ForwardingState.VERIFIED
    assert not world.alarms()


def test_a_time_that_somebody_changed_is_mended_and_told(tmp_path: Path) -> None:
    world = World(tmp_path, with_mode("divert"), start=START)
    world.run(90)
    world.network.change_forwarding(world.number, ForwardingReason.NO_REPLY, BRUNO, 30)
    world.run(3700)
    assert no_reply_s(world) == 15
    (line,) = [one for one in world.journal("forwarding") if one["outcome"] == "changed_elsewhere"]
    assert cast(dict[str, object], line["detail"])["found"] == {"no_reply": f"{BRUNO}, 30 s"}


@pytest.mark.parametrize("own_s", [5, 25])
def test_a_network_with_times_of_its_own_is_believed_once_it_was_asked_twice(
    tmp_path: Path, own_s: int
) -> None:
    behaviour = ForwardingBehaviour(fixed_no_reply_s=own_s)
    world = World(
        tmp_path, with_mode("divert"), start=START, subscription=Profile(behaviour)
    )
    asked = spoiled(world, 0)
    world.run(90)
    keeper = world.attendant._forwarding
    assert len(asked) == 2
    assert keeper.view.state is ForwardingState.VERIFIED
    assert keeper.no_reply_s == own_s
    world.run(2 * 3600)
    world.restart()
    assert world.attendant._forwarding.no_reply_s == own_s
    world.run(3600)
    assert len(asked) == 2
    assert not world.alarms()


@pytest.mark.parametrize("dialled_s", [15, 20])
def test_what_somebody_dials_where_the_network_refuses_the_box_is_found(
    tmp_path: Path, dialled_s: int
) -> None:
    """As the alarm asks them to. It ends, and a restart does not raise it again."""
    forwards = (ForwardingReason.BUSY, ForwardingReason.NO_REPLY, ForwardingReason.NOT_REACHABLE)
    refusing = Profile(ForwardingBehaviour(refused=frozenset(forwards)))
    world = World(tmp_path, with_mode("divert"), start=START, subscription=refusing)

    def refusals() -> int:
        return sum(line["outcome"] == "refused" for line in world.journal("forwarding"))

    world.run(90)
    assert world.alarms() == {"forwarding"}
    before = refusals()
    for reason in forwards:
        world.network.change_forwarding(world.number, reason, BRUNO, dialled_s)
    world.run(900)
    keeper = world.attendant._forwarding
    assert (keeper.view.state, keeper.no_reply_s) == (ForwardingState.VERIFIED, dialled_s)
    world.database.connection.execute("DELETE FROM fact WHERE key = 'forwarding-proof'")
    world.restart()
    world.run(90)
    assert world.attendant._forwarding.view.state is ForwardingState.VERIFIED
    assert not world.alarms()
    assert refusals() == before


@pytest.mark.parametrize(("time", "condition"), [(b"20", b"3"), (b"0", b""), (b"60", b"2")])
def test_a_time_that_is_none_is_not_looked_at(
    tmp_path: Path, time: bytes, condition: bytes
) -> None:
    """Some tell one under each condition, or one that 27.007 7.11 does not know."""
    world = World(tmp_path, with_mode("divert"), start=START, boot=False)
    feed, heard = world.wire.feed, cast(Callable[[bytes], None], world.wire.on_output)
    asked, set_again = b"", 0

    def feeds(data: bytes) -> None:
        nonlocal asked, set_again
        asked = data if b"AT+CCFC=" in data else asked
        set_again += b",3," in data and b"AT+CCFC=" in data
        feed(data)

    def hears(data: bytes) -> None:
        if b"+CCFC: 1," in data and b"AT+CCFC=" + condition in asked:
            data = re.sub(rb'(\+CCFC: 1,\d+,"[^"]*",\d+)[^\r]*', rb"\1,,," + time, data)
        heard(data)

    world.wire.feed = feeds   # type: ignore[method-assign]
    world.wire.on_output = hears
    world.modem.power_on()
    world.run(300)
    assert world.attendant._forwarding.view.state is ForwardingState.VERIFIED
    assert set_again == 3
    assert world.attendant._forwarding.no_reply_s == 15
    assert not [one for one in world.journal("forwarding") if one["outcome"] != "verified"]


def test_what_changes_it_all_day_is_told_twice_in_six_hours_and_is_in_the_journal(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, with_mode("divert"), start=START)
    world.run(90)
    for _ in range(5):
        world.network.change_forwarding(world.number, ForwardingReason.BUSY, CALLER)
        world.run(3700)
    told = [text for text in world.texts(ADMIN) if "avait été changé" in text]
    assert len(told) == 2
    assert CALLER in told[0]
    changed = [one for one in world.journal("forwarding") if one["outcome"] == "changed_elsewhere"]
    assert len(changed) == 5
