"""When the box could not hear a call, and how long each fault kept it from doing so."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from tests.simulation.box import SimulatedBox

LOOK_MS, LOOK_MAX_MS = 500, 5_000
LOOKS = 200    # what has lasted so many looks is looked at less often, exact to half a per cent
STRIKES_WITHIN_MS = 15_000    # a fault that does nothing within this has done nothing
GIVEN_UP_MS = 6 * 3_600_000


@dataclass(slots=True)
class Recoveries:
    """Seconds from a fault (or, where only people can mend it, from its mending) until calls are
    taken again; a fault that never kept the box from hearing counts as nothing."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)
    never: dict[str, int] = field(default_factory=dict)


class Outages:
    """Looks at the box every half second while something is wrong."""

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._since_ms: int | None = None
        self._open: list[tuple[str, int, int]] = []   # fault, when it struck, from when it counts
        self._looking = False
        self.recoveries = Recoveries()
        box.on_death = self._died

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

    def _died(self, back_after_ms: int, mains: bool) -> None:
        if mains:
            self.struck("power cut", mended_after_ms=back_after_ms)
        else:
            self.struck("daemon killed")

    def struck(self, fault: str, *, mended_after_ms: int = 0) -> None:
        """A fault has struck; people mend it after so long, and the box can do nothing before."""
        now_ms = self._box.now_ms
        struck = self.recoveries.struck
        struck[fault] = struck.get(fault, 0) + 1
        self._open.append((fault, now_ms, now_ms + mended_after_ms))
        if not self._looking:
            self._looking = True
            self._look()

    def _look(self) -> None:
        box = self._box
        now_ms = box.now_ms
        hears = box.hears
        if hears and self._since_ms is not None:
            self._begins.append(self._since_ms)
            self._ends.append(now_ms)
        if hears:
            for fault, struck_ms, counts_ms in self._open:
                if self._since_ms is not None and struck_ms <= self._since_ms + STRIKES_WITHIN_MS:
                    self._note(fault, max(0, now_ms - counts_ms) / 1000)
            self._settle(now_ms)
            self._since_ms = None
        elif self._since_ms is None:
            self._since_ms = now_ms
        if self._open or self._since_ms is not None:
            oldest_ms = min((struck_ms for _, struck_ms, _ in self._open), default=now_ms)
            age_ms = now_ms - min(oldest_ms, now_ms if self._since_ms is None else self._since_ms)
            box.timeline.after(min(max(LOOK_MS, age_ms // LOOKS), LOOK_MAX_MS), self._look)
        else:
            self._looking = False

    def _settle(self, now_ms: int) -> None:
        """The box hears: faults that were felt are over, the others may still be felt."""
        left = []
        for fault, struck_ms, counts_ms in self._open:
            felt = self._since_ms is not None and struck_ms <= self._since_ms + STRIKES_WITHIN_MS
            if felt:
                continue
            if now_ms - struck_ms < STRIKES_WITHIN_MS or now_ms < counts_ms:
                left.append((fault, struck_ms, counts_ms))
            else:
                self._note(fault, 0.0)
        self._open = left

    def _note(self, fault: str, seconds: float) -> None:
        self.recoveries.seconds.setdefault(fault, []).append(seconds)
