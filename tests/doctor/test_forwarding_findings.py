"""What the network does with calls, against the rota, by tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.doctor.finding import Level, Phrase
from firmware.doctor.questions import Question
from firmware.rota import read_site_file
from firmware.wording import doctor_messages as words
from tests.doctor.samples import (
    ALICE,
    BRUNO,
    OFFICE,
    OFFICE_HOURS,
    RUNNING,
    SITE,
    STOPPED,
    asked,
    only,
    with_data,
)

OK, LOOK, WRONG, UNKNOWN = Level.OK, Level.ATTENTION, Level.WRONG, Level.UNKNOWN
Q = Question


FORWARDS = (
    (words.L_FORWARD_BUSY, Q.FORWARDING_BUSY, f"**67*{ALICE}*11#"),
    (words.L_FORWARD_NO_REPLY, Q.FORWARDING_NO_REPLY, f"**61*{ALICE}*11*15#"),
    (words.L_FORWARD_NOT_REACHABLE, Q.FORWARDING_NOT_REACHABLE, f"**62*{ALICE}*11#"),
)


@pytest.mark.parametrize(("check", "question", "code"), FORWARDS)
def test_each_condition_is_compared_with_the_rota(check: str, question: Q, code: str) -> None:
    right = only(asked(STOPPED, {question: '+CCFC: 1,1,"0601020304",129|OK'}), check)
    assert right.level is OK
    assert right.sentence.values == {"number": ALICE, "whom": "Alice Martin"}

    other = only(asked(STOPPED, {question: f'+CCFC: 1,1,"{BRUNO}",145|OK'}), check)
    assert (other.level, other.sentence.msgid) == (WRONG, words.FORWARD_WRONG)
    assert other.sentence.values["found"] == BRUNO
    assert other.advice == Phrase(words.FORWARD_TO_DO, {"codes": code})

    none = only(asked(STOPPED, {question: "+CCFC: 0,7|OK"}), check)
    assert (none.level, none.sentence.msgid, none.advice) == (
        WRONG,
        words.FORWARD_MISSING,
        other.advice,
    )

    data_only = only(asked(STOPPED, {question: f'+CCFC: 1,2,"{ALICE}",145|OK'}), check)
    assert data_only.sentence.msgid == words.FORWARD_MISSING

    refused = only(asked(STOPPED, {question: "+CME ERROR: 4"}), check)
    assert (refused.level, refused.sentence.msgid) == (WRONG, words.FORWARD_REFUSED)
    assert "not supported" in str(refused.sentence.values["answer"])

    for answer in ("", "+CCFC: nonsense|OK", None):
        assert only(asked(STOPPED, {question: answer}), check).level is UNKNOWN


def test_no_call_may_be_forwarded_before_the_box_has_seen_it() -> None:
    facts = asked(STOPPED, {Q.FORWARDING_ALL: '+CCFC: 1,1,"888",129|OK'})
    finding = only(facts, words.L_FORWARD_ALL)
    assert finding.level is WRONG
    assert finding.advice == Phrase(words.FORWARD_TO_DO, {"codes": "##21#"})
    assert only(replace(facts, data=None), words.L_FORWARD_ALL).level is WRONG


def test_in_mode_alert_an_unanswered_call_is_not_forwarded() -> None:
    facts = with_data(STOPPED, rota=read_site_file(SITE.replace('"divert"', '"alert"')))
    finding = only(facts, words.L_FORWARD_NO_REPLY)
    assert finding.sentence.msgid == words.FORWARD_TOO_MUCH
    assert finding.advice == Phrase(words.FORWARD_TO_DO, {"codes": "##61#"})
    assert only(facts, words.L_FORWARD_BUSY).level is OK
    assert only(facts, words.L_WAITING).sentence.msgid == words.WAITING_WRONG_OFF


def test_in_opening_hours_the_office_is_the_target() -> None:
    facts = with_data(STOPPED, rota=read_site_file(SITE + OFFICE_HOURS))
    finding = only(facts, words.L_FORWARD_BUSY)
    assert finding.level is WRONG
    assert finding.sentence.values["number"] == OFFICE
    assert finding.sentence.values["whom"] == Phrase(words.FORWARD_OFFICE)
    assert only(facts, words.L_DUTY).level is OK


def test_without_a_rota_forwarding_is_told_and_not_judged() -> None:
    facts = replace(STOPPED, data=None, daemon=None)
    for check, _, _ in FORWARDS:
        finding = only(facts, check)
        assert (finding.level, finding.sentence.values) == (UNKNOWN, {"found": ALICE})
    assert only(facts, words.L_FORWARD_ALL).level is OK
    assert only(facts, words.L_WAITING).level is UNKNOWN


def test_nobody_at_all_to_forward_to() -> None:
    site = SITE.split("[[person]]")[0] + '[[service]]\nname = "Ambulance"\n'
    facts = with_data(STOPPED, rota=read_site_file(site))
    assert only(facts, words.L_FORWARDING).sentence.msgid == words.FORWARDING_NO_TARGET
    running = with_data(RUNNING, rota=read_site_file(site))
    assert only(running, words.L_FORWARDING).sentence.msgid == words.FORWARDING_NO_TARGET


NOTHING_ASKED = dict.fromkeys(
    (
        Q.FORWARDING_ALL,
        Q.FORWARDING_BUSY,
        Q.FORWARDING_NO_REPLY,
        Q.FORWARDING_NOT_REACHABLE,
        Q.CALL_WAITING,
        Q.CALLER,
    )
)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({Q.CALLS: f'+CLCC: 1,1,0,0,0,"{BRUNO}",145|OK'}, words.WHY_CALL),
        ({Q.CALLS: "+CLCC: nonsense|OK"}, words.WHY_CALL),
        ({}, words.WHY_NOT_ASKED),
        ({Q.REGISTRATION: "+CREG: 0,2|OK", Q.REGISTRATION_4G: "ERROR"}, words.WHY_NO_NETWORK),
    ],
)
def test_why_forwarding_was_not_asked(changes: dict[Q, str | None], why: str) -> None:
    finding = only(asked(STOPPED, {**NOTHING_ASKED, **changes}), words.L_FORWARDING)
    assert finding.level is UNKNOWN
    assert finding.sentence.values == {"why": Phrase(why)}


@pytest.mark.parametrize(
    ("question", "answer", "check", "level"),
    [
        (Q.CALL_WAITING, "+CCWA: 1,1|OK", words.L_WAITING, LOOK),
        (Q.CALL_WAITING, "+CME ERROR: 4", words.L_WAITING, UNKNOWN),
        (Q.CALLER, "+CLIP: 0,0|OK", words.L_CALLER, LOOK),
        (Q.CALLER, "+CLIP: 0,2|OK", words.L_CALLER, UNKNOWN),
        (Q.CALLER, "", words.L_CALLER, UNKNOWN),
    ],
)
def test_call_waiting_and_callers(question: Q, answer: str, check: str, level: Level) -> None:
    assert only(asked(STOPPED, {question: answer}), check).level is level

