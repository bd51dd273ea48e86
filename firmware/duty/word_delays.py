"""How late the words of the staff come, by the time stamps of their centres, when they do not."""

from __future__ import annotations

from datetime import datetime

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.sms.late_word import said_at

FACT = "word-delays"
MOST_S = 864_000   # what is beyond is of a clock that tells nothing
KEPT = 5      # of each number; of so many in a row that are late one is not seen to be
ENOUGH = 3    # to say something of the number's own centre


class WordDelays:
    """Remembers the last delays of each number of the staff, in whole seconds, over restarts."""

    def __init__(self, ledger: Ledger, roster: Roster) -> None:
        self._ledger = ledger
        self._roster = roster

    def said_at(self, number: str, stamp: datetime | None) -> datetime | None:
        """When it was sent; None where it is of now, as far as anybody can tell."""
        moment = self._ledger.moment
        if stamp is None or not moment.utc_trusted:
            return None
        known = self._known()
        mine = known.get(number, [])
        delays = mine if len(mine) >= ENOUGH else [each for some in known.values() for each in some]
        # A stamp of the future says that a clock is wrong, and nothing of how late the next one is
        said = said_at(stamp, moment, max(min(delays), 0) if delays else None)
        delay = round((moment.utc - stamp).total_seconds())
        known[number] = [*mine, delay][-KEPT:]
        self._ledger.remember(
            FACT, {each: found for each, found in known.items() if self._roster.staff(each)}
        )
        return said

    def _known(self) -> dict[str, list[int]]:
        """A fact may come from a damaged card, or from another version."""
        found = self._ledger.fact(FACT)
        return {
            str(number): [each for each in delays if isinstance(each, int) and abs(each) < MOST_S]
            for number, delays in (found.items() if isinstance(found, dict) else ())
            if isinstance(delays, list)
        }
