"""DEBUT and FIN: time at work in an intervention, by the clock of whoever knows it best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.record import Intervention
from firmware.rota import Person
from firmware.sms.late_word import work_at
from firmware.sms.staff_commands import StaffCommand
from firmware.speaker import Speaker
from firmware.wording import messages

RENAMED_WITHIN = timedelta(days=1)


class WorkHours:
    """At most one runs for a person. A word that the network delivers late counts from when it was
    sent; while nobody knows the time nothing is written down that somebody would be paid by."""

    def __init__(
        self, ledger: Ledger, roster: Roster, speaker: Speaker, known: Iterable[Intervention]
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._speaker = speaker
        self._rota = roster.rota   # as it was at the last word
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
        return self._speaker.say(messages.WORK_STARTED, clock=self._speaker.clock(at))

    def end(self, person: Person, command: StaffCommand) -> str:
        running = self._of(person)
        at = self._at(command)
        if running is not None and at is None:
            return self._speaker.say(messages.CLOCK_UNSURE_WORK)
        if running is None or at is None or _is_of_before(running, command):
            return self._speaker.say(messages.WORK_NONE)
        del self._running[running.id]
        self._ledger.put(replace(running, ended_at=at))
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
        self._follow_renames()
        return next((one for one in self._running.values() if one.person == person.name), None)

    def _follow_renames(self) -> None:
        """Whoever has another name and the number of before is the same person, for a day: later it
        is more likely that somebody else has got the telephone."""
        before, self._rota = self._rota, self._roster.rota
        if before is None or self._rota is None or before is self._rota:
            return
        names = {person.name for person in self._rota.people}
        for one in tuple(self._running.values()):
            was = next((each for each in before.people if each.name == one.person), None)
            now = self._rota.person_with(was.mobile) if was is not None else None
            is_new = timedelta(0) <= self._ledger.now - one.started_at < RENAMED_WITHIN
            if one.person not in names and now is not None and is_new:
                self._running[one.id] = replace(one, person=now.name)
                self._ledger.put(self._running[one.id])

    def _at(self, command: StaffCommand) -> datetime | None:
        return work_at(command.stamp, self._ledger.moment, command.said_at)


def _is_of_before(running: Intervention, command: StaffCommand) -> bool:
    """A FIN of before the DEBUT, which overtook it on its way."""
    return command.said_at is not None and command.said_at < running.started_at
