"""Answers that the wire loses while a caller is on hold: whichever they are, they cost no more than
the caller's minute, and nobody is put on hold or hung up on by what is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from hw.simulator.faults import Fault
from hw.simulator.terminal import CallState
from tests.simulation.sites import ALICE, BRUNO, CALLER, CHLOE, with_mode
from tests.simulation.watch_voice import CHOICES, VoiceWatch
from tests.simulation.world import BOX, World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
RULES = "\n[voice]\nring_s = 30\naccept_s = 14\n"
LATE_MS = 13_600     # as late as a key can be pressed
HELD_S = 48.0        # since the call was placed: the caller has been on hold for half a minute


class Losing(World):
    """A world that loses the answers to these commands, one after the other, from a key on."""

    lose: tuple[bytes, ...] = ()
    asked: tuple[bytes, ...] = ()

    def from_now_on(self, *lose: bytes) -> None:
        self.lose = lose
        feed = self.wire.feed

        def feed_and_lose(data: bytes) -> None:
            self.asked += (data.rstrip(),)
            if self.lose and data.startswith(self.lose[0]):
                self.lose = self.lose[1:]
                self.wire.strike(Fault.NO_REPLY)
            feed(data)

        self.wire.feed = feed_and_lose  # type: ignore[method-assign]


def _called(
    folder: Path, key: str, *, conference: bool = False, withheld: bool = False
) -> tuple[Losing, list[str]]:
    """Somebody calls, the network transfers no call, and whoever is rung presses a key at the very
    last. Returns what is broken, too."""
    world = Losing(folder, with_mode("transfer") + RULES, start=START, profile="simcom-sim7600",
                   voice=True)  # fmt: skip
    broken: list[str] = []
    watch = VoiceWatch(world, lambda promise, what: broken.append(what))
    world.run(40)
    subscriber = world.network.subscriber(BOX)
    subscriber.profile = replace(
        subscriber.profile, explicit_transfer=False, multiparty=conference
    )
    for number in (ALICE, BRUNO, CHLOE):
        phone = world.phone(number)
        phone.answer_after_ms, phone.keys_on_answer = 20_000, key
        phone.keys_after_ms, phone.talk_ms = LATE_MS, None
    world.phone(CALLER).talk_ms = None
    watch.placed(world.call(CALLER, withheld=withheld, patience_s=600))
    return world, broken


@pytest.mark.parametrize(
    ("key", "lose"),
    [
        ("1", (b"AT+CHLD=3", b"AT+CHLD=12")),
        ("1", (b"AT+CLCC", b"AT+CHLD=3")),
        ("1", (b"AT+CHLD=4", b"AT+CLCC")),
        ("1", (b"AT+CHLD=3", b"AT+CLCC")),
        ("2", (b"AT+CHLD=12", b"AT+CHLD=2")),
    ],
)
def test_two_lost_answers_cost_no_more_than_the_callers_minute(
    key: str, lose: tuple[bytes, ...], tmp_path: Path
) -> None:
    """Each was waited for eight seconds: the choice came after 61; or joining ended so late that
    none came at all."""
    world, broken = _called(tmp_path, key)
    world.run(HELD_S)
    heard = len(world.voice.heard)
    world.from_now_on(*lose)
    world.run(25)
    said = [each.words for each in world.voice.heard[heard:] if each.number == CALLER]
    assert not world.lose
    assert broken == []
    assert CHOICES & set(said)


def test_no_sms_deafens_the_modem_while_a_caller_is_on_hold(tmp_path: Path) -> None:
    """The network did not answer to it, and for forty seconds the modem heard nothing: the key was
    pressed in vain. It leaves once they are joined."""
    world, broken = _called(tmp_path, "1", conference=True)
    world.run(20)
    world.network.subscriber(BOX).conditions.submit_answers_lost = 1
    world.text("+33688776655", "Au secours")
    world.run(40)
    assert broken == []
    assert [call["outcome"] for call in world.journal("call")] == ["transferred"]
    world.run(60)
    assert any("Au secours" in text for text in world.texts(BRUNO))


def test_a_caller_is_not_left_in_silence_while_the_modem_is_deaf(tmp_path: Path) -> None:
    """It had begun to send as the caller was greeted: what is said needs no command, so they are
    offered the message until it hears again; then whoever is on duty is rung, not the next."""
    world, broken = _called(tmp_path, "1", conference=True)
    world.run(4)
    world.network.subscriber(BOX).conditions.submit_answers_lost = 1
    world.text("+33688776655", "Au secours")
    world.run(70)
    said = [each.words for each in world.voice.heard if each.number == CALLER]
    assert sum(words in CHOICES for words in said) == 3
    calls = world.network.ledger.calls.values()
    assert [call.dialled for call in calls if call.caller == world.number] == [BRUNO]
    assert broken == []


def test_a_caller_who_is_back_is_not_sent_away_by_what_is_asked_again(tmp_path: Path) -> None:
    """CHLD=2 swaps: after its OK the list was lost, and it was said again without one."""
    world, broken = _called(tmp_path, "2")
    world.run(HELD_S)
    world.from_now_on()
    while b"AT+CHLD=2" not in world.asked:
        world.run(0.05)
    world.lose = (b"AT+CLCC",)
    world.run(8)
    assert not world.lose
    assert world.asked.count(b"AT+CHLD=2") == 1
    assert world.modem.line is not None
    assert [call.state for call in world.modem.line.calls()] == [CallState.ACTIVE]
    assert broken == []


def test_a_number_that_was_dialled_in_silence_does_not_keep_the_caller_on_hold(
    tmp_path: Path,
) -> None:
    """The answers to ATD and to what was to end it were lost, and nothing could be asked of the
    modem for two minutes."""
    world, broken = _called(tmp_path, "")
    world.from_now_on(b"ATD", b"AT")
    world.run(65)
    assert not world.lose
    assert broken == []
    assert sum(each.words in CHOICES for each in world.voice.heard) == 1


def test_the_minute_of_a_caller_who_is_found_up_begins_with_the_port(tmp_path: Path) -> None:
    """USB stumbled as they were answered, two answers of the bring-up were lost, and their minute
    was counted from the first list, twenty seconds later."""
    world, broken = _called(tmp_path, "2", withheld=True)
    feed = world.wire.feed

    def stumble(data: bytes) -> None:
        feed(data)
        if data == b"ATA\r":
            world.drop_port()
            world.from_now_on(b"AT+CMEE=", b"AT+CNMI")

    world.wire.feed = stumble  # type: ignore[method-assign]
    world.run(85)
    assert not world.lose
    assert not any("waited" in each for each in broken)   # nothing could be said meanwhile
    assert any(each.words in CHOICES for each in world.voice.heard)


def test_a_caller_on_hold_does_not_wait_for_all_that_a_bring_up_loses(tmp_path: Path) -> None:
    """USB stumbled while the next number rang, six answers of the bring-up were lost, and the
    caller was on hold for a minute; the modem would have been reset meanwhile."""
    world, broken = _called(tmp_path, "")
    for number in (ALICE, BRUNO, CHLOE):
        world.phone(number).answer_after_ms = None   # nor does a code tell of a call meanwhile
    world.run(30)
    (caller,) = (each for each in world.network.ledger.calls.values() if each.caller == CALLER)
    world.from_now_on(b"AT+CMEE=", b"AT+CSMS", *[b"AT+CPMS"] * 3, b"AT+CNMI", b"AT+CRC=")
    world.drop_port()
    stumbled_ms = world.timeline.now_ms
    world.run(90)
    assert not world.lose
    assert broken == []
    assert b"AT+CFUN=1,1" not in world.asked
    assert caller.ended_ms is not None   # they ring again, and somebody has an SMS
    assert stumbled_ms < caller.ended_ms < stumbled_ms + 40_000


@pytest.mark.parametrize(("times", "joined"), [(1, True), (2, False), (9, False)])
def test_joining_that_became_a_swap_leaves_nobody_in_silence(
    tmp_path: Path, times: int, joined: bool
) -> None:
    """Found by a simulated year: one bit of CHLD=3 was garbled, the modem said OK, and the two were
    believed to talk, the one with the box, the other on hold."""
    world, broken = _called(tmp_path, "1", conference=True)
    feed, left = world.wire.feed, times

    def garble(data: bytes) -> None:
        nonlocal left
        if left and data == b"AT+CHLD=3\r":
            left, data = left - 1, b"AT+CHLD=2\r"
        feed(data)

    world.wire.feed = garble  # type: ignore[method-assign]
    world.run(HELD_S + 25)
    assert world.modem.line is not None
    together = [call.state for call in world.modem.line.calls()] == [CallState.ACTIVE] * 2
    assert together is joined
    assert broken == []
    said = {each.words for each in world.voice.heard if each.number == CALLER}
    assert bool(CHOICES & said) is not joined


def test_whoever_rings_on_costs_the_caller_who_is_back_no_call(tmp_path: Path) -> None:
    """Found by a simulated year: a byte of CHLD=12 was lost, CHLD=1 brought the caller back while
    the other rang on, and AT+CHUP, which was to end that, hung up on both."""
    world, broken = _called(tmp_path, "")
    feed, left = world.wire.feed, 1

    def garble(data: bytes) -> None:
        nonlocal left
        if left and data == b"AT+CHLD=12\r":
            left, data = 0, b"AT+HLD=12\r"
        feed(data)

    world.wire.feed = garble  # type: ignore[method-assign]
    for number in (ALICE, BRUNO, CHLOE):
        world.phone(number).answer_after_ms = None
    world.run(HELD_S + 25)
    assert not left
    assert world.modem.line is not None
    assert CALLER in {call.number for call in world.modem.line.calls()}
    assert broken == []


RELEASES = (b"AT+CHLD=12\r", b"AT+CHLD=12\r", b"AT+CHLD=1\r", b"AT+CHUP\r")


@pytest.mark.parametrize("garbled", [1, 2, 3])
def test_a_release_that_is_refused_is_said_again_at_once_and_then_another_way(
    tmp_path: Path, garbled: int
) -> None:
    """A garbled CHLD=12 cost the caller three seconds of nothing, and CHLD=1 after it as many."""
    world, broken = _called(tmp_path, "")
    feed = world.wire.feed
    tried: list[tuple[bytes, int]] = []

    def garble(data: bytes) -> None:
        if data in RELEASES:
            tried.append((data, world.timeline.now_ms))
            if len(tried) <= garbled:
                data = b"AT+HLD=12\r"
        feed(data)

    world.wire.feed = garble  # type: ignore[method-assign]
    for number in (ALICE, BRUNO, CHLOE):
        world.phone(number).answer_after_ms = None
    world.run(HELD_S + 25)
    assert tuple(said for said, _ in tried[: garbled + 1]) == RELEASES[: garbled + 1]
    apart_ms = [later - sooner for (_, sooner), (_, later) in pairwise(tried)]
    assert apart_ms[0] <= 1_000
    assert all(gap_ms >= 2_900 for gap_ms in apart_ms[1:garbled])
    assert broken == []


def test_a_release_that_let_nobody_go_is_said_again_at_once(tmp_path: Path) -> None:
    """Found by a simulated year: CHLD=12 lost its last digit, the caller was back, and heard
    nothing for three seconds while the other rang on."""
    world, broken = _called(tmp_path, "")
    feed = world.wire.feed
    tried_ms: list[int] = []

    def garble(data: bytes) -> None:
        if data == b"AT+CHLD=12\r":
            tried_ms.append(world.timeline.now_ms)
            data = b"AT+CHLD=1\r" if len(tried_ms) == 1 else data
        feed(data)

    world.wire.feed = garble  # type: ignore[method-assign]
    for number in (ALICE, BRUNO, CHLOE):
        world.phone(number).answer_after_ms = None
    world.run(HELD_S + 25)
    assert tried_ms[1] - tried_ms[0] <= 1_000
    assert broken == []
