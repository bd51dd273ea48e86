"""The PIN: what the answers call for, and never a try too many."""

from __future__ import annotations

from itertools import product

import pytest

from firmware.at import device_commands as commands
from firmware.at.result_codes import final_result
from firmware.ledger import Ledger
from firmware.line.modem_line import Reply
from firmware.line.sim_pin import PinAdvice, PinKeeper, tries_left
from firmware.moment import Moment
from firmware.pulse import StoreState
from firmware.record import Fact, Memory
from tests.modem_by_hand import START

ICCID = "8933056789056789050"


def _reply(*lines: str) -> Reply:
    *before, last = lines
    return Reply(commands.pin_query(), final_result(last), tuple(before))


SILENCE = Reply(commands.pin_query(), None)
LOCKED = _reply("+CPIN: SIM PIN", "OK")
UNLOCKED = _reply("+CPIN: READY", "OK")
THREE_TRIES = _reply("+CPINR: SIM PIN,3,3", "OK")
TWO_TRIES = _reply("+CPINR: SIM PIN,2,3", "OK")


class Boots:
    """A box over several starts: the facts of one are the memory of the next."""

    def __init__(self, pin: str | None = "1234", written: str = "monday") -> None:
        self.facts: dict[str, object] = {}
        self.start(pin, written)

    def start(self, pin: str | None = "1234", written: str = "monday") -> PinKeeper:
        self._keep()
        self.ledger = Ledger(Memory(facts=dict(self.facts)), Moment(1.0, START, True))
        self.keeper = PinKeeper(self.ledger, pin, written)
        return self.keeper

    def _keep(self) -> None:
        if hasattr(self, "ledger"):
            for row in self.ledger.take():
                if isinstance(row, Fact):
                    self.facts[row.key] = row.value


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (_reply("+CPIN: READY", "OK"), PinAdvice.READY),
        (_reply("+CPIN: SIM PIN", "OK"), PinAdvice.ENTER),
        (_reply("+CPIN: SIM PUK", "OK"), PinAdvice.PUK),
        (_reply("+CPIN: PH-SIM PUK", "OK"), PinAdvice.PUK),
        (_reply("+CPIN: NOT INSERTED", "OK"), PinAdvice.NO_SIM),
        (_reply("+CPIN: PH-NET PIN", "OK"), PinAdvice.FAULT),
        (_reply("+CPIN: SIM PIN2", "OK"), PinAdvice.FAULT),
        (_reply("+CME ERROR: 10"), PinAdvice.NO_SIM),
        (_reply("+CME ERROR: SIM not inserted"), PinAdvice.NO_SIM),
        (_reply("+CME ERROR: 13"), PinAdvice.NO_SIM),
        (_reply("+CME ERROR: 11"), PinAdvice.ENTER),
        (_reply("+CME ERROR: 12"), PinAdvice.PUK),
        (_reply("+CME ERROR: 14"), PinAdvice.FAULT),
        (_reply("ERROR"), PinAdvice.FAULT),
        (_reply("OK"), PinAdvice.FAULT),
        (SILENCE, PinAdvice.FAULT),
    ],
)
def test_what_an_answer_calls_for(reply: Reply, advice: PinAdvice) -> None:
    assert Boots().keeper.advise(reply, ICCID, THREE_TRIES) is advice


@pytest.mark.parametrize(
    ("tries", "advice"),
    [
        (_reply("+CPINR: SIM PIN,3,3", "OK"), PinAdvice.ENTER),
        (_reply("+CPINR: SIM PIN,2,3", "+CPINR: SIM PUK,10,10", "OK"), PinAdvice.ENTER),
        (_reply("+CPINR: SIM PIN,1,3", "OK"), PinAdvice.LAST_TRY),
        (_reply("+CPINR: SIM PIN,0,3", "OK"), PinAdvice.LAST_TRY),
        (_reply("ERROR"), PinAdvice.ENTER),     # a modem that does not have +CPINR
        (None, PinAdvice.ENTER),
    ],
)
def test_the_last_try_is_never_risked(tries: Reply | None, advice: PinAdvice) -> None:
    assert Boots().keeper.advise(LOCKED, ICCID, tries) is advice


@pytest.mark.parametrize(
    ("tries", "advice"),
    [(THREE_TRIES, PinAdvice.ENTER), (TWO_TRIES, PinAdvice.UNWRITTEN), (None, PinAdvice.UNWRITTEN)],
)
def test_a_try_that_no_disk_remembers_is_made_once_at_the_most(
    tries: Reply | None, advice: PinAdvice
) -> None:
    """A card that takes nothing, another SIM, three power cuts: the SIM was locked."""
    boots = Boots()
    boots.ledger.store = StoreState.READ_ONLY
    assert boots.keeper.advise(LOCKED, ICCID, tries) is advice
    boots.facts[f"pin:{ICCID}"] = {"written": "monday", "state": "accepted"}
    keeper = boots.start()
    boots.ledger.store = StoreState.READ_ONLY
    assert keeper.advise(LOCKED, ICCID, tries) is PinAdvice.ENTER


def test_without_a_pin_there_is_nothing_to_try() -> None:
    keeper = Boots(pin=None).keeper
    assert keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.MISSING
    with pytest.raises(ValueError, match="no PIN"):
        keeper.use(ICCID)


def test_the_try_is_recorded_before_it_is_made() -> None:
    boots = Boots()
    assert boots.keeper.use(ICCID) == "1234"
    (row,) = boots.ledger.take()
    assert isinstance(row, Fact)
    assert "1234" not in repr(row)
    assert row.value == {"written": "monday", "state": "trying"}


ANSWERS = {
    "accepted": _reply("OK"),
    "refused": _reply("+CME ERROR: 16"),
    "unanswered": Reply(commands.pin_enter("1234"), None),
    "lost": Reply(commands.pin_enter("1234"), None, lost=True),
}


@pytest.mark.parametrize(("first", "same_boot"), list(product(ANSWERS, [True, False])))
def test_only_a_pin_that_was_accepted_is_ever_tried_again(first: str, same_boot: bool) -> None:
    boots = Boots()
    boots.keeper.use(ICCID)
    boots.keeper.entered(ANSWERS[first], ICCID)
    if not same_boot:
        boots.start()
    again = boots.keeper.advise(LOCKED, ICCID, THREE_TRIES)
    assert again is (PinAdvice.ENTER if first == "accepted" else PinAdvice.REFUSED)


def _unanswered_after_it_was_right(tries: Reply | None) -> PinKeeper:
    keeper = Boots().keeper
    for answer in ("accepted", "lost"):
        assert keeper.advise(LOCKED, ICCID, tries) is PinAdvice.ENTER
        keeper.use(ICCID)
        keeper.entered(ANSWERS[answer], ICCID)
    return keeper


@pytest.mark.parametrize(
    ("before", "after", "advice"),
    [
        (THREE_TRIES, THREE_TRIES, PinAdvice.ENTER),
        (THREE_TRIES, TWO_TRIES, PinAdvice.REFUSED),    # it was refused, and we did not hear it
        (THREE_TRIES, None, PinAdvice.REFUSED),
        (None, THREE_TRIES, PinAdvice.ENTER),           # all tries are left
        (None, TWO_TRIES, PinAdvice.REFUSED),
    ],
)
def test_a_right_pin_whose_answer_was_lost_is_tried_again_where_no_try_was_counted(
    before: Reply | None, after: Reply | None, advice: PinAdvice
) -> None:
    keeper = _unanswered_after_it_was_right(before)
    assert keeper.advise(LOCKED, ICCID, after) is advice


@pytest.mark.parametrize("tries", [None, THREE_TRIES])
@pytest.mark.parametrize("known", [False, True])
def test_a_sim_that_is_ready_after_the_try_has_accepted_it(
    tries: Reply | None, known: bool
) -> None:
    """The answer was lost; at the modem's next restart the PIN was taken for one that was refused,
    and the box was deaf until somebody started it anew."""
    boots = Boots()
    keeper = boots.keeper
    for answer in ("accepted", "lost")[not known :]:
        assert keeper.advise(LOCKED, ICCID, tries) is PinAdvice.ENTER
        keeper.use(ICCID)
        keeper.entered(ANSWERS[answer], ICCID)
    assert keeper.advise(UNLOCKED, ICCID, tries) is PinAdvice.READY
    assert keeper.advise(LOCKED, ICCID, tries) is PinAdvice.ENTER
    assert boots.start().advise(LOCKED, ICCID, tries) is PinAdvice.ENTER


def test_another_sim_that_is_ready_proves_nothing() -> None:
    boots = Boots()
    boots.keeper.use(ICCID)
    boots.keeper.entered(ANSWERS["lost"], ICCID)
    for other in ("8933099999999999999", None):
        assert boots.keeper.advise(UNLOCKED, other, THREE_TRIES) is PinAdvice.READY
        assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.REFUSED


def test_a_power_cut_between_the_try_and_its_answer_counts_as_a_refusal() -> None:
    boots = Boots()
    boots.keeper.use(ICCID)
    boots.start()
    assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.REFUSED


def test_a_configuration_written_anew_is_worth_one_more_try() -> None:
    boots = Boots()
    boots.keeper.use(ICCID)
    boots.keeper.entered(ANSWERS["refused"], ICCID)
    boots.start("4321", written="tuesday")
    assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.ENTER
    boots.keeper.use(ICCID)
    boots.keeper.entered(ANSWERS["refused"], ICCID)
    boots.start("4321", written="tuesday")
    assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.REFUSED


def test_a_pin_that_was_right_once_and_then_refused_twice_is_over_too() -> None:
    """Once may be a byte that the wire garbled."""
    boots = Boots()
    for answer in ("accepted", "refused", "refused"):
        assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.ENTER
        boots.keeper.use(ICCID)
        boots.keeper.entered(ANSWERS[answer], ICCID)
        boots.start()
    assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.GIVEN_UP


def test_a_known_pin_that_is_interrupted_stays_known() -> None:
    boots = Boots()
    boots.keeper.use(ICCID)
    boots.keeper.entered(ANSWERS["accepted"], ICCID)
    boots.keeper.use(ICCID)
    boots.start()     # the daemon died before the answer
    assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.ENTER


def test_another_sim_is_another_matter() -> None:
    boots = Boots()
    boots.keeper.use(ICCID)
    boots.keeper.entered(ANSWERS["refused"], ICCID)
    boots.start()
    assert boots.keeper.advise(LOCKED, "8933099999999999999", THREE_TRIES) is PinAdvice.ENTER


@pytest.mark.parametrize("advice", [each for each in PinAdvice if each.name not in
                                    ("READY", "ENTER", "UNLOCKED", "AGAIN")])  # fmt: skip
def test_every_trouble_has_its_alarm(advice: PinAdvice) -> None:
    cause, values = Boots().keeper.trouble(advice, _reply("+CME ERROR: 13"), THREE_TRIES)
    assert cause.format(**values)
    assert "{" not in cause.format(**values)


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        (THREE_TRIES, 3),
        (_reply("+CPINR: SIM PUK,10,10", "+CPINR: SIM PIN,1,3", "OK"), 1),
        (_reply("OK"), None),
        (_reply("+CPINR: nonsense", "OK"), None),
        (_reply("ERROR"), None),
        (SILENCE, None),
        (None, None),
    ],
)
def test_the_tries_left(reply: Reply | None, left: int | None) -> None:
    assert tries_left(reply) == left


def test_a_sim_that_somebody_else_unlocked_has_not_accepted_the_pin_it_refused() -> None:
    """In a telephone, with the right one: that gives the SIM its three tries back, and ours,
    wrong as ever, must not spend them again."""
    boots = Boots()
    keeper = boots.keeper
    assert keeper.advise(LOCKED, ICCID) is PinAdvice.ENTER
    keeper.use(ICCID)
    assert keeper.entered(_reply("+CME ERROR: 16"), ICCID) is PinAdvice.REFUSED
    assert keeper.advise(UNLOCKED, ICCID) is PinAdvice.READY
    assert keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.REFUSED
    assert boots.start().advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.REFUSED


COMMAND_LOST = (_reply("ERROR"), _reply("+CME ERROR: 100"), _reply("+CME ERROR: 50"))


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("answer", COMMAND_LOST, ids=lambda reply: reply.why)
def test_an_error_that_is_no_word_about_the_pin_gives_it_one_more_try(
    answer: Reply, restart: bool, known: bool
) -> None:
    """Found by a simulated year: for half of it the SIM stayed locked for hours at each restart of
    the modem, because a byte of the command had been lost once."""
    boots = Boots()
    if known:
        boots.keeper.use(ICCID)
        boots.keeper.entered(ANSWERS["accepted"], ICCID)

    def one_try(answer: Reply) -> PinAdvice:
        assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.ENTER
        boots.keeper.use(ICCID)
        found = boots.keeper.entered(answer, ICCID, THREE_TRIES)
        if restart:
            boots.start()
        return found

    assert one_try(answer) is PinAdvice.AGAIN
    assert one_try(ANSWERS["accepted"]) is PinAdvice.UNLOCKED
    assert one_try(answer) is PinAdvice.AGAIN       # accepted meanwhile: it begins anew
    assert one_try(answer) is PinAdvice.GIVEN_UP
    assert boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.GIVEN_UP


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        (THREE_TRIES, _reply("ERROR"), TWO_TRIES),
        (THREE_TRIES, _reply("ERROR"), None),
        (None, _reply("ERROR"), TWO_TRIES),
        (THREE_TRIES, _reply("+CME ERROR: 16"), THREE_TRIES),
        (THREE_TRIES, _reply("+CME ERROR: 12"), THREE_TRIES),
    ],
)
def test_else_an_error_is_a_refusal(
    before: Reply | None, answer: Reply, after: Reply | None
) -> None:
    keeper = Boots().keeper
    assert keeper.advise(LOCKED, ICCID, before) is PinAdvice.ENTER
    keeper.use(ICCID)
    assert keeper.entered(answer, ICCID, after) is PinAdvice.REFUSED
    assert keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.REFUSED


@pytest.mark.parametrize("answers", list(product(["ERROR", "+CME ERROR: 16", ""], repeat=4)))
def test_whatever_the_answers_and_however_stale_the_count_one_try_is_left(
    answers: tuple[str, ...]
) -> None:
    """A modem may tell three tries for ever: the SIM, which has a wrong PIN, is never locked."""
    boots, tried = Boots(), 0
    for answer in answers:
        if boots.keeper.advise(LOCKED, ICCID, THREE_TRIES) is PinAdvice.ENTER:
            boots.keeper.use(ICCID)
            reply = _reply(answer) if answer else ANSWERS["unanswered"]
            boots.keeper.entered(reply, ICCID, THREE_TRIES)
            tried += 1
        boots.start()
    assert tried <= 2
