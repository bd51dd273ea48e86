"""DEBUT and FIN: time at work in an intervention, by the clock of whoever knows it best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.record import Intervention
from firmware.rota import Person
from firmware.sms.late_word import work_at
from firmware.sms.staff_commands import StaffCommand
from firmware.speaker import Speaker
from firmware.wording import messages


class WorkHours:
    """At most one runs for a person. A word that the network delivers late counts from when it was
    sent; while nobody knows the time nothing is written down that somebody would be paid by."""

    def __init__(
        self, ledger: Ledger, roster: Roster, speaker: Speaker, known: Iterable[Intervention]
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._speaker = speaker
        self._running = {one.id: one for one in known if one.ended_at is None}

    def start(self, person: Person, command: StaffCommand) -> str:
        running = self._of(person)
        if running is not None:
            return self._speaker.say(
                messages.WORK_RUNNING, clock=self._speaker.clock(running.started_at)
            )
        at = self._at(command)
        if at is None:
            return self._speaker.say(messages.CLOCK_UNSURE_WORK)
        started = Intervention(self._ledger.next_id(Intervention), person.name, at)
        self._running[started.id] = started
        self._ledger.put(started)
        self._ledger.remember(_fact(started), list(person.numbers))
        return self._speaker.say(messages.WORK_STARTED, clock=self._speaker.clock(at))

    def end(self, person: Person, command: StaffCommand) -> str:
        running = self._of(person)
        at = self._at(command)
        if running is not None and at is None:
            return self._speaker.say(messages.CLOCK_UNSURE_WORK)
        if running is None or at is None or _is_of_before(running, command):
            return self._speaker.say(messages.WORK_NONE)
        del self._running[running.id]
        self._ledger.put(replace(running, person=person.name, ended_at=at))
        self._ledger.remember(_fact(running), None)
        worked = at - running.started_at
        minutes = max(round(worked.total_seconds() / 60), 0)   # the clock may have been set back
        return self._speaker.say(
            messages.WORK_ENDED,
            start=self._speaker.clock(running.started_at),
            end=self._speaker.clock(at),
            duration=f"{minutes // 60} h {minutes % 60:02d}",
        )

    def _of(self, person: Person) -> Intervention | None:
        """What runs for them, also under the name that they had when it began."""
        found = [one for one in self._running.values() if one.person == person.name]
        found += [
            one
            for one in self._running.values()
            if self._is_renamed(one.person) and self._numbers(one) & set(person.numbers)
        ]
        return found[0] if found else None

    def _is_renamed(self, name: str) -> bool:
        rota = self._roster.rota
        return rota is not None and all(person.name != name for person in rota.people)

    def _numbers(self, running: Intervention) -> set[object]:
        known = self._ledger.fact(_fact(running))
        return set(known) if isinstance(known, list) else set()

    def _at(self, command: StaffCommand) -> datetime | None:
        return work_at(command.stamp, self._ledger.moment, command.said_at)


def _is_of_before(running: Intervention, command: StaffCommand) -> bool:
    """A FIN of before the DEBUT, which overtook it on its way."""
    return command.said_at is not None and command.said_at < running.started_at


def _fact(running: Intervention) -> str:
    return f"work:{running.id}"
