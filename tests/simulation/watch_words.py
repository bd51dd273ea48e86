"""What the words of the staff do: RELAIS enters a take-over and nothing else does, RELAIS and a
name asks that colleague, DEBUT and FIN begin and end hours of work when they were sent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.record import AlertCause
from tests.simulation.books import BookedText, BookedWork
from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise
from tests.simulation.sent_words import NOT_YET_MS, SOON_MS, SentWords
from tests.simulation.town import STAFF
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_alerts import first_word
from tests.simulation.watch_duty import DutyWatch

DAY_MS = 24 * 3_600_000
SECOND = timedelta(seconds=1)
FIRST_LEVEL = 1
MINUTES = 2     # that the rota may be another's, about an instant
FIRST_NAMES = {name.split()[0].casefold(): name for name, _ in STAFF}


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the staff, and how things stood when the box read it. ``on`` are the places that
    its sender held for certain, ``maybe`` those about which a handover leaves a doubt."""

    text: BookedText
    person: str
    words: tuple[str, ...]
    utc: datetime
    trusted: bool
    on: frozenset[tuple[str, int]] = frozenset()
    maybe: frozenset[tuple[str, int]] = frozenset()
    service: str = ""


class WordWatch:
    """Notes each word as it is read, and looks at the end at what came of it."""

    def __init__(self, box: SimulatedBox, truth: RotaTruth, duty: DutyWatch) -> None:
        self._box = box
        self._truth = truth
        self._duty = duty
        self._said: list[Said] = []
        self.outcomes: Counter[str] = Counter()
        box.books.on_text.append(self._reads)

    def _reads(self, text: BookedText) -> None:
        words = tuple((text.row.text or "").casefold().split())
        person = self._truth.names.get(text.row.sender)
        if text.row.kind != "staff" or person is None or not words:
            return
        moment, truth = self._box.moment, self._truth
        if words[0] in ("debut", "fin") and len(words) == 1:
            self._said.append(Said(text, person, words, moment.utc, moment.utc_trusted))
        if words[0] != "relais" or not truth.knows(moment.utc):
            return
        held = [
            (service, frozenset(level for level, name in answer.duty if name == person))
            for service in truth.services
            for answer in truth.around(service, moment.utc, MINUTES)
        ]
        every = {(service, level) for service, levels in held for level in levels}
        sure = {
            (service, level)
            for service, level in every
            if all(level in levels for each, levels in held if each == service)
        }
        self._said.append(Said(
            text, person, words, moment.utc, moment.utc_trusted,
            frozenset(sure), frozenset(every - sure), self._service_of(person),
        ))  # fmt: skip

    def _service_of(self, person: str) -> str:
        """Where a bare RELAIS takes over: the first service in whose rotations they stand."""
        site = self._truth.site
        theirs = [
            service
            for service in self._truth.services
            if any(
                each["service"] == service and person in each["people"]
                for each in site["rotation"]
            )
        ]
        return (theirs or self._truth.services)[0]

    def finish(self) -> None:
        """Of each word, and of each entry and hour that came of one."""
        sent = SentWords(self._box)
        books = self._box.books
        alive = [each for each in self._said if books.texts.get(each.text.row.id) is each.text]
        together = Counter((each.text.first_ms, each.person, each.words[0]) for each in alive)
        begun, ended = _by_instant(list(books.work.values()))
        self._must_be_said(begun, ended)
        self._must_be_taken()
        for each in alive:
            if together[each.text.first_ms, each.person, each.words[0]] > 1:
                continue
            key = each.text.first_ms, each.person
            match each.words[0]:
                case "debut":
                    self._must_begin(each, begun.get(key), sent)
                case "fin":
                    self._must_end(each, ended.get(key), sent)
                case _ if len(each.words) == 1:
                    self._must_take_over(each, sent)
                case _:
                    self._must_ask(each)

    # Hours

    def _must_begin(self, said: Said, work: BookedWork | None, sent: SentWords) -> None:
        if work is not None:
            self._must_be_when(said, work.row.started_at, sent)
        elif said.trusted and self._running(said) is None and not self._unsure(said):
            self._breaks(Promise.HOURS, f"nothing has begun: {said}")

    def _must_end(self, said: Said, work: BookedWork | None, sent: SentWords) -> None:
        if work is not None and work.row.ended_at is not None:
            self._must_be_when(said, work.row.ended_at, sent)
            return
        running = self._running(said)
        if running is None or not said.trusted or self._unsure(said):
            return
        first_ms, _ = sent.between(said.text)
        if said.text.first_ms - first_ms < SOON_MS or first_ms > running.first_ms + NOT_YET_MS:
            self._breaks(Promise.HOURS, f"not ended, {running.row}: {said}")

    def _must_be_when(self, said: Said, at: datetime, sent: SentWords) -> None:
        """By the box's clock, from when it was sent to when it was read; where that clock says
        nothing, by the network's."""
        box, read_ms = self._box, said.text.first_ms
        first_ms, last_ms = sent.between(said.text)
        if box.damaged(read_ms - DAY_MS // 96, read_ms):
            return
        skews = box.skews_between(max(read_ms - DAY_MS, 0), read_ms)
        if said.trusted and any(skew != timedelta() for skew in skews):
            return
        slack = timedelta(milliseconds=NOT_YET_MS)
        low, high = box.timeline.utc(first_ms), box.timeline.utc(read_ms)
        if said.trusted and sent.is_late(said.text):
            high = box.timeline.utc(last_ms) + slack
        if not low - slack <= at <= high + SECOND:
            self._breaks(Promise.HOURS, f"{at} is not between {low} and {high}: {said}")

    def _running(self, said: Said) -> BookedWork | None:
        at_ms = said.text.first_ms
        return next((
            work
            for work in self._box.books.work.values()
            if work.row.person == said.person
            and work.first_ms < at_ms
            and (work.ended_ms is None or work.ended_ms >= at_ms)
        ), None)  # fmt: skip

    def _unsure(self, said: Said) -> bool:
        at_ms = said.text.first_ms
        return self._box.lost(at_ms - DAY_MS, at_ms + NOT_YET_MS)

    def _must_be_said(
        self, begun: dict[tuple[int, str], BookedWork], ended: dict[tuple[int, str], BookedWork]
    ) -> None:
        """No hours without a word."""
        words = {(each.text.first_ms, each.person, each.words[0]) for each in self._said}
        for word, found in (("debut", begun), ("fin", ended)):
            for (at_ms, person), work in found.items():
                if (at_ms, person, word) not in words and not self._garbled(at_ms):
                    self._breaks(Promise.HOURS, f"nobody has said {word}: {work.row}")

    # Take-overs

    def _must_be_taken(self) -> None:
        """No entry but by the word of whoever comes on duty by it."""
        books = self._box.books
        words = {
            (text.first_ms, self._truth.names.get(text.row.sender))
            for text in books.texts.values()
            if first_word(text.row.text or "") == "relais"
        }
        agreed = {
            (alert.ended_ms, alert.row.ended_by)
            for alert in books.alerts.values()
            if alert.row.cause is AlertCause.RELAY
            and alert.row.ended_by == alert.row.asked[0].person
        }
        for at_ms, row in self._duty.relays:
            key = at_ms, row.entered_by
            said = key in words or key in agreed or self._garbled(at_ms)
            if not said or row.in_ not in (None, row.entered_by):
                self._breaks(Promise.RELAYED, f"nobody has said so: {row}")

    def _must_take_over(self, said: Said, sent: SentWords) -> None:
        at_ms = said.text.first_ms
        at_once = [row for ms, row in self._duty.relays if ms == at_ms]
        mine = [row for row in at_once if row.entered_by == said.person]
        place = said.service, FIRST_LEVEL
        if mine:
            self.outcomes["taken over"] += 1
            if any((row.service, row.level) != place for row in mine):
                self._breaks(Promise.RELAYED, f"not {place}, {mine}: {said}")
            return
        first_ms, _ = sent.between(said.text)
        late = at_ms - first_ms > SOON_MS
        doubt = place in said.maybe or at_once or late or self._unsure(said)
        if said.trusted and place not in said.on and not doubt:
            self._breaks(Promise.RELAYED, f"not taken over: {said}")
        self.outcomes["had it already" if place in said.on else "in doubt"] += 1

    def _must_ask(self, said: Said) -> None:
        at_ms, colleague = said.text.first_ms, FIRST_NAMES.get(said.words[1])
        asked = [
            alert.row.asked[0].person
            for alert in self._box.books.alerts.values()
            if alert.row.cause is AlertCause.RELAY and alert.first_ms == at_ms
        ]
        in_doubt = said.maybe or any(ms == at_ms for ms, _ in self._duty.relays)
        if colleague is None or in_doubt or not said.trusted or self._unsure(said):
            return
        due = bool(said.on) and colleague != said.person
        self.outcomes["offered" if due else "nothing to offer"] += 1
        if (colleague in asked) is not due:
            self._breaks(Promise.RELAYED, f"asked are {asked}: {said}")

    def _garbled(self, at_ms: int) -> bool:
        """The wire may have made a word of another, or another of it."""
        return self._box.damaged(at_ms - DAY_MS // 96, at_ms)

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)


def _by_instant(
    works: list[BookedWork],
) -> tuple[dict[tuple[int, str], BookedWork], dict[tuple[int, str], BookedWork]]:
    begun = {(work.first_ms, work.row.person): work for work in works}
    ended = {
        (work.ended_ms, work.row.person): work for work in works if work.ended_ms is not None
    }
    return begun, ended
