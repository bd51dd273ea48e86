"""What simulated years with a voice have found, one small test each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from firmware.event import BytesReceived
from firmware.record import Call, CallOutcome, Voicemail
from firmware.voice.clip import Spoken
from firmware.voice.seek_table import Stage
from hw.simulator.faults import Fault
from hw.simulator.terminal import CallState
from tests.simulation.sites import ALICE, BRUNO, CALLER, with_mode
from tests.simulation.symbolic_voice import Heard
from tests.simulation.test_found import Wire
from tests.simulation.watch_voice import CHOICES, THIRD_MS, VoiceWatch

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


STRANGER = BRUNO[:-3] + BRUNO[-2:]   # a digit less


def _called(folder: Path, *misdialled: str) -> Wire:
    """Somebody calls who stays on the line; the network transfers no calls."""
    world = Wire(folder, with_mode("transfer"), start=START, profile="quectel-eg25", voice=True)
    world.run(120)
    world.refused["AT+CHLD=4"] = 1
    world.phone(BRUNO).talk_ms = world.phone(CALLER).talk_ms = None
    world.phone(BRUNO).keys_on_answer = "1"
    for number in misdialled:
        world.garble_once(f"ATD{BRUNO}".encode(), f"ATD{number}".encode())
    world.call(CALLER, patience_s=600)
    return world


def _garble_a_number(world: Wire) -> None:
    """It was taken for another call, which nobody had answered."""
    world.change = lambda data: data.replace(b'1,"+336998', b'1,"+33v998')


def _garble_the_direction(world: Wire) -> None:
    """The caller was a call of ours that nobody owned, and was released with it."""
    world.change = lambda data: data.replace(b"+CLCC: 1,1,0", b"+CLCC: 1,0,0")


def _garble_the_line_of_our_own_call(world: Wire) -> None:
    """The other one was believed to have hung up."""
    world.change = lambda data: data.replace(b"+CLCC: 2", b"CLCC: 2")


def _lose_the_whole_list(world: Wire) -> None:
    """As where the late OK of another command is taken for it: both were believed gone, and then
    found again, and greeted."""
    world.swallowed["+CLCC:"] = 2


@pytest.mark.parametrize(
    "strike",
    [
        _garble_a_number, _garble_the_direction, _garble_the_line_of_our_own_call,
        _lose_the_whole_list,
    ],
)
def test_no_single_list_ends_a_conference(strike: Callable[[Wire], None], tmp_path: Path) -> None:
    world = _called(tmp_path)
    world.run(60)
    assert [call["outcome"] for call in world.journal("call")] == ["transferred"]
    strike(world)
    world.run(60)
    assert world.changed == 1 or world.swallowed == {"+CLCC:": 0}
    assert world.modem.line is not None
    assert [call.multiparty for call in world.modem.line.calls()] == [True, True]
    assert len(world.journal("call")) == 1


def test_a_late_ok_does_not_shift_all_further_lists_by_one(tmp_path: Path) -> None:
    """It was an empty list; the lines of the list were codes of the modem's own, upon which it was
    asked again; the OK behind them ended that question, and so on: a thousand times a second, and
    in the end two who spoke were believed gone, found again, greeted and put on hold."""
    world = Wire(tmp_path, with_mode("transfer"), start=START, profile="simcom-sim7600", voice=True)
    world.run(120)
    world.refused["AT+CHLD=4"] = 1
    world.phone(BRUNO).talk_ms = world.phone(CALLER).talk_ms = None
    world.phone(BRUNO).keys_on_answer = "1"
    world.call(CALLER, patience_s=600)
    world.run(60)
    said, asked = len(world.voice.heard), 0
    timeline, feed, heard, slow_until_ms = world.timeline, world.wire.feed, world.wire.on_output, 0
    assert heard is not None

    def slowly_from_its_ok(data: bytes) -> None:
        nonlocal slow_until_ms
        if data == b"\r\nOK\r\n" and not slow_until_ms:
            slow_until_ms = timeline.now_ms + 400
        timeline.after(max(slow_until_ms - timeline.now_ms, 0), partial(heard, data))

    def late_ok_first(data: bytes) -> None:
        nonlocal asked
        if b"CLCC" in data:
            asked += 1
            if asked == 1:
                timeline.after(0, lambda: world.step(BytesReceived(b"\r\nOK\r\n")))
                world.wire.on_output = slowly_from_its_ok
        feed(data)

    world.wire.feed = late_ok_first  # type: ignore[method-assign]
    world.run(5)
    assert 3 <= asked <= 10
    assert len(world.voice.heard) == said
    assert world.modem.line is not None
    assert [call.multiparty for call in world.modem.line.calls()] == [True, True]
    assert len(world.journal("call")) == 1


def test_a_hidden_number_stays_hidden_however_the_list_is_garbled(tmp_path: Path) -> None:
    """Whoever was alerted was to ring back the number `",128`."""
    world = _called(tmp_path)
    world.phone(CALLER).hang_up()
    world.run(60)
    world.call(CALLER, withheld=True, patience_s=600)
    world.run(6)
    world.change = lambda data: data.replace(b'0,0,"",128', b'0,0,\x00"",128')
    world.run(60)
    assert world.changed == 1
    assert world.journal("call")[-1]["number"] is None


def test_only_a_third_lost_answer_may_cost_more_than_the_minute(tmp_path: Path) -> None:
    world = _called(tmp_path)
    watch = VoiceWatch(world, lambda promise, what: None)
    allowed = [watch._allowed_ms(0)]
    for lost in (2, 1):
        world.wire.seen[Fault.NO_REPLY] = world.wire.seen.get(Fault.NO_REPLY, 0) + lost
        allowed.append(watch._allowed_ms(500))
    assert allowed == [0, 0, THIRD_MS]
    assert watch._allowed_ms(31_000) == 0


def _staff_typing(tmp_path: Path, *keys: tuple[int, str]) -> list[str]:
    """What Alice hears, whose code is 4711: never 5 s of nothing."""
    world = _called(tmp_path)
    broken: list[str] = []
    watch = VoiceWatch(world, lambda promise, what: broken.append(what))
    world.voice.pins["Alice Martin"] = "4711"
    alice = world.phone(ALICE)
    alice.talk_ms, alice.keys_as_caller = None, keys
    world.phone(CALLER).hang_up()
    world.run(60)
    watch.placed(world.call(ALICE, patience_s=600))
    world.run(120)
    assert broken == []
    return [heard.words for heard in world.voice.heard if heard.number == ALICE]


@pytest.mark.parametrize("typed", ["4712#", "4712", "471247124712", "47"])
def test_somebody_of_the_staff_who_enters_a_wrong_code_hears_no_long_silence(
    typed: str, tmp_path: Path
) -> None:
    """With its hash, without it (the wire had lost the key), and not to its end."""
    said = _staff_typing(tmp_path, (9_000, typed))
    wrong = any("Ce code n'est pas le bon" in words for words in said)
    assert wrong is typed.startswith("4712")
    assert any("Ne quittez pas" in words for words in said)   # then a caller like any other


def test_a_code_may_be_typed_as_slowly_as_one_looks_for_each_key(tmp_path: Path) -> None:
    """Four of its digits were taken for the whole of it after 2.5 s."""
    slowly = [(9_000 + 3_000 * place, key) for place, key in enumerate("4711#")]
    said = _staff_typing(tmp_path, *slowly)
    assert not any("Ne quittez pas" in words for words in said)   # a caller like any other
    assert any("pas de message" in words for words in said)


def test_what_a_hidden_caller_heard_last_is_nothing_that_the_next_one_heard(tmp_path: Path) -> None:
    """The checker's mistake: "withheld has waited for 2837 s"."""
    world = Wire(tmp_path, with_mode("transfer"), start=START, profile="quectel-eg25", voice=True)
    world.run(120)
    broken: list[str] = []
    watch = VoiceWatch(world, lambda promise, what: broken.append(what))
    for _ in range(2):
        watch.placed(world.call(CALLER, withheld=True, patience_s=10))
        world.run(600)
        last = Heard(world.timeline.now_ms, "withheld", Spoken(min(CHOICES), "fr"))
        world.voice.heard.append(last)   # between its last look and the end of the call
        world.run(120)
    assert watch.waits.answered == 2
    assert broken == []


def _rung(world: Wire) -> list[str]:
    """Whom the box has dialled, in order."""
    calls = world.network.ledger.calls.values()
    return [call.dialled for call in calls if call.caller == world.number]


def test_a_digit_that_atd_lost_is_found_out_and_the_right_number_dialled(tmp_path: Path) -> None:
    """A stranger was rung, and asked to take the call."""
    world = _called(tmp_path, STRANGER)
    world.phone(STRANGER).keys_on_answer = "1"
    world.run(120)
    assert _rung(world) == [STRANGER, BRUNO]
    (call,) = world.journal("call")
    assert (call["outcome"], call["person"]) == ("transferred", "Bruno Petit")
    assert all(heard.number != STRANGER for heard in world.voice.heard)
    stranger = next(c for c in world.network.ledger.calls.values() if c.dialled == STRANGER)
    assert stranger.connected_to is None


def test_a_number_that_is_lost_twice_is_left_and_the_next_person_rung(tmp_path: Path) -> None:
    world = _called(tmp_path, STRANGER, STRANGER)
    world.run(240)
    first, second, third, *_ = _rung(world)
    assert (first, second) == (STRANGER, STRANGER)
    assert third not in (STRANGER, BRUNO)
    assert len(world.journal("call")) == 1


def test_one_list_that_shows_another_number_hangs_up_on_nobody(tmp_path: Path) -> None:
    """Its line may be what was garbled."""
    world = _called(tmp_path)
    whole, garbled = BRUNO.encode(), STRANGER.encode()
    world.change = lambda data: data.replace(b'2,0,3,0,0,"' + whole, b'2,0,3,0,0,"' + garbled)
    world.run(120)
    assert world.changed == 1
    assert _rung(world) == [BRUNO]
    assert world.journal("call")[0]["outcome"] == "transferred"


def test_a_list_that_is_lost_after_joining_does_not_part_them(tmp_path: Path) -> None:
    """Five seconds without a list, and they were believed not to be joined."""
    world = _called(tmp_path)
    feed, joining = world.wire.feed, 0

    def lose_the_next_list(data: bytes) -> None:
        nonlocal joining
        if b"CHLD=3" in data or (joining == 1 and b"CLCC" in data):
            joining += 1
            if joining == 2:
                world.wire.strike(Fault.NO_REPLY)
        feed(data)

    world.wire.feed = lose_the_next_list  # type: ignore[method-assign]
    world.run(60)
    assert joining == 2
    (call,) = world.journal("call")
    assert call["outcome"] == "transferred"
    assert "not joined" not in str(call["detail"])


def test_nobody_rings_back_their_own_message(tmp_path: Path) -> None:
    """One of the staff had left it and pressed 4: the box dialled whoever was on the line."""
    world = Wire(tmp_path, with_mode("transfer"), start=START, profile="quectel-eg25", voice=True)
    world.run(60)
    call = Call(1, START, "Ambulance", ALICE, outcome=CallOutcome.VOICEMAIL, ended_at=START)
    world.rows.record((call, Voicemail(1, 1, "Ambulance", ALICE, START, 5.0, "mail/1")))
    world.restart()
    world.run(60)
    world.voice.pins["Alice Martin"] = "4711"
    alice = world.phone(ALICE)
    alice.talk_ms, alice.keys_as_caller = None, ((9_000, "4711#"), (40_000, "4"))
    world.call(ALICE, patience_s=600)
    world.run(100)
    assert _rung(world) == []
    said = [heard.words for heard in world.voice.heard if heard.number == ALICE]
    assert any("mail/1" in words for words in said)
    assert any("ne peut pas être rappelé" in words for words in said), said


def test_a_caller_s_minute_begins_with_ata_however_late_its_ok_is(tmp_path: Path) -> None:
    """It came after twenty seconds, and the minute was counted from then; now the message is
    offered before the first number rings, as after a long greeting."""
    world = Wire(tmp_path, with_mode("transfer"), start=START, profile="quectel-eg25", voice=True)
    world.run(120)
    world.answer_late(b"ATA\r")
    world.phone(CALLER).talk_ms = None
    world.call(CALLER, patience_s=600)
    world.run(100)
    choices = [each.at_ms for each in world.voice.heard if any(c in each.words for c in CHOICES)]
    whispers = [each.at_ms for each in world.voice.heard if each.number == BRUNO]
    assert choices[0] < whispers[0]


def test_a_call_that_is_up_without_a_row_is_found_though_the_first_list_is_lost(
    tmp_path: Path,
) -> None:
    """USB stumbled as a hidden caller was answered; they listened to silence until they hung up.
    They are led like any other, and not hung up on before anything was decided."""
    world = Wire(tmp_path, with_mode("transfer"), start=START, profile="quectel-eg25", voice=True)
    world.run(120)
    world.drop_port_after(b"ATA\r")
    world.phone(CALLER).talk_ms = None
    call_id = world.call(CALLER, withheld=True, patience_s=600)
    while not world.changed:
        world.run(0.05)
    world.refused["AT+CLCC"] = 2
    world.run(40)
    call = world.network_call(call_id)
    assert world.changed == 1
    assert world.refused == {"AT+CLCC": 0}
    assert call.connected_to == world.number
    assert call.ended_ms is None
    greeted_ms = next(each.at_ms for each in world.voice.heard if each.number == "withheld")
    assert greeted_ms - (call.connected_ms or 0) < 20_000
    assert world.page.unsettled_alerts()


def _an_incoming_call_is_one_of_ours(data: bytes) -> bytes:
    """The caller was hung up on, as a call that nobody owned."""
    return data.replace(b"+CLCC: 1,1,0", b"+CLCC: 1,0,0")


def _whoever_is_asked_is_in_a_conference(data: bytes) -> bytes:
    """They were let go before they could press 1."""
    return data.replace(b"+CLCC: 2,0,0,0,0", b"+CLCC: 2,0,0,0,1")


@pytest.mark.parametrize(
    "garble", [_an_incoming_call_is_one_of_ours, _whoever_is_asked_is_in_a_conference]
)
def test_one_garbled_list_harms_no_caller(
    garble: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    world = _called(tmp_path)
    world.run(6)
    world.change = garble
    world.run(90)
    assert world.changed == 1
    assert world.modem.line is not None
    assert [call.multiparty for call in world.modem.line.calls()] == [True, True]
    assert [call["outcome"] for call in world.journal("call")] == ["transferred"]
    assert _rung(world) == [BRUNO]


def test_a_caller_who_is_back_is_not_put_on_hold_again(tmp_path: Path) -> None:
    """CHLD=2 swaps. Its answer was lost, one list showed the caller back, and before the next one
    confirmed it CHLD=2 was said again: they listened to nothing."""
    world = _called(tmp_path)
    world.phone(BRUNO).keys_on_answer = "2"
    feed, swaps, put_on_hold = world.wire.feed, 0, 0

    def lose_the_answer(data: bytes) -> None:
        nonlocal swaps, put_on_hold
        if data == b"AT+CHLD=2\r" and world.attendant._voice._talk.seek.stage is Stage.RETRIEVING:
            swaps += 1
            if swaps == 1:
                world.wire.strike(Fault.NO_REPLY)
            calls = world.modem.line.calls() if world.modem.line is not None else ()
            put_on_hold += any(call.state is CallState.ACTIVE for call in calls)
        feed(data)

    world.wire.feed = lose_the_answer  # type: ignore[method-assign]
    while not swaps:
        world.run(0.5)
    world.run(12)
    assert put_on_hold == 0
