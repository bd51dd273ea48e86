"""One garbled list of calls is acted on by nobody: whatever byte the wire has changed or lost, the
desk is told of the calls as if nothing had happened, a list later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from firmware.at.answers import CallListEntry
from firmware.call.call_book import CLEARING_POLL_S, NUMBER_WAIT_S, POLL_S, CallBook
from firmware.call.call_in_hand import CallInHand
from firmware.call.call_state import Sign
from firmware.call.told_twice import AT_ODDS_MAX
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.record import Memory
from tests.modem_by_hand import ModemByHand, profile

CALLER, OURS = '"+33699887766",145', '"+33612345678",145'
NOBODY: tuple[str, ...] = ()
RINGS = (f"1,1,4,0,0,{CALLER}",)
ANSWERED = (f"1,1,0,0,0,{CALLER}",)
ON_HOLD = (f"1,1,1,0,0,{CALLER}",)
DIALLED = (*ON_HOLD, f"2,0,2,0,0,{OURS}")
OURS_RINGS = (*ON_HOLD, f"2,0,3,0,0,{OURS}")
OURS_IS_UP = (*ON_HOLD, f"2,0,0,0,0,{OURS}")
JOINED = (f"1,1,0,0,1,{CALLER}", f"2,0,0,0,1,{OURS}")
HIDDEN = ('1,1,4,0,0,"",128',)
WITHOUT = ("1,1,0,0,0",)
# What the lists said before, and what they say from the garbled one on
CHANGES = (
    (NOBODY, RINGS), (RINGS, ANSWERED), (ANSWERED, ANSWERED), (ANSWERED, ON_HOLD),
    (ON_HOLD, DIALLED), (DIALLED, OURS_RINGS), (OURS_RINGS, OURS_IS_UP), (OURS_IS_UP, JOINED),
    (JOINED, JOINED), (OURS_IS_UP, ON_HOLD), (ON_HOLD, ANSWERED), (HIDDEN, HIDDEN),
    (WITHOUT, WITHOUT),
)  # fmt: skip
FIELDS = range(len("+CLCC: "), len("+CLCC: 1,1,4,0,0"))   # where one bit makes another call of it


def _answer(calls: tuple[str, ...]) -> bytes:
    return b"".join(b"\r\n+CLCC: %s" % call.encode() for call in calls) + b"\r\n"


def _garbled(answer: bytes) -> Iterator[bytes]:
    """Bytes lost and bytes with another bit: all there are in the fields that tell two calls apart,
    some elsewhere."""
    for at, byte in enumerate(answer):
        field = at - answer.rfind(b"\n", 0, at) - 1 in FIELDS
        if field or at % 2:
            yield answer[:at] + answer[at + 1 :]
        for bit in range(8) if field else range(at % 8, at % 8 + 1):
            yield answer[:at] + bytes([byte ^ 1 << bit]) + answer[at + 1 :]


class Bench:
    """A book of calls and its line; it is its own follower, and writes down what it is told."""

    def __init__(self) -> None:
        self._line = ModemLine(profile())
        self._modem = ModemByHand(self._line)
        self._modem.answers["AT+CLCC"] = None
        self._modem.after_write = self._list
        self._line.opened(self._modem.moment, profile())
        self._modem.settle()
        self._answers: list[bytes] = []
        self.told: list[tuple[str, ...]] = []   # what each list told of, where it is news
        self._round: list[str] = []

    def play(
        self, before: tuple[str, ...], first: bytes, then: tuple[str, ...], times: int = 1
    ) -> None:
        """The lists said this, then for so many times that, from then on that."""
        self.told.clear()
        self._ledger = Ledger(Memory(), self._modem.moment)
        book = CallBook(self._ledger, self._line, (), self, lambda: "33")
        book.on_list = self._listed
        self._answers = [_answer(before)]
        book.open()
        self._modem.settle()
        self._answers = [_answer(then), *[first] * times]
        book.ask() if before else book.hint(Sign.RING, None, withheld=False)
        self._modem.settle()
        # A number is waited for; a list could not be read; a call was missing
        for seconds in (NUMBER_WAIT_S, POLL_S, CLEARING_POLL_S):
            self._modem.pass_time(seconds)
            self._ledger.moment = self._modem.moment
            book.tick(self.gone)
            self._modem.settle()

    def never_agree(self) -> int:
        """How many lists are asked for at once where each says something else."""
        self._answers = [_answer(calls) for calls in (NOBODY, HIDDEN, RINGS) * 5]
        self._ledger = Ledger(Memory(), self._modem.moment)
        CallBook(self._ledger, self._line, (), self, lambda: "33").open()
        self._modem.heard.clear()
        self._modem.settle()
        return len(self._modem.heard)

    def _list(self, command: str) -> None:
        if command == "AT+CLCC":
            answer = self._answers.pop() if len(self._answers) > 1 else self._answers[0]
            self._line.receive(self._modem.moment, answer + b"\r\nOK\r\n")

    # What it is told of the calls

    def identified(self, line: CallInHand, number: str | None, *, withheld: bool) -> None:
        if line.list_id is not None:   # else by a code, and it is not listed yet
            self._round.append(f"{line.list_id} is {number}")

    def seen(self, line: CallInHand) -> None:
        self._round.append(f"{line.list_id} {line.state.name} {line.multiparty}")

    def gone(self, line: CallInHand) -> None:
        self._round.append(f"{line.list_id} gone")

    def undecided(self) -> None:
        """Told with every list."""

    def no_list(self) -> None:
        """One that nobody can read is none."""

    def _listed(self, dialled: tuple[CallListEntry, ...]) -> None:
        told, self._round = (*self._round, repr(dialled)), []
        if self.told[-1:] != [told]:
            self.told.append(told)


@pytest.mark.parametrize(("before", "now"), CHANGES)
def test_no_byte_of_one_list_changes_what_is_believed(
    before: tuple[str, ...], now: tuple[str, ...]
) -> None:
    bench = Bench()
    bench.play(before, _answer(now), now)
    told = list(bench.told)
    assert len(told) == 1 + (before != now)
    wrong = []
    for garbled in _garbled(_answer(now)):
        bench.play(before, garbled, now)
        if bench.told != told:
            wrong.append((garbled, bench.told))
    assert wrong == []


def _unreadable(answer: bytes) -> Iterator[bytes]:
    """A byte of the code of one of its lines is lost or has another bit."""
    for at in (at for at in range(len(answer)) if answer[at - 2 : at + 5].find(b"+CLCC") >= 0):
        yield answer[:at] + answer[at + 1 :]
        yield answer[:at] + bytes([answer[at] ^ 8]) + answer[at + 1 :]


@pytest.mark.parametrize("calls", [JOINED, OURS_IS_UP, OURS_RINGS])
@pytest.mark.parametrize("times", [2, 3])
def test_a_call_in_a_line_that_could_not_be_read_is_not_over(
    calls: tuple[str, ...], times: int
) -> None:
    """Found by a simulated year: two lists in a row lacked the line of one of two who spoke, the
    other's call was one that nobody owned, and both were hung up on."""
    bench, tried = Bench(), 0
    for garbled in _unreadable(_answer(calls)):
        bench.play(calls, garbled, calls, times)
        assert len(bench.told) == 1, garbled
        tried += 1
    assert tried > 10


def test_a_line_of_its_own_in_each_list_does_not_keep_a_call_for_ever() -> None:
    bench = Bench()
    bench.play(JOINED, b"\r\n^OTHER: 1" + _answer(ANSWERED), ANSWERED, AT_ODDS_MAX)
    assert len(bench.told) == 2


def test_lists_that_do_not_agree_are_asked_for_with_a_pause() -> None:
    bench = Bench()
    assert bench.never_agree() == AT_ODDS_MAX
