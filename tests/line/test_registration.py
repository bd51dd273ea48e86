"""Bring-up and the minute's look at the network, on a modem played by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmware.at import call_commands, device_commands, message_commands
from firmware.at.command import Command
from firmware.ledger import Ledger
from firmware.line.bring_up import BringUp
from firmware.line.modem_facts import OPERATOR_LOOKS
from firmware.line.modem_line import ModemLine
from firmware.line.registration import (
    LOST_ALARM_AFTER_S,
    NOTHING_READ,
    POLL_S,
    SETTINGS_LOST,
    SILENT_RESTARTS_MAX,
    Progress,
    Registration,
)
from firmware.line.sim_pin import PinKeeper
from firmware.record import Memory
from firmware.recovery.signs import UNREGISTERED_S
from tests.modem_by_hand import RESYNCHRONISING, ModemByHand, profile

pytestmark = pytest.mark.usefixtures("modem_family")


class Bench:
    """A registration whose alarms, progress and polls are written down."""

    def __init__(self) -> None:
        self.line = ModemLine(profile())
        self.modem = ModemByHand(self.line)
        self.modem.answers = {
            "AT+CGMM": ("EC25", "OK"),
            "AT+CGSN": ("867698040000018", "OK"),
            "AT+CPIN?": ("+CPIN: READY", "OK"),
            profile().iccid: ("8933012345678901234", "OK"),
            "AT+CREG?": ('+CREG: 2,1,"0001","ABCD",7', "OK"),
            "AT+CEREG?": ('+CEREG: 2,1,"0001","ABCD",7', "OK"),
            "AT+CSQ": ("+CSQ: 21,99", "OK"),
            "AT+COPS?": ('+COPS: 0,0,"Orange F",7', "OK"),
        }
        self.ledger = Ledger(Memory(), self.modem.moment)
        self.registration = Registration(
            self.line, profile(), PinKeeper(self.ledger, None, ""), lambda: self.modem.moment
        )
        self.progress: list[Progress] = []
        self.alarms: list[tuple[str, str]] = []
        self.polls = 0
        self.restarts: list[str] = []
        self.registration.on_progress = self._progressed
        self.registration.on_alarm = self._alarmed
        self.registration.on_order = lambda key: self.alarms.append((key, "over"))
        self.registration.on_poll = self._polled
        self.registration.on_restart = self.restarts.append
        self.setbacks: list[str] = []
        self.registration.on_setback = self.setbacks.append

    def _progressed(self) -> None:
        self.progress.append(self.registration.progress)

    def _alarmed(self, key: str, cause: str, values: dict[str, str]) -> None:
        self.alarms.append((key, cause.format(**values)))

    def _polled(self) -> None:
        self.polls += 1

    @property
    def raised(self) -> list[tuple[str, str]]:
        return [alarm for alarm in self.alarms if alarm[1] != "over"]

    @property
    def heard(self) -> list[str]:
        return [each for each in self.modem.heard if each not in RESYNCHRONISING]

    def open(self) -> None:
        self.line.opened(self.modem.moment, profile())
        self.registration.start(profile())
        self.modem.settle()

    def run(self, seconds: float) -> None:
        """Let time pass and do all that falls due in it."""
        end_s = self.modem.now_s + seconds
        while True:
            deadlines = (self.registration.deadline_s, self.line.deadline_s)
            due_s = min((each for each in deadlines if each is not None), default=None)
            if due_s is None or due_s > end_s:
                self.modem.pass_time(end_s - self.modem.now_s)
                return
            self.modem.pass_time(due_s - self.modem.now_s)
            self.registration.tick()
            self.modem.settle()


def test_from_the_port_to_the_network() -> None:
    bench = Bench()
    bench.open()
    assert bench.progress == [Progress.STARTING, Progress.SEARCHING, Progress.READY]
    facts = bench.registration.facts
    assert (facts.imei, facts.model, facts.iccid) == (
        "867698040000018", "EC25", "8933012345678901234",
    )  # fmt: skip
    assert (facts.operator, facts.technology, facts.signal_dbm) == ("Orange F", "4G", -71)
    assert facts.storages == profile().storages
    assert bench.raised == []
    assert bench.polls == 1


def test_the_first_storage_is_selected_last_so_that_new_messages_go_there() -> None:
    bench = Bench()
    bench.open()
    selected = [command for command in bench.heard if command.startswith("AT+CPMS=")]
    first, second = profile().storages
    assert selected == [f'AT+CPMS="{name}","{name}","{name}"' for name in (second, first)]


def test_one_storage_is_enough() -> None:
    bench = Bench()
    bench.modem.answers['AT+CPMS="ME","ME","ME"'] = ("+CMS ERROR: 302",)
    bench.open()
    assert bench.registration.facts.storages == ("SM",)
    assert bench.registration.progress is Progress.READY


@pytest.mark.parametrize(
    "command", ["ATE0", "AT+CGSN", "AT+CMGF=0", 'AT+CPMS="SM","SM","SM"']
)
def test_a_refused_must_is_told_tried_again_and_over_once_it_works(command: str) -> None:
    bench = Bench()
    before = dict(bench.modem.answers)
    bench.modem.answers[command] = ("ERROR",)
    if command.startswith("AT+CPMS"):
        bench.modem.answers['AT+CPMS="ME","ME","ME"'] = ("ERROR",)
    bench.open()
    assert bench.registration.progress is Progress.STARTING
    assert [key for key, _ in bench.raised] == ["modem"]
    assert command.partition("=")[0] in bench.raised[0][1]
    bench.run(60)
    assert len(bench.setbacks) > 5     # the ladder of recovery is told of each
    assert "" not in bench.setbacks
    bench.modem.answers = before
    bench.run(90)
    assert bench.setbacks[-1] == ""
    assert bench.progress[-1] is Progress.READY
    assert ("modem", "over") in bench.alarms


@pytest.mark.parametrize(
    "builder",
    [
        device_commands.errors_numeric,
        call_commands.calling_line,
        call_commands.ring_kind,
        message_commands.message_service,
        lambda: device_commands.registration_reports("CS"),
        lambda: device_commands.registration_reports("EPS"),
        device_commands.operator_format,
        lambda: device_commands.network_time_update(profile()),
        device_commands.model,
        lambda: device_commands.iccid(profile()),
        device_commands.pin_tries,
        device_commands.operator_query,
        device_commands.signal_query,
    ],
)
def test_a_refused_nicety_keeps_nobody_from_being_ready(builder: Callable[[], Command]) -> None:
    bench = Bench()
    command = builder().text
    bench.modem.answers[command] = ("ERROR",)
    bench.open()
    assert command in bench.heard
    assert bench.registration.progress is Progress.READY
    assert bench.raised == []


def test_the_forms_of_cnmi_are_tried_until_one_is_taken() -> None:
    bench = Bench()
    for value in profile().cnmi[:2]:
        bench.modem.answers[f"AT+CNMI={value}"] = ("ERROR",)
    bench.open()
    asked = [command for command in bench.heard if command.startswith("AT+CNMI=")]
    assert asked[::2] == [f"AT+CNMI={value}" for value in profile().cnmi[:3]]
    assert bench.registration.progress is Progress.READY


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


def test_a_closed_port_asks_for_nothing() -> None:
    bench = Bench()
    bench.open()
    bench.line.closed()
    bench.registration.closed()
    assert bench.registration.progress is Progress.CLOSED
    assert bench.registration.deadline_s is None
    bench.modem.heard.clear()
    bench.modem.pass_time(10 * POLL_S)
    bench.registration.tick()
    assert bench.heard == []


@pytest.mark.parametrize("silent", ["AT+CGSN", "AT+CPIN?", "AT+CMGF=0"])
def test_silence_in_the_middle_of_the_set_up_begins_it_anew(silent: str) -> None:
    bench = Bench()
    before = dict(bench.modem.answers)
    bench.modem.answers[silent] = None
    bench.open()
    bench.run(40)
    assert bench.registration.progress is Progress.STARTING
    assert set(bench.setbacks) == {"no answer"}
    bench.modem.answers = before
    bench.run(60)
    assert bench.progress[-1] is Progress.READY


def test_a_sim_that_tells_another_number_each_time_serves_as_one_that_tells_none() -> None:
    """It was asked for ever, without an alarm."""
    bench, told = Bench(), 0

    def another(command: str) -> None:
        nonlocal told
        told += 1
        bench.modem.answers[profile().iccid] = (f"89330123456789{told:05}", "OK")

    bench.modem.after_write = another
    bench.open()
    bench.run(60)
    assert bench.registration.progress is Progress.READY
    assert bench.registration.facts.iccid is None


def test_one_error_makes_no_sim_unknown() -> None:
    """Its number would be proved anew, and its PIN, refused or not, be another SIM's."""
    bench = Bench()
    bench.open()
    number = bench.modem.answers[profile().iccid]
    bench.modem.answers[profile().iccid] = ("ERROR",)

    def tells(command: str) -> None:
        if command == profile().iccid:
            bench.modem.answers[command] = number

    bench.modem.after_write = tells
    bench.open()
    assert bench.registration.facts.iccid == "8933012345678901234"


def test_a_sim_that_asks_again_and_again_for_the_pin_it_takes_is_told() -> None:
    bench = Bench()
    bench.registration._bringing_up = BringUp(PinKeeper(bench.ledger, "1234", "monday"))
    bench.modem.answers["AT+CPIN?"] = ("+CPIN: SIM PIN", "OK")
    bench.open()
    bench.run(120)
    assert ("sim", "the SIM answers +CPIN: SIM PIN.") in bench.raised
    bench.modem.answers["AT+CPIN?"] = ("+CPIN: READY", "OK")
    bench.run(60)
    assert bench.registration.progress is Progress.READY
