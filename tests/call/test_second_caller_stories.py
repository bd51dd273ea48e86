"""Whom a +CSSU: 10 is about: stories of an uncertain wire, most found by a simulated year."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.at.events import ServiceNotice
from firmware.call.call_in_hand import Phase
from firmware.call.second_caller import FORWARDED
from tests.call.told import CALLER_2, NOTICE, OK, deafen, let_ring, notices, watching
from tests.simulation.sites import CALLER
from tests.simulation.world import BOX


@pytest.mark.usefixtures("modem_family")
def test_a_notice_before_the_refused_call_is_gone_is_a_second_callers(tmp_path: Path) -> None:
    """Found by a simulated year: it came with the OK to AT+CHLD=0, and nobody was told."""
    world = watching(tmp_path, "divert")
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
    world = watching(tmp_path, "divert")
    let_ring(world)
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


@pytest.mark.parametrize("after_s", [16, 17])
def test_a_refusal_that_met_the_next_caller_does_not_show_that_the_first_was_there(
    after_s: int, tmp_path: Path
) -> None:
    """Found by a simulated year: a network that answered no SMS deafened the modem, the first was
    led on and told of, and their refusal, which had waited, met whoever rang a second later."""
    world = watching(tmp_path, "divert", tells=True)
    deafen(world)
    world.run(26)
    world.call(CALLER, patience_s=40)
    world.run(after_s)
    world.call(CALLER_2, patience_s=20)
    world.run(120)
    alerted = sorted(alert.number or "" for alert in world.page.unsettled_alerts())
    assert alerted == sorted([CALLER, CALLER_2])


@pytest.mark.usefixtures("modem_family")
def test_a_call_that_can_be_refused_afterwards_was_not_the_one_led_on(tmp_path: Path) -> None:
    """Found by a simulated year: no list was read in between, and nobody was told."""
    world = watching(tmp_path, "divert")
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
    world = watching(tmp_path, "alert")
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
    world = watching(tmp_path, "divert")
    let_ring(world)
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
    world = watching(tmp_path, "alert")
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
    world = watching(tmp_path, "alert")
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
    world = watching(tmp_path, "alert", tells=True)
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
    world = watching(tmp_path, "divert", tells=True)
    let_ring(world)
    answers = world._from_modem
    world.unanswered = {"ATS0=0"}

    def late(data: bytes) -> None:
        ring = b"RING" in data or b"+CLIP" in data
        if not ring or world.timeline.now_ms > 70_000:   # else one more that nobody heard
            answers(data)

    world.wire.on_output = late
    world.call(CALLER, patience_s=60)
    world.run(1.0)
    world.drop_port()
    world.run(60)
    assert world.swallowed == {"OK": 0}
    assert [alert.number for alert in world.page.unsettled_alerts()] == [CALLER]


def test_a_refusal_whose_ok_is_late_says_nothing_of_the_next_call(tmp_path: Path) -> None:
    """Found by a simulated year: the next one rang for 15 s behind it and was led on."""
    world = watching(tmp_path, "divert", tells=True)
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


@pytest.mark.usefixtures("modem_family")
@pytest.mark.parametrize("later_s", [24, 27, 30])
def test_hanging_up_is_ok_whether_a_call_is_there_or_not(tmp_path: Path, later_s: int) -> None:
    """Found by a simulated year: no network answered an SMS, the modem heard nothing for 40 s, and
    the caller was led on; the list was spoilt, and to the second way of refusing it said OK."""
    world = watching(tmp_path, "divert", tells=True)
    world.network.subscriber(BOX).conditions.submit_answers_lost = 1
    answers, over, spoilt = world._from_modem, False, False

    def spoil(data: bytes) -> None:
        nonlocal over, spoilt
        over |= b"NO CARRIER" in data
        if over and not spoilt and data == OK and world.written.endswith(b"AT+CLCC\r"):
            spoilt, data = True, b"\r\n^RSSI: 17\r\n" + data
        answers(data)

    world.wire.on_output = spoil
    world.text(CALLER_2, "Au secours")
    while b"+CMGS" not in world.written:
        world.run(0.1)
    world.run(later_s)
    world.call(CALLER, patience_s=60)
    world.run(80)
    assert spoilt
    assert notices(world) == 0


@pytest.mark.usefixtures("modem_family")
def test_the_end_of_the_last_call_is_its_own_though_no_list_shows_that_of_the_one_before(
    tmp_path: Path,
) -> None:
    """Found by a simulated year: a second caller was told of who never was, for of two calls that
    no list could show ended NO CARRIER ended neither."""
    world = watching(tmp_path, "divert", tells=True)
    let_ring(world)
    world.network.subscriber(BOX).conditions.submit_answers_lost = 1
    world.call(CALLER, patience_s=9)
    world.run(4)
    world.text(CALLER_2, "Au secours")
    while b"+CMGS" not in world.written:
        world.run(0.1)
    world.run(8)
    world.call(CALLER_2, patience_s=60)
    world.run(90)
    assert notices(world) == 0


@pytest.mark.usefixtures("modem_family")
def test_a_notice_is_not_about_a_call_whose_end_was_told_while_another_rings(
    tmp_path: Path,
) -> None:
    """Found by a simulated year: no list could show the first call over, and what was told behind
    the next one's first ring was taken for its; nobody was told of the third caller."""
    world = watching(tmp_path, "divert")
    let_ring(world)
    world.network.subscriber(BOX).conditions.submit_answers_lost = 1
    world.text(CALLER_2, "Au secours")
    while b"+CMGS" not in world.written:
        world.run(0.1)
    first = world.network_call(world.call(CALLER, patience_s=60))
    while not first.forwarded:
        world.run(0.1)
    world.call(CALLER_2, patience_s=60)
    world.run(3)
    world._from_modem(NOTICE)   # of a third one: not every family tells of them
    world.run(90)
    assert notices(world) == 1
