"""The real daemon killed again and again while people call and write; what the network knows to be
true is compared with what is on disk after each kill, and with the telephones at the end."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from firmware.pulse import ForwardingState
from firmware.record import CallOutcome, OutgoingState
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.tables import ALERT, CALL, INCOMING_PART, OUTGOING
from hw.simulator.network import Timings
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.tpdu import Deliver, decode_from_centre
from hw.simulator.virtual_site import VirtualSite
from tests.daemon.house import ALICE, SITE, SPEED, House
from tests.daemon.program import until

# Nobody answers here: without this, five minutes later everybody would be asked
PATIENT_SITE = SITE.replace("acknowledge_within_s = 300", "acknowledge_within_s = 3600")
# Slow enough for a kill to fall between a command and its answer, in the network's ms
TIMINGS = Timings(
    setup_ms=(50, 200), paging_ms=(50, 200), forward_ms=(50, 200), ss_ms=(50, 200),
    sms_ms=(100, 400),
)  # fmt: skip
SLOTS = 60
PATIENCE_MS = 60_000    # a caller's: longer than the network takes to forward what is not answered
TALK_MS = 5_000
ARRIVALS_MS = 3_000     # between two calls or texts, on average
LONG = " Troisième étage, la porte du fond, le code est 1234A." * 4
STARTING_S = (0.2, 0.9)  # a kill while it starts ...
WORKING_S = (0.0, 0.4)   # ... or so long after it was ready
DRAINED_WITHIN_S = 240.0
# How much the box has still to do
WAITING = (
    "SELECT (SELECT count(*) FROM outgoing_message WHERE state IN ('queued', 'sending'))"
    " + (SELECT count(*) FROM call WHERE ended_at IS NULL)"
)


class Ordeal:
    """One house whose daemon is killed. ``kills`` counts; ``in_doubt`` holds, for each text to a
    telephone, how often the modem's answer to it was lost with a kill: so often it may be there
    once more."""

    def __init__(
        self, house: House, host: SimulationHost, seed: int, arrivals_ms: int = ARRIVALS_MS
    ) -> None:
        self._house, self._host, self._arrivals_ms = house, host, arrivals_ms
        self._chance = Random(seed)
        self._load = Random(seed + 1)
        self._callers = 0
        self._pouring = False
        self.kills = 0
        self.in_doubt: Counter[tuple[str, str]] = Counter()

    # The load: in the simulated network's own thread

    def pour(self) -> None:
        """Calls and texts from now on, whether a daemon runs or not."""
        self._pouring = True
        self._host.ask(self._arrival)

    def stop_pouring(self) -> None:
        self._pouring = False

    @property
    def arrivals(self) -> int:
        """How many have called or written."""
        return self._callers

    def _arrival(self, site: VirtualSite) -> None:
        if not self._pouring:
            return
        self._callers += 1
        number = f"+336800{self._callers:05d}"
        kind = self._load.random()
        if kind < 0.35:
            site.phone(number).patience_ms = PATIENCE_MS
            site.call(number)
        else:
            site.sms(number, f"texte {self._callers:05d}." + LONG * (kind > 0.8))
        gap_ms = round(self._load.expovariate(1 / self._arrivals_ms))
        site.timeline.after(gap_ms, lambda: self._arrival(site))

    # The kills

    def prepare(self) -> None:
        """Forwarding is on the network before anybody calls: it holds while no daemon runs."""
        started = self._house.daemon()
        started.line("ready")
        self._house.await_pulse(lambda p: p.forwarding is ForwardingState.VERIFIED, "verified")
        started.stop()

    def kill_once(self) -> None:
        """Start the daemon and kill it at a random instant; then look at what it left."""
        daemon = self._house.daemon()
        if self._chance.random() < 0.5:
            daemon.lives_for(self._chance.uniform(*STARTING_S))
        else:
            daemon.line("ready")
            daemon.lives_for(self._chance.uniform(*WORKING_S))
        assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
        daemon.discard()
        assert daemon.errors == [], "a start must find nothing to complain of"
        self.kills += 1
        self.look()

    def look(self) -> None:
        """What a kill left: sound pages, and each text in the modem or on disk, or in both."""
        with self._copy() as database:
            assert_sound(database)
            for message in OUTGOING.select(database.connection, "WHERE state = 'sending'"):
                self.in_doubt[message.recipient, message.text] += 1
            on_disk = {part.pdu for part in INCOMING_PART.select(database.connection, "")}
        known = {said(bytes.fromhex(pdu)) for pdu in on_disk}
        kept, delivered = self._host.ask(_of_the_modem)
        assert delivered <= known | kept, "deleted from the SIM before it was on disk"

    @contextmanager
    def _copy(self) -> Iterator[Database]:
        """What is on disk, looked at without taking the recovery out of the daemon's hands."""
        copy = self._house.folder / "copy"
        copy.mkdir()
        for file in self._house.data.glob(f"{DATABASE_NAME}*"):
            shutil.copy(file, copy)
        with open_database(copy / DATABASE_NAME, create=False) as database:
            yield database
        shutil.rmtree(copy)

    # The end

    def settle(self) -> None:
        """One daemon more, left alone until everything has left; then the telephones are read."""
        self.stop_pouring()
        daemon = self._house.daemon()
        daemon.line("ready")
        until(self._all_quiet, "everything drained", DRAINED_WITHIN_S)
        assert daemon.stop() == 0
        assert daemon.errors == []

    def _all_quiet(self) -> bool:
        """The network is asked twice: what lay in the modem may be on disk a moment later, to be
        told of; and what has left the disk may be on its way to a telephone."""
        return self._host.ask(quiet) and not self._is_waiting() and self._host.ask(quiet)

    def _is_waiting(self) -> bool:
        with open_database(self._house.data / DATABASE_NAME, create=False) as database:
            waiting: int = database.connection.execute(WAITING).fetchone()[0]
        return waiting > 0

    def judge(self) -> None:
        """Every call and text against what the box has made of it."""
        with open_database(self._house.data / DATABASE_NAME, create=False) as database:
            assert_sound(database)
            calls = CALL.select(database.connection, "")
            alerts = ALERT.select(database.connection, "")
            sent = OUTGOING.select(database.connection, "")
        alerted = Counter(alert.number for alert in alerts)
        heard = self._host.ask(_heard)
        told = self._host.ask(_told)
        # No text is forgotten, and each is one alert
        texts = self._host.ask(_texts)
        assert texts
        assert {number: alerted[number] for number in texts} == dict.fromkeys(texts, 1)
        # No call is forgotten: Alice's telephone rang, or the box knows it and has alerted her
        for number, rang in heard.items():
            assert rang or alerted[number], f"{number} called in vain"
        for caller, lines in Counter(call.number for call in calls).items():
            # Who had shown no number when the power went is one caller each time
            assert caller is None or lines == 1, f"{caller}: one call is one line"
            assert alerted[caller] == lines, (caller, calls, alerts)
        assert all(call.outcome is not CallOutcome.RINGING for call in calls), calls
        # Nothing is sent less than once, or more often than a lost answer explains
        wanted = Counter((each.recipient, each.text) for each in sent)
        assert {each.state for each in sent} <= {OutgoingState.SENT, OutgoingState.DELIVERED}
        assert told.keys() == wanted.keys()
        doubled = {what: told[what] - 1 for what in told if told[what] > wanted[what]}
        assert all(extra <= self.in_doubt[what] for what, extra in doubled.items()), doubled
        self.doubled = sum(doubled.values())

    doubled = 0


def quiet(site: VirtualSite) -> bool:
    """Whether nothing is under way in the network, and nothing lies in the modem."""
    stores = (site.sim.messages, site.modem.own_store)
    ledger = site.network.ledger
    return (
        not any(ledger.open_calls())
        and not any(store.used for store in stores)
        and all(each.state != "stored" for each in ledger.messages.values())
    )


def assert_sound(database: Database) -> None:
    """The pages are whole and the references hold."""
    database.check()
    assert database.connection.execute("PRAGMA foreign_key_check").fetchall() == []


def said(pdu: bytes) -> tuple[str, str] | None:
    """Sender and text of a deliver PDU with its service centre's address; None: a report."""
    decoded = decode_from_centre(pdu[1 + pdu[0] :])
    if not isinstance(decoded, Deliver):
        return None
    return decoded.sender, decoded.user_data.text


def _of_the_modem(site: VirtualSite) -> tuple[set[object], set[tuple[str, str | None]]]:
    """What lies in the modem, and what the network has delivered to it."""
    kept: set[object] = {
        said(b"\0" + message.tpdu)
        for store in (site.sim.messages, site.modem.own_store)
        for message in store.messages()
    }
    delivered = {
        (message.sender, message.text)
        for message in site.network.ledger.messages_to(site.number)
        if message.deliveries_ms and not message.report
    }
    return kept, delivered


def _heard(site: VirtualSite) -> dict[str, bool]:
    """Each caller, and whether the call was led on to Alice's telephone."""
    return {
        call.caller: any(leg.number == ALICE and leg.ringing_ms is not None for leg in call.legs)
        for call in site.network.ledger.calls_to(site.number)
    }


def _texts(site: VirtualSite) -> set[str]:
    messages = site.network.ledger.messages_to(site.number)
    return {message.sender for message in messages if not message.report}


def _told(site: VirtualSite) -> Counter[tuple[str, str]]:
    """Every text on every telephone."""
    return Counter(
        (phone.number, text.text) for phone in site.network.phones.values() for text in phone.texts
    )


@contextmanager
def ordeal(house: House, seed: int) -> Iterator[Ordeal]:
    """A house with its network, ready for the first kill."""
    house.load(PATIENT_SITE)
    site = VirtualSite("generic", seed=seed, timings=TIMINGS, slots=SLOTS)
    # She takes any number of calls: whether she is engaged is not what is tried here
    site.network.phone(ALICE, "switchboard").talk_ms = TALK_MS
    with SimulationHost(site, PtyPort(house.port), speed=SPEED) as host:
        yield Ordeal(house, host, seed)
