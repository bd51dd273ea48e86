"""The prompt of a message: awaited, hidden, unwanted or never there, on every profile."""

from __future__ import annotations

import pytest

from firmware.at import device_commands, message_commands
from firmware.at.dialogue_events import LateReply
from firmware.at.unsolicited import CallingLine
from tests.at.support import PDU, Line, answers_in


@pytest.mark.parametrize("before", ["", "AT+CMGS=14\r", "\r\nRING\r\n", "\r\n\r\n"])
def test_the_body_follows_the_prompt(line: Line, before: str) -> None:
    line.send(message_commands.send_message(PDU))
    line.hear(f"{before}\r\n> ".encode())
    assert line.written == [b"AT+CMGS=14\r", PDU.encode() + b"\x1a"]
    (answer,) = answers_in(line.hear(f"{PDU}\x1a\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n".encode()))
    assert (answer.ok, answer.lines, answer.body_sent) == (True, ("+CMGS: 7",), True)


@pytest.mark.parametrize("left_over", ["garb> ", "\r\nat+c>", ">", "+CREG: 1,> "])
def test_a_hidden_prompt_is_found_once_it_is_quiet(line: Line, left_over: str) -> None:
    line.send(message_commands.send_message(PDU))
    line.hear(left_over.encode())
    assert len(line.written) == 1
    line.wait(0.31)
    assert line.written[1:] == [PDU.encode() + b"\x1a"]


def test_a_greater_than_sign_in_an_unfinished_line_is_no_prompt(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    line.hear(b'\r\n+CLIP: "+33601020304",145,,,"a>')
    line.wait(0.1)
    line.hear(b' b",0\r\n')
    line.wait(0.1)
    assert len(line.written) == 1
    assert isinstance(line.events[0], CallingLine)


def test_an_error_instead_of_the_prompt(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    (answer,) = answers_in(line.hear(b"\r\n+CMS ERROR: 331\r\n"))
    assert (answer.ok, answer.body_sent) == (False, False)
    assert not line.dialogue.dirty
    assert len(line.written) == 1


def test_an_ok_instead_of_the_prompt_sends_nothing_and_is_no_success(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    (answer,) = answers_in(line.hear(b"\r\nOK\r\n"))
    assert (answer.result, answer.body_sent) == (None, False)
    assert line.written[1:] == [b"\x1b"]
    assert line.dialogue.dirty


def test_a_reference_before_the_body_has_left_is_another_messages(line: Line) -> None:
    """The message before was refused in the words of a third command, and left all the same."""
    line.send(message_commands.send_message(PDU))
    (answer,) = answers_in(line.hear(b"\r\n+CMGS: 20\r\n\r\nOK\r\n"))
    assert (answer.result, answer.lines, answer.body_sent) == (None, (), False)
    assert line.written[1:] == [b"\x1b"]


def test_a_prompt_that_never_comes_is_left_with_escape(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    (answer,) = answers_in(line.wait(10.0))
    assert (answer.result, answer.body_sent) == (None, False)
    assert line.written[1] == b"\x1b"
    line.wait(120.0)
    assert not any(b"\x1a" in data for data in line.written)


def test_a_lost_result_after_the_body_is_no_proof_that_nothing_left(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    line.hear(b"\r\n> ")
    (answer,) = answers_in(line.wait(60.0))
    assert (answer.result, answer.body_sent) == (None, True)
    assert line.hear(b"\r\n+CMGS: 9\r\n") == [LateReply(answer.command, "+CMGS: 9")]


def test_a_prompt_nobody_asked_for_is_left_with_escape(line: Line) -> None:
    line.hear(b"\r\n> ")
    assert line.written == [b"\x1b"]
    assert line.dialogue.dirty


def test_a_prompt_during_another_command_is_left_with_escape(line: Line) -> None:
    line.send(device_commands.signal_query())
    line.hear(b"\r\n> ")
    assert line.dialogue.busy
    (answer,) = answers_in(line.wait(0.4))
    assert answer.result is None
    assert line.written[1] == b"\x1b"


def test_text_that_looks_like_a_prompt_during_another_command(line: Line) -> None:
    line.send(device_commands.signal_query())
    line.hear(b"\r\n> a menu\r\n+CSQ: 20,99\r\n")
    line.wait(1.0)
    assert line.written == [b"AT+CSQ\r"]
    assert answers_in(line.hear(b"\r\nOK\r\n"))[0].ok


# Rules of the channel
