"""Whom a +CSSU: 10 is about, in every state of the calls in hand; stories are in the scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.at.events import ServiceNotice
from firmware.call.call_in_hand import CallInHand, Phase, take_up
from firmware.call.call_state import CallState
from firmware.call.second_caller import FORWARDED, HABIT, NO_REPLY_MIN_S, About, Habit, about
from firmware.moment import Moment
from firmware.record import Call
from hw.simulator.subscriber import PROFILES
from tests.simulation.sites import CALLER, with_mode
from tests.simulation.world import World

CALLER_2 = "+33688776655"
OK, NOTICE = b"\r\nOK\r\n", b"\r\n+CSSU: 10\r\n"
NOW_S = 1000.0
YOUNG_S, OLD_S = NOW_S - NO_REPLY_MIN_S + 0.1, NOW_S - NO_REPLY_MIN_S


def call(
    phase: Phase, since_s: float, state: CallState = CallState.INCOMING, *,
    answered: bool = False,
) -> CallInHand:  # fmt: skip
    line = CallInHand(
        Call(1, datetime(2026, 3, 10, 12, tzinfo=UTC), "Ambulance"), state, phase, since_s, None
    )
    line.answered_s = NOW_S if answered else None
    return line


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("since_s", [YOUNG_S, OLD_S])
@pytest.mark.parametrize("state", list(CallState))
def test_every_state_of_one_call_has_its_answer(
    phase: Phase, since_s: float, state: CallState
) -> None:
    if state in (CallState.ACTIVE, CallState.HELD) or phase is Phase.JOINED:
        wanted = About.ANOTHER
    elif phase is Phase.REJECTED:
        wanted = About.REFUSED
    else:
        wanted = About.ANOTHER if since_s == YOUNG_S else About.RINGING
    assert about([call(phase, since_s, state)], False, NOW_S) is wanted


@pytest.mark.parametrize("dialled", [True, False])
def test_several_calls_and_none(dialled: bool) -> None:
    ours = About.ANOTHER if dialled else None
    assert about([], dialled, NOW_S) is (ours or About.UNKNOWN)
    rejected, ringing = call(Phase.REJECTED, OLD_S), call(Phase.RINGING, OLD_S)
    assert about([rejected], dialled, NOW_S) is (ours or About.REFUSED)
    assert about([rejected, ringing], dialled, NOW_S) is About.RINGING
    assert about([rejected, call(Phase.RINGING, YOUNG_S)], dialled, NOW_S) is About.ANOTHER
    spoken = call(Phase.SPEAKING, OLD_S, CallState.ABSENT, answered=True)
    assert about([ringing, spoken], dialled, NOW_S) is About.RINGING, "it waits, and may be"
    young = call(Phase.RINGING, YOUNG_S, CallState.WAITING)
    assert about([young, spoken], dialled, NOW_S) is About.ANOTHER


def test_five_seconds_of_the_networks_are_less_by_the_first_ring() -> None:
    """Found by a simulated year: AT+CCFC=2,3,...,15 lost a digit, the network gave up after 5 s,
    4.6 s after the first RING."""
    assert about([call(Phase.RINGING, NOW_S - 4.6)], False, NOW_S) is About.RINGING


def test_a_call_that_the_modem_kept_back_or_that_began_before_the_program_may_be_old() -> None:
    young = call(Phase.IDENTIFYING, YOUNG_S)
    young.rings_since_s = YOUNG_S
    assert about([young], False, NOW_S) is About.ANOTHER
    young.rings_since_s = OLD_S
    assert about([young], False, NOW_S) is About.RINGING
    left = take_up(young.call, Moment(YOUNG_S, datetime(2026, 3, 10, 12, 1, tzinfo=UTC)))
    assert about([left], False, NOW_S) is About.RINGING


def test_a_network_that_tells_of_each_refused_call_is_soon_not_believed() -> None:
    habit, row = Habit(), 10
    for _ in range(HABIT):
        row += 1
        assert not habit.tells_of(row), "a second caller, for all that is known"
        row += 1
        habit.recorded(row)
    for _ in range(3):
        row += 1
        assert habit.tells_of(row)
        assert not habit.tells_of(row), "one more is a second caller"
        row += 1
        habit.recorded(row)
    row += 1   # a call of which it told nothing
    assert not habit.tells_of(row + 1)


def test_notices_now_and_then_are_second_callers() -> None:
    habit = Habit()
    for row in range(10, 100, 10):
        assert not habit.tells_of(row)
        habit.recorded(row + 1)


@pytest.mark.usefixtures("modem_family")
def test_a_notice_before_the_refused_call_is_gone_is_a_second_callers(tmp_path: Path) -> None:
    """Found by a simulated year: it came with the OK to AT+CHLD=0, and nobody was told."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    calls = world.attendant._calls
    world.call(CALLER, patience_s=60)
    while not any(line.phase is Phase.REJECTED for line in calls._book.lines):
        world.refused["AT+CLCC"] = 1   # the list has not shown it gone
        world.run(0.05)
    calls.second.heard(ServiceNotice(FORWARDED))
    world.run(30)
    led_on = [alert for alert in world.page.unsettled_alerts() if alert.number is None]
    assert len(led_on) == 1
    assert len(world.page.unsettled_alerts()) == 2


@pytest.mark.usefixtures("modem_family")
def test_a_list_whose_ok_is_late_does_not_show_that_a_call_still_rings(tmp_path: Path) -> None:
    """Found by a simulated year: a second caller was told of who was the first, led on."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    world.refused |= {"AT+CHLD=0": 9, "AT+CHUP": 9, "ATH": 9}
    answers, timeline = world._from_modem, world.timeline
    world.call(CALLER, patience_s=14.6)
    began_ms, listed, held = timeline.now_ms, False, False

    def late_ok(data: bytes) -> None:
        nonlocal listed, held
        if b"NO CARRIER" in data:
            answers(NOTICE + data)
            timeline.after(1_500, lambda: answers(OK))
        elif data == OK and listed and not held:
            held = True
        else:
            listed = b"+CLCC: 1" in data and timeline.now_ms > began_ms + 13_500
            answers(data)

    world.wire.on_output = late_ok
    world.run(60)
    assert held
    assert [alert.number for alert in world.page.unsettled_alerts()] == [CALLER]


@pytest.mark.usefixtures("modem_family")
def test_a_call_that_can_be_refused_afterwards_was_not_the_one_led_on(tmp_path: Path) -> None:
    """Found by a simulated year: no list was read in between, and nobody was told."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    answers, timeline = world._from_modem, world.timeline
    feed, written, held = world.wire.feed, b"", False

    def write(data: bytes) -> None:
        nonlocal written
        written = data
        feed(data)

    def late_ok(data: bytes) -> None:
        nonlocal held
        if data == OK and written == b"AT+CHLD=0\r" and not held:
            held = True
            timeline.after(5_300, lambda: answers(NOTICE))
            timeline.after(6_800, lambda: answers(OK))
        else:
            answers(data)

    world.wire.feed = write  # type: ignore[method-assign]
    world.wire.on_output = late_ok
    world.call(CALLER)
    world.run(60)
    assert held
    assert {alert.number for alert in world.page.unsettled_alerts()} == {CALLER, None}


@pytest.mark.usefixtures("modem_family")
def test_a_list_is_as_old_as_its_command_not_as_the_wish_for_it(tmp_path: Path) -> None:
    """Found by a simulated year: it waited for a clean channel, and the caller gave up just after
    it; so nobody was told of the second one."""
    world = World(tmp_path, with_mode("alert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    answers, timeline = world._from_modem, world.timeline
    calls = world.attendant._calls
    began_ms, lost_ms, listed_ms = timeline.now_ms, 0, 0

    def lossy(data: bytes) -> None:
        nonlocal lost_ms, listed_ms
        listed = b"+CLCC: 1" in data
        old = any(line.phase is Phase.RINGING for line in calls._book.lines)
        if listed and old and not lost_ms and timeline.now_ms > began_ms + 10_000:
            lost_ms = timeline.now_ms
            timeline.after(1_500, lambda: answers(NOTICE))
        elif listed and lost_ms and not listed_ms and timeline.now_ms > lost_ms + 1_500:
            listed_ms = timeline.now_ms
            timeline.after(20, world.phone(CALLER).hang_up)
        if data != OK or timeline.now_ms != lost_ms:
            answers(data)

    world.wire.on_output = lossy
    world.call(CALLER, patience_s=60)
    world.run(60)
    assert listed_ms - lost_ms > 2_700, "it came with the clean channel"
    assert notices(world) == 1


@pytest.mark.parametrize(("rung_ms", "another"), [(7_000, 1), (13_000, 0)])
@pytest.mark.usefixtures("modem_family")
def test_a_call_is_not_led_on_before_the_time_that_is_proved(
    tmp_path: Path, rung_ms: int, another: int
) -> None:
    """Found by a simulated year: the caller gave up after 10 s, and was taken for the one told
    of."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    world.refused |= {"AT+CHLD=0": 9, "AT+CHUP": 9, "ATH": 9}
    answers, timeline = world._from_modem, world.timeline
    rang = False

    def rings(data: bytes) -> None:
        nonlocal rang
        if b"RING" in data and not rang:
            rang = True
            timeline.after(rung_ms, lambda: answers(NOTICE))
            timeline.after(rung_ms + 50, world.phone(CALLER).hang_up)
        answers(data)

    world.wire.on_output = rings
    world.call(CALLER, patience_s=60)
    world.run(60)
    assert rang
    assert notices(world) == another


@pytest.mark.parametrize(("later_ms", "another"), [(100, 0), (2_500, 0), (3_300, 1)])
@pytest.mark.usefixtures("modem_family")
def test_a_call_whose_end_is_told_much_later_was_not_the_one_led_on(
    tmp_path: Path, later_ms: int, another: int
) -> None:
    """Found by a simulated year: no list could be read in between."""
    world = World(tmp_path, with_mode("alert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    answers, timeline = world._from_modem, world.timeline
    world.call(CALLER, patience_s=60)
    world.run(12)
    world.refused["AT+CLCC"] = 99
    told = False

    def rings(data: bytes) -> None:
        nonlocal told
        answers(data)
        if b"RING" in data and not told:
            told = True
            timeline.after(300, lambda: answers(NOTICE))
            timeline.after(300 + later_ms, world.phone(CALLER).hang_up)

    world.wire.on_output = rings
    world.run(60)
    assert told
    assert notices(world) == another


@pytest.mark.usefixtures("modem_family")
def test_a_call_that_rings_on_was_not_the_one_led_on(tmp_path: Path) -> None:
    """Found by a simulated year: an SMS stuck in the network, so that no list could be read, and
    the caller gave up before one was."""
    world = World(tmp_path, with_mode("alert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    answers, timeline = world._from_modem, world.timeline
    world.call(CALLER, patience_s=22)
    world.run(14)
    world.refused["AT+CLCC"] = 99
    timeline.after(500, lambda: answers(NOTICE))
    world.run(60)
    assert {alert.number for alert in world.page.unsettled_alerts()} == {CALLER, None}


@pytest.mark.usefixtures("modem_family")
def test_a_call_that_rang_before_the_box_had_started_may_be_the_one_led_on(tmp_path: Path) -> None:
    """Found by a simulated year: the power had come back in the middle of it, and no code told of
    it, only the first list."""
    tells = replace(PROFILES["full"], forwarding_notices=True)
    start = datetime(2026, 3, 10, 11, tzinfo=UTC)
    world = World(tmp_path, with_mode("alert"), start=start, subscription=tells)
    world.run(60)
    world.kill()
    world.call(CALLER, patience_s=60)
    world.run(12)
    world.restart()
    world.run(2)
    world.attendant._calls.second.heard(ServiceNotice(FORWARDED))
    world.phone(CALLER).hang_up()
    world.run(60)
    assert [alert.number for alert in world.page.unsettled_alerts()] == [CALLER]


@pytest.mark.usefixtures("modem_family")
def test_a_call_told_of_before_the_first_list_may_have_rung_for_longer(tmp_path: Path) -> None:
    """Found by a simulated year: an answer of the bring-up was lost, and the network led the caller
    on five seconds after the first RING that anybody heard."""
    tells = replace(PROFILES["full"], forwarding_notices=True)
    start = datetime(2026, 3, 10, 11, tzinfo=UTC)
    world = World(tmp_path, with_mode("divert"), start=start, subscription=tells)
    world.run(60)
    world.refused |= {"AT+CHLD=0": 9, "AT+CHUP": 9, "ATH": 9}
    feed, answers = world.wire.feed, world._from_modem
    lost = written = b""

    def write(data: bytes) -> None:
        nonlocal written
        written = data
        feed(data)

    def lossy(data: bytes) -> None:
        nonlocal lost
        if data == OK and written == b"ATS0=0\r" and not lost:
            lost = data
        elif (b"RING" in data or b"+CLIP" in data) and world.timeline.now_ms < 70_000:
            pass   # one more that nobody heard
        else:
            answers(data)

    world.wire.feed = write  # type: ignore[method-assign]
    world.wire.on_output = lossy
    world.call(CALLER, patience_s=60)
    world.run(1.0)
    world.drop_port()
    world.run(60)
    assert lost
    assert [alert.number for alert in world.page.unsettled_alerts()] == [CALLER]


def notices(world: World) -> int:
    """How many second callers somebody is asked about."""
    return sum(alert.number is None for alert in world.page.unsettled_alerts())


@pytest.fixture
def kept_back(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """The end of a message's body is lost on the wire, and so the modem keeps its codes back until
    ESC comes a minute later."""
    mode = getattr(request, "param", "divert")
    start = datetime(2026, 3, 10, 11, tzinfo=UTC)
    tells = replace(PROFILES["full"], forwarding_notices=True)
    world = World(tmp_path, with_mode(mode), start=start, subscription=tells)
    world.run(60)
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


def test_a_refusal_whose_ok_is_late_says_nothing_of_the_next_call(tmp_path: Path) -> None:
    """Found by a simulated year: the next one rang for 15 s behind it and was led on."""
    tells = replace(PROFILES["full"], forwarding_notices=True)
    start = datetime(2026, 3, 10, 11, tzinfo=UTC)
    world = World(tmp_path, with_mode("divert"), start=start, subscription=tells)
    world.run(60)
    world.refused["AT+CHLD=0"] = 1
    world.swallowed["NO CARRIER"] = 9
    answers, timeline, book = world._from_modem, world.timeline, world.attendant._calls._book
    heard: list[bytes] = []
    held = False

    def late_ok(data: bytes) -> None:
        nonlocal held
        heard.append(data)
        if data == OK and not held and book.lines and book.lines[0].rejections == 2:
            held = True
            timeline.after(20_000, lambda: answers(OK))
        else:
            answers(data)

    world.wire.on_output = late_ok
    world.call(CALLER, patience_s=60)
    world.run(3)
    world.call(CALLER_2, patience_s=60)
    world.run(60)
    assert held
    assert NOTICE in heard
    assert notices(world) == 0
