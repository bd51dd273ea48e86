"""What is asked of a modem: queries alone, and none that would be in anybody's way."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from firmware.at.answers import AnswerFault, service_centre
from firmware.at.command import Command, render
from firmware.at.profile import ModemProfile
from firmware.command.settings import load_profile, profile_names
from firmware.doctor.questions import FORWARDING, Question, interview
from firmware.doctor.replies import SHOWN_MAX, shown
from firmware.line.modem_line import Reply
from tests.doctor.samples import ANSWERS, reply

# V.250 5.4.3 read and execute of identification, 27.007 and 27.005 interrogations: no "=" but in
# the two network queries, whose <mode> 2 asks (27.007 7.11, 7.12)
QUERY = re.compile(
    r"AT\+C(GMI|GMM|GMR|GSN|SQ|NUM|LCC|PINR)"
    r"|AT\+C(PIN|REG|EREG|OPS|PMS|SCA|CLK|LIP)\?"
    r"|AT\+CCFC=[0-3],2|AT\+CCWA=0,2,1"
    r"|AT(\+CCID|\+QCCID|\+CICCID|\^ICCID\?|#CCID)"
)
NETWORK = {*FORWARDING.values(), Question.CALL_WAITING, Question.CALLER}


def hold(
    profile: ModemProfile, changes: Mapping[Question, str] | None = None
) -> dict[Question, Command]:
    """The whole interview with a modem that answers so; what it was asked."""
    texts = {**ANSWERS, **(changes or {})}
    asked: dict[Question, Command] = {}
    questions = interview(profile)
    question, command = next(questions)
    while True:
        assert question not in asked
        asked[question] = command
        try:
            question, command = questions.send(reply(texts.get(question, "ERROR")))
        except StopIteration:
            return asked


@pytest.mark.parametrize("name", profile_names())
@pytest.mark.parametrize("pin", ["+CPIN: READY|OK", "+CPIN: SIM PIN|OK"])
def test_only_queries_are_sent(name: str, pin: str) -> None:
    for command in hold(load_profile(name), {Question.PIN: pin}).values():
        assert QUERY.fullmatch(command.text), command.text
        assert render(command).body is None
        assert not command.dials


def test_everything_is_asked_of_a_modem_that_is_well() -> None:
    asked = hold(load_profile("quectel-eg25"))
    assert set(asked) == set(Question) - {Question.PIN_TRIES}
    assert list(asked)[-len(NETWORK) :] == [*FORWARDING.values(), *list(asked)[-2:]]


@pytest.mark.parametrize("pin", ["+CPIN: SIM PIN|OK", "+CME ERROR: 10", "ERROR", ""])
def test_a_closed_sim_is_asked_for_its_tries_and_no_more(pin: str) -> None:
    asked = hold(load_profile("generic"), {Question.PIN: pin})
    assert list(asked)[-1] is Question.PIN_TRIES
    assert Question.REGISTRATION not in asked


@pytest.mark.parametrize(
    ("changes", "network_asked"),
    [
        ({Question.REGISTRATION: "+CREG: 0,2|OK", Question.REGISTRATION_4G: "ERROR"}, False),
        ({Question.REGISTRATION: "ERROR"}, True),                        # 4G alone
        ({Question.REGISTRATION: "+CREG: 0,2|OK"}, True),
        ({Question.REGISTRATION: "", Question.REGISTRATION_4G: ""}, False),
        ({Question.CALLS: '+CLCC: 1,1,4,0,0,"+33699887766",145|OK'}, False),
        ({Question.CALLS: "+CLCC: 1,1,0,1,0|OK"}, True),                  # a data bearer
        ({Question.CALLS: "+CLCC: ???|OK"}, False),
        ({Question.CALLS: "ERROR"}, True),
    ],
)
def test_the_network_is_left_alone_during_a_call_and_out_of_service(
    changes: dict[Question, str], network_asked: bool
) -> None:
    asked = set(hold(load_profile("generic"), changes))
    assert (asked >= NETWORK) is network_asked
    assert network_asked or not asked & NETWORK


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('+CSCA: "+33609001390",145', "+33609001390"),
        ('+CSCA: "33609001390",145', "+33609001390"),
        ('+CSCA: "0609001390",129', "0609001390"),
        ('+CSCA: "+33609001390"', "+33609001390"),
        ("+CSCA: +33609001390,145", "+33609001390"),
        ('+CSCA: "",129', ""),
        ("+CSCA:", ""),
    ],
)
def test_the_service_centres_address(line: str, number: str) -> None:
    assert service_centre((line,)) == number


@pytest.mark.parametrize("lines", [(), ("+CPMS: 1",), ('+CSCA: "2B33",145',), ('+CSCA: "+",145',)])
def test_what_is_no_service_centre(lines: tuple[str, ...]) -> None:
    with pytest.raises(AnswerFault):
        service_centre(lines)


def test_a_modems_words_are_fit_for_a_line() -> None:
    odd = reply("+COPS: \x1b[31mred\x07|OK")
    assert shown(odd) == "+COPS: ?[31mred?"
    long = Reply(odd.command, odd.result, ("x" * 500,))
    assert len(shown(long)) == SHOWN_MAX
    assert shown(reply("")) == "no answer"
    assert "SIM not inserted" in shown(reply("+CME ERROR: 10"))
