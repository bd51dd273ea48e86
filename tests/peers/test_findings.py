"""What peers have shown to be wrong in the simulated modem, held without them.

Each case names the peer, and the standard's words that decided between the two.
"""

from __future__ import annotations

import pytest

from tests.simulator.modem_bench import CALLER, Bench

SUBMIT = b"0001000B913396090000F10000044D7A9B0D"  # "Merc" to CALLER, at the SIM's service centre


@pytest.mark.parametrize("end", [b"\x1a", b"\x1b"])
def test_what_ends_a_body_is_echoed_as_well(end: bytes) -> None:
    """ofono lost every +CMGS: after an echoed PDU it waits for the echo of Ctrl-Z.

    27.005 4.3: "the echoing of given characters back from the TA is controlled by V.25ter echo
    command E"; Ctrl-Z and ESC are two of the characters given.
    """
    bench = Bench(echo=True)
    bench.at("AT+CMGF=0")
    assert bench.at(f"AT+CMGS={len(SUBMIT) // 2 - 1}").endswith(b"\r\n> ")
    bench.send(SUBMIT + end)
    assert bench.wait(2000).startswith(SUBMIT + end + b"\r\n")


def test_nothing_of_a_body_is_echoed_without_echo() -> None:
    """27.005 4.3, as above: E0 rules the whole body, its end too."""
    bench = Bench()
    bench.at("AT+CMGF=0")
    bench.at(f"AT+CMGS={len(SUBMIT) // 2 - 1}")
    bench.send(SUBMIT + b"\x1a")
    assert bench.wait(2000).startswith(b"\r\n+CMGS: ")


def test_huawei_counts_its_slots_from_nought() -> None:
    """gammu showed the first message of the E1550 as its location 2.

    27.005 3.1: <index> is an "integer type; value in the range of location numbers supported by the
    associated memory": the maker chooses the first. gammu's table has 0 for the E1550.
    """
    bench = Bench("huawei-e1550")
    bench.at("AT+CMGF=0;+CNMI=2,1")
    bench.site.sms(CALLER, "Bonjour")
    assert b'+CMTI: "SM",0\r\n' in bench.wait(20_000)
    assert bench.lines("AT+CMGR=0")[-1] == "OK"
    assert bench.lines("AT+CMGL=4")[0].startswith("+CMGL: 0,1,")
    assert bench.lines("AT+CMGD=20") == ["+CMS ERROR: 321"]
    assert bench.lines("AT+CMGD=0") == ["OK"]
    assert bench.lines("AT+CMGL=4") == ["OK"]
