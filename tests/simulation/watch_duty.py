"""Who comes on duty and who goes has been told so, and the truth; a take-over is the word of
whoever takes over, for a duty that is somebody's, and to the end of their shift.

What the box told a person last about a duty of theirs is held against the oracle's rota of that
minute, through edits, take-overs, deaths and wrong clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations

from firmware.record import RotaOverride
from firmware.wording import Wording, messages
from tests.rota.oracle import Answer, Duty
from tests.simulation.books import BookedSms
from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise
from tests.simulation.truth import MINUTE, RotaTruth
from tests.simulation.world import WORDINGS

LOOK_EVERY_MS = 5 * 60_000
SETTLED_MS = 15 * 60_000     # the duty, and a box that knows the time, are as they are for so long
AHEAD = timedelta(days=15)   # no shift is longer; who stays is told no end
ENDLESS = timedelta(hours=24)
NEAR = timedelta(seconds=30)
Place = tuple[str, int, str]     # service, level, name


@dataclass(slots=True)
class Standing:
    """Whether somebody is on duty, since when, and whether that was found untold already."""

    on: bool
    since_ms: int
    told_of: bool = False


class DutyWatch:
    """Looks every five minutes, at each notice of a handover, and at each take-over."""

    def __init__(self, box: SimulatedBox, truth: RotaTruth) -> None:
        self._box = box
        self._truth = truth
        self._wording: Wording = WORDINGS[truth.site["site"]["language"]]
        self._standing: dict[Place, Standing] = {}
        self._told: dict[Place, bool] = {}     # what each was told last: on duty, or no more
        self._well_ms: int | None = None       # since when the box lives and knows the time
        self.notices = 0
        self.relays: list[tuple[int, RotaOverride]] = []
        box.books.on_outgoing.append(self._says)
        box.timeline.after(0, self._begin)

    def _begin(self) -> None:
        """Nobody is told of the rota with which a box begins."""
        for place in self._places(self._box.timeline.utc()):
            self._told[place] = True
            self._standing[place] = Standing(True, self._box.now_ms)
        self._look()

    def _places(self, instant: datetime) -> set[Place]:
        truth = self._truth
        return {
            (service, level, name)
            for service in truth.services
            for level, name in truth.answer(service, instant).duty
        }

    # What stands against what was told

    def _look(self) -> None:
        box = self._box
        now_ms = box.now_ms
        box.timeline.after(LOOK_EVERY_MS, self._look)
        places = self._places(box.timeline.utc())
        for place in self._standing.keys() | places:
            known, on = self._standing.get(place), place in places
            if known is None or known.on is not on:
                self._standing[place] = Standing(on, now_ms)
        if box.dead or not box.trusted or box.disk_full or abs(box.skew) > NEAR:
            self._well_ms = None
            return
        if self._well_ms is None:
            self._well_ms = now_ms
        for place, standing in self._standing.items():
            settled = now_ms - max(standing.since_ms, self._well_ms) >= SETTLED_MS
            if settled and not standing.told_of:
                standing.told_of = True
                self._must_know(place, standing)

    def _must_know(self, place: Place, standing: Standing) -> None:
        if self._told.get(place, False) is standing.on:
            return
        if self._box.lost(standing.since_ms - SETTLED_MS, self._box.now_ms):
            return
        said = "has come on duty" if standing.on else "has gone off duty"
        what = f"{place[2]} {said} for {place[0]}, level {place[1]}, at {standing.since_ms} ms"
        self._breaks(Promise.HANDOVER, f"{what}, and was told something else last")

    # What the box says

    def _says(self, sms: BookedSms) -> None:
        kind, *names = sms.row.cause.split(":")
        person = self._truth.names.get(sms.row.recipient)
        if kind != "handover" or person is None:
            return
        self.notices += 1
        what, service, level = names[:3]
        place = (service, int(level), person)
        starts = what == "starts"
        self._told[place] = starts
        instant = self._box.moment.utc
        # All that was committed with it is known first: a take-over, say
        self._box.timeline.after(0, lambda: self._must_be_true(sms, place, instant, starts=starts))

    def _must_be_true(
        self, sms: BookedSms, place: Place, instant: datetime, *, starts: bool
    ) -> None:
        truth, (service, level, name) = self._truth, place
        if not truth.knows(instant):
            return
        answers = list(truth.around(service, instant))
        told = list(self._starts(place, instant) if starts else self._ends(place, answers))
        may = any(((level, name) in answer.duty) is starts for answer in answers)
        if not may or sms.row.text not in told:
            self._breaks(Promise.HANDOVER, f"the rota says {answers}, or {told}: {sms.row}")

    def _starts(self, place: Place, instant: datetime) -> Iterator[str]:
        """What may be said of a duty that starts, about this minute."""
        service, level, _ = place
        for minutes in (-1, 0, 1):
            until = self._end_of(place, instant + minutes * MINUTE)
            if until is None:
                yield self._wording.say(messages.DUTY_STARTS_OPEN, service=service, level=level)
                continue
            clock = self._wording.clock(until, self._truth.zone, instant)
            yield self._wording.say(
                messages.DUTY_STARTS, service=service, level=level, until=clock
            )

    def _ends(self, place: Place, answers: list[Answer]) -> Iterator[str]:
        service, level, _ = place
        for answer in answers:
            follow = [name for at, name in answer.duty if at == level]
            if not follow:
                yield self._wording.say(messages.DUTY_ENDS_NOBODY, service=service, level=level)
                continue
            for names in map(", ".join, permutations(follow)):
                yield self._wording.say(
                    messages.DUTY_ENDS, service=service, level=level, names=names
                )

    def _end_of(self, place: Place, instant: datetime) -> datetime | None:
        """The first minute at which somebody who is on duty at this instant is no more."""
        service, level, name = place
        return self._first(service, instant, lambda duty: (level, name) not in duty)

    def _first(
        self, service: str, instant: datetime, is_so: Callable[[Duty], bool]
    ) -> datetime | None:
        minute = instant.replace(second=0, microsecond=0)
        for _ in range(AHEAD // MINUTE):
            if is_so(self._truth.answer(service, minute).duty):
                return minute
            minute += MINUTE
        return None

    # Take-overs

    def takes_over(self, row: RotaOverride) -> None:
        """Before the rota is the one with this entry."""
        box, truth = self._box, self._truth
        self.relays.append((box.now_ms, row))
        if row.in_ is not None:
            self._told[row.service, row.level, row.in_] = True
        if row.out is not None:
            self._told[row.service, row.level, row.out] = False
        now = box.moment.utc
        if not truth.knows(now):
            return
        duties = [answer.duty for answer in truth.around(row.service, now)]
        is_on = {
            name: [(row.level, name) in duty for duty in duties] for name in (row.in_, row.out)
        }
        if not box.trusted or abs(row.start - now) > MINUTE:
            self._breaks(Promise.RELAYED, f"from another time than {now}: {row}")
        elif row.out is not None and not any(is_on[row.out]):
            self._breaks(Promise.RELAYED, f"from somebody who was not on duty, {duties}: {row}")
        elif row.in_ is not None and all(is_on[row.in_]):
            self._breaks(Promise.RELAYED, f"by somebody who was on duty already: {row}")
        elif not any(abs(row.end - end) < MINUTE for end in self._ends_of(row, now)):
            ends = [str(end) for end in self._ends_of(row, now)]
            self._breaks(Promise.RELAYED, f"not until {ends}: {row}")

    def forgets(self, row: RotaOverride) -> None:
        """It was in memory only, and the power went."""
        self.relays = [(at_ms, each) for at_ms, each in self.relays if each is not row]

    def _ends_of(self, row: RotaOverride, now: datetime) -> Iterator[datetime]:
        """Where a shift that is taken over may end: of whoever holds it now, also by an entry."""
        truth = self._truth
        for minutes in (-1, 0, 1):
            instant = now + minutes * MINUTE
            duty = truth.answer(row.service, instant).duty
            held = [name for level, name in duty if level == row.level]
            ends = [self._end_of((row.service, row.level, name), instant) for name in held]
            yield from (end for end in ends if end is not None)
            if not held:
                # Until somebody comes onto this level, where nobody is
                comes = self._first(
                    row.service, instant, lambda duty: any(at == row.level for at, _ in duty)
                )
                yield comes or now + ENDLESS
            elif not any(ends):
                yield now + ENDLESS
        for entry in truth.site.get("override", []):
            if entry["service"] == row.service and entry["level"] == row.level:
                yield from (end for end in (row.end,) if truth.wall(end) == entry["to"])

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)
