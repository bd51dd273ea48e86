"""Since when a modem may have kept its codes to itself: in the middle of a message, and no more."""

from __future__ import annotations

from firmware.at.command import Command
from firmware.line.held_back import TOGETHER_S, HeldBack

MESSAGE, QUERY = Command("AT+CMGS=20", body="00" * 20), Command("AT+CSQ")


def channel(at_s: float, command: Command | None) -> HeldBack:
    """The modem says something at 10 s, and is given the command later."""
    held = HeldBack()
    held.heard(10.0)
    held.follow(at_s, command, dirty=False)
    return held


def test_what_comes_after_a_silence_in_the_middle_of_a_message_may_be_as_old() -> None:
    held = channel(20.0, MESSAGE)
    held.heard(20.1)                                # the prompt
    held.follow(80.1, None, dirty=True)             # overdue: ESC
    assert held.since_s(80.1) is None, "nothing has come yet"
    held.heard(80.2)
    held.heard(80.4)                                # the second piece
    held.follow(80.9, None, dirty=False)
    assert held.since_s(80.9) == 20.1
    held.heard(80.2 + TOGETHER_S)
    assert held.since_s(80.2 + TOGETHER_S) is None


def test_it_counts_from_the_command_where_no_prompt_came() -> None:
    held = channel(20.0, MESSAGE)
    held.heard(30.0)
    assert held.since_s(30.0) == 20.0


def test_a_modem_that_speaks_keeps_nothing_back() -> None:
    held = channel(20.0, MESSAGE)
    for tenth in range(200, 500, 9):
        held.heard(tenth / 10)
        assert held.since_s(tenth / 10) is None


def test_no_other_silence_counts() -> None:
    for command in (None, QUERY):
        held = channel(20.0, command)
        held.heard(60.0)
        assert held.since_s(60.0) is None
    held = channel(20.0, QUERY)
    held.follow(30.0, None, dirty=True)             # its answer was lost
    held.heard(60.0)
    assert held.since_s(60.0) is None


def test_a_message_that_was_answered_is_over() -> None:
    held = channel(20.0, MESSAGE)
    held.heard(20.5)
    held.follow(20.5, QUERY, dirty=False)
    held.heard(30.0)
    assert held.since_s(30.0) is None
