"""What relays and swaps of duties have in common: two people agree, and the rota gets overrides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from firmware.alert.desk import AlertDesk, Settlement
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.record import Alert, AlertCause, RotaOverride
from firmware.rota import Override, Person, Rota
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_ANSWER
from firmware.speaker import Speaker


class AgreementDesk:
    """Asks one person by an alert of its own cause and enters what was agreed.

    ``outcome`` is what the person who answers is told. ``on_change`` is called when the rota has
    a new override; it gets the names of the people who were told of it.
    """

    cause: AlertCause

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        outbox: Outbox,
        alerts: AlertDesk,
        speaker: Speaker,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._alerts = alerts
        self._speaker = speaker
        self.outcome = ""
        self.on_change: Callable[[frozenset[str]], None] = lambda told: None
        alerts.on_settled[self.cause] = self._settled

    def _settled(self, alert: Alert, how: Settlement) -> None:
        raise NotImplementedError

    def _enter(self, rota: Rota, overrides: list[Override], by: str) -> None:
        """The overrides as the page would enter them: a row each, and the rota as it is now."""
        for one in overrides:
            self._ledger.put(
                RotaOverride(
                    one.service, one.level, one.start, one.end, one.out, one.in_,
                    self._ledger.now, by,
                )
            )  # fmt: skip
        self._roster.rota = replace(rota, overrides=(*rota.overrides, *overrides))

    def _person(self, name: str) -> Person | None:
        return next((person for person in self._people if person.name == name), None)

    @property
    def _people(self) -> tuple[Person, ...]:
        return self._roster.rota.people if self._roster.rota is not None else ()

    def _tell(self, cause: str, person: Person, text: str) -> None:
        self._outbox.send(
            f"{cause}:{person.mobile}", person.mobile, text, RANK_ANSWER, person=person.name
        )
