"""Each fault does what its name says, once or at a rate, and none strikes uncalled."""

from __future__ import annotations

import pytest

from hw.simulator.faults import Fault
from tests.simulator.modem_bench import CALLER, DUTY, Bench, text_lines

OK = b"\r\nOK\r\n"


def once(fault: Fault, line: str = "AT", ms: int = 1000) -> tuple[Bench, bytes]:
    bench = Bench()
    bench.at("AT+CMEE=1")
    bench.site.wire.strike(fault)
    return bench, bench.at(line, ms)


def test_lost_byte() -> None:
    bench = Bench()
    bench.site.wire.strike(Fault.LOSE_BYTE)
    bench.send(b"AT\r")  # the A is lost
    assert bench.wait(1000) == b""
    assert bench.at("AT") == OK


def test_garbled_byte() -> None:
    bench = Bench()
    bench.send(b"AT")
    bench.site.wire.strike(Fault.GARBLE_BYTE)
    bench.send(b"\r")
    assert bench.wait(1000) == b""


def test_split_keeps_the_order() -> None:
    bench = Bench()
    bench.site.wire.set_rate(Fault.SPLIT, 1.0)
    bench.send(b"AT+CMGF?;+CNMI?\r")
    assert bench.wait(2000) == b"\r\n+CMGF: 0\r\n\r\n+CNMI: 0,0,0,0,0\r\n\r\nOK\r\n"


def test_delay() -> None:
    bench, got = once(Fault.DELAY, "AT", 300)
    assert got == b""
    assert bench.wait(200) == OK


def test_nul_byte() -> None:
    bench = Bench()
    bench.site.wire.set_rate(Fault.NUL_BYTE, 1.0)
    assert bench.at("AT") == b"".join(b"\x00" + bytes([each]) for each in OK)


def test_echo_returns() -> None:
    bench, _ = once(Fault.ECHO_RETURNS)
    assert bench.at("AT") == b"AT\r" + OK


def test_foreign_line_in_a_reply() -> None:
    _, got = once(Fault.URC_IN_REPLY, "AT+CMGF?")
    lines = text_lines(got)
    assert (lines[0], lines[-1], len(lines)) == ("+CMGF: 0", "OK", 3)


def test_late_and_missing_reply() -> None:
    bench, got = once(Fault.LATE_REPLY)
    assert got == b""
    assert bench.at("AT") == OK
    assert bench.wait(30_000) == OK
    bench, got = once(Fault.NO_REPLY, ms=60_000)
    assert got == b""
    assert bench.at("AT") == OK


def test_hidden_prompt_is_left_by_escape() -> None:
    bench, got = once(Fault.HIDDEN_PROMPT, "AT+CMGS=20")
    assert got == b""
    assert bench.at("AT") == b""
    bench.send(b"\x1b")
    assert bench.wait(100) == OK


def test_reboot_at_a_command() -> None:
    bench = Bench()
    bench.site.wire.set_rate(Fault.REBOOT, 1.0)
    assert OK not in bench.at("AT", 1500)
    bench.site.wire.clear()
    bench.wait(5000)
    assert bench.at("AT").endswith(OK)


def test_mute_until_it_is_restarted() -> None:
    bench = Bench()
    bench.site.wire.strike(Fault.MUTE)
    assert bench.at("AT", 60_000) == b""
    bench.site.wire.strike(Fault.REBOOT)
    bench.wait(5000)
    assert bench.at("AT").endswith(OK)


@pytest.mark.parametrize(
    ("fault", "line", "answer"),
    [
        (Fault.REFUSE_CHLD0, "AT+CHLD=0", b"\r\n+CME ERROR: 100\r\n"),
        (Fault.REFUSE_CCFC, f'AT+CCFC=1,3,"{DUTY}",145,1', b"\r\n+CME ERROR: 100\r\n"),
        (Fault.CMS_ERROR, "AT+CMGS=20", b"\r\n+CMS ERROR: 500\r\n"),
    ],
)
def test_refusals(fault: Fault, line: str, answer: bytes) -> None:
    bench, got = once(fault, line)
    assert got == answer
    assert bench.site.wire.seen == {fault: 1}


@pytest.mark.parametrize(("fault", "count"), [(Fault.LOSE_CMTI, 0), (Fault.DOUBLE_CMTI, 2)])
def test_notification_lost_or_doubled(fault: Fault, count: int) -> None:
    bench = Bench()
    bench.at("AT+CNMI=2,1,0,0,0")
    bench.site.wire.strike(fault)
    bench.site.sms(CALLER, "x")
    assert bench.wait(8000).count(b"+CMTI") == count
    assert bench.site.sim.messages.used == 1


def test_rates_are_checked() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Bench().site.wire.set_rate(Fault.DELAY, 1.5)


def test_same_seed_same_bytes() -> None:
    def run() -> bytes:
        bench = Bench()
        for fault in (Fault.LOSE_BYTE, Fault.GARBLE_BYTE, Fault.SPLIT, Fault.DELAY):
            bench.site.wire.set_rate(fault, 0.05)
        out = b""
        for _ in range(30):
            out += bench.at("AT+CMGF?;+CREG?;+COPS?")
        return out

    first = run()
    assert first == run()
    assert first.count(b"OK") < 30
