"""The minute's look at the network, on a modem played by hand."""

from __future__ import annotations

import pytest

from firmware.at.events import Registration
from firmware.line.modem_facts import OPERATOR_LOOKS, UNREAD_MAX
from firmware.line.registration import (
    LOST_ALARM_AFTER_S,
    NOTHING_READ,
    POLL_S,
    SETTINGS_LOST,
    SILENT_RESTARTS_MAX,
    Progress,
)
from firmware.recovery.signs import UNREGISTERED_S
from tests.line.registration_bench import Bench

pytestmark = pytest.mark.usefixtures("modem_family")


def test_it_looks_once_a_minute_while_all_is_well() -> None:
    bench = Bench()
    bench.open()
    bench.run(10 * POLL_S + 5)
    assert bench.polls == 11
    assert bench.progress[-1] is Progress.READY


def test_lost_for_three_minutes_is_an_alarm_and_home_again_its_end() -> None:
    bench = Bench()
    bench.open()
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,2", "OK")
    bench.modem.answers["AT+CEREG?"] = ("+CEREG: 2,2", "OK")
    bench.run(POLL_S + 1)
    assert bench.registration.progress is Progress.SEARCHING
    bench.run(LOST_ALARM_AFTER_S - 10)
    assert bench.raised == []
    bench.run(20)
    assert bench.raised
    assert {key for key, _ in bench.raised} == {"network"}
    assert "searching" in bench.raised[0][1]
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,5", "OK")     # roaming will do
    bench.alarms.clear()
    bench.run(10)
    assert bench.progress[-1] is Progress.READY
    assert ("network", "over") in bench.alarms


def test_a_domain_that_is_not_told_any_more_is_no_registration() -> None:
    """The circuits are lost, and of the packets an old answer would count for ever."""
    bench = Bench()
    bench.open()
    bench.run(POLL_S + 1)
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,2", "OK")
    bench.modem.answers["AT+CEREG?"] = ("+CME ERROR: 30",)
    bench.run((UNREAD_MAX + 1) * POLL_S)
    assert bench.registration.progress is Progress.SEARCHING
    bench.modem.answers["AT+CEREG?"] = ("+CEREG: 2,1", "OK")
    bench.run(POLL_S + 5)
    assert bench.progress[-1] is Progress.READY


def test_of_a_domain_that_cannot_be_asked_the_modem_s_own_word_counts() -> None:
    bench = Bench()
    bench.modem.answers["AT+CEREG?"] = ("ERROR",)
    bench.open()
    bench.registration.reported(Registration("EPS", 1, None, None, None))
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,2", "OK")
    bench.run((UNREAD_MAX + 2) * POLL_S)
    assert bench.registration.progress is Progress.READY


def test_a_word_about_the_packet_domain_is_no_registration() -> None:
    """Found by a simulated year: one bit of +CEREG was garbled, and a network that was lost later
    was none for the box, for the packet domain was never asked about again."""
    bench = Bench()
    bench.open()
    bench.registration.reported(Registration("PS", 1, None, None, None))
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,2", "OK")
    bench.modem.answers["AT+CEREG?"] = ("+CEREG: 2,2", "OK")
    bench.run(POLL_S + LOST_ALARM_AFTER_S + 15)
    assert {key for key, _ in bench.raised} == {"network"}


def test_one_domain_is_enough() -> None:
    bench = Bench()
    bench.modem.answers["AT+CEREG?"] = ("ERROR",)
    bench.open()
    assert bench.registration.progress is Progress.READY
    bench = Bench()
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,0", "OK")     # VoLTE only
    bench.open()
    assert bench.registration.progress is Progress.READY


@pytest.mark.parametrize(
    ("circuit", "answer", "takes_calls"),
    [
        ("1", ("ERROR",), True),
        ("6", ("ERROR",), False),
        ("6", ("+CIREG: 0,0", "OK"), False),
        ("6", ("+CIREG: 0,1,1", "OK"), True),
        ("0", ("+CIREG: 0,1,5", "OK"), True),
        ("0", ("+CIREG: 0,1,4", "OK"), False),
    ],
)
def test_for_texts_only_the_modem_is_asked_whether_it_takes_calls(
    circuit: str, answer: tuple[str, ...], takes_calls: bool
) -> None:
    bench = Bench()
    bench.modem.answers["AT+CREG?"] = (f"+CREG: 2,{circuit}", "OK")
    bench.modem.answers["AT+CIREG?"] = answer
    bench.open()
    assert bench.registration.progress is Progress.READY
    assert bench.registration.facts.takes_calls is takes_calls
    assert ("AT+CIREG?" in bench.heard) is (circuit != "1")


def test_the_operator_is_asked_again_where_the_registration_is_another_and_now_and_then() -> None:
    bench = Bench()
    bench.open()
    bench.modem.heard.clear()
    bench.run(POLL_S + 1)
    assert "AT+COPS?" not in bench.heard
    bench.modem.answers["AT+COPS?"] = ('+COPS: 0,0,"SFR",2', "OK")
    bench.run(OPERATOR_LOOKS * POLL_S)
    assert bench.registration.facts.operator == "SFR"
    bench.modem.answers["AT+COPS?"] = ('+COPS: 0,0,"Bouygues",7', "OK")
    bench.modem.answers["AT+CREG?"] = ('+CREG: 2,1,"0002","ABCE",7', "OK")
    bench.run(POLL_S + 1)
    assert bench.registration.facts.operator == "Bouygues"


def _deaf(bench: Bench) -> None:
    for command in ("AT+CREG?", "AT+CEREG?", "AT+CSQ", "AT+COPS?"):
        bench.modem.answers[command] = (f"+{command[3:-1]}: ?!", "OK")


def test_one_unreadable_answer_leaves_the_registration_and_shows_nothing_old() -> None:
    bench = Bench()
    bench.open()
    _deaf(bench)
    bench.run(POLL_S + 1)
    assert bench.registration.progress is Progress.READY
    assert bench.registration.facts.operator is None
    assert bench.registration.facts.signal_dbm is None
    assert bench.restarts == []


def test_a_registration_that_cannot_be_read_thrice_is_none() -> None:
    bench = Bench()
    bench.open()
    _deaf(bench)
    bench.run(3 * POLL_S + 1)
    assert bench.restarts == [NOTHING_READ]
    assert bench.registration.facts.registration == {}


def test_a_modem_that_answers_nothing_about_the_network_is_set_up_anew_within_a_minute() -> None:
    """It hangs but for what it answers by itself."""
    bench = Bench()
    bench.open()
    bench.run(1)
    for command in ("AT+CREG?", "AT+CEREG?", "AT+CSQ", "AT+COPS?"):
        bench.modem.answers[command] = ()
    bench.run(POLL_S + 15)
    assert bench.restarts == [NOTHING_READ]


def test_what_setting_up_anew_does_not_help_is_suspected_of_deafness() -> None:
    """It was set up anew every minute for ever, and each time began the time without a network."""
    bench = Bench()
    suspected: list[tuple[str, str]] = []

    def set_up_anew(line: str) -> None:
        bench.restarts.append(line)
        bench.registration.start()

    bench.registration.on_restart = set_up_anew
    bench.registration.signs.on_suspect = lambda kind, why: suspected.append((kind, why))
    bench.open()
    bench.run(1)
    for command in ("AT+CREG?", "AT+CEREG?", "AT+CSQ", "AT+COPS?"):
        bench.modem.answers[command] = ()
    bench.run(4 * POLL_S)
    assert bench.restarts == [NOTHING_READ]
    assert suspected[:1] == [("network", "no answer")]


def test_the_time_without_a_port_is_no_time_without_a_network() -> None:
    bench = Bench()
    suspected: list[str] = []
    bench.registration.signs.on_suspect = lambda kind, why: suspected.append(kind)
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,2", "OK")
    bench.modem.answers["AT+CEREG?"] = ("+CEREG: 2,2", "OK")
    bench.open()
    bench.run(UNREGISTERED_S - 30)
    bench.registration.closed()
    bench.run(600)
    bench.open()
    bench.run(30)
    assert bench.registration.progress is Progress.SEARCHING
    assert suspected == []
    bench.run(UNREGISTERED_S)
    assert suspected[:1] == ["network"]


def test_reports_that_are_off_tell_of_a_restart() -> None:
    bench = Bench()
    bench.open()
    bench.modem.answers["AT+CREG?"] = ("+CREG: 0,1", "OK")
    bench.run(POLL_S + 1)
    assert bench.registration.progress is Progress.READY     # until it is set up anew
    assert bench.restarts == [SETTINGS_LOST]


def test_a_modem_that_never_shows_its_reports_on_is_not_set_up_for_ever() -> None:
    bench = Bench()
    bench.modem.answers["AT+CREG?"] = ("+CREG: 0,1", "OK")

    def set_up_anew(line: str) -> None:
        bench.restarts.append(line)
        bench.registration.start()

    bench.registration.on_restart = set_up_anew
    bench.open()
    bench.run(10 * POLL_S)
    assert len(bench.restarts) == SILENT_RESTARTS_MAX
    assert bench.registration.progress is Progress.READY


def test_a_code_that_comes_by_itself_in_the_middle_of_the_answer_is_no_restart() -> None:
    bench = Bench()
    bench.open()
    bench.modem.answers["AT+CREG?"] = ("+CREG: 2,1", '+CREG: 0,"FFFE","FFFF"', "OK")
    bench.run(3 * POLL_S)
    assert bench.restarts == []


def test_a_modem_without_reports_is_not_asked_about_restarts() -> None:
    bench = Bench()
    bench.modem.answers["AT+CREG=2"] = ("ERROR",)
    bench.modem.answers["AT+CREG?"] = ("+CREG: 0,1", "OK")
    bench.open()
    bench.run(5 * POLL_S)
    assert bench.restarts == []
    assert bench.registration.progress is Progress.READY
