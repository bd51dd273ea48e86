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
        times = [self._bell.deadline_s, self.own_number.deadline_s]
        return min((time for time in times if time is not None), default=None)

    def ready(self, facts: ModemFacts) -> None:
        """The SIM is on the network."""
        self.own_number.know_sim(facts.iccid, facts.own_number)

    def polled(self) -> None:
        """Each minute while the modem is well."""
        self._bell.show("store", messages.SMS_STORE_FULL, self._inbox.full, by_sms=False)
        self._bell.show("budget", messages.BUDGET, self._outbox.over_budget)

    def tick(self) -> None:
        self.own_number.tick()
        self._bell.tick()
