"""Short messages through the serial port: 27.005 in PDU and text mode, stores, +CNMI, +CNMA."""

from __future__ import annotations

import pytest

from hw.simulator.causes import RpCause
from hw.simulator.sim_card import SmsStatus
from hw.simulator.tpdu import Submit, decode_from_centre
from hw.simulator.user_data import split
from tests.simulator.modem_bench import CALLER, DUTY, FAMILIES, Bench, text_lines

ARRIVES_MS = 8000


def submit_pdu(text: str, to: str = DUTY, *, report: bool = False) -> tuple[int, str]:
    """<length> and <pdu> of a message in one part."""
    tpdu = Submit(0, to, split(text, 1)[0], report_requested=report).encode()
    return len(tpdu), "00" + tpdu.hex().upper()


def send_pdu(bench: Bench, text: str, ms: int = 1000) -> bytes:
    length, pdu = submit_pdu(text)
    assert bench.at(f"AT+CMGS={length}") == b"\r\n> "
    bench.send(pdu.encode() + b"\x1a")
    return bench.wait(ms)


def receive(bench: Bench, text: str, sender: str = CALLER) -> list[str]:
    bench.site.sms(sender, text)
    return text_lines(bench.wait(ARRIVES_MS))


# -- sending ----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_pdu_goes_out(family: str) -> None:
    bench = Bench(family)
    got = text_lines(send_pdu(bench, "Bonjour à vous €"))
    assert got == ["+CMGS: 1", "OK"]
    bench.wait(ARRIVES_MS)
    phone = bench.site.network.phones[DUTY]
    assert [text.text for text in phone.texts] == ["Bonjour à vous €"]


def test_reference_counts_and_ackpdu_comes_with_service_1() -> None:
    bench = Bench()
    send_pdu(bench, "un")
    bench.at("AT+CSMS=1")
    lines = text_lines(send_pdu(bench, "deux"))
    assert lines[0].startswith("+CMGS: 2,01")


def test_escape_gives_the_message_up() -> None:
    bench = Bench()
    length, pdu = submit_pdu("jamais")
    bench.at(f"AT+CMGS={length}")
    bench.send(pdu[:20].encode() + b"\x1b")
    assert bench.wait(1000) == b"\r\nOK\r\n"
    assert not bench.site.network.ledger.messages
    assert bench.lines("AT+CMGF?") == ["+CMGF: 0", "OK"]


@pytest.mark.parametrize(
    ("length", "body", "error"),
    [
        (20, "00", 304),
        (2, "0001", 304),
        (3, "zz", 304),
        (1, "0", 304),
        (1, "0501", 304),
        (1, "", 304),
    ],
)
def test_wrong_pdu(length: int, body: str, error: int) -> None:
    bench = Bench()
    assert bench.at(f"AT+CMGS={length}") == b"\r\n> "
    bench.send(body.encode() + b"\x1a")
    assert bench.wait(1000) == f"\r\n+CMS ERROR: {error}\r\n".encode()


@pytest.mark.parametrize("command", ["AT+CMGS", "AT+CMGS=", "AT+CMGS=0", "AT+CMGS=999"])
def test_no_prompt_for_a_wrong_length(command: str) -> None:
    got = Bench().at(command)
    assert b">" not in got
    assert got in (b"\r\nERROR\r\n", b"\r\n+CMS ERROR: 304\r\n")


def test_network_refuses_and_does_not_answer() -> None:
    bench = Bench()
    conditions = bench.site.network.subscriber(bench.site.number).conditions
    conditions.sms_errors.append(RpCause.TRANSFER_REJECTED)
    assert send_pdu(bench, "refusé") == b"\r\n+CMS ERROR: 21\r\n"
    conditions.submit_answers_lost = 1
    assert send_pdu(bench, "sans réponse", 60_000) == b"\r\n+CMS ERROR: 332\r\n"


def test_without_network() -> None:
    bench = Bench()
    bench.at("AT+CFUN=4")
    length, pdu = submit_pdu("personne")
    bench.at(f"AT+CMGS={length}")
    bench.send(pdu.encode() + b"\x1a")
    assert bench.wait(100) == b"\r\n+CMS ERROR: 331\r\n"


def test_prompt_and_echo() -> None:
    bench = Bench(echo=True)
    length, pdu = submit_pdu("écho")
    assert bench.at(f"AT+CMGS={length}") == f"AT+CMGS={length}\r\r\n> ".encode()
    bench.send(pdu.encode() + b"\x1a")
    assert bench.wait(1000) == pdu.encode() + b"\x1a\r\n+CMGS: 1\r\n\r\nOK\r\n"


def test_codes_wait_until_the_body_is_done() -> None:
    bench = Bench()
    bench.at("AT+CLIP=0")
    length, pdu = submit_pdu("pendant")
    bench.at(f"AT+CMGS={length}")
    bench.site.call(CALLER)
    assert bench.wait(1000) == b""
    bench.send(pdu.encode() + b"\x1a")
    assert text_lines(bench.wait(1000)) == ["RING", "+CMGS: 1", "OK"]


def test_text_mode_goes_out() -> None:
    bench = Bench()
    bench.at('AT+CMGF=1;+CSCS="IRA"')
    assert bench.at(f'AT+CMGS="{DUTY}",145') == b"\r\n> "
    bench.send(b"Bonjour\rligne 2\x1a")
    assert text_lines(bench.wait(1000)) == ["+CMGS: 1", "OK"]
    bench.wait(ARRIVES_MS)
    assert bench.site.network.phones[DUTY].texts[0].text == "Bonjour\nligne 2"


def test_text_mode_in_ucs2() -> None:
    bench = Bench()
    bench.at('AT+CMGF=1;+CSMP=17,167,0,8;+CSCS="UCS2"')
    bench.at('AT+CMGS="' + DUTY.encode("utf-16-be").hex() + '"')
    bench.send("é😀".encode("utf-16-be").hex().encode() + b"\x1a")
    assert text_lines(bench.wait(1000)) == ["+CMGS: 1", "OK"]
    bench.wait(ARRIVES_MS)
    assert bench.site.network.phones[DUTY].texts[0].text == "é😀"


@pytest.mark.parametrize("number", ['"06;AT+CFUN=0"', '"+33+6"', '""', "x"])
def test_text_mode_wrong_number(number: str) -> None:
    bench = Bench()
    bench.at("AT+CMGF=1")
    assert bench.at(f"AT+CMGS={number}") == b"\r\n+CMS ERROR: 305\r\n"


def test_written_and_sent_from_the_store() -> None:
    bench = Bench()
    length, pdu = submit_pdu("plus tard")
    bench.at(f"AT+CMGW={length}")
    bench.send(pdu.encode() + b"\x1a")
    assert text_lines(bench.wait(100)) == ["+CMGW: 1", "OK"]
    assert bench.lines("AT+CMGL=2")[0] == f"+CMGL: 1,2,,{length}"
    assert bench.lines("AT+CMSS=1") == ["+CMSS: 1", "OK"]
    assert bench.lines("AT+CMGR=1")[0] == f"+CMGR: 3,,{length}"
    assert bench.lines('AT+CMSS=1,"+33699000009"') == ["+CMSS: 2", "OK"]
    assert bench.lines("AT+CMSS=2") == ["+CMS ERROR: 321"]
    bench.wait(ARRIVES_MS)
    assert bench.site.network.phones["+33699000009"].texts[0].text == "plus tard"


def test_status_report() -> None:
    bench = Bench()
    bench.at("AT+CNMI=2,1,0,1,0")
    length, pdu = submit_pdu("reçu ?", report=True)
    bench.at(f"AT+CMGS={length}")
    bench.send(pdu.encode() + b"\x1a")
    lines = text_lines(bench.wait(20_000))
    assert lines[2].startswith("+CDS: ")
    octets = bytes.fromhex(lines[3])
    report = decode_from_centre(octets[1 + octets[0] :])
    assert (report.reference, report.status) == (1, 0)  # type: ignore[union-attr]


# -- receiving --------------------------------------------------------------------------------


def test_stored_and_told() -> None:
    bench = Bench()
    bench.at("AT+CNMI=2,1,0,0,0")
    assert receive(bench, "Bonjour") == ['+CMTI: "SM",1']
    lines = bench.lines("AT+CMGL=4")
    assert lines[0].startswith("+CMGL: 1,0,,")
    octets = bytes.fromhex(lines[1])
    delivered = decode_from_centre(octets[1 + octets[0] :])
    assert delivered.user_data.text == "Bonjour"  # type: ignore[union-attr]
    assert bench.lines("AT+CMGL=4")[0].startswith("+CMGL: 1,1,,")  # read by now
    assert bench.lines("AT+CMGL=0") == ["OK"]
    assert bench.lines("AT+CMGR=1")[0].startswith("+CMGR: 1,,")
    assert bench.lines("AT+CMGD=1;+CMGL=4") == ["OK"]
    assert bench.lines("AT+CMGR=1") == ["+CMS ERROR: 321"]


def test_text_mode_shows_it() -> None:
    bench = Bench()
    bench.at("AT+CNMI=2,2,0,0,0;+CMGF=1")
    lines = receive(bench, "Ça va ?")
    assert lines[0].startswith('+CMT: "+33699000001",,"26/01/01,01:00:')
    assert lines[1] == "Ca va ?"
    bench.at("AT+CSDH=1;+CNMI=2,1,0,0,0")
    receive(bench, "deux")
    head, text, ok = bench.lines("AT+CMGR=1")
    assert head.startswith('+CMGR: "REC UNREAD","+33699000001",,"26/01/01,')
    assert head.endswith(',145,4,0,0,"+33609001390",145,4')
    assert (text, ok) == ("deux", "OK")
    listed = bench.lines('AT+CMGL="ALL"')[0]
    assert listed.startswith('+CMGL: 1,"REC READ","+33699000001",,"26/01/01,')
    assert listed.endswith(",145,4")


def test_text_mode_in_ucs2_and_octets() -> None:
    bench = Bench()
    bench.at('AT+CMGF=1;+CSCS="UCS2"')
    receive(bench, "é")
    bench.site.sms(CALLER, "日本")
    bench.wait(ARRIVES_MS)
    lines = bench.lines('AT+CMGL="ALL"')
    assert lines[1] == "00E9"
    assert lines[3] == "65E5672C"  # 27.005 3.1 <data>: UCS2 as octets in hexadecimal


@pytest.mark.parametrize(
    ("cnmi", "first", "stored"),
    [
        ("2,0,0,0,0", None, 1),
        ("2,1,0,0,0", "+CMTI", 1),
        ("2,2,0,0,0", "+CMT:", 0),
        ("1,2,0,0,0", "+CMT:", 0),
        ("3,1,0,0,0", "+CMTI", 1),
        ("2,3,0,0,0", "+CMTI", 1),  # only class 3 is shown
        ("0,1,0,0,0", None, 1),
        ("0,2,0,0,0", None, 0),
    ],
)
def test_notification_matrix(cnmi: str, first: str | None, stored: int) -> None:
    bench = Bench()
    bench.at(f"AT+CNMI={cnmi}")
    lines = receive(bench, "x")
    assert bool(lines) == (first is not None)
    if first is not None:
        assert lines[0].startswith(first)
    assert bench.site.sim.messages.used == stored


@pytest.mark.parametrize(("bfr", "flushed"), [(0, ['+CMTI: "SM",1']), (1, [])])
def test_codes_kept_back_are_flushed_or_dropped(bfr: int, flushed: list[str]) -> None:
    bench = Bench()
    bench.at("AT+CNMI=0,1,0,0,0")
    assert receive(bench, "x") == []
    assert bench.lines(f"AT+CNMI=2,1,0,0,{bfr}") == ["OK", *flushed]


@pytest.mark.parametrize("wrong", ["4,1", "2,4", "2,1,1", "2,1,0,3", "2,1,0,0,2", "2,1,0,0,0,0"])
def test_notifications_out_of_range(wrong: str) -> None:
    bench = Bench()
    assert bench.lines(f"AT+CNMI={wrong}")[-1].startswith("+CMS ERROR: ")
    assert bench.lines("AT+CNMI?")[0] == "+CNMI: 0,0,0,0,0"


def test_acknowledged_by_the_computer() -> None:
    bench = Bench()
    bench.at("AT+CSMS=1;+CNMI=2,2,0,0,0")
    assert receive(bench, "un")[0].startswith("+CMT: ,")
    assert bench.lines("AT+CNMA") == ["OK"]
    assert bench.lines("AT+CNMA") == ["+CMS ERROR: 340"]
    record = next(iter(bench.site.network.ledger.messages.values()))
    bench.wait(5000)
    assert record.state == "delivered"


def test_not_acknowledged_comes_again_and_is_stored() -> None:
    bench = Bench()
    bench.at("AT+CSMS=1;+CNMI=2,2,0,0,0")
    receive(bench, "un")
    bench.wait(20_000)
    assert bench.lines("AT+CNMI?")[0] == "+CNMI: 2,0,0,0,0"  # 27.005 3.4.4
    record = next(iter(bench.site.network.ledger.messages.values()))
    assert record.state == "stored"
    assert bench.wait(90_000) == b""
    assert (record.state, bench.site.sim.messages.used) == ("delivered", 1)


def test_full_store_refuses_and_takes_again_when_freed() -> None:
    bench = Bench(slots=2)
    bench.at("AT+CNMI=2,1,0,0,0")
    for text in ("un", "deux", "trois"):
        bench.site.sms(CALLER, text)
        bench.wait(ARRIVES_MS)
    assert bench.lines("AT+CPMS?")[0] == '+CPMS: "SM",2,2,"SM",2,2,"SM",2,2'
    assert bench.lines("AT+CMGD=1", 100) == ["OK"]
    assert text_lines(bench.wait(ARRIVES_MS)) == ['+CMTI: "SM",1']


def test_two_memories() -> None:
    bench = Bench()
    bench.at("AT+CNMI=2,1,0,0,0")
    assert bench.lines('AT+CPMS="ME","ME","ME"') == ["+CPMS: 0,23,0,23,0,23", "OK"]
    assert receive(bench, "x") == ['+CMTI: "ME",1']
    assert bench.lines('AT+CPMS="SM"') == ["+CPMS: 0,20,1,23,1,23", "OK"]
    assert bench.lines("AT+CMGL=4") == ["OK"]
    assert bench.lines("AT+CPMS=?") == ['+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")', "OK"]
    assert bench.lines('AT+CPMS="XX"') == ["+CMS ERROR: 302"]


def test_own_memory_survives_a_restart() -> None:
    bench = Bench("quectel-eg25")
    assert receive(bench, "x") == ['+CMTI: "ME",1']
    bench.site.modem.restart(orderly=False)
    bench.wait(20_000)
    assert bench.lines("ATE0;+CMGL=4")[-3].startswith("+CMGL: 1,0,,")


@pytest.mark.parametrize(("flag", "left"), [(1, [0, 2, 3]), (2, [0, 2]), (3, [0]), (4, [])])
def test_delete_flags(flag: int, left: list[int]) -> None:
    bench = Bench()
    store = bench.site.sim.messages
    tpdu = bytes.fromhex(submit_pdu("x")[1])[1:]
    for status in SmsStatus:
        store.add(status, tpdu)
    assert bench.lines(f"AT+CMGD=1,{flag}") == ["OK"]
    assert [int(message.status) for message in store.messages()] == left


@pytest.mark.parametrize("command", ["AT+CMGD=0", "AT+CMGD=21", "AT+CMGR=0", "AT+CMGR=x"])
def test_index_out_of_range(command: str) -> None:
    assert Bench().lines(command) == ["+CMS ERROR: 321"]


def test_broken_pdu_in_the_store_is_shown_as_it_is() -> None:
    bench = Bench()
    bench.at("AT+CMGF=1")
    bench.site.network.service_centre.send_tpdu(CALLER, bench.site.number, b"\x04\xff\x91\x00")
    bench.wait(ARRIVES_MS)
    assert bench.lines('AT+CMGL="ALL"')[1].endswith("04FF9100")


def test_settings_shown() -> None:
    bench = Bench()
    assert bench.lines("AT+CSMS=0") == ["+CSMS: 1,1,1", "OK"]
    assert bench.lines('AT+CSCA="+33600000000",145;+CSCA?') == ['+CSCA: "+33600000000",145', "OK"]
    assert bench.lines("AT+CSMP=49,167;+CSMP?") == ["+CSMP: 49,167,0,0", "OK"]
    assert bench.lines('AT+CSCB=0,"0-50","";+CSCB?') == ['+CSCB: 0,"0-50",""', "OK"]
    assert bench.lines("AT+CNMI=?") == ["+CNMI: (0-3),(0-3),(0,2),(0-2),(0,1)", "OK"]


def test_alphanumeric_sender_in_text_mode() -> None:
    bench = Bench()
    bench.at("AT+CMGF=1;+CNMI=2,2,0,0,0")
    assert receive(bench, "remboursement", "AMELI")[0].startswith('+CMT: "AMELI",,')
