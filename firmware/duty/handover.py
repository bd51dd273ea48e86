"""Handovers: who comes on duty and who goes is told, and reminded two hours before.

What was announced is remembered, so that a handover that happened while the box was off is
announced when it is back, and never twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from firmware.alert.bell import Bell
from firmware.alert.desk import AlertDesk, Settlement
from firmware.alphabet.gsm import fold_own
from firmware.duty.change_notices import ChangeNotices
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.record import Alert, AlertCause, JournalKind
from firmware.rota import Duty, Person, next_handover, on_duty
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_NOTICE
from firmware.speaker import Speaker
from firmware.wording import messages

REMIND_BEFORE = timedelta(hours=2)
WARN_BEFORE = timedelta(hours=1)
SERVICES = "duty-services"   # the fact: whose duties were compared last
WARNED = "the administrators know"
TOO_LATE = timedelta(minutes=10)   # the announcement itself comes so soon that a reminder is noise
LONG_PAST = timedelta(days=1)      # nobody can act on it any more


class HandoverKeeper:
    """Compares who is on duty with what was announced."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        outbox: Outbox,
        alerts: AlertDesk,
        bell: Bell,
        speaker: Speaker,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._alerts = alerts
        self._bell = bell
        self._speaker = speaker
        self._changes = ChangeNotices(ledger, roster, outbox, speaker)
        alerts.on_settled[AlertCause.REMINDER] = self._reminder_settled

    def next_instant(self) -> datetime | None:
        """When to look again: the next change, or two hours before the one after that."""
        if not self._ledger.moment.utc_trusted:
            return None
        instants = [self._roster.next_change(), self._changes.due]
        rota = self._roster.rota
        if rota is not None:
            ahead = self._ledger.now + REMIND_BEFORE
            for service in self._roster.services:
                start = next_handover(rota, service.name, ahead)
                instants.append(start - REMIND_BEFORE if start is not None else None)
        return min((instant for instant in instants if instant is not None), default=None)

    def look(self, *, told: frozenset[str] = frozenset()) -> None:
        """Announce what has changed. ``told`` are the people who were told in other words."""
        if not self._ledger.moment.utc_trusted:
            return
        self._changes.look(told=bool(told))
        known = {f"nobody:{service.name}" for service in self._roster.services}
        for alarm in self._ledger.alarms:
            if alarm.key.startswith("nobody:") and alarm.key not in known:
                self._bell.still(alarm.key, by_sms=False)  # the service is gone or renamed
        self._compare_services(told)
        for service in self._roster.services:
            self._announce(service.name, told)
            self._remind(service.name)
            if self._roster.nobody_on_duty(service.name):
                self._bell.ring(
                    f"nobody:{service.name}",
                    messages.NOBODY_ON_DUTY,
                    {"service": service.name},
                )
            else:
                self._bell.still(f"nobody:{service.name}")

    def _compare_services(self, told: frozenset[str]) -> None:
        """One that is new begins for whoever is on duty there; with one that is gone or renamed
        their duty ends."""
        if self._roster.rota is None:
            return
        names = [service.name for service in self._roster.services]
        known = self._ledger.fact(SERVICES)
        self._ledger.remember(SERVICES, names)
        if not isinstance(known, list):
            return
        before = {name for name in known if isinstance(name, str)}
        for new in set(names) - before:
            self._ledger.remember(f"duty:{new}", [])
        for gone in sorted(before - set(names)):
            was_on = _duties(self._ledger.fact(f"duty:{gone}"))
            self._ledger.remember(f"duty:{gone}", None)
            for level, name in was_on or ():
                self._ends(gone, level, name, (), told)

    def _announce(self, service: str, told: frozenset[str]) -> None:
        key = f"duty:{service}"
        duties = self._roster.duties(service)
        now_on = [[duty.level, duty.person.name] for duty in duties]
        known = _duties(self._ledger.fact(key))
        self._ledger.remember(key, now_on)
        if known is None or known == now_on:
            return  # the first look ever announces nothing: nobody's duty changed
        for duty in duties:
            if [duty.level, duty.person.name] not in known:
                self._starts(service, duty, told)
        for level, name in known:
            if [level, name] not in now_on:
                self._ends(service, level, name, duties, told)

    def _starts(self, service: str, duty: Duty, told: frozenset[str]) -> None:
        self._ledger.journal(
            JournalKind.HANDOVER,
            service=service,
            person=duty.person.name,
            number=duty.person.mobile,
            outcome="starts",
            level=duty.level,
            until=duty.until.isoformat() if duty.until is not None else None,
        )
        if duty.person.name in told:
            return
        if duty.until is not None:
            text = self._speaker.say(
                messages.DUTY_STARTS,
                service=service,
                level=duty.level,
                until=self._speaker.clock(duty.until),
            )
        else:
            text = self._speaker.say(
                messages.DUTY_STARTS_OPEN, service=service, level=duty.level
            )
        known = self._roster.service(service)
        if known is not None and known.information:
            text = f"{text}\n{fold_own(known.information)}"
        self._notice(f"starts:{service}:{duty.level}", duty.person, text)

    def _ends(
        self, service: str, level: int, name: str, duties: tuple[Duty, ...], told: frozenset[str]
    ) -> None:
        self._ledger.journal(
            JournalKind.HANDOVER, service=service, person=name, outcome="ends", level=level
        )
        rota = self._roster.rota
        person = next((p for p in (rota.people if rota else ()) if p.name == name), None)
        if person is None or name in told:
            return
        names = ", ".join(duty.person.name for duty in duties if duty.level == level)
        sentence = messages.DUTY_ENDS if names else messages.DUTY_ENDS_NOBODY
        if self._roster.service(service) is None:
            sentence = messages.SERVICE_GONE
        text = self._speaker.say(sentence, service=service, level=level, names=names)
        self._notice(f"ends:{service}:{level}", person, text)

    def _notice(self, what: str, person: Person, text: str) -> None:
        cause = f"handover:{what}:{person.mobile}:{self._ledger.instant}"
        self._outbox.send(cause, person.mobile, text, RANK_NOTICE, person=person.name)

    # Reminders

    def _remind(self, service: str) -> None:
        rota = self._roster.rota
        if rota is None:
            return
        now = self._ledger.now
        key = f"reminded:{service}"
        fact = self._ledger.fact(key)
        known = [str(entry) for entry in fact] if isinstance(fact, list) else []
        kept = [entry for entry in known if _instant(entry) > now]
        on_now = {duty.person.name for duty in self._roster.duties(service)}
        start = next_handover(rota, service, now)
        while start is not None and start <= now + REMIND_BEFORE:
            duties = on_duty(rota, service, start)
            for duty in duties:
                entry = f"{start.isoformat()} {duty.level} {duty.person.name}"
                if duty.person.name not in on_now and entry not in kept:
                    kept.append(entry)
                    if start - now > TOO_LATE:
                        self._ask_to_confirm(service, duty, start)
            on_now = {duty.person.name for duty in duties}
            start = next_handover(rota, service, start)
        self._ledger.remember(key, kept)

    def _ask_to_confirm(self, service: str, duty: Duty, start: datetime) -> None:
        when = self._speaker.clock(start)
        left = start - self._ledger.now
        # Normally an hour; where the box learns of the duty late, half of what is left.
        wait = max(left - WARN_BEFORE, left / 2)
        alert = self._alerts.ask_one(
            AlertCause.REMINDER,
            service,
            duty.person,
            duty.level,
            lambda reference: self._speaker.say(
                messages.REMINDER,
                service=service,
                level=duty.level,
                start=when,
                reference=reference,
            ),
            wait.total_seconds(),
        )
        self._ledger.remember(f"reminder:{alert.id}", start.isoformat())

    def _reminder_settled(self, alert: Alert, how: Settlement) -> None:
        """No `OK` an hour before: the administrators can still find somebody else."""
        key = f"reminder:{alert.id}"
        start = self._ledger.fact(key)
        asked = alert.asked[0]
        values = {"person": asked.person, "service": alert.service}
        if how is Settlement.TAKEN:
            self._ledger.remember(key, None)
            if start == WARNED:
                self._bell.tell(key, messages.REMINDER_ANSWERED_LATE, values, over=True)
        elif isinstance(start, str) and still_comes(self._ledger, self._roster, alert):
            self._ledger.remember(key, WARNED)
            values["start"] = self._speaker.clock(datetime.fromisoformat(start))
            self._bell.tell(key, messages.REMINDER_UNANSWERED, values)


def still_comes(ledger: Ledger, roster: Roster, alert: Alert) -> bool:
    """Whether the duty that this reminder is about is theirs still: the rota may have changed since
    they were asked. Of one that the administrators were told of nobody knows the start any more."""
    start, rota, asked = ledger.fact(f"reminder:{alert.id}"), roster.rota, alert.asked[0]
    if not isinstance(start, str) or start == WARNED:
        return True
    begins = datetime.fromisoformat(start)
    return (
        rota is not None
        and begins > ledger.now - LONG_PAST
        and roster.service(alert.service) is not None
        and any(
            (duty.person.name, duty.level) == (asked.person, asked.level)
            for duty in on_duty(rota, alert.service, begins)
        )
    )


def _duties(fact: object) -> list[list[Any]] | None:
    """The levels and names that were told of; None for what is none: it may come from a damaged
    card."""
    if not isinstance(fact, list):
        return None
    pairs = [each for each in fact if isinstance(each, list)]
    return [each for each in pairs if [type(one) for one in each] == [int, str]]


def _instant(entry: str) -> datetime:
    return datetime.fromisoformat(entry.split(" ", 1)[0])
