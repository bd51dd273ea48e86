"""Who is to be asked now: the rota and the trust in the clock, put together.

The only door between the attendant and `rota.on_duty`; nothing else asks who is on duty.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from firmware.ledger import Ledger
from firmware.policy import Candidate
from firmware.rota import (
    Duty,
    NumberFault,
    Person,
    Rota,
    Service,
    administrators,
    everybody,
    next_handover,
    next_opening_change,
    office_number,
    on_duty,
)
from firmware.rota.dialling import check_diallable

OWN_NUMBER = "own-numbers"  # the fact
UNREACHED = "unreached:"    # begins the key of the alarm that no alarm reaches a person


@lru_cache(maxsize=256)
def _refusal(number: str, country_code: str) -> str | None:
    try:
        check_diallable(number, country_code)
    except NumberFault as fault:
        return str(fault)
    return None


class Roster:
    """The rota at the present moment. Without a site file everything is empty."""

    def __init__(self, ledger: Ledger, rota: Rota | None) -> None:
        self._ledger = ledger
        self.rota = rota

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The numbers under which the SIM in the modem can be reached, where they are known."""
        found = self._ledger.fact(OWN_NUMBER)
        return tuple(str(number) for number in found) if isinstance(found, list) else ()

    def know_own_numbers(self, numbers: Iterable[str]) -> bool:
        """Remember them; false when nothing is new."""
        known = list(numbers)
        if tuple(known) == self.own_numbers:
            return False
        self._ledger.remember(OWN_NUMBER, known)
        return True

    def refusal(self, number: str) -> str | None:
        """The one gate: why this number may not be rung, forwarded to or texted; None if it may.

        Asked at each use, so that it does not matter by which door a number came in: site file,
        page, RELAIS, a restored backup.
        """
        if number in self.own_numbers:
            return "own"
        country_code = self.rota.site.country_code if self.rota is not None else "33"
        return _refusal(number, country_code)

    @property
    def services(self) -> tuple[Service, ...]:
        return self.rota.services if self.rota is not None else ()

    @property
    def default_service(self) -> Service | None:
        return self.services[0] if self.services else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.rota.site.time_zone if self.rota is not None else "UTC")

    @property
    def language(self) -> str:
        return self.rota.site.language if self.rota is not None else "fr"

    @property
    def administrators(self) -> tuple[Person, ...]:
        return administrators(self.rota) if self.rota is not None else ()

    @property
    def wardens(self) -> tuple[Person, ...]:
        """Who hears of alarms, and is asked where nobody is on duty: the administrators; where the
        site names none who may be texted (one whose SIM was put into the box has the box's own
        number), or no SMS reaches any of them, everybody, for an alarm that reaches nobody is
        silence. Whom none reaches is tried all the same."""
        people = self.rota.people if self.rota is not None else ()
        present = tuple(each for each in people if not each.former)
        heads = self.administrators if self.has_a_warden else present
        return tuple(each for each in heads if self._may_be_texted(each)) or present

    @property
    def has_a_warden(self) -> bool:
        """Whether alarms reach an administrator, as far as is known."""
        return any(
            self._may_be_texted(each) and self._ledger.alarm(f"{UNREACHED}{each.name}") is None
            for each in self.administrators
        )

    def _may_be_texted(self, person: Person) -> bool:
        return any(self.refusal(number) is None for number in person.numbers)

    def service(self, name: str) -> Service | None:
        return next((service for service in self.services if service.name == name), None)

    def staff(self, number: str) -> Person | None:
        """The person of the staff list with this E.164 number among theirs."""
        return self.rota.person_with(number) if self.rota is not None else None

    def next_number(self, person: str, number: str) -> str | None:
        """The next of the person's numbers that may be texted, after one that did not work."""
        people = self.rota.people if self.rota is not None else ()
        found = next((each for each in people if each.name == person), None)
        after = found.number_after(number) if found is not None else None
        while found is not None and after is not None and self.refusal(after) is not None:
            after = found.number_after(after)
        return after

    def duties(self, service: str, at: datetime | None = None) -> tuple[Duty, ...]:
        """Now, or ``at`` another instant."""
        if self.rota is None:
            return ()
        found = on_duty(self.rota, service, at or self._ledger.now)
        # Who has left may stand in a rotation that a file brought: their number is nobody's
        return tuple(duty for duty in found if not duty.person.former)

    def candidates(self, service: str) -> tuple[Candidate, ...]:
        """Whom to ask, in order. With an untrusted clock everybody is level 1: all at once.

        A service that was renamed or removed while somebody waits is asked for like one that a
        text does not name: whoever is on duty for the first.
        """
        if self.service(service) is None and self.default_service is not None:
            service = self.default_service.name
        if self.rota is None or self.service(service) is None:
            return self._stand_ins()
        if not self._ledger.moment.utc_trusted:
            everyone = tuple(
                Candidate(1, person)
                for person in everybody(self.rota, service)
                if self.refusal(person.mobile) is None
            )
            return everyone or self._stand_ins()
        asked = tuple(
            Candidate(duty.level, duty.person)
            for duty in self.duties(service)
            if self.refusal(duty.person.mobile) is None
        )
        return asked or self._stand_ins()

    def nobody_on_duty(self, service: str) -> bool:
        return not self.duties(service) and self.office(service) is None

    def office(self, service: str) -> str | None:
        """The office telephone's number in opening hours, else None."""
        if self.rota is None or not self._ledger.moment.utc_trusted:
            return None
        number = office_number(self.rota, service, self._ledger.now)
        return number if number is None or self.refusal(number) is None else None

    def next_change(self) -> datetime | None:
        """The next instant at which somebody's duty or the office's hours begin or end."""
        if self.rota is None:
            return None
        changes = [
            change
            for service in self.services
            for change in (
                next_handover(self.rota, service.name, self._ledger.now),
                next_opening_change(self.rota, service.name, self._ledger.now),
            )
            if change is not None
        ]
        return min(changes, default=None)

    def _stand_ins(self) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(0, person)
            for person in self.wardens
            if self.refusal(person.mobile) is None
        )
