"""Registration, MMI and USSD (22.030, 22.090), CLIR, time from the network, subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hw.simulator.causes import SsError
from hw.simulator.mmi import parse
from hw.simulator.network import Network
from hw.simulator.numbers import normalise
from hw.simulator.services import UssdPage
from hw.simulator.sim_card import SimAbsentError, SimCard, SimLockedError
from hw.simulator.subscriber import Coverage
from hw.simulator.terminal import (
    Cell,
    ForwardingMode,
    ForwardingReason,
    NetworkTime,
    Registration,
    SsResult,
    is_mmi,
)
from hw.simulator.timeline import Timeline
from tests.simulator.network_bench import BOX, DUTY, FIXED, Bench, Recorder


def mmi(bench: Bench, text: str) -> SsResult:
    answers: list[SsResult] = []
    bench.line.mmi(text, answers.append)
    bench.run(1000)
    (answer,) = answers
    return answer


@pytest.mark.parametrize(
    ("dialled", "known"),
    [
        ("+33601020304", "+33601020304"),
        ("0033601020304", "+33601020304"),
        ("0601020304", "+33601020304"),
        ("33601020304", "+33601020304"),
        ("888", "888"),
        ("112", "112"),
        ("0041791234567", "+41791234567"),
    ],
)
def test_the_same_number_in_all_its_forms(dialled: str, known: str) -> None:
    assert normalise(dialled) == known


@pytest.mark.parametrize("junk", ["", "+", "abc", "06 01", "0601020304\r", "1" * 29])
def test_what_is_no_number(junk: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        normalise(junk)


def test_every_kind_of_coverage() -> None:
    bench = Bench()
    seen = []
    for coverage in (Coverage.NONE, Coverage.ROAMING, Coverage.DENIED, Coverage.HOME):
        bench.network.set_coverage(BOX, coverage)
        bench.run(2000)
        seen.append(bench.line.registration)
    assert seen == [
        Registration.SEARCHING,
        Registration.ROAMING,
        Registration.DENIED,
        Registration.HOME,
    ]
    told = [each for what, each in bench.box.told if what == "registration"]
    assert told == [Registration.HOME, *seen]


def test_registration_takes_its_time_and_brings_the_clock() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    network = Network(Timeline(1, summer), timings=FIXED)
    sim = network.subscribe(BOX)
    box = Recorder()
    line = network.attach(sim, box)
    assert line.registration is Registration.SEARCHING
    network.timeline.run_until(2000)
    assert box.told[0] == ("registration", Registration.HOME)
    assert box.told[1] == ("time", NetworkTime(network.timeline.utc(), 8, 1))


def test_cards_that_cannot_be_used_and_strangers() -> None:
    network = Network(Timeline(1), timings=FIXED)
    locked = network.subscribe(BOX, pin="1234")
    with pytest.raises(SimLockedError):
        network.attach(locked, Recorder())
    locked.present = False
    with pytest.raises(SimAbsentError):
        network.attach(locked, Recorder())
    stranger = network.attach(SimCard("208011234567890", None), Recorder(), at_once=True)
    assert stranger.registration is Registration.DENIED
    with pytest.raises(ValueError, match="already"):
        network.subscribe("0612000001")


def test_the_same_card_in_a_second_mobile_ends_the_first() -> None:
    bench = Bench()
    bench.ring()
    line = bench.network.attach(bench.sim, Recorder(), at_once=True)
    assert not bench.line.alive
    assert bench.line.calls() == ()
    assert line.in_service


def test_the_network_forgets_a_mobile_that_stays_silent() -> None:
    bench = Bench()
    bench.line.lose_power()
    bench.run(FIXED.implicit_detach_ms)
    assert bench.network.subscriber(BOX).line is None


@pytest.mark.parametrize(
    ("text", "reason", "mode", "number", "service_class", "no_reply_s"),
    [
        ("**67*0601020304*11#", 1, 3, "0601020304", 1, None),
        ("**61*0601020304*11*15#", 2, 3, "0601020304", 1, 15),
        ("*62*0601020304#", 3, 3, "0601020304", 7, None),
        ("*21#", 0, 1, None, 7, None),
        ("#21#", 0, 0, None, 7, None),
        ("##002#", 4, 4, None, 7, None),
        ("*#61#", 2, 2, None, 7, None),
        ("*#004*13#", 5, 2, "13", 7, None),
    ],
)
def test_forwarding_procedures_are_read(
    text: str,
    reason: int,
    mode: int,
    number: str | None,
    service_class: int,
    no_reply_s: int | None,
) -> None:
    from hw.simulator.mmi import FORWARDING_CODES

    procedure = parse(text)
    assert procedure is not None
    assert FORWARDING_CODES[procedure.code] is ForwardingReason(reason)
    assert procedure.mode is ForwardingMode(mode)
    assert (procedure.number, procedure.service_class, procedure.no_reply_s) == (
        number,
        service_class,
        no_reply_s,
    )


@pytest.mark.parametrize("text", ["#123#", "*100#", "0601020304", "**67*1*99#", "**61*1*11*x#", ""])
def test_what_is_no_procedure(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("*#21#", True),
        ("#123#", True),
        ("0601020304", False),
        ("#31#0601020304", False),
        ("#", False),
    ],
)
def test_what_is_dialled_as_mmi(text: str, verdict: bool) -> None:
    assert is_mmi(text) is verdict


def test_forwarding_by_the_codes_that_people_dial() -> None:
    bench = Bench()
    assert mmi(bench, "**61*0601020304*11*15#").text == "Service updated"
    assert mmi(bench, "*#61#").text == f"Class 1: forwarded to {DUTY} after 15 s"
    assert mmi(bench, "##002#").error is None
    assert mmi(bench, "*#61#").text == "Service not active"
    assert mmi(bench, "*67#").error is SsError.SS_ERROR_STATUS


def test_call_waiting_and_identification_codes() -> None:
    bench = Bench()
    assert mmi(bench, "*43#").text == "Service active"
    assert bench.network.subscriber(BOX).call_waiting_classes == 7
    assert mmi(bench, "#43#").text == "Not active"
    assert mmi(bench, "*#30#").text == "Service active"
    assert mmi(bench, "*#31#").clir == (0, 4)
    assert mmi(bench, "*31#").error is SsError.ILLEGAL_SS_OPERATION


def test_clir_query() -> None:
    bench = Bench()
    answers: list[SsResult] = []
    bench.line.clir_query(answers.append)
    bench.run(1000)
    assert answers[0].clir == (0, 4)


def test_ussd_menus() -> None:
    bench = Bench()
    credit = UssdPage("12,34 EUR")
    bench.network.ussd_pages["#100#"] = UssdPage("1 crédit 2 aide", {"1": credit})
    assert mmi(bench, "#100#") == SsResult(text="1 crédit 2 aide", reply_expected=True)
    assert mmi(bench, "1") == SsResult(text="12,34 EUR")
    assert mmi(bench, "1").error is SsError.UNEXPECTED_DATA_VALUE
    mmi(bench, "#100#")
    bench.line.ussd_cancel()
    assert mmi(bench, "1").error is SsError.UNEXPECTED_DATA_VALUE
    assert bench.network.push_ussd(BOX, "Maintenance cette nuit")
    bench.run(0)
    assert bench.box.told[-1] == ("ussd", "Maintenance cette nuit")
    bench.network.set_deaf(BOX, True)
    assert not bench.network.push_ussd(BOX, "?")


def test_services_need_a_network() -> None:
    bench = Bench()
    bench.network.set_coverage(BOX, Coverage.NONE)
    answers: list[SsResult] = []
    bench.line.forwarding(ForwardingReason.BUSY, ForwardingMode.QUERY, answers.append)
    bench.run(0)
    assert answers[0].error is SsError.ABSENT_SUBSCRIBER


def test_a_service_whose_network_goes_away_meanwhile() -> None:
    bench = Bench()
    answers: list[SsResult] = []
    bench.line.forwarding(ForwardingReason.BUSY, ForwardingMode.REGISTRATION, answers.append, DUTY)
    bench.network.set_coverage(BOX, Coverage.NONE)
    bench.run(1000)
    assert answers[0].error is SsError.NO_ANSWER_FROM_NETWORK
    assert bench.network.subscriber(BOX).forwarding.as_json() == {}


def test_the_cell_can_be_changed() -> None:
    bench = Bench()
    bench.network.set_cell(BOX, Cell(operator_long="Ailleurs", signal_dbm=-113))
    assert bench.line.cell.signal_dbm == -113


def test_the_state_is_plain_json() -> None:
    import json

    bench = Bench()
    bench.phone(DUTY)
    bench.ring()
    state = json.loads(json.dumps(bench.network.as_json()))
    assert state["subscribers"][0]["calls"] == [
        {"index": 1, "state": "incoming", "number": "+33699000001"}
    ]
    assert state["open_calls"] == [1]
