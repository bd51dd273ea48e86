"""One command in flight on every profile: answers, interruptions, deadlines."""

from __future__ import annotations

import pytest

from firmware.at import call_commands, device_commands, message_commands, service_commands
from firmware.at.command import Command, UnsafeCommand
from firmware.at.dialogue import REST_FOLLOWS_S, LocalProtocolError
from firmware.at.dialogue_events import Answer, DialogueEvent
from firmware.at.dialogue_table import DIRTY, TABLE, Action, Input, State
from firmware.at.result_codes import ResultKind
from firmware.at.unsolicited import (
    CallEnded,
    CallingLine,
    MessageDelivered,
    MessageStored,
    Registration,
    ReportDelivered,
    Ring,
    SimState,
    Unknown,
    Ussd,
)
from tests.at.support import DELIVER, DELIVER_LENGTH, PDU, Line, answers_in

NUMBER = "+33601020304"
REPORT = "0006050B913306010203F4623041816340216230418163502100"
REPORT_LENGTH = len(REPORT) // 2 - 1


# Answers


@pytest.mark.parametrize("echo", [b"AT+CSQ\r", b""])
@pytest.mark.parametrize("end", [b"\r\n", b"\r\r\n", b"\r"])
def test_an_answer_with_echo_on_or_off(line: Line, echo: bytes, end: bytes) -> None:
    line.send(device_commands.signal_query())
    assert line.dialogue.busy
    found = line.hear(echo + end + b"+CSQ: 20,99" + end + end + b"OK" + end)
    assert [type(event) for event in found] == [Answer]
    assert answers_in(found)[0].ok
    assert answers_in(found)[0].lines == ("+CSQ: 20,99",)
    assert not line.dialogue.busy
    assert line.dialogue.deadline_s is None


def test_a_bare_answer_and_a_prefixed_one(line: Line) -> None:
    for text in ("861536030196001", '+CGSN: "861536030196001"'):
        line.send(device_commands.imei())
        (answer,) = answers_in(line.hear(f"\r\n{text}\r\n\r\nOK\r\n".encode()))
        assert answer.lines == (text,)


def test_a_bare_answer_is_no_unsolicited_code(line: Line) -> None:
    line.send(device_commands.imei())
    found = line.hear(b"\r\n^NEWCODE: 1\r\n861536030196001\r\nRING\r\n\r\nOK\r\n")
    assert found[:2] == [Unknown("^NEWCODE: 1"), Ring()]
    assert answers_in(found)[0].lines == ("861536030196001",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ERROR", ResultKind.ERROR),
        ("+CME ERROR: 30", ResultKind.CME_ERROR),
        ("+CMS ERROR: 322", ResultKind.CMS_ERROR),
        ("COMMAND NOT SUPPORT", ResultKind.NOT_SUPPORTED),
    ],
)
def test_a_refusal(line: Line, text: str, kind: ResultKind) -> None:
    line.send(service_commands.forwarding_query(1))
    (answer,) = answers_in(line.hear(f"\r\n{text}\r\n".encode()))
    assert answer.result is not None
    assert answer.result.kind is kind
    assert not answer.ok


@pytest.mark.parametrize("command", [call_commands.dial(NUMBER), call_commands.answer()])
@pytest.mark.parametrize("text", ["BUSY", "NO CARRIER", "NO ANSWER", "NO DIALTONE"])
def test_call_results_end_what_dials(line: Line, command: Command, text: str) -> None:
    line.send(command)
    (answer,) = answers_in(line.hear(f"\r\n{text}\r\n".encode()))
    assert answer.result is not None
    assert answer.result.text == text


def test_call_results_are_unsolicited_for_the_rest(line: Line) -> None:
    line.send(call_commands.call_list())
    assert [type(event) for event in line.hear(b"\r\nNO CARRIER\r\n")] == [CallEnded]
    assert line.dialogue.busy
    assert answers_in(line.hear(b"\r\nOK\r\n"))[0].lines == ()


# Interruptions


def test_unsolicited_codes_before_between_and_after(line: Line) -> None:
    line.send(message_commands.storage_query())
    found = line.hear(
        b'\r\nRING\r\n+CPMS: "SM",1,20\r\n+CLIP: "+33601020304",145\r\n\r\nOK\r\n+CMTI: "SM",1\r\n'
    )
    assert found[0] == Ring()
    assert found[1] == CallingLine(NUMBER, 145)
    assert answers_in(found)[0].lines == ('+CPMS: "SM",1,20',)
    assert found[3] == MessageStored("SM", 1)


@pytest.mark.parametrize(
    ("own", "other", "event"),
    [
        ("+CREG: 0,1", "+CREG: 2", Registration("CS", 2)),
        (
            '+CREG: 2,1,"84CD","00D30173"',
            '+CREG: 5,"84CD","00D30174"',
            Registration("CS", 5, 0x84CD, 0xD30174),
        ),
        (
            "+CREG: 2,1,84CD,00D30173,7",
            "+CREG: 1,84CD,00D30174,7",
            Registration("CS", 1, 0x84CD, 0xD30174, 7),
        ),
    ],
)
def test_the_same_prefix_as_the_command_in_flight(
    line: Line, own: str, other: str, event: Registration
) -> None:
    for text in (f"{own}\r\n{other}", f"{other}\r\n{own}"):
        line.send(device_commands.registration_query("CS"))
        found = line.hear(f"\r\n{text}\r\n\r\nOK\r\n".encode())
        assert event in found
        assert answers_in(found)[0].lines == (own,)


def test_a_caller_while_the_calling_line_is_queried(line: Line) -> None:
    line.send(call_commands.calling_line_query())
    found = line.hear(b'\r\n+CLIP: "+33601020304",145,,,,0\r\n+CLIP: 1,1\r\n\r\nOK\r\n')
    assert isinstance(found[0], CallingLine)
    assert answers_in(found)[0].lines == ("+CLIP: 1,1",)


def test_a_pin_report_by_itself_and_asked_for(line: Line) -> None:
    assert line.hear(b"\r\n+CPIN: READY\r\n") == [SimState("READY")]
    line.send(device_commands.pin_query())
    assert answers_in(line.hear(b"\r\n+CPIN: READY\r\n\r\nOK\r\n"))[0].lines == ("+CPIN: READY",)


def test_ussd_text_comes_by_itself_before_or_after_ok(line: Line) -> None:
    line.send(service_commands.ussd("*100#"))
    found = line.hear(b'\r\n+CUSD: 0,"12,50 EUR",15\r\n\r\nOK\r\n')
    assert found[0] == Ussd(0, "12,50 EUR", 15)
    assert answers_in(found)[0].ok


def test_two_line_codes_are_interrupted_and_lose_nothing(line: Line) -> None:
    line.send(call_commands.call_list())
    found = line.hear(
        f"\r\n+CMT: ,{DELIVER_LENGTH}\r\nRING\r\n+CLCC: 1,1,4,0,0\r\n+CDS: {REPORT_LENGTH}\r\n"
        f'+CMTI: "SM",3\r\n{REPORT}\r\n{DELIVER}\r\n\r\nOK\r\n'.encode()
    )
    assert found[0] == Ring()
    assert MessageStored("SM", 3) in found
    assert ReportDelivered(REPORT, REPORT_LENGTH) in found
    assert MessageDelivered(DELIVER, DELIVER_LENGTH) in found
    assert answers_in(found)[0].lines == ("+CLCC: 1,1,4,0,0",)


def test_a_message_arrives_while_the_store_is_listed(line: Line) -> None:
    line.send(message_commands.list_messages())
    found = line.hear(
        f"\r\n+CMGL: 1,1,,4\r\n+CMT: ,{DELIVER_LENGTH}\r\n{DELIVER}\r\n0001020304\r\n"
        f'+CMTI: "SM",9\r\n+CMGL: 2,0,"",{DELIVER_LENGTH}\r\n{DELIVER}\r\n\r\nOK\r\n'.encode()
    )
    assert MessageDelivered(DELIVER, DELIVER_LENGTH) in found
    assert MessageStored("SM", 9) in found
    assert answers_in(found)[0].lines == (
        "+CMGL: 1,1,,4",
        "0001020304",
        f'+CMGL: 2,0,"",{DELIVER_LENGTH}',
        DELIVER,
    )


def test_a_damaged_message_is_delivered_rather_than_lost(line: Line) -> None:
    found = line.hear(f"\r\n+CMT: ,{DELIVER_LENGTH}\r\n{DELIVER[:-3]}\r\n".encode())
    assert found == [MessageDelivered(DELIVER[:-3], DELIVER_LENGTH)]


def test_an_imei_is_not_taken_for_a_message(line: Line) -> None:
    line.send(device_commands.imei())
    found = line.hear(
        f"\r\n+CMT: ,{DELIVER_LENGTH}\r\n861536030196001\r\n{DELIVER}\r\n\r\nOK\r\n".encode()
    )
    assert found[0] == MessageDelivered(DELIVER, DELIVER_LENGTH)
    assert answers_in(found)[0].lines == ("861536030196001",)


def test_a_first_line_without_its_second_is_reported(line: Line) -> None:
    assert line.hear(b"\r\n+CMT: ,25\r\n") == []
    assert line.wait(4.9) == []
    assert line.wait(0.2) == [Unknown("+CMT: ,25")]
    assert line.dialogue.deadline_s is None


def test_too_many_first_lines_are_bounded(line: Line) -> None:
    found = line.hear(b"\r\n+CMT: ,25\r\n" * 50)
    assert found == [Unknown("+CMT: ,25")] * 42


# Prompts


def test_two_commands_at_once_are_our_fault(line: Line) -> None:
    line.send(device_commands.signal_query())
    with pytest.raises(LocalProtocolError):
        line.send(call_commands.call_list())
    assert answers_in(line.hear(b"\r\nOK\r\n"))[0].command.text == "AT+CSQ"


def test_nothing_is_sent_on_a_dirty_channel(line: Line) -> None:
    line.resynchronise()
    with pytest.raises(LocalProtocolError):
        line.send(device_commands.signal_query())


def test_resynchronising_while_a_command_is_in_flight_is_our_fault(line: Line) -> None:
    line.send(device_commands.signal_query())
    with pytest.raises(LocalProtocolError):
        line.resynchronise()


def test_an_unsafe_command_changes_nothing(line: Line) -> None:
    with pytest.raises(UnsafeCommand):
        line.send(Command("AT\r\nATD112;"))
    assert not line.dialogue.busy
    line.send(device_commands.signal_query())


def test_results_with_nothing_in_flight_are_counted(line: Line) -> None:
    assert line.hear(b"\r\nOK\r\nERROR\r\n") == [Unknown("OK"), Unknown("ERROR")]
    assert not line.dialogue.dirty


def test_reset_forgets_everything(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    line.hear(b"\r\n+CMT: ,25\r\nhalf a li")
    line.dialogue.reset()
    assert (line.dialogue.busy, line.dialogue.dirty, line.dialogue.deadline_s) == (
        False,
        False,
        None,
    )
    assert line.hear(b"\r\nRING\r\n") == [Ring()]


def test_an_overlong_line_is_unknown(line: Line) -> None:
    (found,) = line.hear(b"x" * 10_000 + b"\r\n")
    assert isinstance(found, Unknown)
    assert len(found.line) == 4096


# The table


def test_every_state_and_every_input_has_a_cell() -> None:
    assert set(TABLE) == set(State)
    for row in TABLE.values():
        assert set(row) == set(Input)
    assert {action for row in TABLE.values() for action in row.values()} == set(Action)


def test_only_idle_sends() -> None:
    assert [state for state in State if TABLE[state][Input.SEND] is Action.SEND] == [State.IDLE]
    assert {state for state in State if state.value.startswith("dirty")} == DIRTY


# Long answers

ROW = f'\r\n+CMGL: {{}},0,,{DELIVER_LENGTH}\r\n{DELIVER}\r\n'


def listing(line: Line, *, rows: int, apart_s: float) -> list[DialogueEvent]:
    """A list begins, a message every so often; what has happened by then."""
    line.send(message_commands.list_messages())
    found: list[DialogueEvent] = []
    for number in range(rows):
        found += line.wait(apart_s) + line.hear(ROW.format(number).encode())
    return found


def test_a_list_that_goes_on_is_heard_to_its_end(line: Line) -> None:
    assert not listing(line, rows=20, apart_s=2.0)
    (answer,) = answers_in(line.hear(b"\r\nOK\r\n"))
    assert answer.ok
    assert len(answer.lines) == 40


def test_a_list_that_stops_is_given_up_long_before_it_may_end(line: Line) -> None:
    listing(line, rows=3, apart_s=2.0)
    (answer,) = answers_in(line.wait(REST_FOLLOWS_S + 0.1))
    assert answer.result is None
    assert len(answer.lines) == 6


def test_no_list_goes_on_for_ever(line: Line) -> None:
    command = message_commands.list_messages()
    found = listing(line, rows=100, apart_s=2.0)
    (answer,) = answers_in(found)
    assert answer.result is None
    most = (command.timeout_s + command.goes_on_s) / 2.0
    assert most - 2 <= len(answer.lines) / 2 <= most + 1


def test_a_caller_who_waits_ends_a_list_that_goes_on(line: Line) -> None:
    listing(line, rows=3, apart_s=1.0)
    line.dialogue.hurry(line.now_s, 5.0)
    found = line.wait(1.0) + line.hear(ROW.format(3).encode()) + line.wait(1.1)
    assert [answer.result for answer in answers_in(found)] == [None]
