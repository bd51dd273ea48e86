"""When the box could not hear a call, and how long each fault kept it from doing so.

A fault is charged with an outage in which it struck alone. Where others struck in the same one
nobody can say whose it was: it is counted once, under all of them together (`SEVERAL`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from firmware.call.call_in_hand import TALK_MAX_S
from tests.simulation.box import SimulatedBox
from tests.simulation.pace import ILL, STRUCK, WELL, Pace

LOOK_MS, LOOK_MAX_MS = 500, 5_000
LOOKS = 200    # what has lasted so many looks is looked at less often, exact to half a per cent
OWN_PACE_MS = 10 * 60_000     # for so long from a fault the box looks as often as a real one
BACK_WITHIN_S = 600.0
STRIKES_WITHIN_MS = 15_000    # a fault that does nothing within this has done nothing
DEAF = "registered but deaf"  # of which a box only learns in the end (see the README)
HUNG = frozenset({"modem hangs", "modem falls silent"})   # nothing but its power helps
SEVERAL = "several faults at once"
SEVERAL_AND_DEAF = f"several faults at once, {DEAF} among them"


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault, when it struck, and when people had mended what only they can."""

    fault: str
    struck_ms: int
    mended_ms: int


@dataclass(frozen=True, slots=True)
class Felt:
    """An outage: ``seconds`` of it in which calls could have been taken again, but for software.
    ``faults`` are those that struck in it, in order; of none where it was none. ``talk``: the box
    had joined two, whom a reset of the modem would cut."""

    began_ms: int
    seconds: float
    faults: tuple[str, ...] = ()
    talk: bool = False


def is_late(felt: Felt, *, has_relay: bool) -> bool:
    """Whether software that could mend it has not: the goal is three minutes at the worst, and
    several faults at once may take as long again."""
    able = DEAF not in felt.faults and (has_relay or not HUNG.intersection(felt.faults))
    return able and felt.seconds > BACK_WITHIN_S + TALK_MAX_S * felt.talk


@dataclass(slots=True)
class Recoveries:
    """Under each fault the outages that it caused alone; one that never kept the box from hearing
    counts as nothing."""

    felt: dict[str, list[Felt]] = field(default_factory=dict)

    def note(self, name: str, felt: Felt) -> None:
        self.felt.setdefault(name, []).append(felt)

    def seconds(self) -> list[float]:
        """Of all of them."""
        return [felt.seconds for outages in self.felt.values() for felt in outages]


class Outages:
    """Looks at the box every half second while something is wrong."""

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._busy: list[tuple[int, int]] = []   # the network takes no SMS
        self._since_ms: int | None = None
        self._talk = False
        self._open: list[Strike] = []
        self._looking = False
        self._pace, self._struck_ms = WELL, 0
        self.recoveries = Recoveries()
        self.on_felt: Callable[[Felt], None] = lambda felt: None
        self.talks: Callable[[], bool] = lambda: False   # two whom the box has joined
        self.on_look: Callable[[int], None] = lambda began_ms: None   # while one lasts
        box.on_death = self.struck

    @property
    def settled(self) -> bool:
        """Every fault that has struck is over."""
        return not self._open and self._since_ms is None

    def during(self, begin_ms: int, end_ms: int) -> bool:
        """Whether the box could not hear at any moment of this stretch."""
        if self._since_ms is not None and self._since_ms <= end_ms:
            return True
        found = bisect_left(self._ends, begin_ms)
        return found < len(self._begins) and self._begins[found] <= end_ms

    def unable_ms(self, begin_ms: int, end_ms: int) -> int:
        """How much of this stretch nothing could leave the box: it had no modem, SIM or network,
        or the network took no SMS."""
        first = bisect_left(self._ends, begin_ms)
        spans = list(zip(self._begins[first:], self._ends[first:], strict=True)) + self._busy
        if self._since_ms is not None:
            spans.append((self._since_ms, end_ms))
        unable_ms, at_ms = 0, begin_ms
        for since_ms, until_ms in sorted(spans):
            unable_ms += max(0, min(until_ms, end_ms) - max(since_ms, at_ms))
            at_ms = max(at_ms, until_ms)
        return unable_ms

    def takes_no_sms(self, wait_ms: int) -> None:
        """From now on, for so long."""
        now_ms = self._box.now_ms
        self._busy.append((now_ms, now_ms + wait_ms))

    def struck(self, fault: str, mended_after_ms: int = 0) -> None:
        """A fault has struck; people mend it after so long, and the box can do nothing before."""
        now_ms = self._box.now_ms
        self._open.append(Strike(fault, now_ms, now_ms + mended_after_ms))
        self._keep(STRUCK)
        if not self._looking:
            self._looking = True
            self._look()

    def _keep(self, pace: Pace) -> None:
        self._pace, self._struck_ms = pace, self._box.now_ms
        self._box.keep_pace(pace)

    def _look(self) -> None:
        box = self._box
        now_ms = box.now_ms
        if not box.hears:
            if self._since_ms is None:
                self._since_ms, self._talk = now_ms, self.talks()
            self.on_look(self._since_ms)
        elif self._since_ms is not None:
            self._over(self._since_ms, now_ms)
        else:
            self._unfelt(now_ms)
        if self._open or self._since_ms is not None:
            oldest_ms = min((strike.struck_ms for strike in self._open), default=now_ms)
            age_ms = now_ms - min(oldest_ms, now_ms if self._since_ms is None else self._since_ms)
            if self._pace is STRUCK and now_ms - self._struck_ms > OWN_PACE_MS:
                self._keep(ILL)
            box.timeline.after(min(max(LOOK_MS, age_ms // LOOKS), LOOK_MAX_MS), self._look)
        else:
            self._looking = False
            self._keep(WELL)

    def _over(self, began_ms: int, now_ms: int) -> None:
        """The box hears again."""
        self._begins.append(began_ms)
        self._ends.append(now_ms)
        self._since_ms = None
        # What struck long before and did nothing by itself, such as a full disk, is none of it
        felt = [each for each in self._open if each.struck_ms > began_ms - STRIKES_WITHIN_MS]
        self._open = [each for each in self._open if each not in felt]
        if felt:
            faults = tuple(strike.fault for strike in felt)
            outage = Felt(began_ms, _by_software_ms(felt, now_ms) / 1000, faults, self._talk)
            self.recoveries.note(_charged(faults), outage)
            self.on_felt(outage)
        self._unfelt(now_ms)

    def _unfelt(self, now_ms: int) -> None:
        """The box hears: what struck a while ago has done nothing, unless it still goes on."""
        left = []
        for strike in self._open:
            if now_ms - strike.struck_ms < STRIKES_WITHIN_MS or now_ms < strike.mended_ms:
                left.append(strike)
            else:
                self.recoveries.note(strike.fault, Felt(strike.struck_ms, 0.0))
        self._open = left


def _charged(faults: tuple[str, ...]) -> str:
    if len(set(faults)) == 1:
        return faults[0]
    return SEVERAL_AND_DEAF if DEAF in faults else SEVERAL


def _by_software_ms(felt: list[Strike], now_ms: int) -> int:
    """From the first of these faults until now, without the time in which people had to mend."""
    counted_ms, begin_ms = 0, felt[0].struck_ms
    for strike in felt:
        counted_ms += max(0, strike.struck_ms - begin_ms)
        begin_ms = max(begin_ms, strike.mended_ms)
    return counted_ms + max(0, now_ms - begin_ms)
