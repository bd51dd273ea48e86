"""The simulated modem, the same for all: its site, its pace, and what people do to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hw.simulator.network import Timings
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.virtual_site import VirtualSite
from tests.benchmarks.wire import PacedPort, Witness

PROFILE = "generic"
DUTY = "+33612345678"
AIR_MS = 5  # how long the network takes for anything: less than any real one, and fixed
GAP_MS = 10  # between two SMS to the modem, so that 200 come in about three seconds
SLOTS = 255  # of the SIM and of the modem: no full store is measured
FAST = Timings(
    registration_ms=(AIR_MS, AIR_MS),
    setup_ms=(AIR_MS, AIR_MS),
    paging_ms=(AIR_MS, AIR_MS),
    forward_ms=(AIR_MS, AIR_MS),
    in_call_ms=(AIR_MS, AIR_MS),
    ss_ms=(AIR_MS, AIR_MS),
    sms_ms=(AIR_MS, AIR_MS),
)


def sender(number: int) -> str:
    """Somebody else each time: programs may hold back one who writes too often."""
    return f"+336990{number:05d}"


def incoming_text(number: int) -> str:
    """An SMS to the box; what comes back out of it is found by its mark."""
    return f"Malaise au 12 rue Haute, venez vite. {incoming_mark(number)}"


def incoming_mark(number: int) -> str:
    """What tells one incoming SMS from all others, wherever its text has gone."""
    return f"i{number:04d}e"


def outgoing_text(number: int) -> str:
    """An SMS that the box is to send."""
    return f"Rappel: votre garde commence demain. {outgoing_mark(number)}"


def outgoing_mark(number: int) -> str:
    """What tells one outgoing SMS from all others."""
    return f"o{number:04d}e"


class Bed:
    """One modem in one folder for one run of one contestant; a context manager."""

    def __init__(
        self, folder: Path, baud: int | None = None, telephones: Iterable[str] = ()
    ) -> None:
        """Without `baud` the bytes go as fast as the pseudo-terminal takes them. `telephones` are
        there and receive, beside that of the person on duty."""
        self.path = folder / "modem"
        plain = PtyPort(self.path)
        self.witness = Witness(plain if baud is None else PacedPort(plain, baud))
        site = VirtualSite(PROFILE, timings=FAST, slots=SLOTS)
        site.network.service_centre.behaviour = ServiceCentreBehaviour(
            delay_ms=(0, 0), gap_ms=GAP_MS
        )
        site.modem.own_store.capacity = SLOTS
        for number in (DUTY, *telephones):
            site.phone(number)
        self._host = SimulationHost(site, self.witness)

    def __enter__(self) -> Bed:
        self._host.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._host.stop()

    def text(self, number: int) -> None:
        """A stranger's SMS sets out."""
        self.texts(number, 1)

    def texts(self, first: int, count: int) -> None:
        """So many of them, one behind the other."""

        def set_out(site: VirtualSite) -> None:
            for number in range(first, first + count):
                site.network.service_centre.send_text(
                    sender(number), site.number, incoming_text(number)
                )

        self._host.ask(set_out)

    def ring(self, number: int) -> None:
        """A stranger calls and lets it ring."""
        self._host.call(sender(number))

    def end_calls(self) -> None:
        """Everybody hangs up."""
        self._host.hangup()

    def no_call(self) -> bool:
        """Whether the modem and the network have none left."""
        return self._host.ask(
            lambda site: not any(True for _ in site.network.ledger.open_calls())
        )

    def sent(self) -> list[str]:
        """The text of each SMS that the network took from the modem, in that order."""
        return self._host.ask(
            lambda site: [
                record.text or ""
                for record in site.network.ledger.messages.values()
                if record.sender == site.number and not record.report
            ]
        )

    def stored(self) -> int:
        """How many SMS lie in the SIM and in the modem."""
        return self._host.ask(
            lambda site: site.sim.messages.used + site.modem.own_store.used
        )
