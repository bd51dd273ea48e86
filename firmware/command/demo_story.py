"""What the demo's company lived through before the demo began: two months, told from one seed.

The same start, the same story. The rows are those that the daemon writes: its own notebook, its
own sentences, numbers in the order of time. It ends with one call that somebody still has to answer
for, and the rota gets a gap on the next Sunday.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from firmware.command.demo_scribe import Scribe
from firmware.record import JournalKind, Row
from firmware.rota import Override, Rota, handovers, on_duty
from firmware.rota.local_time import first_instant

DAYS = 61
SUNDAY = 6
GAP_FROM, GAP_TO = time(8), time(20)
STILL_OPEN_SINCE = timedelta(minutes=4)
ANONYMOUS_CALLERS = 40
# How many calls begin in each hour of a weekday, in thousandths of a day's
HOURS = (8, 6, 5, 5, 8, 22, 48, 70, 84, 78, 66, 56, 46, 52, 66, 70, 66, 58, 48, 40, 34, 28, 21, 15)
CALLS_A_DAY, CALLS_ON_SUNDAY = (6, 11), (3, 6)
TEXTS_A_DAY = (0, 2)
TEXTS = (
    "Bonjour, un VSL demain 7 h 30 pour la dialyse, merci.",
    "La patiente de 14 h est prête.",
    "Pouvez-vous me rappeler au sujet de la facture ?",
    "Retour de consultation vers 16 h au lieu de 15 h.",
    "Annulation du transport de jeudi matin, M. Roth est hospitalisé.",
    "Le brancard ne passe pas par l'escalier, prévoir la chaise.",
)

Ending = Literal["answered", "escalated", "unanswered"]


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Somebody rings or texts (``text``) at ``at``."""

    at: datetime
    caller: str | None
    service: str
    text: str | None = None


def with_a_gap(rota: Rota, now: datetime) -> Rota:
    """The rota with an absence next Sunday that nobody covers."""
    zone = ZoneInfo(rota.site.time_zone)
    today = now.astimezone(zone).date()
    sunday = today + timedelta(days=(SUNDAY - today.weekday()) % 7 or 7)
    start, end = datetime.combine(sunday, GAP_FROM), datetime.combine(sunday, GAP_TO)
    service = rota.services[0].name
    absences = tuple(
        Override(service=service, level=1, start=start, end=end, out=duty.person.name, in_=None)
        for duty in on_duty(rota, service, first_instant(start, zone))
        if duty.level == 1
    )
    return replace(rota, overrides=(*rota.overrides, *absences))


def tell(rota: Rota, now: datetime) -> tuple[Row, ...]:
    """All rows, in the order of time; the last of them is not older than ``now``."""
    now = now.astimezone(UTC).replace(microsecond=0)
    chance = random.Random(f"{now:%Y-%m-%d %H:%M:%S}")  # noqa: S311 - a story, no secret
    began = now - timedelta(days=DAYS)
    scribe = Scribe(rota)
    scribe.note(began, JournalKind.HEALTH, "modem_ready")
    for arrival in sorted(_arrivals(rota, began, now, chance), key=lambda each: each.at):
        if arrival.text is not None:
            scribe.text(arrival.at, arrival.caller or "", arrival.text, arrival.service)
        else:
            gives_up = chance.random() < 0.04
            scribe.call(arrival.at, arrival.caller, arrival.service, gives_up=gives_up)
        _ending(scribe, chance)
    for service in rota.services:
        for handover in handovers(rota, service.name, began, now):
            scribe.handover(service.name, handover.at)
    for days in (47, 20):
        _outage(scribe, now - timedelta(days=days, minutes=chance.randrange(1440)), chance)
    scribe.call(now - STILL_OPEN_SINCE, _known_callers(rota)[0], rota.services[-1].name)
    scribe.ask_first()
    return scribe.rows()


def _ending(scribe: Scribe, chance: random.Random) -> None:
    """Somebody answers, mostly at once; sometimes it takes the second, seldom the office."""
    luck = chance.random()
    scribe.ask_first()
    if luck < 0.86:
        scribe.answer(chance.lognormvariate(3.3, 0.6))
    elif luck < 0.97:
        scribe.ask_next()
        scribe.answer(chance.lognormvariate(3.8, 0.6))
    else:
        scribe.nobody(chance.uniform(300, 1500))


def _arrivals(
    rota: Rota, began: datetime, now: datetime, chance: random.Random
) -> Iterator[_Arrival]:
    zone = ZoneInfo(rota.site.time_zone)
    services = [service.name for service in rota.services]
    known = _known_callers(rota)
    others = [f"+3363998{chance.randrange(10000):04d}" for _ in range(ANONYMOUS_CALLERS)]
    last = now - timedelta(minutes=30)  # what comes then is told by the demo itself
    for days in range(DAYS + 1):
        day = (began + timedelta(days=days)).astimezone(zone).date()
        calls = chance.randint(*(CALLS_ON_SUNDAY if day.weekday() == SUNDAY else CALLS_A_DAY))
        for number in range(calls + chance.randint(*TEXTS_A_DAY)):
            hour = chance.choices(range(24), HOURS)[0]
            at = first_instant(
                datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60))), zone
            )
            if not began < at < last:
                continue
            caller = chance.choice(known if chance.random() < 0.6 else others)
            if number >= calls:
                yield _Arrival(at, caller, services[0], chance.choice(TEXTS))
            else:
                hidden = chance.random() < 0.05
                yield _Arrival(at, None if hidden else caller, services[0])


def _known_callers(rota: Rota) -> list[str]:
    return [contact.number for contact in rota.contacts]


def _outage(scribe: Scribe, at: datetime, chance: random.Random) -> None:
    scribe.note(at, JournalKind.HEALTH, "modem_lost")
    scribe.note(at + timedelta(seconds=chance.uniform(20, 90)), JournalKind.HEALTH, "modem_ready")
