"""The examination by tables: one fact is spoilt, one finding follows and says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from firmware.doctor.examine import examine
from firmware.doctor.facts import (
    DaemonFacts,
    DiskFacts,
    Facts,
)
from firmware.doctor.finding import Level, Phrase, anything_wrong, verdict
from firmware.doctor.questions import Question
from firmware.pulse import ForwardingState, ModemState
from firmware.record import Alarm
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words
from firmware.wording import messages
from tests.doctor.samples import (
    BRUNO,
    NOW,
    PULSE,
    RUNNING,
    STOPPED,
    found,
    only,
    with_data,
    wrongs,
)

OK, LOOK, WRONG, UNKNOWN = Level.OK, Level.ATTENTION, Level.WRONG, Level.UNKNOWN
Q = Question


def test_all_is_well_while_the_program_runs() -> None:
    findings = examine(RUNNING)
    assert [each for each in findings if each.level is not OK] == []
    assert verdict(findings) == Phrase(words.ALL_WELL)


def test_all_is_well_of_a_stopped_box_but_that_it_is_stopped() -> None:
    findings = examine(STOPPED)
    assert [each.check for each in findings if each.level is not OK] == [words.L_DAEMON]
    assert verdict(findings).msgid == words.NOTHING_WRONG_BUT
    assert not anything_wrong(findings)


def test_whatever_is_wrong_or_to_be_looked_at_says_what_to_do() -> None:
    spoilt = replace(STOPPED, modem=None, ports=(), data=None, daemon=None)
    for facts in (spoilt, STOPPED, RUNNING):
        for finding in examine(facts):
            assert finding.advice is not None or finding.level in (OK, UNKNOWN), finding


# The running program


def pulse(**changes: object) -> Facts:
    changed = replace(PULSE, **changes)  # type: ignore[arg-type]
    return replace(RUNNING, daemon=DaemonFacts(True, 812, changed))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (pulse(modem=ModemState.ABSENT, port=None), [words.L_MODEM]),
        (pulse(modem=ModemState.MUTE), [words.L_MODEM]),
        (pulse(modem=ModemState.STARTING), []),
        (pulse(modem=ModemState.SIM_FAULT), [words.L_SIM]),
        (pulse(modem=ModemState.SEARCHING), [words.L_NETWORK]),
        (pulse(forwarding=ForwardingState.REFUSED), [words.L_FORWARDING]),
        (pulse(forwarding=ForwardingState.DIFFERENT), [words.L_FORWARDING]),
        (pulse(forwarding=ForwardingState.UNKNOWN), []),
        (pulse(forwarding=ForwardingState.CHANGING), []),
        (pulse(forwarding_target=BRUNO), [words.L_FORWARDING]),
        (pulse(forwarding_target=None), [words.L_FORWARDING]),
        (pulse(forwarding_target="0601020304"), []),
        (pulse(own_number=None, own_number_proved_at=None), []),
        (pulse(sms_loop_failing=True), [words.L_LOOP]),
        (pulse(at=NOW - timedelta(seconds=45)), []),
        (pulse(at=NOW - timedelta(seconds=46)), [words.L_DAEMON]),
        (pulse(at=NOW + timedelta(hours=1)), [words.L_DAEMON]),
        (replace(RUNNING, daemon=DaemonFacts(True, 812, None)), []),
    ],
)
def test_what_the_program_has_measured(facts: Facts, expected: list[str]) -> None:
    assert wrongs(facts) == expected


def test_an_old_pulse_is_believed_in_nothing() -> None:
    facts = pulse(at=NOW - timedelta(minutes=5))
    assert only(facts, words.L_MODEM).sentence.msgid == words.MODEM_NOT_ASKED
    assert found(facts, words.L_NETWORK) == ()


def test_a_port_that_was_asked_for_is_not_touched() -> None:
    facts = replace(RUNNING, port_asked="/dev/ttyUSB9")
    levels = [each.level for each in found(facts, words.L_PORT)]
    assert levels == [OK, UNKNOWN]
    same = replace(RUNNING, port_asked="/dev/ttyUSB2")
    assert only(same, words.L_PORT).level is OK


SIM_ALARM = Alarm("sim", NOW - timedelta(hours=2), messages.SIM_PIN_MISSING)
ALERT_ALARM = Alarm(
    "alert:17", NOW, messages.ALERT_UNANSWERED, {"reference": "8F2", "what": "call"}
)


def test_alarms_are_told_in_their_own_words() -> None:
    finding = only(with_data(RUNNING, alarms=(ALERT_ALARM,)), words.L_ALARM)
    assert finding.level is WRONG
    assert finding.sentence.values["what"] == Phrase(ALERT_ALARM.cause, ALERT_ALARM.values)
    assert finding.advice == Phrase(box.ALARM_ALERT_TO_DO)


def test_an_alarm_of_a_stopped_program_may_be_over() -> None:
    finding = only(with_data(STOPPED, alarms=(SIM_ALARM,)), words.L_ALARM)
    assert (finding.level, finding.sentence.msgid) == (LOOK, box.ALARM_BEFORE_STOP)


def test_a_fault_is_told_once() -> None:
    sim = with_data(pulse(modem=ModemState.SIM_FAULT), alarms=(SIM_ALARM,))
    assert wrongs(sim) == [words.L_ALARM]
    lost = Alarm("network", NOW, messages.NETWORK_LOST, {"state": "denied"})
    away = with_data(pulse(modem=ModemState.SEARCHING), alarms=(lost,))
    assert wrongs(away) == [words.L_NETWORK]
    assert wrongs(with_data(RUNNING, alarms=(lost,))) == [words.L_ALARM]


@pytest.mark.parametrize("cause", ["{gone} is missing", "a brace { alone", "plain"])
def test_an_alarm_that_does_not_fit_its_sentence_is_shown_as_it_is(cause: str) -> None:
    finding = only(with_data(RUNNING, alarms=(Alarm("odd", NOW, cause),)), words.L_ALARM)
    what = finding.sentence.values["what"]
    assert what in (cause, Phrase(cause))
    assert finding.advice == Phrase(words.CALL_SUPPORT)


@pytest.mark.parametrize(
    ("count", "msgid"), [(1, words.ONE_WRONG), (2, words.SOME_WRONG)]
)
def test_the_verdict_counts(count: int, msgid: str) -> None:
    facts = with_data(STOPPED, alarms=(), disk=DiskFacts(0, 10))
    if count == 2:
        facts = replace(facts, throttled=1)
    assert verdict(examine(facts)).msgid == msgid
    assert anything_wrong(examine(facts))


def test_what_was_not_measured_is_never_all_well() -> None:
    facts = replace(RUNNING, throttled=None)
    assert verdict(examine(facts)) == Phrase(words.NOTHING_WRONG_UNKNOWN, {"count": 1})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (pulse(), box.NUMBER_PROVED),
        (pulse(own_number_proved_at=None), box.NUMBER_UNPROVED),
        (pulse(own_number=None, own_number_proved_at=None), box.NUMBER_UNKNOWN),
    ],
)
def test_the_box_s_own_number(facts: Facts, expected: str) -> None:
    assert only(facts, words.L_NUMBER).sentence.msgid == expected
