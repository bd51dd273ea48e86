"""What follows when who is on duty may have changed: it is told, and calls are led elsewhere."""

from __future__ import annotations

from datetime import datetime

from firmware.alert.bell import Bell
from firmware.call.desk import CallDesk
from firmware.call.forwarding import ForwardingKeeper
from firmware.call.switchboard import Switchboard
from firmware.duty.handover import HandoverKeeper
from firmware.duty.number_watch import NumberWatch
from firmware.duty.roster import Roster
from firmware.ledger import Ledger


class Changeover:
    """Looks at every change of the rota, the clock or the own number, and at each handover."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        bell: Bell,
        handover: HandoverKeeper,
        calls: CallDesk,
        switchboard: Switchboard,
        forwarding: ForwardingKeeper,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._numbers = NumberWatch(ledger, roster, bell)
        self._handover = handover
        self._calls = calls
        self._switchboard = switchboard
        self._forwarding = forwarding
        self._next_at: datetime | None = None

    @property
    def deadline_s(self) -> float | None:
        if self._next_at is None:
            return None
        now = self._ledger.moment
        return now.monotonic_s + max((self._next_at - now.utc).total_seconds(), 0.0)

    def tick(self) -> None:
        if self._next_at is not None and self._ledger.now >= self._next_at:
            self.look()

    def look(self, told: frozenset[str] = frozenset()) -> None:
        """Something may have changed; ``told`` are the people who were told in other words."""
        self._numbers.look()
        service = self._roster.default_service
        self._calls.serve(service.name if service is not None else "")
        self._handover.look(told=told)
        self._next_at = self._handover.next_instant()
        if service is not None and (self._ledger.moment.utc_trusted or self._leads_to_nobody()):
            self._forwarding.want(self._switchboard.target(), self._switchboard.mode(service))

    def _leads_to_nobody(self) -> bool:
        """Who is on duty only a clock can tell; that a number is nobody's any more, the rota does:
        calls are led to somebody who is in it then, whoever that is."""
        rota, number = self._roster.rota, self._forwarding.leads_to
        if rota is None or number is None:
            return False
        offices = {hours.number for hours in rota.opening_hours}
        people = {each for person in rota.people if not person.former for each in person.numbers}
        return number not in offices | people
