"""The health desk: what is looked after over hours and weeks, put together for the attendant."""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.configuration import Configuration
from firmware.health.own_number import OwnNumber
from firmware.ledger import Ledger
from firmware.modem_facts import ModemFacts
from firmware.roster import Roster
from firmware.sms.inbox import Inbox
from firmware.sms.outbox import Outbox
from firmware.speaker import Speaker
from firmware.wording import messages


class HealthDesk:
    """One door for the attendant; each concern is a module of its own."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        inbox: Inbox,
        outbox: Outbox,
        bell: Bell,
        speaker: Speaker,
        configuration: Configuration,
    ) -> None:
        self._inbox, self._outbox, self._bell = inbox, outbox, bell
        self.own_number = OwnNumber(
            ledger, roster, outbox, bell, speaker, configuration.own_number
        )

    @property
    def deadline_s(self) -> float | None:
        return self.own_number.deadline_s

    def ready(self, facts: ModemFacts) -> None:
        """The SIM is on the network."""
        self.own_number.know_sim(facts.iccid, facts.own_number)

    def polled(self) -> None:
        """Each minute while the modem is well."""
        if self._inbox.full:
            self._bell.ring("store", messages.SMS_STORE_FULL, by_sms=False)
        else:
            self._bell.still("store", by_sms=False)
        if self._outbox.over_budget:
            self._bell.ring("budget", messages.BUDGET)
        else:
            self._bell.still("budget")

    def tick(self) -> None:
        self.own_number.tick()
