"""What the families say of calls of their own accord, and what ails them."""

from __future__ import annotations

import pytest

from hw.simulator.virtual_site import SiteError
from tests.simulator.modem_bench import CALLER, DUTY, Bench, ringing, text_lines

# -- what families say of their own accord --------------------------------------------------------


def told(profile: str, setting: str) -> list[str]:
    bench = Bench(profile)
    bench.at(setting)
    bench.site.call(CALLER)
    said = text_lines(bench.wait(1000))
    said += bench.lines("ATA")
    bench.wait(3000)
    bench.site.hangup(CALLER)
    return said + text_lines(bench.wait(1000))


@pytest.mark.parametrize(
    ("profile", "setting", "expected"),
    [
        ("generic", "AT", ["RING", "OK", "NO CARRIER"]),
        (
            "quectel-eg25",
            "AT^DSCI=1",
            [
                "^DSCI: 1,1,4,0,+33699000001,145,0",
                "RING",
                "OK",
                "^DSCI: 1,1,3,0,+33699000001,145,0",
                "^DSCI: 1,1,6,0,+33699000001,145,0",
                "NO CARRIER",
            ],
        ),
        (
            "quectel-ec25",
            'AT+QINDCFG="ccinfo",1',
            [
                '+QIND: "ccinfo",1,1,4,0,0,"+33699000001",145',
                "RING",
                "OK",
                '+QIND: "ccinfo",1,1,0,0,0,"+33699000001",145',
                '+QIND: "ccinfo",1,1,-1,0,0,"+33699000001",145',
                "NO CARRIER",
            ],
        ),
        (
            "simcom-sim7600",
            "AT+CLCC=1",
            [
                '+CLCC: 1,1,4,0,0,"+33699000001",145',
                "RING",
                "OK",
                '+CLCC: 1,1,0,0,0,"+33699000001",145',
                "VOICE CALL: BEGIN",
                '+CLCC: 1,1,6,0,0,"+33699000001",145',
                "VOICE CALL: END: 000004",
                "NO CARRIER",
            ],
        ),
        ("huawei-e1550", "AT", ["RING", "OK", "^CONN:1,0", "^CEND:1,4,67,16", "NO CARRIER"]),
    ],
)
def test_call_codes(profile: str, setting: str, expected: list[str]) -> None:
    noise = ("^RSSI:", "^BOOT:")
    assert [line for line in told(profile, setting) if not line.startswith(noise)] == expected


@pytest.mark.parametrize(
    ("profile", "setting", "heard"),
    [
        ("quectel-eg25", "AT+QTONEDET=1", b"\r\n+QTONEDET: 53\r\n"),
        ("simcom-sim7600", "AT+DDET=1", b"\r\n+RXDTMF: 5\r\r\n"),
        ("huawei-e1550", "AT", b"\r\n^DDTMF:5\r\n"),
        ("telit-le910c1", "AT#DTMF=1", b"\r\n#DTMFEV: 5\r\n"),
        ("generic", "AT", b""),
        ("quectel-eg25", "AT", b""),
    ],
)
def test_keys_heard(profile: str, setting: str, heard: bytes) -> None:
    bench = Bench(profile)
    bench.at(setting)
    bench.site.call(CALLER)
    bench.wait(1000)
    bench.at("ATA")
    with pytest.raises(SiteError, match="not keys"):
        bench.site.digit(CALLER, "x")
    bench.site.digit(CALLER, "5")
    assert bench.wait(300) == heard


def test_keys_sent() -> None:
    bench = ringing()
    bench.wait(1000)
    assert bench.lines("AT+VTS=5") == ["+CME ERROR: 3"]
    bench.at("ATA")
    assert bench.lines("AT+VTS=1;+VTS=#") == ["OK"]
    assert bench.site.network.phones[CALLER].calls[0].keys_heard == "1#"


def test_missed_call_of_simcom() -> None:
    bench = ringing("simcom-sim7600")
    bench.wait(1000)
    bench.site.hangup()
    assert any(line.startswith("MISSED_CALL: ") for line in text_lines(bench.wait(1000)))


def test_huawei_freezes_when_a_call_is_released_before_conf() -> None:
    bench = Bench("huawei-e1550")
    bench.site.ring(DUTY)
    bench.send(f"ATD{DUTY};\r".encode())
    bench.wait(50)
    assert bench.at("AT+CHLD=11") == b""
    assert bench.at("AT", 60_000) == b""
    bench.site.unplug()
    bench.site.plug()
    bench.wait(10_000)
    assert b"OK" in bench.at("AT")


def test_restart_during_a_call() -> None:
    bench = ringing()
    bench.wait(1000)
    bench.at("ATA")
    bench.site.modem.restart(orderly=False)
    assert bench.wait(30_000) == b""
    assert bench.lines("ATE0;+CLCC")[-1] == "OK"
    assert bench.site.state()["ledger"]["calls_open"] == 0


def test_automatic_answer() -> None:
    bench = Bench()
    bench.at("ATS0=2")
    bench.site.call(CALLER)
    bench.wait(3000)
    assert bench.lines("AT+CLCC", 100)[0].startswith("+CLCC: 1,1,4")
    bench.wait(4000)
    assert bench.lines("AT+CLCC", 100)[0].startswith("+CLCC: 1,1,0")
