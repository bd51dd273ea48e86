"""How late the words of the staff come, by the time stamps of their centres, when they do not."""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.moment import Moment
from firmware.sms.late_word import said_at

FACT = "word-delays"
MOST_S = 864_000   # what is beyond is of a clock that tells nothing
KEPT = 5           # of each number: so many occasions in a row, and it is how late they always are
SAME_S = 20
OCCASION_S = 1800  # many that were held up come together: they are one
SET = timedelta(minutes=1)   # by so much the clock is another one
Sample = tuple[int, int]   # when, in seconds of the wall clock, and how late


class WordDelays:
    """Remembers the last delays of each number of the staff, in whole seconds, over restarts."""

    def __init__(self, ledger: Ledger, roster: Roster) -> None:
        self._ledger = ledger
        self._roster = roster
        # That of the last word, or of the start: a clock that is first set after it was not known
        begun = ledger.moment
        self._before: Moment | None = begun if begun.utc_trusted else None

    def said_at(self, number: str, stamp: datetime | None) -> datetime | None:
        """When it was sent; None where it is of now, as far as anybody can tell."""
        moment = self._ledger.moment
        if stamp is None or not moment.utc_trusted:
            return None
        if self._before is not None and moment.clock_was_set_since(self._before, SET):
            self._ledger.remember(FACT, None)   # whichever of the two was wrong
        self._before = moment
        known = self._known()
        mine = known.get(number, [])
        now, delay = round(moment.utc.timestamp()), round((moment.utc - stamp).total_seconds())
        usual_s = min((each for _, each in mine), default=None)
        before = [each for at, each in mine if now - at >= OCCASION_S]
        if before and abs(before[-1] - delay) < SAME_S:
            usual_s = delay   # as late as the last time: a clock is off, no network is so regular
        # A stamp of the future says that a clock is wrong, and nothing of how late the next one is
        said = said_at(stamp, moment, max(usual_s, 0) if usual_s is not None else None)
        if mine and abs(now - mine[-1][0]) < OCCASION_S:
            known[number] = [*mine[:-1], (mine[-1][0], min(mine[-1][1], delay))]
        else:
            known[number] = [*mine, (now, delay)][-KEPT:]
        self._ledger.remember(
            FACT,
            {
                each: [list(sample) for sample in found]
                for each, found in known.items()
                if self._roster.staff(each)
            },
        )
        return said

    def _known(self) -> dict[str, list[Sample]]:
        """A fact may come from a damaged card, or from another version."""
        found = self._ledger.fact(FACT)
        return {
            str(number): [(each[0], each[1]) for each in samples if _is_sample(each)]
            for number, samples in (found.items() if isinstance(found, dict) else ())
            if isinstance(samples, list)
        }


def _is_sample(found: object) -> bool:
    return (
        isinstance(found, list)
        and [type(each) for each in found] == [int, int]
        and abs(found[1]) < MOST_S
    )
