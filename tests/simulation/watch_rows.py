"""What the rows say is so: of each SMS of the box, of each call, of each text of the staff.

The other checkers follow what happens; here it is whether what is on disk afterwards, and what
people were told by it, is what happened.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import takewhile

from firmware.record import (
    TOO_OLD,
    WITHDRAWN,
    AlertState,
    CallOutcome,
    OutgoingState,
)
from hw.simulator.ledger import CallRecord
from tests.simulation.books import BookedAlert, BookedCall, BookedSms, BookedText
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise
from tests.simulation.sent_words import NOT_YET_MS, SOON_MS, SentWords
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_alerts import ABOUT_CALLERS, first_word, named
from tests.simulation.watch_calls import PAID_BY_CALL, CallWatch
from tests.simulation.watch_outgoing import OutgoingWatch

MINUTE_MS = 60_000
READ_MS = 15 * MINUTE_MS   # from the modem to the disk, while the wire damages what is said
OFF_MS = 12 * MINUTE_MS    # the longest power cut, and a start
RINGS_MS = 10_500          # who rings for so long is heard by a box that hears
GARBLED_MS = 24 * 60 * MINUTE_MS     # whoever answers, answers within a day
KNOWN_MS = 7 * GARBLED_MS            # references come back
OLD = timedelta(hours=23)
_NUMBER = re.compile(r"\+\d{6,}")


class RowWatch:
    """Looks at a run when it is over."""

    def __init__(
        self, box: SimulatedBox, truth: RotaTruth, outages: Outages, calls: CallWatch,
        outgoing: OutgoingWatch, *, has_voice: bool,
    ) -> None:  # fmt: skip
        self._box = box
        self._truth = truth
        self._outages = outages
        self._calls = calls
        self._outgoing = outgoing
        self._has_voice = has_voice

    def finish(self) -> None:
        """SMS, calls, texts."""
        by_cause: dict[str, list[BookedSms]] = defaultdict(list)
        for sms in self._box.books.outgoing.values():
            by_cause[sms.row.cause].append(sms)
        for cause, rows in by_cause.items():
            if len(rows) > 1:
                self._breaks(Promise.TWICE, f"two SMS of one cause, {cause}: {rows[-1].row}")
        for sms in self._box.books.outgoing.values():
            self._must_be_whole(sms)
            self._must_have_been_tried(sms)
        for call in self._box.books.calls.values():
            self._must_be_so(call, by_cause.get(f"call:{call.row.id}:note", []))
        self._must_have_rows()
        self._must_be_read()
        self._must_be_answered(by_cause)

    # SMS of the box

    def _must_be_whole(self, sms: BookedSms) -> None:
        left = sms.row.state in (OutgoingState.SENT, OutgoingState.DELIVERED)
        if not left or sms.row.id in self._outgoing.garbled:
            return
        said = "".join(sms.said[part] for part in sorted(sms.said))
        if said != sms.row.text:
            self._breaks(Promise.TOLD, f"the network has {said!r} of {sms.row}")

    def _must_have_been_tried(self, sms: BookedSms) -> None:
        """Given up for a reason only, whatever it is about."""
        row = sms.row
        if row.state is not OutgoingState.FAILED or sms.accepted_ms or row.error == WITHDRAWN:
            return
        if row.id in self._outgoing.garbled:
            return
        ended_ms = sms.ended_ms or self._box.now_ms
        if row.error == TOO_OLD:
            skews = self._box.skews_between(sms.first_ms, ended_ms)
            age = timedelta(milliseconds=ended_ms - sms.first_ms) + max(skews) - min(skews)
            if age < OLD:
                self._breaks(Promise.ALERTED, f"too old after {age}: {row}")
        elif not sms.tried:
            self._breaks(Promise.ALERTED, f"given up, and never tried: {row}")

    # Calls

    def _must_be_so(self, call: BookedCall, notes: list[BookedSms]) -> None:
        row, truth = call.row, self._truth
        record = self._box.network.ledger.calls.get(call.claimed) if call.claimed else None
        asked = self._box.books.alerts_about(row.id, PAID_BY_CALL)
        if row.outcome is CallOutcome.DIVERTED and not asked and row.target in truth.names:
            confirmed = truth.service(row.service or truth.services[0]).get("confirm_divert", True)
            if confirmed and not self._calls.flooded(call):
                self._breaks(Promise.ALERTED, f"led on, and nobody has to say OK: {row}")
        if row.outcome is CallOutcome.TRANSFERRED and not self._has_voice and not asked:
            self._breaks(Promise.KNOWN, f"taken, by a box without a voice: {row}")
        given_up = row.outcome is CallOutcome.ABANDONED and not self._is_unsure(call)
        if record is not None and given_up and _was_led_on(record):
            self._breaks(Promise.KNOWN, f"given up, says the box, and was led on: {row}")
        for note in notes:
            numbers = _NUMBER.findall(note.row.text)
            is_number = row.number is not None and _NUMBER.fullmatch(row.number)
            if is_number and numbers != [row.number]:
                self._breaks(Promise.TOLD, f"a note of another caller: {note.row} about {row}")
            if note.row.recipient != row.target:
                self._breaks(Promise.TOLD, f"a note to another: {note.row} about {row}")

    def _is_unsure(self, call: BookedCall) -> bool:
        """What came of the refusal may have been lost on its way, or was meant for the call before:
        nobody can tell which of the two the network has led on, and both have their alert."""
        box, begin_ms, end_ms = self._box, call.first_ms - MINUTE_MS, call.first_ms + MINUTE_MS
        before = box.books.calls.get(call.row.id - 1)
        return (
            before is not None and before.first_ms > begin_ms
        ) or (
            box.damaged(begin_ms, end_ms)
            or box.left_unanswered(begin_ms, end_ms)
            or bool(box.deaths_between(begin_ms, end_ms))
            or self._outages.during(begin_ms, end_ms)
        )

    def _must_have_rows(self) -> None:
        """Who rang at a box that lived and heard is on its disk, also where the network has led
        them on since: nobody knows whether they were answered."""
        box = self._box
        claimed = {call.claimed for call in box.books.calls.values()}
        for record in box.network.ledger.calls.values():
            leg = record.legs[0] if record.legs else None
            if record.dialled != box.number or leg is None or record.id in claimed:
                continue
            end_ms = leg.ended_ms or box.now_ms
            if leg.ringing_ms is None or end_ms - leg.ringing_ms < RINGS_MS:
                continue
            begin_ms = leg.ringing_ms - OFF_MS
            if (
                box.deaths_between(begin_ms, end_ms + 1000)
                or self._outages.during(leg.ringing_ms - 1000, end_ms)
                or box.lost(begin_ms, end_ms + MINUTE_MS)
            ):
                continue
            self._breaks(Promise.SILENCE, f"rang, and has no row: {record}")

    # Texts of the staff

    def _must_be_read(self) -> None:
        """A word of the staff that the network brought is on disk, as theirs."""
        box, names = self._box, self._truth.names
        rows: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        for text in box.books.texts.values():
            row = text.row
            rows[row.sender, row.text].append(text.first_ms)
            if row.kind == "staff" and row.sender not in names:
                self._breaks(Promise.SILENCE, f"a stranger is taken for one of the staff: {row}")
            if row.kind == "stranger" and row.sender in names and row.complete and row.text:
                self._breaks(Promise.WORD, f"one of the staff is taken for a stranger: {row}")
        # The same word in the same second is one SMS, for all that a PDU tells (23.040 9.2.3.11)
        brought: dict[tuple[str, str, int], int] = {}
        for record in box.network.ledger.messages.values():
            if (
                record.recipient == box.number and record.sender in names and record.text
                and record.parts == 1 and record.deliveries_ms and record.state == "delivered"
                and not record.report
            ):  # fmt: skip
                key = record.sender, record.text, record.submitted_ms // 1000
                at_ms = record.deliveries_ms[0]
                brought[key] = min(at_ms, brought.get(key, at_ms))
        # What the wire may have garbled has a row that reads otherwise: it takes no other's
        for (sender, said, _), at_ms in sorted(brought.items(), key=lambda each: each[1]):
            if at_ms > box.now_ms - READ_MS or box.damaged(at_ms - 1000, at_ms + READ_MS):
                continue
            times = rows[sender, said]
            turn = bisect_left(times, at_ms - 1000)
            if turn < len(times):
                del times[turn]
            else:
                what = f"{said!r} of {names[sender]}, brought at {at_ms} ms, is not on disk"
                self._breaks(Promise.WORD, what)

    def _must_be_answered(self, by_cause: dict[str, list[BookedSms]]) -> None:
        """To whoever wrote; and the answer to an OK says what it took."""
        books = self._box.books
        ended: dict[tuple[int, str | None], list[BookedAlert]] = defaultdict(list)
        by_reference: dict[str | None, list[BookedAlert]] = defaultdict(list)
        for alert in books.alerts.values():
            by_reference[alert.row.reference].append(alert)
            about = alert.row.cause in ABOUT_CALLERS
            if about and alert.ended_ms and alert.row.state is AlertState.ACKNOWLEDGED:
                ended[alert.ended_ms, alert.row.ended_by].append(alert)
        asked, sent = self._questions_by_person(), SentWords(self._box)
        together = Counter(
            (text.first_ms, text.row.sender)
            for text in books.texts.values()
            if first_word(text.row.text or "") == "ok"
        )
        for text in books.texts.values():
            if text.row.kind != "staff":
                continue
            answers = by_cause.get(f"answer:{text.row.id}", [])
            for answer in answers:
                if answer.row.recipient != text.row.sender:
                    self._breaks(Promise.WORD, f"answered to another: {answer.row} to {text.row}")
            word = first_word(text.row.text or "")
            person = self._truth.names.get(text.row.sender)
            if word == "non" and person is not None:
                named_so = by_reference[named(text.row.text or "")]
                self._must_pass_on(text, person, named_so)
            if word != "ok":
                continue
            mine = ended.get((text.first_ms, person), [])
            one = together[text.first_ms, text.row.sender] == 1
            alone = one and len(mine) == 1
            if alone and answers and mine[0].row.reference not in answers[0].row.text:
                self._breaks(Promise.WORD, f"{text.row} took {mine[0].row}, told {answers[0].row}")
            bare = named(text.row.text or "") is None
            if bare and person is not None and person not in self._truth.administrators:
                self._must_take_the_last(
                    text, person, mine if one else [], asked.get(person, []), sent
                )

    def _must_pass_on(
        self, text: BookedText, person: str, named_so: list[BookedAlert]
    ) -> None:
        """A NON that names an alert of theirs, open still, is written down: the next is asked."""
        at_ms = text.first_ms
        same = [alert for alert in named_so if at_ms - KNOWN_MS < alert.first_ms < at_ms]
        if len(same) != 1 or self._box.lost(at_ms - MINUTE_MS, at_ms + MINUTE_MS):
            return
        alert = same[0]
        over_ms = alert.exhausted_ms if alert.exhausted_ms is not None else self._box.now_ms
        asked = [
            one
            for one, ms in zip(alert.row.asked, alert.asked_ms, strict=True)
            if ms < at_ms
        ]
        # One that answers a round that is over is asked once more
        mine = [one for one in asked if (one.person, one.round) == (person, asked[-1].round)]
        open_then = mine and at_ms < over_ms and alert.row.cause in ABOUT_CALLERS
        if open_then and not any(one.declined for one in mine):
            self._breaks(Promise.WORD, f"{text.row} is not written down: {alert.row}")

    def _questions_by_person(self) -> dict[str, list[BookedSms]]:
        """In the order in which they were made."""
        found: dict[str, list[BookedSms]] = defaultdict(list)
        for sms in self._box.books.outgoing.values():
            if sms.row.about is not None and sms.row.person is not None:
                found[sms.row.person].append(sms)
        return found

    def _must_take_the_last(
        self, text: BookedText, person: str, taken: list[BookedAlert], asked: list[BookedSms],
        sent: SentWords,
    ) -> None:  # fmt: skip
        """A bare OK is for the question that came last to its sender before they sent it, and for
        no alert of which they were never asked."""
        box, at_ms = self._box, text.first_ms
        if box.damaged(at_ms - MINUTE_MS, at_ms) or box.lost(at_ms - MINUTE_MS, at_ms + MINUTE_MS):
            return
        for alert in taken:
            if all(one.person != person for one in alert.row.asked):
                self._breaks(Promise.ANSWER, f"{text.row}, never asked, has taken {alert.row}")
        first_ms, last_ms = sent.between(text)
        if sent.is_late(text):
            self._must_be_of_before(text, taken, asked, last_ms + NOT_YET_MS)
        if any(sms.first_ms < at_ms for sms in asked[bisect_left(
            asked, first_ms - NOT_YET_MS, key=lambda sms: sms.first_ms
        ):]) and at_ms - first_ms > SOON_MS:
            return   # of which of them it was nobody knows
        before = asked[: bisect_left(asked, at_ms, key=lambda sms: sms.first_ms)]
        last = next((sms for sms in reversed(before) if _accepted(sms, at_ms)), None)
        if last is None:
            return
        lately = takewhile(lambda sms: sms.first_ms > at_ms - GARBLED_MS, reversed(before))
        unsure = any(
            sms.row.id in self._outgoing.garbled or (sms.row.id > last.row.id and sms.tried)
            for sms in lately
        )
        meant = box.books.alerts.get(last.row.about or 0)
        if unsure or meant is None or meant.row.cause not in ABOUT_CALLERS:
            return
        if meant.first_ms < at_ms and (meant.ended_ms is None or meant.ended_ms > at_ms):
            self._breaks(Promise.ANSWER, f"{text.row} is not for {last.row}, asked last")

    def _must_be_of_before(
        self, text: BookedText, taken: list[BookedAlert], asked: list[BookedSms], until_ms: int
    ) -> None:
        """A late one takes nothing of which its sender was not asked before they sent it."""
        before = {sms.row.about for sms in asked if sms.first_ms < until_ms}
        for alert in taken:
            if alert.row.id not in before:
                self._breaks(Promise.ANSWER, f"{text.row}, sent before, has taken {alert.row}")

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)


def _accepted(sms: BookedSms, before_ms: int) -> bool:
    """Whether a part of it had left by then."""
    return any(ms < before_ms for times in sms.accepted_ms.values() for ms in times)


def _was_led_on(record: CallRecord) -> bool:
    return len(record.legs) > 1 and record.legs[0].outcome == "refused"
