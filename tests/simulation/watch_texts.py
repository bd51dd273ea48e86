"""Each SMS that the network brought to the box: on disk once, whole, and somebody told of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from firmware.record import Alert, AlertCause
from firmware.wording import messages
from hw.simulator.ledger import MessageRecord
from hw.simulator.terminal import Delivery
from tests.simulation.books import Booked, BookedText
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise
from tests.simulation.world import WORDINGS

_TOKEN = re.compile(r"#(\d+)#")
OWN_WORDS = [
    wording.say(messages.SMS_LOOP, **{"token": "|"}).split("|") for wording in WORDINGS.values()
]
READING_MS = 60_000
READ_WITHIN_MS = 120_000
UNTOLD_READ_WITHIN_MS = 12 * 60_000   # a look every ten minutes, and what holds it up
DISTURBED_MS = 60_000    # a command that was not answered, or a sending, holds the channel so long
UNTIL_TOLD_MS = 26 * 3_600_000   # what waits for a part is told after a day


@dataclass(slots=True)
class SentText:
    """One text of the workload. ``group`` names its parts in the network's ledger (None until a
    phone has handed over the first); ``whole`` is false where a part was lost on purpose, or was
    refused by the network when the sender's phone handed it over."""

    token: int
    text: str
    sender: str
    staff: bool
    whole: bool = True


class TextWatch:
    """Looks for each text some time after the network has delivered it."""

    def __init__(self, box: SimulatedBox, outages: Outages, services: list[str]) -> None:
        self._box = box
        self._services = services
        self._outages = outages
        self.sent: dict[int, SentText] = {}
        self._rows: dict[int, list[BookedText]] = {}
        self._unclaimed: list[BookedText] = []
        self.outcomes: Counter[str] = Counter()
        self._kept_back_ms: list[int] = []   # a message came, and the modem was told to say nothing
        self._listen()
        box.books.on_text.append(self._booked)
        box.books.on_forget.append(self._forgotten)

    def _listen(self) -> None:
        box, desk = self._box, self._box.modem.messages
        keep = desk._message

        def came(delivery: Delivery) -> None:
            mode, kind, *_ = box.modem.settings.cnmi
            if mode == 0 or kind != 1:
                self._kept_back_ms.append(box.now_ms)
            keep(delivery)

        desk._message = came  # type: ignore[method-assign]

    def _booked(self, text: BookedText) -> None:
        tokens = set(_TOKEN.findall(text.row.text or ""))
        if len(tokens) == 1:
            self._rows.setdefault(int(tokens.pop()), []).append(text)
        else:
            self._unclaimed.append(text)

    def _forgotten(self, booked: Booked) -> None:
        """It is in the SIM still, and comes again."""
        if isinstance(booked, BookedText):
            for rows in (self._unclaimed, *self._rows.values()):
                if booked in rows:
                    rows.remove(booked)

    def expect(self, sent: SentText) -> None:
        """Somebody sends this text to the box."""
        self.sent[sent.token] = sent

    def finish(self) -> None:
        """Every text that the network says it delivered is on disk, exactly once."""
        groups: dict[int, list[MessageRecord]] = {}
        by_token: dict[int, list[MessageRecord]] = {}
        for record in self._box.network.ledger.messages.values():
            if record.recipient == self._box.number and not record.report and record.text:
                groups.setdefault(record.group, []).append(record)
        for records in groups.values():
            text = "".join(record.text or "" for record in records)
            for token in set(_TOKEN.findall(text)):
                by_token.setdefault(int(token), []).extend(records)
        self._disown(by_token)
        for token, sent in self.sent.items():
            self._judge(sent, by_token.get(token, []))
        self._alerts()

    def _disown(self, by_token: dict[int, list[MessageRecord]]) -> None:
        """The wire has garbled the token, too: a row with the token of somebody else's text, of one
        that the network had not delivered yet, or of none, claims nothing by it."""
        for token, rows in self._rows.items():
            sent = self.sent.get(token)
            came_ms = _first_delivery(by_token.get(token, []))
            for row in tuple(rows):
                other = sent is not None and row.row.sender != sent.sender
                stranger = sent is None or row.first_ms < came_ms or (len(rows) > 1 and other)
                read_ms = READING_MS if row.row.complete else UNTIL_TOLD_MS
                if stranger and self._damaged(row.first_ms - read_ms, row):
                    rows.remove(row)
                    self._unclaimed.append(row)

    def _judge(self, sent: SentText, records: list[MessageRecord]) -> None:
        rows = self._rows.get(sent.token, [])
        came = [record for record in records if record.state != "lost"]
        if came and not any(f"#{sent.token}#" in (record.text or "") for record in came):
            self.outcomes["the part with its number was lost"] += 1
            return
        parts = {(record.group, record.part) for record in records}
        groups = {record.group: record.parts for record in records}
        whole = sent.whole and len(parts) == sum(groups.values())
        came_ms = _first_delivery(records)
        if not records:
            self.outcomes["never left the sender's phone"] += 1
        elif not all(record.state == "delivered" for record in came):
            self.outcomes["not delivered by the network"] += 1
        elif not rows:
            self._missing(sent, came_ms)
        elif len(rows) > 1 and self._damaged(came_ms, rows[-1]):
            self.outcomes["garbled on the wire once, and told twice"] += 1
        elif len(rows) > 1 and whole:
            self._breaks(Promise.KNOWN, f"{len(rows)} times on disk: {sent}: {rows}")
        elif whole and not self._same(rows[0], sent):
            self._changed(sent, rows[0], came_ms)
        else:
            if whole:
                self._must_be_read_soon(sent, records, rows[0])
            kind = "from staff" if sent.staff else "from a stranger"
            self.outcomes[f"{kind}, {'whole' if rows[0].row.complete else 'a part missing'}"] += 1

    def _damaged(self, came_ms: int, row: BookedText) -> bool:
        """Whether the wire damaged anything between its coming to the box and its being read."""
        return self._box.damaged(came_ms, row.first_ms)

    def _must_be_read_soon(
        self, sent: SentText, records: list[MessageRecord], row: BookedText
    ) -> None:
        """As the modem tells of each; but for what the wire lost, and a box that was away. What the
        network has lost of it came another time."""
        box, end_ms = self._box, row.first_ms
        came_ms = max(record.deliveries_ms[0] for record in records if record.deliveries_ms)
        # One byte of +CNMI was lost: until the look after that finds a message, it says nothing
        untold = any(abs(at_ms - came_ms) < READING_MS for at_ms in self._kept_back_ms)
        if end_ms - came_ms <= (UNTOLD_READ_WITHIN_MS if untold else READ_WITHIN_MS):
            return
        begin_ms = _first_delivery(records) - DISTURBED_MS
        disturbed = (
            box.damaged(begin_ms, end_ms)
            or box.left_unanswered(begin_ms, end_ms)
            or box.left_untold(begin_ms, end_ms)
            or box.deaths_between(begin_ms, end_ms)
            or box.lost(begin_ms, end_ms)
            or self._outages.unable_ms(begin_ms, end_ms)
        )
        if not disturbed:
            self._breaks(Promise.READ, f"after {(end_ms - came_ms) // 1000} s: {sent}")

    def _is_own(self, text: BookedText) -> bool:
        """The box's word to itself, whose sender the wire has garbled: it is known by its token."""
        said = text.row.text or ""
        own = any(all(words in said for words in sentence) for sentence in OWN_WORDS)
        return own and self._box.damaged(text.first_ms - READING_MS, text.first_ms)

    def _same(self, row: BookedText, sent: SentText) -> bool:
        told = row.row.complete and row.row.text == sent.text
        return told and row.row.sender == sent.sender

    def _missing(self, sent: SentText, came_ms: int) -> None:
        """It may be one of those that nobody claims, if the wire was at fault meanwhile."""
        garbled = [
            row
            for row in self._unclaimed
            if row.first_ms - UNTIL_TOLD_MS < came_ms <= row.first_ms
            and self._damaged(came_ms, row)
        ]
        if garbled:
            self._unclaimed.remove(garbled[0])
            self.outcomes["garbled on the wire, told as it was read"] += 1
            return
        self._breaks(Promise.SILENCE, f"delivered, and not on disk: {sent}")

    def _changed(self, sent: SentText, row: BookedText, came_ms: int) -> None:
        if self._damaged(came_ms, row):
            self.outcomes["garbled on the wire, told as it was read"] += 1
            return
        self._breaks(Promise.KNOWN, f"{sent} became {row.row}")

    def _alerts(self) -> None:
        """Each stranger's message has its one alert, or was held back as a flood or a loop."""
        books = self._box.books
        alerts: dict[int | None, list[Alert]] = {}
        for alert in books.alerts.values():
            if alert.row.cause is AlertCause.SMS:
                alerts.setdefault(alert.row.cause_id, []).append(alert.row)
        for text in books.texts.values():
            about = alerts.get(text.row.id, [])
            found = len(about)
            if text.row.sender == self._box.number or self._is_own(text):
                continue    # the box proves its own number so
            if text.row.kind == "staff":
                if found:
                    self._breaks(Promise.KNOWN, f"an alert about a word of the staff: {text.row}")
            elif found > 1:
                self._breaks(Promise.KNOWN, f"{found} alerts about {text.row}")
            elif found and about[0].service not in ("", self._service_of(text)):
                what = f"{about[0]} is not for whom it was written: {text.row}"
                self._breaks(Promise.DUTY, what)
            elif found == 0 and not self._flooded(text):
                self._breaks(Promise.SILENCE, f"nobody was alerted about {text.row}")

    def _service_of(self, text: BookedText) -> str:
        """The first, unless the text begins with another's name."""
        first = re.match(r"\s*([^\W_]+)", _bare(text.row.text or ""))
        word = first[1] if first else ""
        return next((name for name in self._services if word == _bare(name)), self._services[0])

    def _flooded(self, text: BookedText) -> bool:
        near = [
            other
            for other in self._box.books.texts.values()
            if other.row.sender == text.row.sender
            and abs(other.first_ms - text.first_ms) < 600_000
        ]
        return len(near) >= 30

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)


def _bare(text: str) -> str:
    """As people read a name that one byte has garbled: whatever its capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def _first_delivery(records: list[MessageRecord]) -> int:
    return min((ms for record in records for ms in record.deliveries_ms), default=0)
