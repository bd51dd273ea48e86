"""Facts of a box on which all is well, to be spoilt one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firmware.at.command import Command
from firmware.at.result_codes import final_result
from firmware.doctor.examine import examine
from firmware.doctor.facts import (
    ClockFacts,
    DaemonFacts,
    DatabaseFacts,
    DatabaseState,
    DataFacts,
    DiskFacts,
    Facts,
    FileFacts,
    FoundBy,
    ModemFacts,
    PortFacts,
)
from firmware.doctor.finding import Finding, Level
from firmware.doctor.questions import Question
from firmware.line.modem_line import Reply
from firmware.moment import Moment
from firmware.pulse import ForwardingState, ModemState, Pulse
from firmware.rota import read_site_file

NOW = datetime(2026, 3, 12, 13, 5, tzinfo=UTC)
ALICE, BRUNO, DIANE, OFFICE = "+33601020304", "+33605060708", "+33613141516", "+33388112233"
SIM_NUMBER = "+33700000001"
SITE = f"""\
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"

[[person]]
name = "Alice Martin"
mobile = "{ALICE}"

[[person]]
name = "Bruno Petit"
mobile = "{BRUNO}"

[[person]]
name = "Diane Leroy"
mobile = "{DIANE}"
role = "admin"

[[service]]
name = "Ambulance"
mode = "divert"

[[rotation]]
service = "Ambulance"
level = 1
start = "2020-01-06T08:00"
every = "1 week"
people = ["Alice Martin"]

[[rotation]]
service = "Ambulance"
level = 2
start = "2020-01-06T08:00"
every = "1 week"
people = ["Bruno Petit"]
"""
OFFICE_HOURS = f"""
[[opening_hours]]
service = "Ambulance"
days = "mon-sun"
from = "08:00"
to = "18:00"
number = "{OFFICE}"
"""
DATA = "/var/lib/veilleur"
PORT = PortFacts("/dev/ttyUSB2", FoundBy.USB, "2c7c:0125", 2)
GOOD_FILE = FileFacts(f"{DATA}/veilleur.db", 0o660, "veilleur", "veilleur", usable=True)

ANSWERS: Mapping[Question, str] = {
    Question.MAKER: "Quectel|OK",
    Question.MODEL: "EG25|OK",
    Question.REVISION: "EG25GGBR07A08M2G|OK",
    Question.IMEI: "867698040000018|OK",
    Question.PIN: "+CPIN: READY|OK",
    Question.ICCID: "+QCCID: 8933208990000000001|OK",
    Question.REGISTRATION: "+CREG: 0,1|OK",
    Question.REGISTRATION_4G: "+CEREG: 0,1|OK",
    Question.OPERATOR: '+COPS: 0,0,"Orange F",7|OK',
    Question.SIGNAL: "+CSQ: 21,99|OK",
    Question.CLOCK: '+CCLK: "26/03/12,14:05:10+04"|OK',
    Question.STORE: '+CPMS: "ME",2,255,"ME",2,255,"SM",0,20|OK',
    Question.CENTRE: '+CSCA: "+33609001390",145|OK',
    Question.OWN_NUMBER: f'+CNUM: ,"{SIM_NUMBER}",145|OK',
    Question.CALLS: "OK",
    Question.FORWARDING_ALL: "+CCFC: 0,7|OK",
    Question.FORWARDING_BUSY: f'+CCFC: 1,1,"{ALICE}",145|OK',
    Question.FORWARDING_NO_REPLY: f'+CCFC: 1,1,"{ALICE}",145,,,15|OK',
    Question.FORWARDING_NOT_REACHABLE: f'+CCFC: 1,1,"{ALICE}",145|OK',
    Question.CALL_WAITING: "+CCWA: 0,1|OK",
    Question.CALLER: "+CLIP: 0,1|OK",
}


def reply(text: str) -> Reply:
    """``line|line|OK`` as the reply to some command; empty: no answer in time."""
    if not text:
        return Reply(Command("AT"), None)
    *lines, last = text.split("|")
    result = final_result(last)
    assert result is not None, text
    return Reply(Command("AT"), result, tuple(lines))


def replies(changes: Mapping[Question, str | None] | None = None) -> dict[Question, Reply]:
    """All of `ANSWERS`; a change to None was never asked, to an empty text never answered."""
    texts: dict[Question, str | None] = {**ANSWERS, **(changes or {})}
    return {question: reply(text) for question, text in texts.items() if text is not None}


def modem(changes: Mapping[Question, str | None] | None = None) -> ModemFacts:
    return ModemFacts(PORT, "quectel-eg25", True, True, 900, replies(changes))


def data(site: str | None = SITE) -> DataFacts:
    return DataFacts(
        path=DATA,
        folder=FileFacts(DATA, 0o750, "veilleur", "veilleur", usable=True),
        files=(GOOD_FILE,),
        database=DatabaseFacts(DatabaseState.GOOD, schema=1),
        rota=read_site_file(site) if site is not None else None,
        disk=DiskFacts(5_000_000_000, 30_000_000_000, 100_000, 1_000_000),
        runtime_dir="/run/veilleur/veilleur-0",
    )


PULSE = Pulse(
    at=NOW - timedelta(seconds=4),
    modem=ModemState.READY,
    port="/dev/ttyUSB2",
    model="EG25",
    operator="Orange F",
    technology="4G",
    signal_dbm=-71,
    answered_at=NOW - timedelta(seconds=9),
    forwarding=ForwardingState.VERIFIED,
    forwarding_target=ALICE,
    forwarding_checked_at=NOW - timedelta(minutes=20),
    own_number=SIM_NUMBER,
    own_number_proved_at=NOW - timedelta(days=40),
    sms_loop_at=NOW - timedelta(days=2),
)

STOPPED = Facts(
    moment=Moment(1000.0, NOW),
    user="aurelie",
    clock=ClockFacts(synchronised=True, rtc=NOW + timedelta(seconds=1)),
    data=data(),
    daemon=DaemonFacts(running=False),
    ports=(PORT,),
    modem=modem(),
    throttled=0,
)
RUNNING = replace(
    STOPPED,
    daemon=DaemonFacts(running=True, pid=812, pulse=PULSE),
    ports=(),
    modem=None,
)


def with_data(facts: Facts, **changes: object) -> Facts:
    assert facts.data is not None
    return replace(facts, data=replace(facts.data, **changes))  # type: ignore[arg-type]


def asked(facts: Facts, changes: Mapping[Question, str | None]) -> Facts:
    return replace(facts, modem=modem(changes))


def found(facts: Facts, check: str) -> tuple[Finding, ...]:
    return tuple(each for each in examine(facts) if each.check == check)


def only(facts: Facts, check: str) -> Finding:
    (finding,) = found(facts, check)
    return finding


def wrongs(facts: Facts) -> list[str]:
    return [each.check for each in examine(facts) if each.level is Level.WRONG]
