"""V.250 clause 5: lines, chains, echo, result codes, aborting; and +CMEE of 27.007 9.1."""

from __future__ import annotations

import pytest

from tests.simulator.modem_bench import FAMILIES, Bench

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"

# (what is typed after ATE0, what is answered), each from the section named
EXACT = [
    (b"AT\r", OK),  # V.250 5.2.1
    (b"at\r", OK),
    (b"AT\r\n", OK),  # the LF that programs add
    (b"garbageAT\r", OK),  # 5.2.1: what is before AT does not count
    (b"ATE0Q0V1\r", OK),  # 5.3.1: basic commands need no separator
    (b"ATE0;Q0;V1\r", OK),
    (b"AT E0 V1\r", OK),  # 5.2.2: spaces do not count
    (b"AT+CMEE=1;+CMEE?\r", b"\r\n+CMEE: 1\r\n" + OK),  # 5.4.3, 5.7.2
    (b"ATE0+CMGF=0;+CMGF?\r", b"\r\n+CMGF: 0\r\n" + OK),  # 5.4.1: after basic commands
    (b"AT+CMGF?;+CSDH?\r", b"\r\n+CMGF: 0\r\n\r\n+CSDH: 0\r\n" + OK),  # one final result
    (b"AT+CMGF?;+NONE;+CSDH?\r", b"\r\n+CMGF: 0\r\n" + ERROR),  # 5.7.2: nothing after an error
    (b"AT+CSDH=0;S3\r", ERROR),
    (b"ATS3?\r", b"\r\n013\r\n" + OK),  # 5.3.2: three digits
    (b"ATS0=2;S0?\r", b"\r\n002\r\n" + OK),
    (b"AT+CMGF=?\r", b"\r\n+CMGF: (0,1)\r\n" + OK),
    (b"AT&F\r", b"\r\nOK\r\n"),
    (b"AT+\r", ERROR),
    (b"AT+CMGF!\r", ERROR),
    (b"AT?\r", ERROR),
    (b"AT\x00+CMGF?\r", b"\r\n+CMGF: 0\r\n" + OK),  # 5.2.2: control characters disregarded
    (b"AT+CMGX\x08F?\r", b"\r\n+CMGF: 0\r\n" + OK),  # S5: the last character is taken back
    (b"ATH\r", OK),
    (b"ATA\r", b"\r\nNO CARRIER\r\n"),  # 6.3.5: nothing rings
    (b"ATD0612345678\r", b"\r\nNO CARRIER\r\n"),  # a data call
]


@pytest.mark.parametrize(("typed", "answer"), EXACT)
@pytest.mark.parametrize("byte_by_byte", [False, True])
def test_line_and_answer(typed: bytes, answer: bytes, byte_by_byte: bool) -> None:
    bench = Bench()
    for piece in [bytes([each]) for each in typed] if byte_by_byte else [typed]:
        bench.send(piece)
    got = bench.wait(100)
    assert got == answer


def test_repeat_the_last_line() -> None:
    bench = Bench()
    bench.at("AT+CMGF?")
    bench.send(b"A/")  # V.250 5.2.4: no CR
    assert bench.wait(100) == b"\r\n+CMGF: 0\r\n\r\nOK\r\n"


def test_echo_comes_back_as_typed() -> None:
    bench = Bench(echo=True)
    assert bench.at("at+cmgf?") == b"at+cmgf?\r\r\n+CMGF: 0\r\n\r\nOK\r\n"


def test_numeric_results() -> None:
    bench = Bench()
    assert bench.at("ATV0") == b"0\r"  # V.250 6.2.6
    assert bench.at("AT+NONE") == b"4\r"
    assert bench.at("AT+CMGF?") == b"+CMGF: 0\r\n0\r"


def test_quiet_keeps_information() -> None:
    bench = Bench()
    assert bench.at("ATQ1") == b""  # V.250 6.2.5
    assert bench.at("AT+CMGF?") == b"\r\n+CMGF: 0\r\n"
    assert bench.at("ATQ0") == b"\r\nOK\r\n"


def test_other_line_end() -> None:
    bench = Bench()
    bench.at("ATS3=33")
    bench.send(b"AT!")
    assert bench.wait(10) == b"!\nOK!\n"


def test_semicolon_inside_quotation_marks_does_not_separate() -> None:
    bench = Bench()
    assert bench.at('AT+CSCS="IR;A"').endswith(b"ERROR\r\n")
    assert bench.at('AT+CSCS="IRA";+CSCS?') == b'\r\n+CSCS: "IRA"\r\n\r\nOK\r\n'


def test_line_too_long() -> None:
    bench = Bench()
    assert bench.at("AT" + "E0" * 2000) == b"\r\nERROR\r\n"
    assert bench.at("AT") == b"\r\nOK\r\n"


@pytest.mark.parametrize(
    ("level", "answer"),
    [
        (0, b"\r\nERROR\r\n"),
        (1, b"\r\n+CME ERROR: 4\r\n"),
        (2, b"\r\n+CME ERROR: operation not supported\r\n"),
    ],
)
def test_error_levels(level: int, answer: bytes) -> None:
    bench = Bench()
    bench.at(f"AT+CMEE={level}")
    assert bench.at('AT+CLCK="XX",2') == answer


def test_message_errors_are_numbers_whatever_cmee() -> None:
    bench = Bench()  # 27.005 3.2.5
    for level in (0, 1, 2):
        bench.at(f"AT+CMEE={level}")
        assert bench.at("AT+CMGR=99") == b"\r\n+CMS ERROR: 321\r\n"


def test_search_for_operators_is_aborted_by_a_character() -> None:
    bench = Bench()
    assert bench.at("AT+COPS=?", 1000) == b""
    bench.send(b"A")
    assert bench.wait(10) == b"\r\nOK\r\n"
    assert bench.at("AT") == b"\r\nOK\r\n"


def test_what_is_typed_while_a_command_runs_is_lost() -> None:
    bench = Bench()
    bench.send(b"AT+CCFC=0,2\rAT+CMGF?\r")
    got = bench.wait(2000)
    assert got == b"\r\n+CCFC: 0,7\r\n\r\nOK\r\n"


def test_unknown_command_of_each_family() -> None:
    said = {family: Bench(family).lines("AT+NOSUCH") for family in FAMILIES}
    assert said.pop("huawei-e1550") == ["COMMAND NOT SUPPORT"]
    assert set(map(tuple, said.values())) == {("ERROR",)}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_command_has_a_clean_test_form_and_survives_odd_arguments(family: str) -> None:
    """No command may break the modem, whatever its arguments."""
    bench = Bench(family)
    names = [name for name in bench.site.modem.model.commands if not name[0].isalpha()]
    restarts = {"+CRESET", "+CPOF", "+QPOWD", "#REBOOT"}
    for name in sorted(set(names) - restarts):
        for tail in ("=?", "?", "", "=", "=,", '="', "=9999999999", '="x","y","z"', "=,,,,,,,,,,"):
            if name in ("&F", "&C", "&D", "&K", "&S", "&W"):
                continue
            bench.at(f"AT{name}{tail}", 100)
            bench.send(b"\x1b")
            bench.wait(10_000)
            bench.at("ATE0")
            assert b"\r\nOK\r\n" in bench.at("AT", 100), (name, tail)
