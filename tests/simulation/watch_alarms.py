"""Alarms: administrators hear of each that stays, and that it is over.

What an SMS says is known by the cause of its row: `alarm:KEY:WHAT:...`, or `alarm:several:...`
where one SMS has several lines. It is judged by what was written down for every administrator;
whether that has left is `watch_outgoing`'s.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from firmware.alert.bell import LASTS_S, URGENT
from firmware.alert.daily import KEPT, SMS_A_DAY
from firmware.alert.news import What
from firmware.health.starts import DEATHS_MAX, OFF_MIN
from firmware.health.starts import KEY as DEATHS
from firmware.sms.outbox_rules import ALARM
from firmware.wording import messages
from tests.simulation.books import BookedSms
from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise
from tests.simulation.town import ADMINISTRATORS
from tests.simulation.world import WORDINGS

STAYS_MS = 2 * 3_600_000
SOON_MS = round(LASTS_S * 1000) + 300_000   # of an alarm that came too often, and of its end
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
DEATHS_DAY_MS = DAY_MS - 3 * HOUR_MS   # less what the box was off
SHORT_LIVES_MS = 3 * HOUR_MS         # what several deaths within a day cost of it
NOTED_AFTER_MS = 11 * 60_000         # the longest power cut, and a start
DEATHS_SOON_MS = 30 * 60_000         # without power for ten minutes, killed again at its start
# These are never told by SMS ...
ON_THE_PAGE = ("port", "site", "sms-out", "sms-centre", "unreached")
# ... and these only when they are over: while they are up no SMS can leave
AFTERWARDS = ("modem", "sim", "network", "recovery")
SEVERAL = "several"
_CAUSE = re.compile(rf"{ALARM}(.+?):({'|'.join(What)}):")   # a key may have a colon of its own
_BEGUN = (What.RAISED.value, What.STILL.value)
_OVER_LINES = tuple(
    wording.say(messages.ALARM_OVER_LINE, what="|").split("|")[0] for wording in WORDINGS.values()
)
_WAS_OFF = tuple(
    wording.say(messages.BOX_WAS_OFF, since="|", until="").split("|")[0]
    for wording in WORDINGS.values()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One SMS of alarms to one administrator. ``key`` is `SEVERAL` where it has several lines, and
    ``ends`` then tells whether one of them is an end."""

    at_ms: int
    key: str
    begins: bool
    ends: bool


class AlarmWatch:
    """Looks at the alarms of a run when it is over."""

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box

    def finish(self) -> None:
        """Every alarm that stayed was told to everybody; and whoever was told heard of its end."""
        books, now_ms = self._box.books, self._box.now_ms
        still = [(key, since_ms, now_ms) for key, since_ms in books.alarms.items()]
        for _, mobile in ADMINISTRATORS:
            told = self._words(mobile)
            for key, since_ms, until_ms in (*books.alarm_spans, *still):
                kind = key.split(":")[0]
                if until_ms - since_ms < STAYS_MS or kind in ON_THE_PAGE or key.startswith(URGENT):
                    continue
                late = kind in AFTERWARDS
                if late and key in books.alarms and until_ms == now_ms:
                    continue    # nobody can be told of it yet
                from_ms, wait_ms = (until_ms, SOON_MS) if late else (since_ms, STAYS_MS + SOON_MS)
                self._must_be_told(key, from_ms, from_ms + wait_ms, mobile, told)
            self._must_end(mobile, told)
        self._must_know_of_deaths()
        self._must_have_been_off()

    def died_lately(self, at_ms: int) -> bool:
        """Whether it may be an alarm still: it lasts for a day of running without a death, and a
        run counts to the last time, of four an hour, at which that was written down."""
        return self._box.deaths_between(at_ms - DAY_MS - 2 * HOUR_MS, at_ms) > 0

    def _must_know_of_deaths(self) -> None:
        """By the alarm, within minutes of the start after the last of them; and it does not end
        before a day has gone, whatever the clock says."""
        box, books = self._box, self._box.books
        spans = [(since, until) for key, since, until in books.alarm_spans if key == DEATHS]
        up = [since for key, since in books.alarms.items() if key == DEATHS]
        noted = self._noted_deaths()
        for number, at_ms in enumerate(noted[DEATHS_MAX - 1 :]):
            soon_ms = at_ms + DEATHS_SOON_MS
            often = noted[number] >= at_ms - DEATHS_DAY_MS
            if not often or soon_ms > box.now_ms or box.lost(at_ms - DAY_MS, soon_ms):
                continue
            known = [since for since, until in spans if until > soon_ms] + up
            if not any(since <= soon_ms for since in known):
                box.judge.breaks(Promise.ALARMED, at_ms, "died again and again, and no alarm")
        for _, until_ms in spans:
            lately = any(until_ms - DEATHS_DAY_MS <= at_ms <= until_ms for at_ms in noted)
            if lately and not box.lost(until_ms - DAY_MS, until_ms):
                box.judge.breaks(Promise.ALARMED, until_ms, "in order although it died")

    def _noted_deaths(self) -> list[int]:
        """Without those that may have come before the start after the last was on disk."""
        noted: list[int] = []
        for at_ms in self._box.deaths_ms:
            if not noted or at_ms >= noted[-1] + NOTED_AFTER_MS:
                noted.append(at_ms)
        return noted

    def _must_have_been_off(self) -> None:
        """No power cut of a year lasts for half an hour: only a clock that was set can say so."""
        for sms in self._box.books.outgoing.values():
            if not any(words in sms.row.text for words in _WAS_OFF):
                continue
            at_ms = sms.first_ms
            skews = self._box.skews_between(at_ms - DAY_MS, at_ms)
            if max(skews) - min(skews) < OFF_MIN / 2:
                what = f"says that it was off: {sms.row.text}"
                self._box.judge.breaks(Promise.ALARMED, at_ms, what)

    def _words(self, mobile: str) -> list[Word]:
        rows = self._box.books.outgoing.values()
        return [
            _word(sms)
            for sms in rows
            if sms.row.recipient == mobile
            and sms.row.cause.startswith(ALARM)
            and not sms.row.cause.startswith(ALARM + URGENT)
        ]

    def _must_be_told(
        self, key: str, from_ms: int, by_ms: int, mobile: str, told: list[Word]
    ) -> None:
        """Soon after it has stayed, however long it goes on to last."""
        begin = bisect_left(told, from_ms, key=lambda word: word.at_ms)
        for word in told[begin:]:
            if word.at_ms > by_ms:
                break
            if word.key in (key, SEVERAL):
                return
        # Who was told of it, and not of its end, knows of it
        known = [word for word in told[:begin] if word.key in (key, SEVERAL)][-1:]
        if known and not known[0].ends:
            return
        alone = not _was_told(key, told, from_ms)
        if by_ms < self._box.now_ms and not _is_full(told, from_ms, by_ms, alone=alone):
            what = f"{mobile} was not told of {key}, as of {self._box.judge.utc(from_ms)}"
            self._box.judge.breaks(Promise.ALARMED, from_ms, what)

    def _must_end(self, mobile: str, told: list[Word]) -> None:
        last = {word.key: word for word in told if word.begins and word.key != SEVERAL}
        ended = {key: until_ms for key, _, until_ms in self._box.books.alarm_spans}
        for key, word in last.items():
            over_ms = ended.get(key)
            if key in self._box.books.alarms or over_ms is None:
                continue
            ends = any(
                each.ends and each.at_ms >= word.at_ms and each.key in (key, SEVERAL)
                for each in told
            )
            soon_ms = max(over_ms, word.at_ms) + SOON_MS
            if not ends and soon_ms < self._box.now_ms and not _is_full(told, over_ms, soon_ms):
                what = f"{mobile} was told of {key}, and never that it is over"
                self._box.judge.breaks(Promise.ALARMED, over_ms, what)


def _word(sms: BookedSms) -> Word:
    found = _CAUSE.match(sms.row.cause)
    if found is None:
        lines = sms.row.text.splitlines()[1:]
        ends = any(line.startswith(_OVER_LINES) for line in lines)
        return Word(sms.first_ms, SEVERAL, begins=True, ends=ends)
    key, what = found.groups()
    return Word(sms.first_ms, key, begins=what in _BEGUN, ends=what == What.OVER)


def _was_told(key: str, told: list[Word], at_ms: int) -> bool:
    """Whether the alarm was within a day: it may have had its one of those that are kept."""
    since_ms = at_ms - DAY_MS - SHORT_LIVES_MS
    return any(
        since_ms < word.at_ms <= at_ms and word.key in (key, SEVERAL)
        for word in told
    )


def _is_full(told: list[Word], begin_ms: int, end_ms: int, *, alone: bool = False) -> bool:
    """Whether a day's share of alarms was used up; the page has what is beyond, until there is one
    again. The day is one of running, as far as that is written down: it is longer where the box
    dies again and again."""
    since_ms = begin_ms - DAY_MS - SHORT_LIVES_MS
    count = sum(since_ms < word.at_ms <= end_ms for word in told)
    return count >= (SMS_A_DAY if alone else SMS_A_DAY - KEPT)
