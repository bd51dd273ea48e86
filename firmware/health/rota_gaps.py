"""Hours of the next month with nobody on duty: an alarm for each service that has some.

A rota that is planned month by month always has such hours, at its end: the alarm is up for weeks,
and a hole that an absence makes for tomorrow night must be told all the same. What was told is on
disk. A rota that has nobody each night is told once, not night after night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.alert.bell import Bell
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.moment import read_instant
from firmware.rota import Gap, gaps
from firmware.speaker import Speaker
from firmware.wording import messages

KEY = "gaps:"                # begins the key of the alarm; the service's name follows
LOOKED = "rota-gaps"         # the fact: service -> what its last check knew
AHEAD = timedelta(days=30)
NEAR = timedelta(hours=48)   # so long before it begins it is told again,
ALONE = timedelta(days=7)    # if the days before have none
KNOWN_MAX = 100              # gaps of a service that are remembered; a row on disk


@dataclass(frozen=True, slots=True)
class _Looked:
    """A check: what it knew, as far ahead as it looked; and which hole was told as near last."""

    until: datetime
    known: tuple[Gap, ...] = ()
    near: datetime | None = None


class RotaGaps:
    """Looks once a day."""

    def __init__(self, ledger: Ledger, roster: Roster, bell: Bell, speaker: Speaker) -> None:
        self._ledger = ledger
        self._roster = roster
        self._bell = bell
        self._speaker = speaker

    def check(self) -> str:
        """What the self-check says of it: `ok`, or a fault with the number of gaps of services."""
        rota, now = self._roster.rota, self._ledger.now
        found = {
            service.name: gaps(rota, service.name, now, now + AHEAD, office_counts=True)
            for service in (rota.services if rota is not None else ())
            if rota is not None
        }
        for alarm in self._ledger.alarms:
            if alarm.key.startswith(KEY) and not found.get(alarm.key.removeprefix(KEY)):
                self._bell.still(alarm.key)
        before = self._remembered()
        kept: dict[str, object] = {}
        for service, empty in found.items():
            looked = before.get(service, _Looked(now))
            near = self._tell(service, empty, looked) if empty else None
            past = [gap for gap in looked.known if now - ALONE < gap.end <= now]
            kept[service] = _as_fact((*past, *empty), now + AHEAD, near or looked.near)
        self._ledger.remember(LOOKED, kept)
        counts = [f"{service} {len(empty)}" for service, empty in found.items() if empty]
        return f"fault: {', '.join(counts)}" if counts else "ok"

    def _tell(self, service: str, found: Sequence[Gap], looked: _Looked) -> datetime | None:
        """By the alarm; where it is up for others, what is new among those that were looked for
        before, and the next one when it is near. When that begins, if it was told."""
        key = f"{KEY}{service}"
        up = self._ledger.alarm(key) is not None
        self._bell.ring(key, messages.ROTA_GAPS, self._words(service, found, found), again=False)
        told: Sequence[Gap] = found
        if up:
            new = [gap for gap in found if not _covered(gap, looked.known, looked.until)]
            told = new or self._near(found, looked)
        if told and up:
            self._bell.tell(key, messages.ROTA_GAPS, self._words(service, told, found))
        is_near = told and told[0].start - self._ledger.now <= NEAR
        return told[0].start if is_near else None

    def _near(self, found: Sequence[Gap], looked: _Looked) -> Sequence[Gap]:
        """The next one, told long ago, if no other was close before it: once."""
        now = self._ledger.now
        first = next((gap for gap in found if gap.start > now), None)
        if first is None or first.start - now > NEAR or first.start == looked.near:
            return ()
        others = (*looked.known, *found)
        alone = not any(first.start - ALONE < gap.end <= first.start for gap in others)
        return (first,) if alone else ()

    def _words(
        self, service: str, told: Sequence[Gap], found: Sequence[Gap]
    ) -> dict[str, str]:
        return {
            "service": service,
            "start": self._speaker.day_clock(told[0].start),
            "end": self._speaker.day_clock(told[0].end),
            "count": str(len(found)),
        }

    def _remembered(self) -> dict[str, _Looked]:
        fact = self._ledger.fact(LOOKED)
        found = {}
        for service, looked in fact.items() if isinstance(fact, dict) else ():
            match looked:
                case {"until": until, "found": [*spans]}:
                    instant = read_instant(until)
                    if instant is not None:
                        known = tuple(gap for gap in map(_gap, spans) if gap is not None)
                        near = read_instant(looked.get("near"))
                        found[service] = _Looked(instant, known, near)
        return found


def _as_fact(
    found: Sequence[Gap], until: datetime, near: datetime | None
) -> dict[str, object]:
    """What is beyond the last that is kept was not looked at."""
    beyond = found[KNOWN_MAX : KNOWN_MAX + 1]
    spans = [[gap.start.isoformat(), gap.end.isoformat()] for gap in found[:KNOWN_MAX]]
    until = beyond[0].start if beyond else until
    told = near.isoformat() if near is not None else None
    return {"until": until.isoformat(), "found": spans, "near": told}


def _covered(gap: Gap, known: Iterable[Gap], until: datetime) -> bool:
    """Whether all of it was known, as far as was looked; a part that is new is news."""
    start = gap.start
    for each in sorted(known, key=lambda each: each.start):
        if each.start <= start < each.end:
            start = each.end
    return start >= min(gap.end, until)


def _gap(span: object) -> Gap | None:
    match span:
        case [start, end]:
            first, last = read_instant(start), read_instant(end)
            return Gap(first, last) if first is not None and last is not None else None
    return None
