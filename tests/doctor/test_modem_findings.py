"""Port, modem, SIM and network by tables: one answer is spoilt, one finding follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.doctor.facts import (
    Facts,
    FoundBy,
    PortFacts,
    PortProblem,
    Process,
    SettingsFacts,
)
from firmware.doctor.finding import Level, Phrase
from firmware.doctor.questions import Question
from firmware.wording import doctor_messages as words
from tests.doctor.samples import (
    BRUNO,
    GOOD_FILE,
    PORT,
    SIM_NUMBER,
    STOPPED,
    asked,
    found,
    only,
    with_data,
    wrongs,
)

OK, LOOK, WRONG, UNKNOWN = Level.OK, Level.ATTENTION, Level.WRONG, Level.UNKNOWN
Q = Question


# The SIM and what it holds


@pytest.mark.parametrize(
    ("answer", "tries", "level", "msgid"),
    [
        ("+CPIN: READY|OK", None, OK, words.SIM_GOOD),
        ("+CME ERROR: 10", None, WRONG, words.SIM_ABSENT),
        ("+CME ERROR: SIM not inserted", None, WRONG, words.SIM_ABSENT),
        ("+CPIN: NOT INSERTED|OK", None, WRONG, words.SIM_ABSENT),
        ("+CME ERROR: 13", None, WRONG, words.SIM_ABSENT),
        ("+CPIN: SIM PIN|OK", "+CPINR: SIM PIN,3,3|OK", WRONG, words.SIM_ASKS_PIN),
        ("+CPIN: SIM PUK|OK", "+CPINR: SIM PIN,0,3|OK", WRONG, words.SIM_PUK),
        ("+CME ERROR: 12", None, WRONG, words.SIM_PUK),
        ("ERROR", None, WRONG, words.SIM_FAULT),
        ("+CPIN: PH-NET PIN|OK", None, WRONG, words.SIM_FAULT),
        ("", None, UNKNOWN, words.NOT_KNOWN),
    ],
)
def test_the_sim(answer: str, tries: str | None, level: Level, msgid: str) -> None:
    finding = only(asked(STOPPED, {Q.PIN: answer, Q.PIN_TRIES: tries}), words.L_SIM)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)


@pytest.mark.parametrize(
    ("tries", "memory", "msgid"),
    [
        ("+CPINR: SIM PIN,3,3|OK", {}, words.SIM_WILL_OPEN),
        ("ERROR", {}, words.SIM_WILL_OPEN),
        ("+CPINR: SIM PIN,1,3|OK", {}, words.SIM_LAST_TRY),
        ("+CPINR: SIM PIN,2,3|OK", {"written": "7:1", "state": "refused"}, words.SIM_PIN_REFUSED),
        ("+CPINR: SIM PIN,2,3|OK", {"written": "7:0", "state": "refused"}, words.SIM_WILL_OPEN),
    ],
)
def test_a_pin_in_the_settings_is_judged_as_the_daemon_would(
    tries: str, memory: dict[str, object], msgid: str
) -> None:
    facts = with_data(
        asked(STOPPED, {Q.PIN: "+CPIN: SIM PIN|OK", Q.PIN_TRIES: tries}),
        settings=SettingsFacts(replace(GOOD_FILE, mode=0o600), None, True, "7:1"),
        memory={"pin:8933208990000000001": memory} if memory else {},
    )
    assert only(facts, words.L_SIM).sentence.msgid == msgid


def test_nothing_of_the_network_is_told_while_the_sim_is_closed() -> None:
    facts = asked(STOPPED, {Q.PIN: "+CME ERROR: 10"})
    assert found(facts, words.L_NETWORK) == ()
    assert wrongs(facts) == [words.L_SIM]


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ('+CPMS: "SM",0,20,"SM",0,20,"SM",0,20|OK', OK),
        ('+CPMS: "SM",15,20,"SM",15,20,"SM",15,20|OK', OK),
        ('+CPMS: "SM",16,20,"SM",16,20,"ME",0,255|OK', LOOK),
        ('+CPMS: "SM",20,20,"SM",20,20,"ME",0,255|OK', WRONG),
        ('+CPMS: "SM",0,0|OK', OK),
        ("+CPMS: nonsense|OK", UNKNOWN),
        ("+CMS ERROR: 302", UNKNOWN),
    ],
)
def test_the_sms_memory(answer: str, level: Level) -> None:
    assert only(asked(STOPPED, {Q.STORE: answer}), words.L_STORE).level is level


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ('+CSCA: "33609001390",145|OK', OK),
        ('+CSCA: "",129|OK', WRONG),
        ("+CSCA: |OK", WRONG),
        ('+CSCA: "abc",145|OK', UNKNOWN),
        ("OK", UNKNOWN),
        ("ERROR", UNKNOWN),
    ],
)
def test_the_sms_centre(answer: str, level: Level) -> None:
    assert only(asked(STOPPED, {Q.CENTRE: answer}), words.L_CENTRE).level is level


def test_the_sims_own_number() -> None:
    assert only(STOPPED, words.L_NUMBER).sentence.values == {"number": SIM_NUMBER}
    assert only(asked(STOPPED, {Q.OWN_NUMBER: "OK"}), words.L_NUMBER).level is UNKNOWN
    mine = asked(STOPPED, {Q.OWN_NUMBER: f'+CNUM: ,"{BRUNO}",145|OK'})
    finding = only(mine, words.L_NUMBER)
    assert finding.level is WRONG
    assert finding.sentence.values == {"number": BRUNO, "person": "Bruno Petit"}


# The network


@pytest.mark.parametrize(
    ("plain", "evolved", "level", "msgid"),
    [
        ("+CREG: 0,1|OK", "+CEREG: 0,1|OK", OK, words.NETWORK_HOME),
        ("+CREG: 2,1|OK", "ERROR", OK, words.NETWORK_HOME),
        ("+CREG: 0,5|OK", "+CEREG: 0,5|OK", LOOK, words.NETWORK_ROAMING),
        ("+CREG: 0,6|OK", "+CEREG: 0,1|OK", WRONG, words.NETWORK_SMS_ONLY),
        ("+CREG: 0,7|OK", "+CEREG: 0,5|OK", WRONG, words.NETWORK_SMS_ONLY),
        ("+CREG: 0,0|OK", "+CEREG: 0,1|OK", LOOK, words.NETWORK_DATA_ONLY),
        ("+CREG: 0,2|OK", "+CEREG: 0,2|OK", WRONG, words.NETWORK_SEARCHING),
        ("+CREG: 0,2|OK", "ERROR", WRONG, words.NETWORK_SEARCHING),
        ("+CREG: 0,3|OK", "+CEREG: 0,2|OK", WRONG, words.NETWORK_DENIED),
        ("+CREG: 0,0|OK", "+CEREG: 0,0|OK", WRONG, words.NETWORK_OFF),
        ("+CREG: 0,4|OK", "+CEREG: 0,4|OK", WRONG, words.NETWORK_OFF),
        ("ERROR", "ERROR", UNKNOWN, words.NOT_KNOWN),
        ("", None, UNKNOWN, words.NOT_KNOWN),
    ],
)
def test_registration(plain: str, evolved: str | None, level: Level, msgid: str) -> None:
    facts = asked(STOPPED, {Q.REGISTRATION: plain, Q.REGISTRATION_4G: evolved})
    finding = only(facts, words.L_NETWORK)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)


@pytest.mark.parametrize(
    ("answer", "technology"),
    [("0", "2G"), ("2", "3G"), ("6", "3G"), ("7", "4G"), ("9", "4G"), ("12", "5G"), ("8", "2G")],
)
def test_the_operator_and_its_technology(answer: str, technology: str) -> None:
    facts = asked(STOPPED, {Q.OPERATOR: f'+COPS: 0,0,"SFR",{answer}|OK'})
    assert only(facts, words.L_NETWORK).sentence.values == {
        "operator": "SFR",
        "technology": technology,
    }


def test_an_operator_that_is_not_told() -> None:
    values = only(asked(STOPPED, {Q.OPERATOR: "+COPS: 0|OK"}), words.L_NETWORK).sentence.values
    assert values == {
        "operator": Phrase(words.OPERATOR_UNKNOWN),
        "technology": Phrase(words.TECHNOLOGY_UNKNOWN),
    }


@pytest.mark.parametrize(
    ("csq", "quality", "level"),
    [
        (31, words.SIGNAL_VERY_GOOD, OK),
        (19, words.SIGNAL_VERY_GOOD, OK),     # -75 dBm
        (18, words.SIGNAL_GOOD, OK),
        (14, words.SIGNAL_GOOD, OK),          # -85 dBm
        (9, words.SIGNAL_FAIR, OK),           # -95 dBm
        (8, words.SIGNAL_WEAK, LOOK),
        (4, words.SIGNAL_WEAK, LOOK),         # -105 dBm
        (3, words.SIGNAL_VERY_WEAK, LOOK),
        (0, words.SIGNAL_VERY_WEAK, LOOK),
    ],
)
def test_reception_in_words(csq: int, quality: str, level: Level) -> None:
    finding = only(asked(STOPPED, {Q.SIGNAL: f"+CSQ: {csq},99|OK"}), words.L_SIGNAL)
    assert finding.level is level
    assert finding.sentence.values == {"quality": Phrase(quality), "dbm": -113 + 2 * csq}


def test_a_reception_that_is_not_told() -> None:
    assert only(asked(STOPPED, {Q.SIGNAL: "+CSQ: 99,99|OK"}), words.L_SIGNAL).level is UNKNOWN


# Port and modem


def port(problem: PortProblem, *holders: Process, by: FoundBy = FoundBy.COMMAND_LINE) -> Facts:
    bad = PortFacts("/dev/ttyUSB7", by, problem=problem, detail="odd", holders=holders)
    return replace(STOPPED, ports=(bad,), modem=None)


MANAGER = Process(411, "ModemManager")
OTHER = Process(77, "minicom")
BOX = Process(812, "veilleur", "/srv/box")


@pytest.mark.parametrize(
    ("facts", "sentence", "advice"),
    [
        (replace(STOPPED, ports=(), modem=None), words.PORT_NONE, words.PORT_NONE_TO_DO),
        (port(PortProblem.MISSING), words.PORT_MISSING, words.PORT_NONE_TO_DO),
        (
            replace(port(PortProblem.MISSING), known_usb=("/dev/ttyUSB2",)),
            words.PORT_MISSING_ELSEWHERE,
            words.PORT_OMIT,
        ),
        (
            replace(port(PortProblem.MISSING, by=FoundBy.SETTINGS), known_usb=("/dev/ttyUSB2",)),
            words.PORT_MISSING_ELSEWHERE,
            words.PORT_REMOVE_SETTING,
        ),
        (port(PortProblem.DENIED), words.PORT_DENIED, words.PORT_DENIED_TO_DO),
        (port(PortProblem.TAKEN), words.PORT_TAKEN_UNNAMED, words.RUN_AS_ROOT),
        (port(PortProblem.TAKEN, MANAGER), words.PORT_TAKEN, words.PORT_TAKEN_TO_DO),
        (port(PortProblem.TAKEN, OTHER), words.PORT_TAKEN, words.PORT_TAKEN_CLOSE),
        (
            port(PortProblem.TAKEN, OTHER, BOX),
            words.PORT_TAKEN_VEILLEUR,
            words.PORT_TAKEN_VEILLEUR_TO_DO,
        ),
        (
            port(PortProblem.TAKEN, replace(BOX, data_dir=None)),
            words.PORT_TAKEN_VEILLEUR,
            words.PORT_TAKEN_VEILLEUR_STOP,
        ),
        (port(PortProblem.NOT_SERIAL), words.PORT_NOT_SERIAL, words.PORT_OMIT),
        (
            port(PortProblem.NOT_SERIAL, by=FoundBy.SETTINGS),
            words.PORT_NOT_SERIAL,
            words.PORT_REMOVE_SETTING,
        ),
        (port(PortProblem.LOST), words.PORT_LOST, words.PORT_LOST_TO_DO),
    ],
)
def test_what_is_wrong_with_a_port(facts: Facts, sentence: str, advice: str) -> None:
    finding = only(facts, words.L_PORT)
    assert finding.level is WRONG
    assert finding.sentence.msgid == sentence
    assert finding.advice is not None
    assert finding.advice.msgid == advice
    assert only(facts, words.L_MODEM).sentence.msgid == words.MODEM_NOT_ASKED
    assert wrongs(facts) == [words.L_PORT]


@pytest.mark.parametrize(
    ("facts", "msgid"),
    [
        (PORT, words.PORT_FOUND_USB),
        (replace(PORT, interface=None), words.PORT_FOUND_ASKING),
        (PortFacts("/dev/ttyS0", FoundBy.COMMAND_LINE), words.PORT_NAMED),
        (PortFacts("/dev/ttyS0", FoundBy.SETTINGS), words.PORT_IN_SETTINGS),
    ],
)
def test_how_a_port_was_found(facts: PortFacts, msgid: str) -> None:
    assert STOPPED.modem is not None
    there = replace(STOPPED, modem=replace(STOPPED.modem, port=facts))
    assert only(there, words.L_PORT).sentence.msgid == msgid


def test_a_rival_is_told_once() -> None:
    rival = replace(STOPPED, rivals=(MANAGER,))
    assert only(rival, words.L_RIVALS).level is LOOK
    holding = replace(port(PortProblem.TAKEN, MANAGER), rivals=(MANAGER,))
    assert found(holding, words.L_RIVALS) == ()


@pytest.mark.parametrize(("heard", "msgid"), [(0, words.MODEM_MUTE), (340, words.MODEM_NONE)])
def test_what_is_no_modem(heard: int, msgid: str) -> None:
    assert STOPPED.modem is not None
    silent = replace(STOPPED.modem, clean=False, bytes_heard=heard, replies={})
    facts = replace(STOPPED, modem=silent)
    assert only(facts, words.L_MODEM).sentence.msgid == msgid
    assert wrongs(facts) == [words.L_MODEM]


def test_a_family_that_no_bench_has_seen_is_said_to_be_unproven() -> None:
    assert STOPPED.modem is not None
    facts = replace(STOPPED, modem=replace(STOPPED.modem, proven=False))
    assert only(facts, words.L_PROFILE).level is UNKNOWN
    assert found(STOPPED, words.L_PROFILE) == ()


def test_a_modem_that_does_not_tell_its_names() -> None:
    blank = dict.fromkeys((Q.MAKER, Q.MODEL, Q.REVISION, Q.IMEI), "ERROR")
    values = only(asked(STOPPED, {**blank}), words.L_MODEM).sentence.values
    told = Phrase(words.NOT_TOLD)
    assert values == {"name": Phrase(words.MODEM_UNNAMED), "revision": told, "imei": told}

