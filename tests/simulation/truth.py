"""Who is on duty by the oracle, whatever edits came in between: what the checkers hold against.

Each edit makes a new version of the site; the oracle walks a version a week at a time, and only
the weeks that are asked about. Nothing here shares a line with `firmware/rota`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.rota.oracle import Answer, Oracle
from tests.simulation.town import Table

CHUNK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2029, 1, 1, tzinfo=UTC)


class RotaTruth:
    """The site as it is now, and who is on duty by it."""

    def __init__(self, site: Table) -> None:
        self.site = site
        self.versions = 0
        self.on_edit: list[Callable[[], None]] = []
        self._weeks: dict[tuple[str, int], list[Answer]] = {}
        self.zone = ZoneInfo(site["site"]["time_zone"])
        self.mobiles = {person["name"]: person["mobile"] for person in site["person"]}
        self.names = {person["mobile"]: person["name"] for person in site["person"]}
        self.administrators = [
            person["name"] for person in site["person"] if person.get("role") == "admin"
        ]

    @property
    def services(self) -> list[str]:
        return [service["name"] for service in self.site["service"]]

    def service(self, name: str) -> Table:
        found = [each for each in self.site["service"] if each["name"] == name]
        return found[0] if found else {}

    def edit(self, site: Table) -> None:
        """From now on the site says this."""
        self.site = site
        self.versions += 1
        self._weeks.clear()
        for tell in self.on_edit:
            tell()

    def add_override(self, override: Table) -> None:
        """One more entry, made last."""
        self.edit({**self.site, "override": [*self.site.get("override", []), override]})

    def drop_override(self, override: Table) -> None:
        """The box has forgotten the entry that it made last."""
        left = [one for one in self.site.get("override", []) if one != override]
        self.edit({**self.site, "override": left})

    def wall(self, instant: datetime) -> str:
        """An instant as the site file writes it, to the minute."""
        return f"{instant.astimezone(self.zone):%Y-%m-%dT%H:%M}"

    def knows(self, instant: datetime) -> bool:
        """Whether the oracle can be asked about this instant at all."""
        return EPOCH + CHUNK < instant < END

    def answer(self, service: str, instant: datetime) -> Answer:
        """What the rota says of one minute."""
        week, rest = divmod(instant - EPOCH, CHUNK)
        minutes = self._weeks.get((service, week))
        if minutes is None:
            begin = EPOCH + week * CHUNK
            minutes = Oracle(self.site, begin, begin + CHUNK).minutes(service)
            self._weeks[service, week] = minutes
        return minutes[rest // MINUTE]

    def around(self, service: str, instant: datetime, slack: int = 1) -> Iterator[Answer]:
        """The minute of an instant and its neighbours: a handover takes a moment."""
        seen: set[Answer] = set()
        for minutes in range(-slack, slack + 1):
            answer = self.answer(service, instant + minutes * MINUTE)
            if answer not in seen:
                seen.add(answer)
                yield answer

    def span(self, service: str, instant: datetime, minutes: int) -> Iterator[Answer]:
        """The answers of so many minutes from an instant on."""
        for minute in range(minutes + 1):
            yield self.answer(service, instant + minute * MINUTE)

    def on_duty(self, service: str, instant: datetime) -> set[tuple[int, str]]:
        """The (level, name) pairs on duty in that minute or beside it."""
        return {pair for answer in self.around(service, instant) for pair in answer.duty}

    def targets(self, instant: datetime, slack: int = 1) -> set[str]:
        """The numbers to any of which the network may forward around this instant."""
        answers = self.around(self.services[0], instant, slack)
        return {number for answer in answers for number in self._targets(answer)}

    def _targets(self, answer: Answer) -> Iterable[str]:
        if answer.office is not None:
            return [answer.office]
        if answer.duty:
            first = min(level for level, _ in answer.duty)
            return [self.mobiles[name] for level, name in answer.duty if level == first]
        return [self.mobiles[name] for name in self.administrators]

    def may_be_rung(self, number: str, instant: datetime, slack: int = 15) -> bool:
        """Whether whoever has this number is on duty for any service around this instant, or
        stands in where nobody is."""
        name = self.names.get(number, "")
        return any(
            name in {who for _, who in answer.duty}
            or (not answer.duty and name in self.administrators)
            for service in self.services
            for answer in self.around(service, instant, slack)
        )

    def somebody(self, service: str, instant: datetime) -> bool:
        """Whether anybody is on duty in that minute and its neighbours."""
        return all(answer.duty for answer in self.around(service, instant))

    def has_gap(self, service: str, instant: datetime, ahead: timedelta) -> bool:
        """Whether a minute of the day before or of the time ahead has nobody at level 1, and no
        office."""
        minutes = range(-DAY_MINUTES, ahead // MINUTE)
        return any(
            answer.office is None and all(level != 1 for level, _ in answer.duty)
            for answer in (self.answer(service, instant + minute * MINUTE) for minute in minutes)
        )
