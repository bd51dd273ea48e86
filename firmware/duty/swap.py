"""Swaps of shifts to come: asked by one on the personal page, answered there or by SMS.

What was agreed becomes overrides, entered like any other: the rota still decides alone. What is
asked lies in a fact, so that the page can show it and a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from firmware.alert.asked import UNSETTLED
from firmware.alert.desk import Settlement
from firmware.alert.patience import PERSONAL_ALERT_S
from firmware.duty.desk import AgreementDesk
from firmware.duty.swap_parts import (
    AGREED,
    ASKED,
    DECLINED,
    FACT,
    SILENT,
    STALE,
    WITHDRAWN,
    Part,
    parts_of,
)
from firmware.record import Alert, AlertCause, JournalKind
from firmware.rota import Override, Rota, shifts
from firmware.wording import messages


class SwapDesk(AgreementDesk):
    """Asks, hears the answer, enters the overrides."""

    cause = AlertCause.SWAP

    def ask(self, values: Mapping[str, str]) -> None:
        """The page's wish: ``by`` asks ``other`` to take a shift, perhaps for one in return."""
        rota = self._roster.rota
        try:
            parts = parts_of(values)
        except ValueError:
            return  # no page of ours writes such a wish
        asker, other = self._person(parts[0].giver), self._person(parts[0].taker)
        if rota is None or asker is None or other is None or asker == other:
            return
        if not self._stands(rota, parts):
            stale = self._speaker.say(messages.SWAP_STALE)
            self._tell(f"swap-stale:{self._ledger.instant}", asker, stale)
            return
        left_s = (min(part.start for part in parts) - self._ledger.now).total_seconds()
        wait_s = float(PERSONAL_ALERT_S[AlertCause.SWAP])
        if left_s > 0:
            wait_s = min(wait_s, max(left_s, 900.0))
        alert = self._alerts.ask_one(
            AlertCause.SWAP,
            parts[0].service,
            other,
            parts[0].level,
            lambda reference: self._question(parts, reference),
            wait_s,
        )
        self._ledger.remember(f"{FACT}{alert.id}", {**values, "state": ASKED})

    def answer(self, values: Mapping[str, str]) -> None:
        """The page's wish: ``by`` agrees (``ok``), declines (``non``) or withdraws what was asked
        (``withdraw``)."""
        alert = self._alerts.book.by_number(values.get("alert", ""))
        fact = self._fact(alert) if alert is not None else None
        person = self._person(values.get("by", ""))
        if alert is None or fact is None or person is None or alert.state not in UNSETTLED:
            return
        how = values.get("answer")
        if how == "withdraw" and fact["by"] == person.name:
            self._note(alert, fact, WITHDRAWN)
            self._alerts.take_care(alert, person.name)
        elif alert.asked[0].person == person.name and how == "ok":
            self._alerts.acknowledge(alert, person)
        elif alert.asked[0].person == person.name and how == "non":
            self._alerts.decline(alert, person)

    def _question(self, parts: tuple[Part, ...], reference: str) -> str:
        there = parts[0]
        values = {
            "person": there.giver,
            "service": there.service,
            "start": self._speaker.clock(there.start),
            "until": self._speaker.clock(there.end),
            "reference": reference,
        }
        if len(parts) == 1:
            return self._speaker.say(messages.SWAP_ASKED, **values)
        back = parts[1]
        return self._speaker.say(
            messages.SWAP_ASKED_BACK,
            back_service=back.service,
            back_start=self._speaker.clock(back.start),
            back_until=self._speaker.clock(back.end),
            **values,
        )

    def _settled(self, alert: Alert, how: Settlement) -> None:
        self.outcome = self._speaker.say(messages.SWAP_STALE)
        fact = self._fact(alert)
        if fact is None or fact["state"] != ASKED:
            return
        asker = self._person(str(fact["by"]))
        unsure = how is Settlement.TAKEN and not self._ledger.moment.utc_trusted
        if unsure:
            how = Settlement.SILENT
            self.outcome = self._speaker.say(messages.CLOCK_UNSURE_RELAY)
        if how is not Settlement.TAKEN:
            declined = how is Settlement.DECLINED
            self._note(alert, fact, DECLINED if declined else SILENT)
            sentence = messages.SWAP_REFUSED if declined else messages.SWAP_SILENT
            if asker is not None:
                text = self._speaker.say(sentence, name=alert.asked[0].person)
                text = self.outcome if unsure else text
                self._tell(f"swap:{alert.id}:{self._ledger.instant}", asker, text)
            return
        rota, parts = self._roster.rota, parts_of(fact)
        if rota is None or asker is None or not self._stands(rota, parts):
            self._note(alert, fact, STALE)
            if asker is not None:
                self._tell(f"swap:{alert.id}:{self._ledger.instant}", asker, self.outcome)
            return
        self._note(alert, fact, AGREED)
        self._agree(rota, alert, parts)

    def _agree(self, rota: Rota, alert: Alert, parts: tuple[Part, ...]) -> None:
        """The overrides; everybody concerned reads the same lines."""
        now, by = self._ledger.now.replace(microsecond=0), alert.asked[0].person
        overrides = []
        for part in parts:
            start = max(part.start, now)
            overrides.append(
                Override(part.service, part.level, start, part.end, part.giver, part.taker)
            )
            self._ledger.journal(
                JournalKind.EDIT,
                service=part.service,
                person=part.taker,
                outcome="swap",
                level=part.level,
                relieved=[part.giver],
                until=part.end.isoformat(),
            )
        self._enter(rota, overrides, by)
        self.outcome = "\n".join(self._line(part) for part in parts)
        told = {by}
        asker = self._person(parts[0].giver)
        for person in (*([asker] if asker else []), *self._roster.administrators):
            if person.name not in told:
                told.add(person.name)
                self._tell(f"swap:{alert.id}:{self._ledger.instant}", person, self.outcome)
        self.on_change(frozenset({parts[0].giver, parts[0].taker}))

    def _line(self, part: Part) -> str:
        return self._speaker.say(
            messages.SWAP_TOLD,
            service=part.service,
            person=part.taker,
            names=part.giver,
            start=self._speaker.clock(part.start),
            until=self._speaker.clock(part.end),
        )

    def _stands(self, rota: Rota, parts: tuple[Part, ...]) -> bool:
        """Whether each giver still has that duty, and something of it is to come."""
        now = self._ledger.now
        return all(
            part.end > now + timedelta(minutes=1)
            and self._roster.service(part.service) is not None
            and self._person(part.taker) is not None
            and any(
                shift.person.name == part.giver
                and shift.start <= max(part.start, now)
                and shift.end >= part.end
                for shift in shifts(rota, part.service, part.start, part.end, part.level)
            )
            for part in parts
        )

    def _fact(self, alert: Alert) -> dict[str, object] | None:
        found = self._ledger.fact(f"{FACT}{alert.id}")
        return found if isinstance(found, dict) else None

    def _note(self, alert: Alert, fact: dict[str, object], state: str) -> None:
        self._ledger.remember(f"{FACT}{alert.id}", {**fact, "state": state})
