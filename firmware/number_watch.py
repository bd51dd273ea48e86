"""Numbers of the rota that may not be rung or texted: an alarm while they stand there.

They came in by a door that does not ask: a restored backup, a new SIM with a number of the staff.
"""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.roster import Roster
from firmware.wording import messages


class NumberWatch:
    """Looks at every number of everybody; the doors themselves refuse such numbers."""

    def __init__(self, roster: Roster, bell: Bell) -> None:
        self._roster = roster
        self._bell = bell

    def look(self) -> None:
        people = self._roster.rota.people if self._roster.rota is not None else ()
        for person, number in ((each, number) for each in people for number in each.numbers):
            why = self._roster.refusal(number)
            key = f"number:{number}"
            if why is None:
                self._bell.still(key)
            elif why == "own":
                self._bell.ring(key, messages.OWN_NUMBER, {"person": person.name})
            else:
                values = {"number": number, "why": why}
                self._bell.ring(key, messages.NUMBER_REFUSED, values)
