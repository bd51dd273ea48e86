"""The card: PIN, PUK, absence, and what the modem tells of itself."""

from __future__ import annotations

import pytest

from tests.simulator.modem_bench import FAMILIES, Bench


def test_pin_life() -> None:
    bench = Bench(pin="1234")
    bench.at("AT+CMEE=1")
    assert bench.lines("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert bench.lines("AT+CIMI") == ["+CME ERROR: 11"]
    assert bench.lines("AT+CMGL=4") == ["+CMS ERROR: 311"]  # 27.005 3.2.5
    assert bench.lines("AT+CREG?") == ["+CREG: 0,0", "OK"]
    assert bench.lines("AT+CPIN=0000") == ["+CME ERROR: 16"]
    assert bench.lines("AT+CPIN=12") == ["+CME ERROR: 16"]
    assert bench.site.sim.pin_tries == 2  # a PIN of two digits never reached the card
    assert bench.lines("AT+CPIN=1234") == ["OK"]
    assert bench.lines("AT+CPIN?") == ["+CPIN: READY", "OK"]
    assert bench.lines("AT+CREG?") == ["+CREG: 0,1", "OK"]
    assert bench.lines("AT+CPIN=1234") == ["+CME ERROR: 3"]


def test_three_wrong_pins_ask_for_the_puk() -> None:
    bench = Bench(pin="1234")
    bench.at("AT+CMEE=2")
    said = [bench.lines("AT+CPIN=9999")[-1] for _ in range(3)]
    assert said == [
        "+CME ERROR: incorrect password",
        "+CME ERROR: incorrect password",
        "+CME ERROR: SIM PUK required",
    ]
    assert bench.lines("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert bench.lines("AT+CPIN=1234") == ["+CME ERROR: SIM PUK required"]
    assert bench.lines('AT+CPIN="12345678","4321"') == ["OK"]
    assert bench.lines("AT+CPIN?") == ["+CPIN: READY", "OK"]


def test_no_card() -> None:
    bench = Bench()
    bench.site.sim.present = False
    bench.at("AT+CMEE=1")
    assert bench.lines("AT+CPIN?") == ["+CME ERROR: 10"]
    assert bench.lines("AT+CPMS?") == ["+CMS ERROR: 310"]
    bench.site.sim.present, bench.site.sim.busy = True, True
    assert bench.lines("AT+CPIN?") == ["+CME ERROR: 14"]


def test_pin_request_can_be_switched_off() -> None:
    bench = Bench(pin="1234")
    bench.at("AT+CPIN=1234")
    assert bench.lines('AT+CLCK="SC",2') == ["+CLCK: 1", "OK"]
    assert bench.lines('AT+CLCK="SC",0,"1234"') == ["OK"]
    bench.site.modem.restart()
    bench.wait(20_000)
    assert "+CPIN: READY" in bench.lines("AT+CPIN?")


@pytest.mark.parametrize("family", FAMILIES)
def test_identification(family: str) -> None:
    bench = Bench(family)
    model = bench.site.modem.model
    assert bench.lines("AT+CGMI") == [model.manufacturer, "OK"]
    assert bench.lines("AT+CGMM") == [model.product, "OK"]
    assert bench.lines("AT+CGSN") == ["867698040000018", "OK"]
    assert bench.lines("AT+CIMI") == [bench.site.sim.imsi, "OK"]
    assert bench.lines("ATI")[-1] == "OK"


@pytest.mark.parametrize(
    ("family", "command", "prefix"),
    [
        ("generic", "AT+CCID", "+CCID: "),
        ("quectel-eg25", "AT+QCCID", "+QCCID: "),
        ("simcom-sim7600", "AT+CICCID", "+ICCID: "),
        ("huawei-e1550", "AT^ICCID?", "^ICCID: "),
        ("telit-le910c1", "AT#CCID", "#CCID: "),
    ],
)
def test_card_number(family: str, command: str, prefix: str) -> None:
    bench = Bench(family)
    assert bench.lines(command) == [prefix + bench.site.sim.iccid, "OK"]


def test_own_number_may_be_missing() -> None:
    bench = Bench()
    assert bench.lines("AT+CNUM") == ['+CNUM: ,"+33700000001",145', "OK"]
    bench.site.sim.number = None
    assert bench.lines("AT+CNUM") == ["OK"]


def test_radio_off_and_on() -> None:
    bench = Bench()
    bench.at("AT+CREG=1")
    assert bench.lines("AT+CFUN=4;+CFUN?") == ["+CFUN: 4", "OK"]
    assert bench.lines("AT+CSQ") == ["+CSQ: 99,99", "OK"]
    assert bench.lines("AT+COPS?") == ["+COPS: 0", "OK"]
    bench.at("AT+CMEE=1")
    assert bench.lines("AT+CCFC=0,2") == ["+CME ERROR: 30"]
    assert "+CREG: 1" in bench.lines("AT+CFUN=1")


def test_registration_forms() -> None:
    bench = Bench()
    assert bench.lines("AT+CREG=2;+CREG?") == ['+CREG: 2,1,"1A2B","1C3D4E",7', "OK"]
    assert bench.lines("AT+CEREG?") == ["+CEREG: 0,1", "OK"]
    assert bench.lines("AT+CGREG?") == ["+CGREG: 0,0", "OK"]
    assert bench.lines("AT+CREG=3")[-1] != "OK"


@pytest.mark.parametrize(("form", "shown"), [(0, '"Reseau Sim F"'), (1, '"SimF"'), (2, '"20899"')])
def test_operator_forms(form: int, shown: str) -> None:
    bench = Bench()
    assert bench.lines(f"AT+COPS=3,{form};+COPS?") == [f"+COPS: 0,{form},{shown},7", "OK"]


def test_operator_search() -> None:
    lines = Bench().lines("AT+COPS=?", 9000)
    assert lines[0].startswith('+COPS: (2,"Reseau Sim F","SimF","20899",7),(3,')
    assert lines[0].endswith(",,(0-4),(0-2)")


def test_clock() -> None:
    bench = Bench()
    assert bench.lines("AT+CCLK?")[0].startswith('+CCLK: "80/01/06,00:00:')
    assert bench.lines('AT+CCLK="26/03/29,01:59:58+04"') == ["OK"]
    bench.wait(3000)
    assert bench.lines("AT+CCLK?")[0].startswith('+CCLK: "26/03/29,02:00:02+04"')
    assert bench.lines('AT+CCLK="tomorrow"')[-1] != "OK"
    bench.at("AT+CTZU=1")
    assert bench.lines("AT+CCLK?")[0].startswith('+CCLK: "26/01/01,01:00:')


def test_ussd() -> None:
    bench = Bench()
    assert bench.lines('AT+CUSD=1,"#123#",15', 2000) == [
        "OK",
        '+CUSD: 0,"Votre credit est de 12,34 EUR.",15',
    ]
    bench.at('AT+CSCS="UCS2"')
    assert '+CUSD: 0,"0056' in bench.at('AT+CUSD=1,"00230031003200330023",15', 2000).decode()


def test_huawei_ussd_is_packed() -> None:
    bench = Bench("huawei-e1550")  # "#123#" in packed septets
    lines = bench.lines('AT+CUSD=1,"A3986C3602",15', 2000)
    assert lines[0] == "OK"
    assert bytes.fromhex(lines[1].split('"')[1])[0] == 0xD6  # "Vo": 0x56 | 0x6F << 7


@pytest.mark.parametrize("family", FAMILIES)
def test_start_up_noise(family: str) -> None:
    bench = Bench(family)
    model = bench.site.modem.model
    bench.send(b"AT+CFUN=1,1\r")
    assert bench.wait(200) == b"\r\nOK\r\n"
    assert bench.wait(model.boot_ms - 1000) == b""
    said = bench.wait(8000).decode("latin-1")
    for noise in model.boot_noise:
        assert f"\r\n{noise.line.format(pin='READY')}\r\n" in said
    bench.at("ATE0")
    assert bench.lines("AT+CPIN?", 5000)[0] == "+CPIN: READY"


def test_settings_are_gone_after_a_restart() -> None:
    bench = Bench()
    bench.at("AT+CLIP=1;+CMEE=1;+CNMI=2,1,0,0,0")
    bench.site.modem.restart()
    bench.wait(5000)
    bench.at("ATE0")
    assert bench.lines("AT+CLIP?;+CMEE?;+CNMI?", 500) == [
        "+CLIP: 0,1",
        "+CMEE: 0",
        "+CNMI: 0,0,0,0,0",
        "OK",
    ]
