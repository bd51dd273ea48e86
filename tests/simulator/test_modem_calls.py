"""Calls through the serial port: RING, +CLIP, +CLCC, ATD, ATA, +CHLD, +CTFR, +CCFC, +CCWA."""

from __future__ import annotations

import pytest

from hw.simulator.terminal import ForwardingReason
from tests.simulator.modem_bench import CALLER, DUTY, FAMILIES, Bench, ringing, text_lines

SECOND = "+33699000002"


def outcome(bench: Bench) -> str:
    """How the last leg of the first call went, by the ledger."""
    return next(iter(bench.site.network.ledger.calls.values())).legs[-1].outcome


def cause(bench: Bench) -> int | None:
    """The cause of 24.008 with which the first call ended."""
    return next(iter(bench.site.network.ledger.calls.values())).cause


def test_ring_and_number_come_every_five_seconds() -> None:
    bench = ringing()
    once = b'\r\nRING\r\n\r\n+CLIP: "+33699000001",145,,,,0\r\n'
    assert bench.wait(1000) == once
    assert bench.wait(3500) == b""
    assert bench.wait(1000) == once
    assert bench.at("AT+CLCC", 100) == (b'\r\n+CLCC: 1,1,4,0,0,"+33699000001",145\r\n\r\nOK\r\n')
    assert bench.lines("AT+CPAS", 100) == ["+CPAS: 3", "OK"]


def test_extended_ring_and_withheld_number() -> None:
    bench = Bench()
    bench.at("AT+CRC=1;+CLIP=1")
    bench.site.call("withheld")
    assert text_lines(bench.wait(1000)) == ["+CRING: VOICE", '+CLIP: "",128,,,,1']
    assert bench.lines("AT+CLCC", 100) == ["+CLCC: 1,1,4,0,0", "OK"]


def test_caller_gives_up() -> None:
    bench = ringing()
    bench.wait(1000)
    bench.site.hangup()
    assert "NO CARRIER" in text_lines(bench.wait(1000))
    assert bench.wait(20_000) == b""
    assert bench.lines("AT+CLCC") == ["OK"]


def test_answer_and_hang_up() -> None:
    bench = ringing()
    bench.wait(1000)
    assert bench.lines("ATA", 1000) == ["OK"]
    assert bench.lines("AT+CLCC")[0] == '+CLCC: 1,1,0,0,0,"+33699000001",145'
    assert bench.lines("AT+CPAS") == ["+CPAS: 4", "OK"]
    assert bench.lines("ATH") == ["OK"]
    assert bench.lines("AT+CLCC") == ["OK"]
    assert outcome(bench) == "answered"


def test_reject_as_busy_diverts_to_duty_mobile() -> None:
    bench = Bench()
    assert bench.lines(f'AT+CCFC=1,3,"{DUTY}",145,1') == ["OK"]
    bench.site.ring(DUTY)
    bench.site.call(CALLER)
    bench.wait(1000)
    assert bench.lines("AT+CHLD=0") == ["OK"]
    bench.wait(1000)
    phone = bench.site.network.phones[DUTY]
    assert [call.number for call in phone.calls] == [CALLER]
    assert bench.lines("AT+CLCC") == ["OK"]


@pytest.mark.parametrize("family", FAMILIES)
def test_reject_as_busy_is_told_with_nothing_but_ok_and_own_codes(family: str) -> None:
    bench = ringing(family)
    bench.wait(1000)
    assert "OK" in bench.lines("AT+CHLD=0")
    assert cause(bench) == 17
    assert "RING" not in text_lines(bench.wait(10_000))


@pytest.mark.parametrize(
    ("family", "said"), [("generic", 21), ("quectel-eg25", 17), ("telit-le910c1", 21)]
)
def test_hang_up_on_a_ringing_call(family: str, said: int) -> None:
    bench = ringing(family)
    bench.wait(1000)
    bench.at("AT+CHUP")
    assert cause(bench) == said


def test_quectel_hangs_up_with_a_cause() -> None:
    bench = ringing("quectel-eg25")
    bench.wait(1000)
    assert bench.lines("AT+QHUP=17") == ["OK"]
    assert cause(bench) == 17


def test_deflection() -> None:
    bench = ringing()
    bench.site.ring(DUTY)
    bench.wait(1000)
    assert bench.lines(f'AT+CTFR="{DUTY}",145') == ["OK"]
    bench.wait(1000)
    assert bench.site.network.phones[DUTY].calls[0].number == CALLER


def test_deflection_not_subscribed() -> None:
    bench = ringing(subscription="plain")
    bench.wait(1000)
    assert bench.lines(f'AT+CTFR="{DUTY}",145')[-1].startswith("+CME ERROR: ")
    assert bench.lines("AT+CLCC", 100)[0].startswith("+CLCC: 1,1,4")


def in_two_calls() -> Bench:
    """The caller on hold, the duty mobile active: before a transfer."""
    bench = ringing()
    bench.wait(1000)
    bench.at("ATA")
    bench.site.answer(DUTY)
    assert bench.lines("AT+CHLD=2") == ["OK"]
    assert bench.lines("AT+CLCC", 100)[0].startswith("+CLCC: 1,1,1,0,0")
    assert bench.lines(f"ATD{DUTY};", 3000) == ["OK"]
    states = [line.split(",")[2] for line in bench.lines("AT+CLCC", 100)[:2]]
    assert states == ["1", "0"]
    return bench


def test_explicit_transfer() -> None:
    bench = in_two_calls()
    assert bench.lines("AT+CHLD=4") == ["OK"]
    assert bench.lines("AT+CLCC") == ["OK"]
    duty = bench.site.network.phones[DUTY]
    assert duty.line.calls() != ()


def test_conference_and_back() -> None:
    bench = in_two_calls()
    assert bench.lines("AT+CHLD=3") == ["OK"]
    multiparty = [line.split(",")[4] for line in bench.lines("AT+CLCC", 100)[:2]]
    assert multiparty == ["1", "1"]
    assert bench.lines("AT+CHLD=22") == ["OK"]
    assert [line.split(",")[2] for line in bench.lines("AT+CLCC", 100)[:2]] == ["1", "0"]


def test_swap_release_one_and_back_to_the_caller() -> None:
    bench = in_two_calls()
    assert bench.lines("AT+CHLD=2") == ["OK"]
    assert [line.split(",")[2] for line in bench.lines("AT+CLCC", 100)[:2]] == ["0", "1"]
    assert bench.lines("AT+CHLD=12") == ["OK"]
    assert len(bench.lines("AT+CLCC", 100)) == 2
    assert bench.lines("AT+CHLD=11") == ["OK"]
    assert bench.lines("AT+CLCC", 100) == ["OK"]


def test_release_active_and_accept_held() -> None:
    bench = in_two_calls()
    assert bench.lines("AT+CHLD=1") == ["OK"]
    assert bench.lines("AT+CLCC", 100) == ['+CLCC: 1,1,0,0,0,"+33699000001",145', "OK"]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("AT+CHLD=?", "+CHLD: (0,1,1x,2,2x,3,4)"),
        ("AT+CHLD=0", "+CME ERROR: 3"),
        ("AT+CHLD=9", "+CME ERROR: 50"),
        ("AT+CHLD=", "+CME ERROR: 50"),
        ("AT+CHLD=13", "+CME ERROR: 3"),
    ],
)
def test_hold_without_a_call(command: str, answer: str) -> None:
    bench = Bench()
    bench.at("AT+CMEE=1")
    assert bench.lines(command)[0] == answer


@pytest.mark.parametrize(("what", "urc"), [("busy", "BUSY"), ("unreachable", "NO CARRIER")])
def test_call_that_fails_after_ok(what: str, urc: str) -> None:
    bench = Bench()
    getattr(bench.site, what)(DUTY)
    assert text_lines(bench.at(f"ATD{DUTY};", 15_000)) == ["OK", urc]
    assert bench.lines("AT+CEER")[0] != "+CEER: No report available"


def test_dialling_ends_when_the_family_says_so() -> None:
    generic, telit = Bench("generic"), Bench("telit-le910c1")
    for bench in (generic, telit):
        bench.site.ring(DUTY)
    assert generic.at(f"ATD{DUTY};", 1) == b"\r\nOK\r\n"
    assert telit.at(f"ATD{DUTY};", 1) == b""
    assert telit.wait(2000) == b"\r\nOK\r\n"  # the other telephone rings


def test_connected_line_makes_dialling_wait_and_a_character_aborts_it() -> None:
    bench = Bench()
    bench.site.ring(DUTY)
    bench.at("AT+COLP=1")
    assert bench.at(f"ATD{DUTY};", 3000) == b""
    bench.send(b"A")  # V.250 5.6.1
    assert bench.wait(1000) == b"\r\nNO CARRIER\r\n"
    bench.site.answer(DUTY)
    assert text_lines(bench.at(f"ATD{DUTY};", 5000)) == [f'+COLP: "{DUTY}",145', "OK"]


@pytest.mark.parametrize(
    ("number", "said"),
    [("ATD;", "NO CARRIER"), ("ATD06!?;", "NO CARRIER"), ("ATD>1;", "ERROR")],
)
def test_numbers_that_cannot_be_dialled(number: str, said: str) -> None:
    assert Bench().lines(number)[-1] == said


def test_call_waiting() -> None:
    bench = ringing()
    bench.wait(1000)
    bench.at("ATA")
    assert bench.lines("AT+CCWA=1,1,1") == ["OK"]
    assert bench.lines("AT+CCWA=1,2,1") == ["+CCWA: 1,1", "OK"]
    bench.site.call(SECOND)
    assert text_lines(bench.wait(1000)) == [f'+CCWA: "{SECOND}",145,1,,0']
    assert bench.lines("AT+CLCC", 100)[1].startswith("+CLCC: 2,1,5,")
    assert bench.lines("AT+CHLD=0") == ["OK"]
    assert len(bench.lines("AT+CLCC", 100)) == 2
    assert bench.lines("AT+CCWA=0,0,1;+CCWA=0,2,1") == ["+CCWA: 0,1", "OK"]
    bench.site.call(SECOND)
    assert bench.wait(2000) == b""


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("asked", [True, False])
def test_a_second_caller_who_is_led_on_is_told_of_where_the_manual_has_it(
    family: str, asked: bool
) -> None:
    bench = ringing(family, "telling")
    bench.wait(1000)
    assert bench.lines(f"AT+CSSN=0,{int(asked)};+CSSN?")[-2:] == [f"+CSSN: 0,{int(asked)}", "OK"]
    bench.at('AT+CCFC=1,3,"+33612345678",145,1;A', 2000)
    bench.wait(1000)
    bench.site.call(SECOND)
    known = not family.startswith(("simcom", "telit"))
    assert ("+CSSU: 10" in text_lines(bench.wait(1500))) is (asked and known)


# -- forwarding -------------------------------------------------------------------------------


def test_forwarding_life() -> None:
    bench = Bench()
    bench.at("AT+CMEE=1")
    assert bench.lines("AT+CCFC=0,2") == ["+CCFC: 0,7", "OK"]
    assert bench.lines("AT+CCFC=0,2,,,1") == ["+CCFC: 0,1", "OK"]
    assert bench.lines(f'AT+CCFC=1,3,"{DUTY}",145,1') == ["OK"]
    assert bench.lines(f'AT+CCFC=2,3,"{DUTY}",145,1,,,15') == ["OK"]
    assert bench.lines('AT+CCFC=3,3,"0612345678",129,1') == ["OK"]
    assert bench.lines("AT+CCFC=1,2") == [f'+CCFC: 1,1,"{DUTY}",145', "OK"]
    assert bench.lines("AT+CCFC=2,2") == [f'+CCFC: 1,1,"{DUTY}",145,,,15', "OK"]
    assert bench.lines("AT+CCFC=3,2")[0].startswith("+CCFC: 1,1,")
    assert bench.lines("AT+CCFC=1,4,,,1;+CCFC=1,2,,,1") == ["+CCFC: 0,1", "OK"]
    assert bench.lines("AT+CCFC=4,4,,,1") == ["OK"]
    assert bench.lines("AT+CCFC=2,2,,,1") == ["+CCFC: 0,1", "OK"]


def test_forwarding_for_all_classes_shows_a_line_each() -> None:
    bench = Bench()
    bench.at(f'AT+CCFC=0,3,"{DUTY}",145')
    assert bench.lines("AT+CCFC=0,2") == [f'+CCFC: 1,{each},"{DUTY}",145' for each in (1, 2, 4)] + [
        "OK"
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("AT+CCFC=4,2", 3),
        ("AT+CCFC=5,2", 3),
        ("AT+CCFC=1,3", 50),
        ("AT+CCFC=9,2", 50),
        ('AT+CCFC=1,3,"06;AT",129', 27),
        (f'AT+CCFC=2,3,"{DUTY}",145,1,,,99', 50),
        ("AT+CCFC=", 50),
    ],
)
def test_forwarding_that_is_wrong(command: str, code: int) -> None:
    bench = Bench()
    bench.at("AT+CMEE=1")
    assert bench.lines(command) == [f"+CME ERROR: {code}"]


def test_network_that_refuses_forwarding() -> None:
    bench = Bench(subscription="refusing")
    bench.at("AT+CMEE=1")
    assert bench.lines(f'AT+CCFC=1,3,"{DUTY}",145,1') == ["+CME ERROR: 3"]


def test_ok_is_no_proof_of_a_forward() -> None:
    bench = Bench(subscription="pretending")
    assert bench.lines(f'AT+CCFC=1,3,"{DUTY}",145,1') == ["OK"]
    assert bench.lines("AT+CCFC=1,2,,,1") == ["+CCFC: 0,1", "OK"]


def test_mmi_string_registers_and_asks() -> None:
    bench = Bench()
    assert bench.lines(f"ATD**61*{DUTY}*11*15#;") == ["OK"]
    subscriber = bench.site.network.subscriber(bench.site.number)
    assert subscriber.forwarding.registered(ForwardingReason.NO_REPLY) == DUTY
    assert bench.lines("ATD*#61#;") == [f'+CCFC: 1,1,"{DUTY}",145,,,15', "OK"]
