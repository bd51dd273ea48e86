"""python-gsmmodem-new's `GsmModem`: connects, texts both ways, takes and places calls.

Its thread calls back; what it heard waits on queues, which end a test that hears nothing. Two
races of its own are walked around, each with the reason beside it: nothing here may hang on how
fast its thread reads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from gsmmodem.modem import GsmModem

from hw.simulator.models import NAMES
from tests.patience import WITHIN_S
from tests.peers.bench import CALLER, PeerSite, pty_site, until

LONG = "0123456789" * 19 + "fin."  # two parts


class Client:
    """The library with its callbacks on queues."""

    def __init__(self, site: PeerSite) -> None:
        self.site = site
        self.texts: SimpleQueue[Any] = SimpleQueue()
        self.calls: SimpleQueue[Any] = SimpleQueue()
        self.reports: SimpleQueue[Any] = SimpleQueue()
        self.modem = GsmModem(
            str(site.port.path),
            115200,
            incomingCallCallbackFunc=self.calls.put,
            smsReceivedCallbackFunc=self.texts.put,
            smsStatusReportCallback=self.reports.put,
        )

    def idle(self) -> None:
        """Until no thread of the library is in the middle of something."""
        until(lambda: not at_work(), "all its threads are done", tell=self.site.witness)

    def caller_of_a_ring(self) -> Any:
        """The first incoming call that came with a number.

        `SerialComms` takes "no byte is waiting" for the end of a notification. A modem sends
        +CLIP after RING (27.007 7.6), and no standard says how soon: where the reader is quicker,
        the library makes one call without a number of the RING, drops the +CLIP, and makes another
        call of the next RING. The port here sends both in one piece; should the kernel still cut
        it in two, the next ring is another try.
        """
        while not (call := self.calls.get(timeout=WITHIN_S)).number:
            pass
        return call


def at_work() -> bool:
    """True while a thread of the library reads a text, or asks for the state of a call."""
    mine = ("__threadedHandleModemNotification", "_pollCallStatus")
    return any(name in each.name for each in threading.enumerate() for name in mine)


@contextmanager
def client(folder: Path, profile: str = "generic") -> Iterator[Client]:
    """A site, and the library connected to its modem."""
    with pty_site(folder, profile) as site:
        running = Client(site)
        running.modem.connect()
        try:
            running.modem.waitForNetworkCoverage(timeout=WITHIN_S)
            yield running
            running.idle()
        finally:
            running.modem.close()


def test_identity_and_network(tmp_path: Path) -> None:
    with client(tmp_path) as peer:
        assert peer.modem.manufacturer == "Simulated"
        assert peer.modem.imei == peer.site.ask(lambda each: each.modem.imei)
        assert peer.modem.imsi == peer.site.ask(lambda each: each.sim.imsi)
        assert peer.modem.signalStrength == 21
        assert peer.modem.smsc == "+33609001390"


def test_texts_both_ways(tmp_path: Path) -> None:
    with client(tmp_path) as peer:
        peer.site.sms(CALLER, "Bonjour, été €")
        received = peer.texts.get(timeout=WITHIN_S)
        assert (received.number, received.text) == (CALLER, "Bonjour, été €")
        # It hands the text over before it deletes it: the report must not come during that
        # command, whose reply would swallow it
        peer.idle()
        sent = peer.modem.sendSms(CALLER, "Merci, été €")
        # Not `waitForDeliveryReport`: it begins to wait after the +CMGS, when a quick network has
        # delivered already
        report = peer.reports.get(timeout=WITHIN_S)
        assert report.reference == sent.reference
        assert report.deliveryStatus == 0  # 23.040 9.2.3.15: received by the telephone
        peer.modem.sendSms(CALLER, LONG)
        until(lambda: len(peer.site.texts()) == 2, "two texts", tell=peer.site.witness)
        assert {text for _, text in peer.site.texts()} == {"Merci, été €", LONG}


def test_calls_both_ways(tmp_path: Path) -> None:
    with client(tmp_path) as peer:
        peer.site.call(CALLER)
        call = peer.caller_of_a_ring()
        assert call.number == CALLER
        said = peer.site.ask(lambda each: bytes(peer.site.wire.said))
        assert said.count(b"+CRING: VOICE\r\n\r\n+CLIP:") == said.count(b"RING:")  # each time
        call.answer()
        assert peer.site.call_states() == ["active"]
        call.hangup()
        until(lambda: peer.site.call_states() == [], "the call has ended", tell=peer.site.witness)
        # It looks at +CLCC every half second and must see the call ring: one that is taken sooner
        # it never notices. So the telephone is picked up only now.
        placed = peer.modem.dial(CALLER, timeout=WITHIN_S)
        peer.site.answer(CALLER)
        until(lambda: placed.answered, "it has seen the answer", tell=peer.site.witness)
        placed.hangup()
        until(lambda: peer.site.call_states() == [], "the call has ended", tell=peer.site.witness)


@pytest.mark.parametrize("profile", NAMES)
def test_every_family(profile: str, tmp_path: Path) -> None:
    with client(tmp_path, profile) as peer:
        peer.site.sms(CALLER, "Bonjour, été")
        assert peer.texts.get(timeout=WITHIN_S).text == "Bonjour, été"
        peer.modem.sendSms(CALLER, "Merci")
        until(lambda: peer.site.texts() != [], "the text has come", tell=peer.site.witness)
        assert peer.site.texts() == [(peer.site.site.number, "Merci")]
