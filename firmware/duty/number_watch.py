"""Numbers of the rota that may not be rung or texted, and a rota without an administrator: an
alarm while that is so.

Such numbers came in by a door that does not ask: a restored backup, a new SIM with a number of the
staff.
"""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.duty.roster import UNREACHED, Roster
from firmware.ledger import Ledger
from firmware.wording import messages

KEY = "number:"
NO_ADMINISTRATOR = "no-administrator"


class NumberWatch:
    """Says which numbers of the rota are passed over, and why."""

    def __init__(self, ledger: Ledger, roster: Roster, bell: Bell) -> None:
        self._ledger = ledger
        self._roster = roster
        self._bell = bell

    def look(self) -> None:
        """Raise the alarm of each number that the gate refuses, end the others'."""
        rota = self._roster.rota
        people = [each for each in rota.people if not each.former] if rota is not None else []
        names = {number: person.name for person in people for number in person.numbers}
        for hours in rota.opening_hours if rota else ():
            names.setdefault(hours.number, hours.service)
        refused = {
            f"{KEY}{number}": (number, name, why)
            for number, name in names.items()
            if (why := self._roster.refusal(number)) is not None
        }
        self._bell.show(
            NO_ADMINISTRATOR, messages.NO_ADMINISTRATOR,
            bool(people) and not self._roster.administrators,
        )  # fmt: skip
        for alarm in self._ledger.alarms:
            if alarm.key.startswith(KEY) and alarm.key not in refused:
                self._bell.still(alarm.key)
            name, number = alarm.key.removeprefix(UNREACHED), alarm.values.get("number", "")
            if alarm.key.startswith(UNREACHED) and names.get(number) != name:
                self._bell.still(alarm.key, by_sms=False)   # of another number than theirs of now
        for key, (number, name, why) in refused.items():
            if why == "own":
                self._bell.ring(key, messages.OWN_NUMBER, {"person": name})
            else:
                values = {"number": number, "why": why}
                self._bell.ring(key, messages.NUMBER_REFUSED, values)
