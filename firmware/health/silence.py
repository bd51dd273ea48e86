"""Is it too quiet? Learnt from the box's own hours, judged against its own hours.

A modem can be registered and deaf: nothing tells it but calls that do not come. For each hour of
the week the model counts how often the box listened through it and how often something came. The
chance that an hour stays silent is then known, and the chances of all silent hours since the last
call multiply. Below `CHANCE` the silence is no chance any more. A box with many calls is suspicious
after some hours of a working day, one with a call a day after a week; no night is suspicious of
which nothing was ever heard.

Time is what the box has listened through (its own minutes while the modem was well), not what a
wall clock says: the wall clock only names the hour of the week.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

HOURS = 168
CHANCE = math.exp(-12.0)   # of 100,000 silences like it that mean nothing, less than one
DOUBTFUL = math.exp(-4.0)  # of fifty silences like it that mean nothing, one
QUIET_MAX_H = 30 * 24.0    # nothing at all for so long is worth a call, whatever was usual
FORGET = 0.92              # a week: what was usual two months ago counts half
NEIGHBOURS = 3.0           # how many weeks the same hour of all days is worth beside the hour's own
DOUBT = 4.0                # silent weeks that are assumed before anything is known
BUSY_MAX = 0.97            # no hour is ever sure to bring a call
RECENT_KEEP = 0.995        # an hour: the last eight days tell how busy the time of year is


def _around(hour: int) -> itemgetter[tuple[float, ...]]:
    """Of the hours of a week: this one of all days, each between its neighbours."""
    days = range(hour, HOURS, 24)
    return itemgetter(*[h for d in days for h in ((d - 1) % HOURS, d, (d + 1) % HOURS)])


AROUND = [_around(hour) for hour in range(24)]


@dataclass(frozen=True, slots=True)
class Silence:
    """What is known of one kind of thing that comes (calls, or SMS).

    ``listened`` and ``heard`` count, for each hour of the week (0 is Monday 00:00 on the site's
    clock), the weeks in which the box listened through it and in which something came; the past
    counts less. ``weight`` is -ln of the chance of the silence so far, ``quiet_h`` its hours.
    """

    listened: tuple[float, ...] = (0.0,) * HOURS
    heard: tuple[float, ...] = (0.0,) * HOURS
    weight: float = 0.0
    quiet_h: float = 0.0
    recent_heard: float = 0.0
    recent_expected: float = 0.0
    hour: int | None = None
    hour_share: float = 0.0
    hour_heard: bool = False

    @property
    def is_odd(self) -> bool:
        """Longer than chance explains."""
        return self.weight > -math.log(CHANCE) or self.quiet_h >= QUIET_MAX_H

    @property
    def is_doubtful(self) -> bool:
        """Long enough to look whether anything can come at all."""
        return self.weight > -math.log(DOUBTFUL)

    def came(self) -> Silence:
        """Something came: the silence is over."""
        return replace(self, weight=0.0, quiet_h=0.0, hour_heard=True)

    def listen(self, hour: int, hours: float) -> Silence:
        """The box has listened for ``hours`` (at most one) in this hour of the week.

        Nothing is learnt from a silence that is odd: a deaf box would learn that silence is usual.
        """
        now = self if hour == self.hour else self._learnt(hour)
        weight = now.weight - hours * math.log(1.0 - now.expected(hour))
        return replace(
            now,
            weight=weight,
            quiet_h=now.quiet_h + hours,
            hour_share=min(now.hour_share + hours, 1.0),
        )

    def expected(self, hour: int) -> float:
        """The share of the weeks in which something comes in this hour, as things are now."""
        around = AROUND[hour % 24]
        usual: float = sum(around(self.heard)) / (sum(around(self.listened)) + DOUBT * 7)
        own = self.heard[hour] + NEIGHBOURS * usual
        share = own / (self.listened[hour] + NEIGHBOURS)
        return min(share * self._season(), BUSY_MAX)

    def _season(self) -> float:
        """How busy the last days were beside what was usual; never more than usual: a quiet month
        must not be odd, a busy one is no promise."""
        return min((self.recent_heard + 2.0) / (self.recent_expected + 2.0), 1.0)

    def _learnt(self, hour: int) -> Silence:
        """The hour that has passed is learnt, and a new one begins."""
        begun = replace(self, hour=hour, hour_share=0.0, hour_heard=False)
        if self.hour is None or self.hour_share < 0.5 or self.is_odd:
            return begun
        heard = 1.0 if self.hour_heard else 0.0
        usual = self.expected(self.hour) / self._season()
        return replace(
            begun,
            listened=_counted(self.listened, self.hour, 1.0),
            heard=_counted(self.heard, self.hour, heard),
            recent_heard=self.recent_heard * RECENT_KEEP + heard,
            recent_expected=self.recent_expected * RECENT_KEEP + usual,
        )

    # As a fact of the store

    def as_fact(self) -> dict[str, object]:
        return {
            "listened": [round(value, 3) for value in self.listened],
            "heard": [round(value, 3) for value in self.heard],
            "weight": round(self.weight, 3),
            "quiet_h": round(self.quiet_h, 3),
            "recent": [round(self.recent_heard, 3), round(self.recent_expected, 3)],
        }


def silence_from(fact: object) -> Silence:
    """What a fact holds; an empty model for what is none."""
    try:
        values: Any = fact
        found = Silence(
            listened=_whole(values["listened"]),
            heard=_whole(values["heard"]),
            weight=float(values["weight"]),
            quiet_h=float(values["quiet_h"]),
            recent_heard=float(values["recent"][0]),
            recent_expected=float(values["recent"][1]),
        )
    except (KeyError, IndexError, TypeError, ValueError):
        return Silence()
    return found


def _whole(values: Any) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != HOURS or any(not 0.0 <= number <= 1000.0 for number in numbers):
        raise ValueError("not a week")
    return numbers


def _counted(values: tuple[float, ...], hour: int, more: float) -> tuple[float, ...]:
    return (*values[:hour], values[hour] * FORGET + more, *values[hour + 1 :])
