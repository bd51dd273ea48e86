"""The voice path's commands, family by family, and telephones with habits."""

from __future__ import annotations

import pytest

from hw.simulator.faults import Fault
from tests.simulator.modem_bench import CALLER, DUTY, Bench

OPENING = {
    "quectel-eg25": ("AT+QPCMV=1,0",),
    "quectel-ec21": ("AT+QPCMV=1,2",),
    "simcom-sim7600": ("AT+CPCMREG=1",),
    "huawei-e1550": ("AT^CVOICE=0", "AT^DDSETEX=2"),
}
KEYS_ON = {"quectel": "AT+QTONEDET=1", "simcom": "AT+DDET=1", "telit": "AT#DTMF=1"}


def in_call(profile: str) -> Bench:
    bench = Bench(profile)
    bench.site.call(CALLER)
    bench.wait(1000)
    bench.at("ATA")
    bench.wait(500)
    return bench


@pytest.mark.parametrize("profile", OPENING)
def test_the_path_opens_in_a_call_and_closes_with_the_last_one(profile: str) -> None:
    bench = in_call(profile)
    for command in OPENING[profile]:
        assert bench.at(command).endswith(b"OK\r\n")
    assert bench.site.modem.audio.on
    bench.site.hangup(CALLER)
    bench.wait(500)
    assert not bench.site.modem.audio.on


@pytest.mark.parametrize("profile", OPENING)
def test_a_refused_path_stays_closed(profile: str) -> None:
    bench = in_call(profile)
    bench.site.wire.strike(Fault.REFUSE_VOICE)
    answers = [bench.at(command) for command in OPENING[profile]]
    assert b"ERROR" in answers[-1]
    assert not bench.site.modem.audio.on


def test_simcom_refuses_sound_too_soon_and_without_a_call() -> None:
    bench = Bench("simcom-sim7600")
    assert b"ERROR" in bench.at("AT+CPCMREG=1")
    bench.site.call(CALLER)
    bench.wait(1000)
    bench.site.modem.feed(b"ATA\r")
    assert b"BEGIN" in bench.wait(0)
    bench.site.modem.feed(b"AT+CPCMREG=1\r")
    assert b"ERROR" in bench.wait(0)
    bench.wait(100)
    assert b"OK" in bench.at("AT+CPCMREG=1")


def test_huawei_passes_no_sound_before_its_voice_port_is_chosen() -> None:
    bench = in_call("huawei-e1550")
    bench.at("AT^DDSETEX=2")
    assert not bench.site.modem.audio.on


def test_quectel_shares_its_sound_port_with_positions() -> None:
    bench = in_call("quectel-ec25")
    assert b"ERROR" in bench.at("AT+QGPSEND")
    bench.at("AT+QGPS=1")
    assert b"ERROR" in bench.at("AT+QPCMV=1,0")
    assert b"OK" in bench.at("AT+QGPSEND")
    assert b"OK" in bench.at("AT+QPCMV=1,0")
    assert b"+QPCMV: 1,0" in bench.at("AT+QPCMV?")


@pytest.mark.parametrize("profile", ["quectel-eg25", "simcom-sim7600", "huawei-e1550"])
def test_a_phone_presses_keys_by_habit(profile: str) -> None:
    bench = Bench(profile)
    if (enable := KEYS_ON.get(profile.partition("-")[0])) is not None:
        bench.at(enable)
    bench.site.accept(DUTY, "1#", after_ms=2000)
    bench.at(f"ATD{DUTY};")
    heard = bench.wait(10_000)
    code = {"quectel-eg25": b": 49\r", "simcom-sim7600": b": 1\r", "huawei-e1550": b":1\r"}
    assert code[profile] in heard
    assert [key for _, _, key in bench.site.network.ledger.calls[1].keys] == ["1", "#"]


def test_a_callers_own_keys_follow_the_answer() -> None:
    bench = Bench()
    phone = bench.site.phone(CALLER)
    phone.keys_as_caller = ((2000, "2"), (4000, "9"))
    bench.site.call(CALLER)
    bench.wait(1000)
    bench.at("ATA")
    bench.wait(6000)
    (record,) = bench.site.network.ledger.calls.values()
    since = record.connected_ms or 0
    assert [(at_ms - since, key) for at_ms, _, key in record.keys] == [(2000, "2"), (4000, "9")]


def test_a_voicemail_takes_the_call_and_counts_as_nobody() -> None:
    bench = Bench()
    bench.site.mailbox(DUTY)
    bench.site.phone(DUTY).keys_on_answer = "1"
    bench.at(f"ATD{DUTY};")
    bench.wait(19_000)
    (record,) = bench.site.network.ledger.calls.values()
    assert record.connected_ms is None
    bench.wait(10_000)
    assert record.machine
    assert record.connected_to == DUTY
    assert not record.keys
    assert bench.site.phone(DUTY).calls[0].machine
