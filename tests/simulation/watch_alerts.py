"""What the staff are asked, in whose name and when; and what their answers do.

An alert is worth nothing with the wrong number in it, an hour late, at somebody else's mobile, or
ended by a word that was no OK. Held against the network's truth, the oracle's rota and what people
have said.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from firmware.moment import Moment
from firmware.record import (
    TOO_OLD,
    WITHDRAWN,
    Alert,
    AlertCause,
    AlertState,
    Asked,
    OutgoingState,
)
from firmware.sms.outbox_rules import RETRY_AFTER_S
from tests.simulation.books import BookedAlert, BookedSms, BookedText
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_outgoing import OutgoingWatch

ABOUT_CALLERS = (AlertCause.CALL, AlertCause.DIVERTED, AlertCause.SMS)
LEAVES_MS = 10 * 60_000      # from an alert to its first SMS, while SMS could leave
HURRY_MS = 15_000            # from when it is known that nobody can be reached
SLACK_MS = 120_000           # until the SMS that asks the next has left
ROUNDS = 3                   # once down the list, then twice more round it
BYGONE = timedelta(hours=23)     # what is older is not asked as if it were of now
GIVES_UP_AFTER = len(RETRY_AFTER_S)   # tries, then somebody else is asked meanwhile
READING_MS = 60_000
FORGOTTEN_MS = 3_600_000     # what the power took of it was asked no longer ago
_NUMBER = re.compile(r"\+\d{6,}")
# Three characters, at least one of them a digit, none that is misread for another
_REFERENCE = re.compile(r"\b(?=[A-Z]{0,2}\d)[2346789ACDEFGHJKMNPQRTUVWXY]{3}\b")
_DURATION = re.compile(r"\d{1,2}(H|MN|M)|H\d\d")
WORDS = ("ok", "non", "qui", "who", "planning", "relais", "debut", "fin", "aide")


def first_word(text: str) -> str:
    """Of a text of the staff, in small letters; ``O K`` is OK, and so is ``ok??``."""
    words = re.findall(r"[a-zé]+", text.casefold())
    return "ok" if words[:2] == ["o", "k"] else words[0] if words else ""


def named(text: str) -> str | None:
    """The reference in an answer, if it names one."""
    found = _REFERENCE.search(text.upper())
    return found[0] if found is not None else None


@dataclass(frozen=True, slots=True)
class Turn:
    """Those who were asked at one time: from which question to which, and when."""

    asked: tuple[Asked, ...]
    questions: tuple[BookedSms, ...]
    begin_ms: int
    sent_ms: int
    end_ms: int | None
    passed_on: bool


class AlertWatch:
    """``outgoing`` knows which SMS the wire has garbled."""

    def __init__(
        self, box: SimulatedBox, truth: RotaTruth, outages: Outages, outgoing: OutgoingWatch
    ) -> None:
        self._box = box
        self._truth = truth
        self._outages = outages
        self._outgoing = outgoing
        box.books.on_asked.append(self._asked)
        box.books.on_outgoing.append(self._says)

    # As it happens

    def _asked(self, alert: Alert, asked: tuple[Asked, ...], moment: Moment) -> None:
        """Each round begins with the first level of those who are on duty; and goes on at once
        where their NON was read together with what the alert is about."""
        fresh = len([one for one in alert.asked if one.round == alert.round]) == len(asked)
        known = moment.utc_trusted and self._truth.knows(moment.utc)
        if alert.cause not in ABOUT_CALLERS or not fresh or not known:
            return
        service = alert.service or self._truth.services[0]
        lists = self._truth.around(service, moment.utc)
        first = {min((level for level, _ in each.duty), default=0) for each in lists}
        levels = {one.level for one in asked}
        left = {one.level for one in asked if not one.declined}
        went_on = min(levels) in first and left <= {max(levels)}
        if not (levels <= first or went_on):
            self._breaks(Promise.TURN, f"the first level is {first}, asked are {asked}")

    def _says(self, sms: BookedSms) -> None:
        """The answer to QUI names those who are on duty now, and nobody else."""
        kind, _, number = sms.row.cause.partition(":")
        text = self._box.books.texts.get(int(number)) if kind == "answer" else None
        if text is None or first_word(text.row.text or "") not in ("qui", "who"):
            return
        now = self._box.moment
        if not now.utc_trusted or not self._truth.knows(now.utc):
            return
        told = {name for name in self._truth.mobiles if name in sms.row.text}
        lists = [
            [{name for _, name in each.duty} for each in self._truth.around(service, now.utc)]
            for service in self._truth.services
        ]
        may = set[str]().union(*(names for each in lists for names in each))
        must = set[str]().union(*(set.intersection(*each) for each in lists))
        if not must <= told <= may:
            self._breaks(Promise.WORD, f"on duty are {must}, and {text.row} was told {sms.row}")

    # At the end

    def finish(self) -> None:
        """Each alert that somebody has to answer for, each question, each word of the staff."""
        questions: dict[int, list[BookedSms]] = {}
        for sms in self._box.books.outgoing.values():
            if sms.row.about is not None:
                questions.setdefault(sms.row.about, []).append(sms)
        said = self._said()
        self._read_ms: dict[tuple[str, int], list[BookedText]] = {}
        for text in self._box.books.texts.values():
            if text.row.kind == "staff":
                key = text.row.sender, text.first_ms
                self._read_ms.setdefault(key, []).append(text)
        about_callers = [
            alert for alert in self._box.books.alerts.values() if alert.row.cause in ABOUT_CALLERS
        ]
        for alert in about_callers:
            mine = questions.get(alert.row.id, [])
            self._must_tell(alert, mine)
            self._must_leave(alert, mine)
            for turn in self.turns(alert, mine):
                self._must_pass_on(alert, turn)
            self._must_ask_on(alert)
        for alert in sorted(about_callers, key=lambda each: each.ended_ms or 0):
            if alert.row.state is AlertState.ACKNOWLEDGED:
                self._must_have_said_ok(alert, said)
        self._must_obey()

    # What a question says

    def _must_tell(self, alert: BookedAlert, questions: list[BookedSms]) -> None:
        row = alert.row
        for sms in questions:
            turn = int(sms.row.cause.rpartition(":")[2])
            asked = row.asked[turn - 1] if 0 < turn <= len(row.asked) else None
            if sms.row.cause != f"alert:{row.id}:{turn}" or asked is None:
                self._breaks(Promise.TOLD, f"a question that nobody asked: {sms.row}")
            elif not sms.row.recipient == asked.mobile == self._truth.mobiles[asked.person]:
                self._breaks(Promise.TOLD, f"{asked} is asked at another number: {sms.row}")
            elif row.reference not in sms.row.text:
                self._breaks(Promise.TOLD, f"{row.reference} cannot be answered for: {sms.row}")
            elif row.cause is AlertCause.SMS:
                self._must_quote(alert, sms)
            else:
                last = turn == len(row.asked)
                self._must_name(alert, sms, last=last)

    def _must_name(self, alert: BookedAlert, sms: BookedSms, *, last: bool) -> None:
        """The caller's number; it may have been learned after the first were asked."""
        call = self._box.books.calls.get(alert.row.cause_id or 0)
        number = call.row.number if call is not None else None
        if number is not None and _NUMBER.fullmatch(number) is None:
            return    # the wire has garbled it into what is no number
        found = _NUMBER.findall(sms.row.text)
        if found != ([number] if number is not None else []) and (found or last):
            self._breaks(Promise.TOLD, f"{number} called, and told was {sms.row}")

    def _must_quote(self, alert: BookedAlert, sms: BookedSms) -> None:
        text = self._box.books.texts[alert.row.cause_id or 0].row
        if text.text is None:
            return
        # A garbled one may have become a national number, which the box writes in full
        sender = text.sender.lstrip("0")
        if text.text not in sms.row.text or sender not in sms.row.text:
            self._breaks(Promise.TOLD, f"{text} was told as {sms.row}")

    # When

    def _must_leave(self, alert: BookedAlert, questions: list[BookedSms]) -> None:
        """Somebody hears of it soon; a question is taken back for a reason only."""
        for sms in questions:
            self._must_not_be_dropped(alert, sms, questions)
        garbled = any(sms.row.id in self._outgoing.garbled for sms in questions)
        left_ms = [ms for sms in questions for ms in sms.accepted_ms.get(1, [])]
        if garbled or not alert.row.asked or self.is_bygone(alert):
            return
        if not left_ms:
            doubted = any(sms.tried for sms in questions)   # a refusal may be another command's
            # Asked before, by a row that went with the power while the disk was full: the text is
            # read again, has the same reference, and the OK to it is there already
            ended_ms = alert.ended_ms or alert.first_ms
            forgotten = self._box.lost(alert.first_ms - FORGOTTEN_MS, ended_ms + READING_MS)
            if alert.row.state is AlertState.ACKNOWLEDGED and not (doubted or forgotten):
                self._breaks(Promise.ALERTED, f"nobody has heard of it: {alert.row}")
            return
        begin_ms, end_ms = alert.first_ms, min(left_ms)
        wait_ms = end_ms - begin_ms
        if wait_ms > LEAVES_MS and wait_ms - self._unable_ms(begin_ms, end_ms) > LEAVES_MS:
            self._breaks(Promise.TURN, f"heard of after {wait_ms // 1000} s: {alert.row}")

    def _must_not_be_dropped(
        self, alert: BookedAlert, sms: BookedSms, questions: list[BookedSms]
    ) -> None:
        if sms.row.state is not OutgoingState.FAILED or sms.accepted_ms:
            return
        if sms.row.id in self._outgoing.garbled:
            return    # it left, with another number
        if sms.row.error == WITHDRAWN:
            over = alert.exhausted_ms is not None
            again = any(
                other.row.id > sms.row.id and other.row.recipient == sms.row.recipient
                for other in questions
            )
            ended = sms.ended_ms is None or (over and sms.ended_ms >= (alert.exhausted_ms or 0))
            if not (again or ended):
                self._breaks(Promise.ALERTED, f"taken back, and nobody had answered: {sms.row}")
        elif sms.row.error != TOO_OLD and not self._box.damaged(
            (sms.ended_ms or 0) - READING_MS, sms.ended_ms or 0
        ):
            self._breaks(Promise.ALERTED, f"given up: {sms.row}")

    def turns(self, alert: BookedAlert, questions: list[BookedSms]) -> Iterator[Turn]:
        by_turn = {int(sms.row.cause.rpartition(":")[2]): sms for sms in questions}
        numbered = list(enumerate(alert.row.asked, start=1))
        groups = [
            list(group)
            for _, group in groupby(numbered, lambda each: _when(each[1]))
        ]
        for group, after in zip(groups, [*groups[1:], []], strict=True):
            mine = tuple(by_turn[turn] for turn, _ in group if turn in by_turn)
            begin_ms = alert.asked_ms[group[0][0] - 1]
            end_ms = alert.asked_ms[after[0][0] - 1] if after else alert.exhausted_ms
            sent = [
                ms
                for sms in mine
                for times in sms.accepted_ms.values()
                for ms in times
                if end_ms is None or ms <= end_ms
            ]
            asked = tuple(one for _, one in group)
            sent_ms = max([alert.asked_ms[group[-1][0] - 1], *sent])
            yield Turn(asked, mine, begin_ms, sent_ms, end_ms, passed_on=bool(after))

    def _must_pass_on(self, alert: BookedAlert, turn: Turn) -> None:
        """At once where none of them can be reached; `watch_rounds` has the service's own time."""
        if turn.end_ms is None or self.is_bygone(alert):
            return
        if any(sms.row.id in self._outgoing.garbled for sms in turn.questions):
            return    # when it left is not known
        deaths = self._box.deaths_between(turn.begin_ms, turn.end_ms)
        hopeless_ms = self._hopeless_ms(turn)
        late = hopeless_ms is not None and turn.end_ms - hopeless_ms > HURRY_MS
        if late and not deaths and not self._unable_ms(turn.sent_ms, turn.end_ms):
            what = f"none of {turn.asked} can be reached, and nobody else is asked: {alert.row}"
            self._breaks(Promise.TURN, what)

    def _hopeless_ms(self, turn: Turn) -> int | None:
        """Since when all of their SMS are known to have failed."""
        ended_ms = [
            sms.ended_ms or 0
            for sms in turn.questions
            if sms.row.state is OutgoingState.FAILED and sms.row.error not in (WITHDRAWN, TOO_OLD)
        ]
        return max(ended_ms) if ended_ms and len(ended_ms) == len(turn.asked) else None

    def was_in_vain(self, turn: Turn) -> bool:
        """Somebody has said NON, or an SMS could not be delivered."""
        return any(one.declined for one in turn.asked) or any(
            (sms.row.state is OutgoingState.FAILED and sms.row.error != WITHDRAWN)
            or sms.row.attempts >= GIVES_UP_AFTER
            for sms in turn.questions
        )

    def _must_ask_on(self, alert: BookedAlert) -> None:
        """Given up only after the last round, or when nobody is left who has not said NON."""
        row = alert.row
        given_up = alert.exhausted_ms != alert.ended_ms
        if not given_up or not row.asked or self.is_bygone(alert):
            return
        last = row.asked[-1].round
        if last + 1 < ROUNDS and not any(one.declined for one in row.asked if one.round == last):
            self._breaks(Promise.TURN, f"given up after {last + 1} of {ROUNDS} rounds: {row}")

    def is_bygone(self, alert: BookedAlert) -> bool:
        """The box was away for so long, by its own clock, that nobody is asked any more."""
        ended_ms = alert.exhausted_ms or self._box.now_ms
        skews = self._box.skews_between(alert.first_ms, ended_ms)
        age = timedelta(milliseconds=ended_ms - alert.first_ms)
        return age + max(skews) - min(skews) > BYGONE

    def _unable_ms(self, begin_ms: int, end_ms: int) -> int:
        return self._outages.unable_ms(begin_ms, end_ms)

    # What people answer

    def _said(self) -> dict[tuple[str, str | None], list[int]]:
        """When the network has brought an OK from each of the staff, by what it named, in order."""
        said: dict[tuple[str, str | None], list[int]] = {}
        for record in self._box.network.ledger.messages.values():
            name, text = self._truth.names.get(record.sender), record.text or ""
            if name is not None and record.deliveries_ms and first_word(text) == "ok":
                insort(said.setdefault((name, named(text)), []), record.deliveries_ms[0])
        return said

    def _garbled(self, alert: BookedAlert, by: str, names: set[str | None]) -> list[str]:
        """What a telephone showed for its reference, if the wire garbled the question: no alert's
        name, and a length of time (`OK 37h`), or the box would have said that it knows none."""
        shown = any(
            self._box.damaged(asked_ms, asked_ms + READING_MS)
            for asked_ms, one in zip(alert.asked_ms, alert.row.asked, strict=True)
            if one.person == by
        )
        return [name for name in names if shown and name and _DURATION.fullmatch(name)]

    def _must_have_said_ok(
        self, alert: BookedAlert, said: dict[tuple[str, str | None], list[int]]
    ) -> None:
        """Whoever has answered for it has sent an OK, which was read when it ended, and has
        answered for nothing else. It may have lain in the modem since before the question: the
        answer to it names what it took."""
        row, ended_ms = alert.row, alert.ended_ms or 0
        by = row.ended_by or ""
        texts = self._read_ms.get((self._truth.mobiles.get(by, ""), ended_ms), [])
        words = [text.row.text or "" for text in texts]
        names = {named(each) for each in words if first_word(each) == "ok"}
        wanted = (row.reference, *self._garbled(alert, by, names), None)
        read = any(name in wanted for name in names)
        all_oks = [said.get((by, name), []) for name in wanted]
        ends = [(oks, bisect_right(oks, ended_ms)) for oks in all_oks]
        fits = [(oks, end) for oks, end in ends if end]
        if fits:
            oks, end = max(fits, key=lambda fit: fit[0][fit[1] - 1])
            del oks[end - 1]
        damaged = self._box.damaged(ended_ms - READING_MS, ended_ms)
        if not read or not (fits or damaged):
            self._breaks(Promise.ANSWER, f"{by} has not answered for it: {row}")

    def _must_obey(self) -> None:
        """Each word has its answer; an OK that names an alert ends it, and at once."""
        causes = {sms.row.cause for sms in self._box.books.outgoing.values()}
        by_reference: dict[str, list[BookedAlert]] = {}
        for alert in self._box.books.alerts.values():
            by_reference.setdefault(alert.row.reference, []).append(alert)
        for text in self._box.books.texts.values():
            if text.row.kind != "staff":
                continue
            word = first_word(text.row.text or "")
            if word in WORDS and f"answer:{text.row.id}" not in causes:
                self._breaks(Promise.WORD, f"no answer to {text.row}")
            if word == "ok":
                self._must_end(text, by_reference.get(named(text.row.text or "") or "", []))

    def _must_end(self, text: BookedText, alerts: list[BookedAlert]) -> None:
        # One that was opened in the very step in which the word was read is not answered by it
        meant = [alert for alert in alerts if alert.first_ms < text.first_ms]
        if not meant or meant[-1].row.cause not in ABOUT_CALLERS:
            return
        ended_ms = meant[-1].ended_ms
        if ended_ms is None or ended_ms > text.first_ms:
            self._breaks(Promise.ANSWER, f"{text.row} has not ended {meant[-1].row}")

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)


def _when(one: Asked) -> tuple[int, int, datetime]:
    """Those of one round, level and instant are asked together."""
    return one.round, one.level, one.at
