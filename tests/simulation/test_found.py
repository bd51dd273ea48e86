"""What the simulated year has found, one small test each; the README tells the story of each."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.call.forwarding_settings import same_number
from firmware.pulse import ForwardingState, ModemState
from firmware.sms.outbox_rules import RANK_ANSWER
from hw.simulator.causes import RpCause
from hw.simulator.faults import Fault
from hw.simulator.forwarding import CONDITIONAL
from hw.simulator.sim_card import SmsStatus
from hw.simulator.subscriber import Coverage
from hw.simulator.terminal import ForwardingReason
from hw.simulator.tpdu import Deliver
from hw.simulator.user_data import split
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, with_mode
from tests.simulation.truth import RotaTruth
from tests.simulation.world import BOX, World
from tests.simulation.year import Year

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
HANDOVER = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)   # from Bruno to Alice
Change = Callable[[bytes], bytes]


class Wire(World):
    """A world in which a test may change what the modem says, once."""

    change: Change | None = None
    changed = 0

    def lose_the_ok_of_a_message(self) -> None:
        """The next reference is told, and the final result after it is not."""
        self.lose_the_ok_after(b"+CMGS:")

    def lose_the_ok_after(self, line: bytes) -> None:
        """The next such line comes, and the final result after it does not."""
        told = False

        def change(data: bytes) -> bytes:
            nonlocal told
            lost = told and data == b"\r\nOK\r\n"
            told = told or data.startswith(b"\r\n" + line)
            return b"" if lost else data

        self.change = change

    def restart_at_the_pin(self) -> None:
        """The modem restarts as soon as it is told the PIN, before it has looked at it."""
        self._instead(b"AT+CPIN=", lambda data: self.modem.restart(orderly=False))

    def garble_once(self, words: bytes, heard: bytes) -> None:
        """The next time that the box writes these words, the modem reads others."""
        self._instead(words, lambda data: self.wire.feed(data.replace(words, heard)))

    def answer_late(self, words: bytes) -> None:
        """The next time that the box writes this, the answer comes twenty seconds late."""

        def happen(data: bytes) -> None:
            self.wire.strike(Fault.LATE_REPLY)
            self.wire.feed(data)

        self._instead(words, happen)

    def drop_port_after(self, words: bytes) -> None:
        """USB stumbles just after this was written, and the modem does not notice."""

        def drop(data: bytes) -> None:
            self.wire.feed(data)
            self.drop_port()

        self._instead(words, drop)

    def _instead(self, words: bytes, happen: Callable[[bytes], object]) -> None:
        """When the box writes this the next time, that happens."""
        real = self.wire.feed

        def feed(data: bytes) -> None:
            if words in data:
                self.wire.feed = real  # type: ignore[method-assign]
                self.changed += 1
                happen(data)
            else:
                real(data)

        self.wire.feed = feed  # type: ignore[method-assign]

    def _from_modem(self, data: bytes) -> None:
        if self.change is not None:
            changed = self.change(data)
            if changed != data:
                self.changed += 1
                self.change = None
            data = changed
        super()._from_modem(data)


def test_a_garbled_line_about_forwarding_is_not_taken_for_its_absence(tmp_path: Path) -> None:
    """In mode alert no forward may answer for "no reply": a stranger's was believed erased."""
    world = Wire(tmp_path, with_mode("alert"), start=START)
    world.run(60)
    world.network.change_forwarding(BOX, ForwardingReason.NO_REPLY, CHLOE)
    world.change = lambda data: data.replace(b'+CCFC: 1,1,"+33609', b'+CCFC 1,1,"+33609')
    world.run(3600 + 900)
    assert world.changed == 1
    register = world.network.subscriber(BOX).forwarding
    assert register.registered(ForwardingReason.NO_REPLY) is None
    assert world.pulse is not None
    assert world.pulse.forwarding is ForwardingState.VERIFIED


def test_a_garbled_line_of_the_call_list_does_not_end_the_call(tmp_path: Path) -> None:
    world = Wire(tmp_path, with_mode("alert"), start=START)
    world.run(60)
    world.call(CALLER, patience_s=30)
    world.run(5)
    world.change = lambda data: data.replace(b"+CLCC: 1,1,4", b"+CCC: 1,1,4")
    world.run(60)
    assert world.changed == 1
    assert [call["outcome"] for call in world.journal("call")] == ["alerted"]


def test_a_call_that_one_list_shows_as_answered_rings_on(tmp_path: Path) -> None:
    """It was hung up on: somebody else had answered it, it seemed, and nobody spoke."""
    world = Wire(tmp_path, with_mode("alert"), start=START)
    world.run(60)
    world.change = lambda data: data.replace(b"+CLCC: 1,1,4", b"+CLCC: 1,1,0")
    call = world.call(CALLER, patience_s=20)
    world.run(60)
    assert world.changed == 1
    assert world.network_call(call).ended_by == "caller"
    assert [entry["outcome"] for entry in world.journal("call")] == ["alerted"]


def test_an_ok_of_another_command_is_not_taken_for_a_sent_sms(tmp_path: Path) -> None:
    """A late OK came just after the SMS was handed over, and the network then refused it."""
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(60)
    world.change = lambda data: data + b"\r\nOK\r\n" if data == b"\r\n> " else data
    world.network.subscriber(BOX).conditions.sms_errors.append(RpCause.CONGESTION)
    world.text(CALLER, "Au secours")
    world.run(120)
    assert world.changed == 1
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1


def test_a_lost_final_result_does_not_keep_a_caller_waiting(tmp_path: Path) -> None:
    """The reference had come and the OK was lost: the channel stood still for a minute."""
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(60)
    world.lose_the_ok_of_a_message()
    world.text(CALLER, "Au secours")
    world.run(30)
    assert world.changed == 1
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1
    world.call(CALLER)
    world.run(25)
    assert [call["outcome"] for call in world.journal("call")] == ["diverted"]


def test_a_reference_that_came_before_the_modem_restarted_is_believed(tmp_path: Path) -> None:
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(60)
    world.lose_the_ok_of_a_message()
    world.text(CALLER, "Au secours")
    while not world.changed:
        world.run(0.1)
    world.modem.restart(orderly=False)
    world.run(120)
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1


def test_a_reference_that_comes_after_the_port_was_opened_anew_is_believed(
    tmp_path: Path,
) -> None:
    """USB stumbled while the modem was sending; it went on, and told the new port."""
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(60)
    world.text(CALLER, "Au secours")
    world.drop_port_after(b"\x1a")
    world.run(120)
    assert world.changed == 1
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1


def test_a_handover_does_not_wait_for_the_texts_before_it(tmp_path: Path) -> None:
    """Calls went to the person of before for six minutes while texts were sent, and no alarm."""
    world = Wire(tmp_path, with_mode("divert"), start=HANDOVER - timedelta(minutes=1))
    world.run(58)
    for number in range(100):
        world.attendant._outbox.send(f"answer:{number}", CALLER, "Un mot de plus", RANK_ANSWER)
    world.run(30)
    register = world.network.subscriber(BOX).forwarding
    assert {register.registered(condition) for condition in CONDITIONAL} == {ALICE}
    assert len(world.texts(CALLER)) < 40


def test_forwarding_that_nobody_can_prove_is_an_alarm(tmp_path: Path) -> None:
    """Whatever keeps the line from asking; here it believes that somebody rings all the while."""
    world = Wire(tmp_path, with_mode("divert"), start=HANDOVER - timedelta(minutes=1))
    world.run(58)
    world.attendant._line.in_call = True
    world.run(180)
    assert "forwarding" not in world.alarms()
    world.run(60)
    assert "forwarding" in world.alarms()
    world.attendant._line.in_call = False
    world.run(60)
    assert "forwarding" not in world.alarms()


def test_a_number_that_lost_a_digit_of_its_country_is_not_the_number() -> None:
    assert same_number("+33611223344", "+33611223344")
    assert same_number("+33611223344", "0611223344")
    assert not same_number("+33611223344", "+3611223344")


def test_a_conversation_may_end_itself(tmp_path: Path) -> None:
    """The third refusal of a bring-up begins the ladder, whose reset starts the bring-up anew."""
    world = Wire(tmp_path, with_mode("divert"), start=START, boot=False)
    world.refused["AT+CMGF=0"] = 12
    world.modem.power_on()
    world.run(1800)
    assert world.pulse is not None
    assert world.pulse.modem is ModemState.READY


def test_a_right_pin_whose_answer_was_lost_is_entered_again(tmp_path: Path) -> None:
    """The modem restarted in the middle of it, and the box was deaf until somebody started it
    anew, fifteen hours later."""
    world = Wire(tmp_path, with_mode("divert"), start=START, pin="1234", box_pin="1234")
    world.run(60)
    world.restart_at_the_pin()
    world.modem.restart(orderly=False)
    world.run(120)
    assert world.changed == 1
    assert world.pulse is not None
    assert world.pulse.modem is ModemState.READY


def test_the_checkers_know_a_rota_with_hours_that_nobody_has() -> None:
    """An alarm of such hours is people's to end; one without them is a broken promise."""
    whole = tomllib.loads(with_mode("divert"))
    assert not RotaTruth(whole).has_gap("Ambulance", START, timedelta(days=20))
    ended = [{**rotation, "end": "2026-03-25T08:00"} for rotation in whole["rotation"]]
    truth = RotaTruth({**whole, "rotation": ended})
    assert truth.has_gap("Ambulance", START, timedelta(days=20))
    assert not truth.has_gap("Ambulance", START, timedelta(days=13))


def test_a_call_at_whose_ring_the_power_goes_is_judged_when_it_is_back(tmp_path: Path) -> None:
    """On disk it rings for as long as the box is dark; then it must be told of and closed."""
    year = Year(tmp_path, 1, 2, faults=0.0, load=0.0)
    box = year.box
    box.modem.power_on()
    box.run(600)
    year.calls.placed(box.call(CALLER))
    while not box.books.calls_in_hand():
        box.run(0.05)
    box.die(400_000, mains=True)
    box.run(300)
    assert box.books.calls_in_hand()
    assert sum(year.calls.outcomes.values()) == 0
    box.run(900)
    assert not box.judge.broken
    assert not box.books.calls_in_hand()
    assert sum(year.calls.outcomes.values()) == 1


def test_a_storage_whose_answer_was_lost_is_read_all_the_same(tmp_path: Path) -> None:
    """A part of eight was in it for a day and a half, until the next bring-up."""
    world = Wire(tmp_path, with_mode("divert"), start=START, boot=False)
    world.lose_the_ok_after(b"+CPMS:")
    world.modem.power_on()
    world.run(60)
    assert world.changed == 1
    waits = Deliver(CALLER, START, split("Au secours", 0)[0])
    world.modem.own_store.add(SmsStatus.REC_UNREAD, waits.encode())
    world.run(180)
    assert world.modem.own_store.used == 0
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1


def test_a_storage_that_was_refused_in_passing_is_asked_for_again(tmp_path: Path) -> None:
    world = Wire(tmp_path, with_mode("divert"), start=START, boot=False)
    world.refused['AT+CPMS="ME"'] = 1
    world.modem.power_on()
    world.run(60)
    waits = Deliver(CALLER, START, split("Au secours", 0)[0])
    world.modem.own_store.add(SmsStatus.REC_UNREAD, waits.encode())
    world.run(900)
    assert world.modem.own_store.used == 0
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1


def test_a_modem_that_fell_into_text_mode_is_put_back(tmp_path: Path) -> None:
    """`AT+CMGD=1` lost one bit and was `AT+CMGF=1`: SMS went out as digits, to a number of two."""
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(60)
    world.wire.feed(b"AT+CMGF=1\r")
    world.run(90)
    world.text(CALLER, "Au secours")
    world.run(60)
    assert sum("Au secours" in text for text in world.texts(BRUNO)) == 1


def _deaf_until_reset(world: World) -> float:
    """Reports come no more, nor anything else, until the modem attaches anew; the seconds."""
    for number in range(6):
        world.text(CALLER, f"Au secours {number}")
    world.run(120)
    world.network.set_deaf(BOX, True)
    line = world.network.subscriber(BOX).line
    began_ms = world.timeline.now_ms
    while world.network.subscriber(BOX).line in (line, None):
        world.run(10)
        assert world.timeline.now_ms < began_ms + 3_600_000
    world.network.set_deaf(BOX, False)
    return (world.timeline.now_ms - began_ms) / 1000


def test_a_box_whose_sms_nobody_reports_any_more_suspects_that_it_is_deaf(tmp_path: Path) -> None:
    """For three hours, and no alarm, while it went on asking people who could not be heard; then
    for six hours more where it had been deaf, and had known it, an hour before."""
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(60)
    for told in (1, 2):
        assert _deaf_until_reset(world) < 1200
        assert "sms-loop" in world.alarms()
        world.run(180)
        assert "sms-loop" not in world.alarms()
        entries = [e for e in world.journal("health") if e["outcome"] == "recovery"]
        assert len(entries) == told
        heard = [text for text in world.texts(ADMIN) if "revenu tard" in text]
        assert len(heard) == told
        world.run(1200)


def test_an_sms_to_itself_that_waits_in_the_outbox_is_not_late(tmp_path: Path) -> None:
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(600)
    conditions = world.network.subscriber(BOX).conditions
    conditions.congested = True
    assert world.attendant._health.own_number.check()
    world.run(500)
    conditions.congested = False
    world.run(600)
    outcomes = [entry["outcome"] for entry in world.journal("health")]
    assert "recovery" not in outcomes
    assert not world.alarms()


def test_an_sms_to_itself_that_the_network_holds_back_comes_before_it_is_late(
    tmp_path: Path,
) -> None:
    """Just sent, and the network was gone for seven minutes: a modem that is back is not reset."""
    world = Wire(tmp_path, with_mode("divert"), start=START)
    world.run(600)
    sent = len(world.network.ledger.messages)
    assert world.attendant._health.own_number.check()
    while len(world.network.ledger.messages) == sent:
        world.run(0.1)
    world.network.set_coverage(BOX, Coverage.NONE)
    world.run(420)
    world.network.set_coverage(BOX, Coverage.HOME)
    world.run(900)
    entries = [e for e in world.journal("health") if e["outcome"] == "recovery"]
    assert len(entries) == 1   # while there was no network
    assert not world.alarms()


def test_a_call_is_held_against_the_time_of_day_that_the_box_had_then(tmp_path: Path) -> None:
    """The clock jumped over a handover between the call and its judgement."""
    box = Year(tmp_path, 1, 2, faults=0.0, load=0.0).box
    box.run(60)
    box.set_clock(timedelta(hours=2))
    box.run(60)
    box.set_clock(timedelta())
    assert [box.skew_at(ms) for ms in (59_000, 61_000, 119_000, 121_000)] == [
        timedelta(), timedelta(hours=2), timedelta(hours=2), timedelta()
    ]  # fmt: skip
