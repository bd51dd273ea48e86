"""ofono powers the modem up, registers, texts, calls, holds and sets forwarding.

Its parser is strict: a byte outside the framing of V.250 5.7.1 loses it a whole line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.simulator.models import NAMES
from tests.peers.bench import CALLER, DUTY, until
from tests.peers.ofono_bench import NEEDS_OFONO, Ofono, OfonoError, ofono, quoted

pytestmark = NEEDS_OFONO

LONG = "0123456789" * 19 + "fin."  # two parts
SECOND = "+33699000002"
# V.250 5.7.1 has ERROR alone for what is not supported. The E1550 says COMMAND NOT SUPPORT: ofono's
# plug-in for Huawei knows that for a final result code, its phonesim plug-in waits for ever.
FAMILIES = tuple(each for each in NAMES if each != "huawei-e1550")


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Ofono]:
    with ofono(tmp_path) as running:
        running.power_up()
        running.go_online()
        yield running


def test_identity_and_network(peer: Ofono) -> None:
    modem, network = peer.get("Modem"), peer.get("NetworkRegistration")
    assert (modem["Manufacturer"], modem["Model"]) == ("Simulated", "27.007 modem")
    assert modem["Serial"] == peer.site.ask(lambda each: each.modem.imei)
    sim = peer.get("SimManager")
    assert sim["SubscriberIdentity"] == peer.site.ask(lambda each: each.sim.imsi)
    assert sim["Retries"] == {"pin": 3, "puk": 10}
    assert (network["MobileCountryCode"], network["MobileNetworkCode"]) == ("208", "99")
    assert (network["LocationAreaCode"], network["CellId"]) == (0x1A2B, 0x1C3D4E)
    assert network["Technology"] == "lte"
    # 27.007 5.5: under +CSCS="GSM", which it has chosen, é is 0x05. It shows the octet as it came.
    assert network["Name"] == "R\x05seau Sim F"
    assert network["Strength"] == 21 * 100 // 31  # 27.007 8.5: 31 is the best
    peer.set("Modem", "Online", "false")
    until(lambda: peer.site.ask(lambda each: each.modem.functionality) == 4, "the radio is off")


def test_asks_for_the_pin(tmp_path: Path) -> None:
    """After the PIN its phonesim plug-in waits for a code of some makers: it is powered anew."""
    with ofono(tmp_path, pin="2580") as peer:
        peer.set("Modem", "Powered", "true")
        peer.has("SimManager")
        peer.until_true(lambda: peer.get("SimManager")["PinRequired"] == "pin", "a PIN is wanted")
        with pytest.raises(OfonoError, match=r"org\.ofono\.Error\.Failed"):
            peer.call("SimManager.EnterPin", "pin", quoted("1111"))
        peer.until_true(lambda: peer.get("SimManager")["Retries"]["pin"] == 2, "one try is gone")
        peer.call("SimManager.EnterPin", "pin", quoted("2580"))
        peer.set("Modem", "Powered", "false")
        peer.power_up()
        peer.go_online()
        assert peer.get("SimManager")["PinRequired"] == "none"


def test_receives_texts(peer: Ofono) -> None:
    texts = ["Bonjour, été €", "日本 œuvre", LONG]
    for text in texts:
        peer.site.sms(CALLER, text)
    peer.until_true(lambda: len(peer.heard("MessageManager.IncomingMessage")) == 3, "three texts")
    received = peer.heard("MessageManager.IncomingMessage")
    assert sorted(text for text, _ in received) == sorted(texts)
    assert {head["Sender"] for _, head in received} == {CALLER}

    def acknowledged() -> int:
        return sum(each.startswith("AT+CNMA") for each in peer.site.command_lines)

    # 27.005 3.4.4: with +CSMS=1 each part is acknowledged; the last one after the text is told
    peer.until_true(lambda: acknowledged() >= 4, "each part acknowledged")
    assert acknowledged() == 4


def test_sends_texts(peer: Ofono) -> None:
    texts = ["Merci, été €", "Cœur 日本", LONG]
    peer.set("MessageManager", "UseDeliveryReports", "true")
    for text in texts:
        peer.call("MessageManager.SendMessage", CALLER, quoted(text))
    peer.until_true(lambda: len(peer.site.texts()) == 3, "three texts")
    assert {text for _, text in peer.site.texts()} == set(texts)
    peer.until_true(
        lambda: peer.heard("Message.PropertyChanged").count(("State", "sent")) == 3, "all sent"
    )
    peer.until_true(lambda: peer.site.wire.said.count(b"+CDS:") == 4, "a report of each part")


def test_calls_out_and_holds(peer: Ofono) -> None:
    peer.site.answer(CALLER)
    path = peer.call("VoiceCallManager.Dial", CALLER, quoted(""))
    peer.until("active")
    assert peer.calls()[path]["LineIdentification"] == CALLER
    peer.call("VoiceCallManager.SwapCalls")  # AT+CHLD=2 with one call: 22.030 6.5.5.1 "hold"
    peer.until("held")
    assert peer.site.call_states() == ["held"]
    peer.call("VoiceCallManager.SwapCalls")
    peer.until("active")
    peer.call("VoiceCallManager.HangupAll")
    peer.until()
    assert peer.site.call_states() == []


def test_a_busy_telephone(peer: Ofono) -> None:
    peer.site.busy(CALLER)
    with pytest.raises(OfonoError, match=r"org\.ofono\.Error\.Failed"):
        peer.call("VoiceCallManager.Dial", CALLER, quoted(""))
    peer.until()
    assert b"\r\nBUSY\r\n" in peer.site.wire.said


def test_takes_a_call(peer: Ofono) -> None:
    peer.site.call(CALLER)
    peer.until("incoming")
    path, call = peer.calls().popitem()
    assert call["LineIdentification"] == CALLER
    peer.call("VoiceCall.Answer", path=path)
    peer.until("active")
    assert peer.site.call_states() == ["active"]
    peer.site.hangup(CALLER)
    peer.until()
    assert ("remote",) in peer.heard("VoiceCall.DisconnectReason")


def test_refuses_a_call_without_a_number(peer: Ofono) -> None:
    peer.site.call("withheld")
    peer.until("incoming")
    path, call = peer.calls().popitem()
    assert call["LineIdentification"] == "withheld"  # 27.007 7.11 <CLI validity> 1
    peer.call("VoiceCall.Hangup", path=path)
    peer.until()
    assert peer.site.call_states() == []


def test_a_second_caller(peer: Ofono) -> None:
    peer.set("CallSettings", "VoiceCallWaiting", quoted("enabled"))  # 22.083: off, a second is busy
    peer.site.call(CALLER)
    peer.until("incoming")
    first = next(iter(peer.calls()))
    peer.call("VoiceCall.Answer", path=first)
    peer.until("active")
    peer.site.call(SECOND)
    peer.until("active", "waiting")
    peer.call("VoiceCallManager.HoldAndAnswer")
    peer.until("held", "active")
    peer.call("VoiceCallManager.SwapCalls")
    peer.until("active", "held")
    peer.call("VoiceCallManager.CreateMultiparty")
    peer.until("active", "active")
    peer.call("VoiceCallManager.PrivateChat", first)
    peer.until("active", "held")
    peer.call("VoiceCallManager.Transfer")  # AT+CHLD=4: both others talk, we are out
    peer.until()
    assert peer.site.call_states() == []
    phones = [each for each in peer.site.state()["phones"] if each["number"] in (CALLER, SECOND)]
    assert [call["state"] for each in phones for call in each["calls"]] == ["active", "active"]


def test_forwarding(peer: Ofono) -> None:
    before = peer.get("CallForwarding")
    assert {before[f"Voice{each}"] for each in ("Unconditional", "Busy", "NotReachable")} == {""}
    for reason in ("Busy", "NoReply", "NotReachable"):
        peer.set("CallForwarding", f"Voice{reason}", quoted(DUTY))
    peer.set("CallForwarding", "VoiceNoReplyTimeout", "uint16 15")
    after = peer.get("CallForwarding")
    assert {after[f"Voice{each}"] for each in ("Busy", "NoReply", "NotReachable")} == {DUTY}
    assert after["VoiceNoReplyTimeout"] == 15
    told = peer.site.state()["forwarding"]
    assert {each["number"] for each in told.values()} == {DUTY}
    assert len(told) == 3
    peer.call("CallForwarding.DisableAll", quoted("conditional"))
    until(lambda: peer.site.state()["forwarding"] == {}, "erased")


def test_asks_the_operator(peer: Ofono) -> None:
    """27.007 7.15; ofono asks in the GSM alphabet with <dcs> 15."""
    answer = peer.call("SupplementaryServices.Initiate", quoted("#123#"))
    assert answer == ("USSD", "Votre crédit est de 12,34 EUR.")


@pytest.mark.parametrize("profile", FAMILIES)
def test_every_family(profile: str, tmp_path: Path) -> None:
    """A text and a call both ways, and a forward, whatever the maker's own codes in between."""
    with ofono(tmp_path, profile) as peer:
        peer.power_up()
        peer.go_online()
        peer.site.sms(CALLER, "Bonjour, été")
        peer.until_true(lambda: peer.heard("MessageManager.IncomingMessage"), "a text")
        peer.call("MessageManager.SendMessage", CALLER, quoted("Reçu"))
        peer.until_true(lambda: peer.site.texts() == [(peer.site.site.number, "Reçu")], "sent")
        peer.site.call(CALLER)
        peer.until("incoming")
        peer.call("VoiceCall.Answer", path=next(iter(peer.calls())))
        peer.until("active")
        peer.call("VoiceCallManager.HangupAll")
        peer.until()
        peer.site.answer(CALLER)
        peer.call("VoiceCallManager.Dial", CALLER, quoted(""))
        peer.until("active")
        peer.call("VoiceCallManager.HangupAll")
        peer.until()
        peer.set("CallForwarding", "VoiceBusy", quoted(DUTY))
        assert peer.get("CallForwarding")["VoiceBusy"] == DUTY
        assert peer.site.state()["forwarding"]["busy"]["number"] == DUTY
