"""When the words of the staff were sent, as far as the network knows which of them a row is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import timedelta

from tests.simulation.books import BookedText
from tests.simulation.box import SimulatedBox

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
SOON_MS = 110_000       # late beyond that; a little less than what the box takes for late
LATE_MS = 140_000       # and a little more
NOT_YET_MS = 90_000     # the box allows a minute between the clocks, and the number's usual delay
ZONE_MS = 100_000       # from whole hours: a time zone, it may be
KEPT_MS = 15 * MINUTE_MS   # for so long what the network brought may lie in the modem
DAY_MS = 24 * HOUR_MS
BEFORE = 4


class SentWords:
    """Of all texts that the network brought to the box."""

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box
        self._sent: dict[tuple[str, str | None], list[tuple[int, int]]] = defaultdict(list)
        for record in box.network.ledger.messages.values():
            if record.recipient == box.number:
                self._sent[record.sender, record.text] += [
                    (brought_ms, record.submitted_ms) for brought_ms in record.deliveries_ms
                ]
        for times in self._sent.values():
            times.sort()
        self._rows: dict[str, list[BookedText]] = defaultdict(list)
        for text in box.books.texts.values():
            self._rows[text.row.sender].append(text)

    def between(self, text: BookedText) -> tuple[int, int]:
        """The first and the last instant at which it may have been sent: several may say the
        same."""
        times = self._sent[text.row.sender, text.row.text]
        turn = bisect_right(times, (text.first_ms, DAY_MS * 10_000))
        sent: list[int] = []
        for brought_ms, sent_ms in reversed(times[:turn]):
            if sent and brought_ms < text.first_ms - KEPT_MS:
                break
            sent.append(sent_ms)
        return (min(sent), max(sent)) if sent else (text.first_ms, text.first_ms)

    def is_late(self, text: BookedText) -> bool:
        """Whether the box can know that, however it reads the stamp: by its clock, which nobody has
        set for a day, it is late by more than the network takes, and not by whole hours; and the
        last words of the same telephone came in time."""
        first_ms, last_ms = self.between(text)
        at_ms = text.first_ms
        late_ms = at_ms - last_ms, at_ms - first_ms
        if late_ms[0] < LATE_MS or late_ms[1] > DAY_MS:
            return False
        if any(
            -ZONE_MS < each % HOUR_MS < ZONE_MS or each % HOUR_MS > HOUR_MS - ZONE_MS
            for each in late_ms
        ) or late_ms[0] // HOUR_MS != late_ms[1] // HOUR_MS:
            return False
        rows = self._rows[text.row.sender]
        before = rows[: bisect_left(rows, at_ms, key=lambda row: row.first_ms)][-BEFORE:]
        if any(row.first_ms - self.between(row)[0] > SOON_MS for row in before) or not before:
            return False
        set_since = self._box.skews_between(max(at_ms - DAY_MS, 0), at_ms)
        return all(skew == timedelta() for skew in set_since) and not self._box.damaged(
            at_ms - MINUTE_MS, at_ms
        )
