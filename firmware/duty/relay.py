"""RELAIS: somebody takes the duty over now, or hands it over to somebody who agrees.

A take-over is an override from now to the current shift's end, entered like any other: the rota
still decides alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.alert.desk import Settlement
from firmware.duty.desk import AgreementDesk
from firmware.record import Alert, AlertCause, JournalKind
from firmware.rota import Duty, Override, Person, borrowed_until, is_over, next_level_change
from firmware.sms.staff_commands import plain
from firmware.wording import messages

FIRST_LEVEL = 1
ENDLESS_SHIFT = timedelta(hours=24)   # a shift without end is taken over for a day


class RelayDesk(AgreementDesk):
    """Take-overs and offers."""

    cause = AlertCause.RELAY

    def take(self, person: Person, said_at: datetime | None = None) -> str:
        """``person`` takes the first level over; returns the answer. ``said_at``: they wrote it
        then, and the network has delivered it now: whom they meant may be on duty no more."""
        service = self._service_of(person)
        if service is None:
            return self._speaker.say(messages.NO_ROTA)
        relieved = [d for d in self._roster.duties(service) if d.level == FIRST_LEVEL]
        if any(duty.person.name == person.name for duty in relieved):
            return self._speaker.say(messages.RELAY_ALREADY, service=service)
        if said_at is not None and self._has_changed(service, said_at):
            return self._speaker.say(
                messages.RELAY_LATE, service=service, clock=self._speaker.clock(said_at)
            )
        return self._relieve(service, FIRST_LEVEL, relieved, person)

    def _has_changed(self, service: str, since: datetime) -> bool:
        """Whether others are on duty than then, or the same in a shift of their own."""
        then, now = (
            {(duty.person.name, duty.until) for duty in duties if duty.level == FIRST_LEVEL}
            for duties in (self._roster.duties(service, since), self._roster.duties(service))
        )
        return then != now

    def offer(self, person: Person, name: str) -> str:
        """``person`` asks the one called ``name`` to take over; returns the answer."""
        duty = self._duty_of(person)
        if duty is None:
            return self._speaker.say(messages.RELAY_NOT_YOURS)
        service, mine = duty
        found = self._called(name)
        if found is None:
            return self._speaker.say(messages.RELAY_WHO, name=name[:30])
        if found.name == person.name:
            return self._speaker.say(messages.RELAY_SELF)
        until = self._until(service, mine.level, [mine])
        when = self._speaker.clock(until)
        alert = self._alerts.ask_one(
            AlertCause.RELAY,
            service,
            found,
            mine.level,
            lambda reference: self._speaker.say(
                messages.RELAY_OFFER,
                service=service,
                person=person.name,
                until=when,
                reference=reference,
            ),
        )
        self._ledger.remember(f"relay:{alert.id}", {"by": person.name, "level": mine.level})
        return self._speaker.say(messages.RELAY_OFFERED, name=found.name)

    def _settled(self, alert: Alert, how: Settlement) -> None:
        key = f"relay:{alert.id}"
        offer = self._ledger.fact(key)
        self._ledger.remember(key, None)
        if not isinstance(offer, dict):
            return
        name = str(offer["by"])
        self.outcome = self._speaker.say(messages.RELAY_STALE, person=name)
        giver, taker = self._person(name), self._person(alert.asked[0].person)
        if giver is None or taker is None:
            return
        unsure = how is Settlement.TAKEN and not self._ledger.moment.utc_trusted
        if unsure:
            how = Settlement.SILENT
            self.outcome = self._speaker.say(messages.CLOCK_UNSURE_RELAY)
        if how is not Settlement.TAKEN:
            refused = how is Settlement.DECLINED
            sentence = messages.RELAY_REFUSED if refused else messages.RELAY_SILENT
            text = self._speaker.say(sentence, name=taker.name)
            self._tell(f"{key}:refused", giver, self.outcome if unsure else text)
            return
        mine = [
            duty
            for duty in self._roster.duties(alert.service)
            if duty.level == offer["level"] and duty.person.name == giver.name
        ]
        if mine:
            self.outcome = self._relieve(alert.service, int(offer["level"]), mine, taker)

    def _relieve(self, service: str, level: int, relieved: list[Duty], person: Person) -> str:
        """Enter the override, tell the people relieved and the administrators."""
        rota = self._roster.rota
        if rota is None:
            return self._speaker.say(messages.NO_ROTA)
        now = self._ledger.now.replace(microsecond=0)
        until = self._until(service, level, relieved)
        outs: list[str | None] = [duty.person.name for duty in relieved]
        pairs = [(out, person.name if turn == 0 else None) for turn, out in enumerate(outs)]
        overrides = [
            Override(service, level, now, until, out, in_)
            for out, in_ in pairs or [(None, person.name)]
        ]
        self._enter(rota, overrides, person.name)
        names = ", ".join(d.person.name for d in relieved) or self._speaker.say(
            messages.RELAY_NOBODY
        )
        self._ledger.journal(
            JournalKind.EDIT,
            service=service,
            person=person.name,
            number=person.mobile,
            outcome="relay",
            level=level,
            relieved=[duty.person.name for duty in relieved],
            until=until.isoformat(),
        )
        told = self._tell_all(service, relieved, person, names, until)
        self.on_change(told)
        return self._speaker.say(
            messages.RELAY_DONE, service=service, until=self._speaker.clock(until), names=names
        )

    def _tell_all(
        self, service: str, relieved: list[Duty], person: Person, names: str, until: datetime
    ) -> frozenset[str]:
        when = self._speaker.clock(until)
        told = {person.name}
        # One for each take-over, also of two that are read in one step, as after an outage
        level = relieved[0].level if relieved else FIRST_LEVEL
        key = f"relay:{self._ledger.instant}:{service}:{level}:{person.mobile}"
        for duty in relieved:
            text = self._speaker.say(
                messages.RELAY_RELIEVED, service=service, person=person.name, until=when
            )
            self._tell(key, duty.person, text)
            told.add(duty.person.name)
        for administrator in self._roster.administrators:
            if administrator.name not in told:
                text = self._speaker.say(
                    messages.RELAY_TOLD,
                    service=service,
                    person=person.name,
                    names=names,
                    until=when,
                )
                self._tell(key, administrator, text)
        return frozenset(told)

    # Who and until when

    def _service_of(self, person: Person) -> str | None:
        """The service in whose rotations the person is, else the site's first. A rotation that is
        over is how somebody worked before: the page ends one with every change."""
        rota = self._roster.rota
        if rota is None or not rota.services:
            return None
        now = self._ledger.now
        theirs = [
            one.service
            for one in rota.rotations
            if person.name in one.people and not is_over(one, self._roster.zone, now)
        ]
        order = [service.name for service in rota.services if service.name in theirs]
        return order[0] if order else rota.services[0].name

    def _duty_of(self, person: Person) -> tuple[str, Duty] | None:
        """The person's own duty now, the first level before the others."""
        mine = [
            (duty.level, service.name, duty)
            for service in self._roster.services
            for duty in self._roster.duties(service.name)
            if duty.person.name == person.name
        ]
        if not mine:
            return None
        _, service, duty = min(mine, key=lambda entry: entry[0])
        return service, duty

    def _until(self, service: str, level: int, duties: list[Duty]) -> datetime:
        """The end of the shift that is taken over, not of what follows it: somebody who holds it by
        a take-over may have the next one as their own."""
        rota, now = self._roster.rota, self._ledger.now
        ends = [duty.until for duty in duties]
        if rota is not None:
            ends += [borrowed_until(rota, service, level, d.person.name, now) for d in duties]
            if not duties:
                ends.append(next_level_change(rota, service, level, now))
        known = [end for end in ends if end is not None]
        return min(known, default=(now + ENDLESS_SHIFT).replace(microsecond=0))

    def _called(self, name: str) -> Person | None:
        """The one person of that name, first name or beginning of a name, who has not left."""
        wanted = plain(name)
        people = [person for person in self._people if not person.former]
        for matches in (
            [p for p in people if plain(p.name) == wanted],
            [p for p in people if wanted in plain(p.name).split()],
            [p for p in people if plain(p.name).startswith(wanted)],
        ):
            if len(matches) == 1:
                return matches[0]
        return None
