"""Rounds of questions: nobody of the list is left out, nobody waits too long.

`watch_alerts` holds each question against the rota; here it is whether all were asked who had to
be, by the oracle's list and the site's own times, and what becomes of an alert that nobody answers
for.
"""

from __future__ import annotations

from bisect import bisect_right

from firmware.moment import Moment
from firmware.record import Alert, AlertCause, AlertState, Asked
from tests.simulation.books import BookedAlert, BookedSms
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise
from tests.simulation.town import ADMINISTRATORS
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_alerts import ABOUT_CALLERS, ROUNDS, SLACK_MS, AlertWatch, Turn
from tests.simulation.watch_outgoing import OutgoingWatch

MINUTE_MS = 60_000
AROUND_MINUTES = 2          # a handover takes a moment
LEAVES_MS = 3 * MINUTE_MS   # from an alert to its first SMS
TOLD_MS = 2 * MINUTE_MS     # from a text on disk to its alert
EARLY_MS = 5_000            # an OK or a NON may be read just before the time is up
PATIENCE_S = 300            # of a service that the rota no longer has


class RoundWatch:
    """``has_voice``: a menu may lead callers to another service than the first."""

    def __init__(
        self, box: SimulatedBox, truth: RotaTruth, outages: Outages, outgoing: OutgoingWatch,
        alerts: AlertWatch, *, has_voice: bool,
    ) -> None:  # fmt: skip
        self._box = box
        self._truth = truth
        self._outages = outages
        self._outgoing = outgoing
        self._alerts = alerts
        self._has_voice = has_voice
        self._edits_ms = [-1]
        self._patience_ms = [self._patience_now()]
        truth.on_edit.append(self._edited)
        box.books.on_asked.append(self._asked)
        box.books.on_given_up.append(self._given_up)

    def _patience_now(self) -> dict[str, int]:
        services = self._truth.site["service"]
        return {each["name"]: 1000 * each["acknowledge_within_s"] for each in services}

    def _edited(self) -> None:
        self._edits_ms.append(self._box.now_ms)
        self._patience_ms.append(self._patience_now())

    def _patience(self, service: str, begin_ms: int, end_ms: int) -> tuple[int, int]:
        """The least and the most that held at any time in between."""
        first = bisect_right(self._edits_ms, begin_ms) - 1
        last = bisect_right(self._edits_ms, end_ms)
        held = [
            each.get(service, 1000 * PATIENCE_S) for each in self._patience_ms[max(first, 0) : last]
        ]
        return min(held), max(held)

    # As it happens

    def _asked(self, alert: Alert, asked: tuple[Asked, ...], moment: Moment) -> None:
        """A round is over only when everybody on duty was asked in it."""
        before = alert.asked[: len(alert.asked) - len(asked)]
        if before and asked[0].round > before[-1].round:
            self._must_be_complete(alert, before, moment, "a new round")

    def _given_up(self, booked: BookedAlert, moment: Moment) -> None:
        """Not while somebody of the list is left who has not said NON; and told at once."""
        alert = booked.row
        at_ms = self._box.now_ms
        self._box.timeline.after(MINUTE_MS, lambda: self._must_be_told(booked, at_ms))
        if not alert.asked or self._alerts.is_bygone(booked):
            return
        must = self._must_be_complete(alert, alert.asked, moment, "given up")
        last = alert.asked[-1].round
        declined = {one.person for one in alert.asked if one.declined and one.round == last}
        if last + 1 < ROUNDS and must - declined:
            self._breaks(Promise.TURN, f"given up, {must - declined} had not said NON: {alert}")

    def _must_be_complete(
        self, alert: Alert, asked: tuple[Asked, ...], moment: Moment, what: str
    ) -> set[str]:
        known = moment.utc_trusted and self._truth.knows(moment.utc)
        if alert.cause not in ABOUT_CALLERS or not known:
            return set()
        service = alert.service or self._truth.services[0]
        around = self._truth.around(service, moment.utc, AROUND_MINUTES)
        must = set.intersection(*({name for _, name in each.duty} for each in around))
        had = {one.person for one in asked if one.round == asked[-1].round}
        if must - had:
            self._breaks(Promise.TURN, f"{what}, and {must - had} not asked: {alert}")
        return must

    def _must_be_told(self, booked: BookedAlert, at_ms: int) -> None:
        """Each administrator has an alarm of this very alert, and it is up."""
        box, number = self._box, booked.row.id
        if box.deaths_between(at_ms - 1000, box.now_ms) or box.lost(at_ms, box.now_ms):
            return
        if booked.row.cause not in ABOUT_CALLERS or booked.row.state is not AlertState.EXHAUSTED:
            return
        if f"alert:{number}" not in box.books.alarms:
            self._breaks(Promise.SILENCE, f"nobody answered, and its alarm is not up: {booked.row}")
        beginning = f"alarm:alert:{number}:"
        for name, mobile in ADMINISTRATORS:
            told = any(
                sms.row.recipient == mobile and sms.row.cause.startswith(beginning)
                for sms in box.books.outgoing_since(at_ms - 1000)
            )
            if not told:
                self._breaks(Promise.ALARMED, f"{name} was not told that nobody: {booked.row}")

    # At the end

    def finish(self) -> None:
        """Each alert about a caller."""
        questions: dict[int, list[BookedSms]] = {}
        causes: set[str] = set()
        for sms in self._box.books.outgoing.values():
            causes.add(sms.row.cause)
            if sms.row.about is not None:
                questions.setdefault(sms.row.about, []).append(sms)
        for alert in self._box.books.alerts.values():
            if alert.row.cause not in ABOUT_CALLERS:
                continue
            mine = questions.get(alert.row.id, [])
            if alert.row.state is AlertState.CLOSED:
                self._breaks(Promise.ANSWER, f"over without an answer: {alert.row}")
            self._must_begin_soon(alert)
            self._must_leave_soon(alert, mine)
            self._must_keep_its_times(alert, mine)
            self._must_be_called_off(alert, mine, causes)

    def _must_begin_soon(self, alert: BookedAlert) -> None:
        box, row = self._box, alert.row
        if row.cause is not AlertCause.SMS:
            if not self._has_voice and row.service != self._truth.services[0]:
                self._breaks(Promise.DUTY, f"a call of another service: {row}")
            return
        text = box.books.texts[row.cause_id or 0]
        late = alert.first_ms - text.first_ms > TOLD_MS
        if late and not box.deaths_between(text.first_ms, alert.first_ms):
            self._breaks(Promise.TURN, f"{alert.first_ms - text.first_ms} ms after it came: {row}")

    def _must_leave_soon(self, alert: BookedAlert, questions: list[BookedSms]) -> None:
        """Where neither modem nor network nor wire is to blame."""
        box, number = self._box, [sms.row.id for sms in questions]
        left_ms = [ms for sms in questions for ms in sms.accepted_ms.get(1, [])]
        unsure = self._outgoing.garbled.intersection(number) or self._outgoing.refused.intersection(
            number
        )
        if not left_ms or unsure or any(sms.row.attempts for sms in questions):
            return
        begin_ms, end_ms = alert.first_ms, min(left_ms)
        if end_ms - begin_ms <= LEAVES_MS or self._alerts.is_bygone(alert):
            return
        disturbed = (
            box.damaged(begin_ms - MINUTE_MS, end_ms)
            or box.left_unanswered(begin_ms - MINUTE_MS, end_ms)
            or box.deaths_between(begin_ms, end_ms)
            or box.lost(begin_ms, end_ms)
        )
        able_ms = end_ms - begin_ms - self._outages.unable_ms(begin_ms, end_ms)
        if able_ms > LEAVES_MS and not disturbed:
            self._breaks(Promise.TURN, f"left after {able_ms} ms: {alert.row}")

    def _must_keep_its_times(self, alert: BookedAlert, questions: list[BookedSms]) -> None:
        garbled = any(sms.row.id in self._outgoing.garbled for sms in questions)
        if garbled or self._alerts.is_bygone(alert):
            return
        for turn in self._alerts.turns(alert, questions):
            if turn.end_ms is not None:
                self._must_have_waited(alert, turn, turn.end_ms)

    def _must_have_waited(self, alert: BookedAlert, turn: Turn, end_ms: int) -> None:
        """As long as the service says, and no longer than that."""
        service = alert.row.service or self._truth.services[0]
        least_ms, most_ms = self._patience(service, turn.begin_ms, end_ms)
        deaths = self._box.deaths_between(turn.begin_ms, end_ms)
        waited_ms = end_ms - turn.sent_ms
        if waited_ms > most_ms + SLACK_MS:
            unable_ms = self._outages.unable_ms(turn.sent_ms, end_ms)
            again_ms = most_ms * (deaths + bool(unable_ms))   # the clock starts anew
            if waited_ms > most_ms + SLACK_MS + unable_ms + again_ms:
                what = f"{waited_ms} ms of {most_ms} waited for {turn.asked}: {alert.row}"
                self._breaks(Promise.TURN, what)
        hurried = turn.passed_on and end_ms - turn.begin_ms < least_ms - EARLY_MS
        if hurried and not deaths and not self._alerts.was_in_vain(turn):
            what = f"{end_ms - turn.begin_ms} ms of {least_ms} for {turn.asked}: {alert.row}"
            self._breaks(Promise.TURN, what)

    def _must_be_called_off(
        self, alert: BookedAlert, questions: list[BookedSms], causes: set[str]
    ) -> None:
        """Two must not drive to one caller: whoever has the question hears who has taken it."""
        row, ended_ms, box = alert.row, alert.ended_ms, self._box
        if row.state is not AlertState.ACKNOWLEDGED or ended_ms is None:
            return
        near = ended_ms - 1000, ended_ms + MINUTE_MS
        if box.lost(*near) or box.deaths_between(*near):
            return
        for sms in questions:
            reached = any(ms < ended_ms for times in sms.accepted_ms.values() for ms in times)
            told = f"taken:{row.id}:{sms.row.recipient}" in causes
            if reached and sms.row.person != row.ended_by and not told:
                self._breaks(Promise.WORD, f"{sms.row.person} waits on, it is taken: {row}")

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)
