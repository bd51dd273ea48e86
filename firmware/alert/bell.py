"""The alarm bell: on the page for as long as it lasts, and by SMS to every administrator.

What comes within a few seconds is one SMS, the next one leaves two minutes after it at the
earliest; what lasts is told again after four hours, then once a day; its end is told, too. What
comes and goes too often to be told is told as soon as it stays. What could not leave, and is to be
told again in the same words, is told once, at its last place. What is beyond the SMS of a day waits
for the next one that may leave. Alarms about a caller whom nobody answers for leave at once and
alone; of those that last five are told again in two hours, in turn. That the battery is empty
leaves at once, too: the computer stops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from itertools import chain
from types import MappingProxyType

from firmware.alert.alarm_words import AlarmWords
from firmware.alert.daily import KEPT, Daily
from firmware.alert.news import News, What, add, news_from
from firmware.alert.repeats import AGAIN_AFTER_S, Repeats
from firmware.duty.roster import Roster
from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.moment import read_instant, read_seconds, soonest
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import ALARM, RANK_ANSWER
from firmware.speaker import Speaker
from firmware.wording import messages

NOTHING: Mapping[str, str] = MappingProxyType({})
GATHER_S = 15.0                      # what comes with the first of several
APART_S = 120.0                      # between two SMS of alarms
LASTS_S = 900.0                      # then what came and went before has come to stay
CALLERS_AGAIN, CALLERS_WITHIN_S = 5, 2 * 3600.0   # so many are told again in so long
STUCK_S = 1800.0                     # until a look whether an SMS of an alarm has left
LINES_MAX = 5                        # of one SMS; the next has the others
STAYS_S = 3600.0                     # after so long an alarm that comes and goes has come to stay
WAITING_MAX = 50                     # of what is no state; the page and the journal have the others
DAY = timedelta(days=1)
MANY = ("sms", "flood", "loop")      # of these there may be any number, each with a key of its own
_WEIGHT = (What.RAISED, What.TOLD, What.TOLD_OVER, What.OVER, What.STILL)
URGENT = "alert:"                    # begins the key of an alarm about a caller
BATTERY = "battery"                  # the computer stops as soon as this one has left
WAITING, UNTOLD = "bell-waiting", "bell-untold"   # the facts


class Bell:
    """Raises and ends alarms, and words what administrators hear of them."""

    def __init__(
        self, ledger: Ledger, roster: Roster, outbox: Outbox, speaker: Speaker
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._speaker = speaker
        self._words = AlarmWords(roster, speaker)
        self._once: set[str] = set()        # alarms that are not told again
        self._raised = Flood(4, 3600.0)
        self._changes = Flood(1, 6 * 3600.0)
        self._daily = Daily(ledger)
        now_s = ledger.moment.monotonic_s
        found = ledger.fact(WAITING)
        kept = [news_from(fact) for fact in found] if isinstance(found, list) else []
        self._waiting = tuple(news for news in kept if news is not None)
        self._leave_at_s: float | None = now_s + GATHER_S if self._waiting else None
        self._kept_back = False   # what waits is beyond the SMS of a day
        self._left_s = -APART_S
        self._repeats = Repeats(ledger)
        self._callers = Flood(CALLERS_AGAIN, CALLERS_WITHIN_S)
        self._late: set[str] = set()   # callers who are to be told of again, and have to wait
        # Alarms that nobody was told of yet, and when they, or their new cause, are if they last
        self._untold = self._remembered_untold()
        self._held_s = {key: now_s + wait_s for key, wait_s in self._untold.items()}

    @property
    def deadline_s(self) -> float | None:
        return soonest(self._leave_at_s, self._repeats.due_s, *self._held_s.values())

    def ring(
        self,
        key: str,
        cause: str,
        values: Mapping[str, str] = NOTHING,
        *,
        by_sms: bool = True,
        again: bool = True,
        after_s: float = 0.0,
    ) -> bool:
        """Raise the alarm; false when it was up already for the same cause. Without ``again`` it
        is told once, however long it lasts; with ``after_s`` only if it lasts for so long.

        An alarm that comes and goes, or changes its cause, is an SMS a few times an hour at most,
        until it stays; the page shows every change.
        """
        known = self._ledger.alarm(key)
        (self._once.discard if again else self._once.add)(key)
        if not self._ledger.raise_alarm(key, cause, values):
            return False
        changed = known is not None and known.cause != cause
        gate = self._changes if changed else self._raised
        if not by_sms or not (known is None or changed):
            return True
        if not after_s and gate.admits(key, self._ledger.moment.monotonic_s):
            self._let_go(key)
            self._hear(News(key, What.RAISED, cause, dict(values)))
        else:
            self._hold(key, after_s or LASTS_S, untold=known is None)
        return True

    def tell(
        self, key: str, cause: str, values: Mapping[str, str] = NOTHING, *, over: bool = False
    ) -> None:
        """Tell the administrators of something that is no lasting state, or that it is over."""
        moment = self._ledger.moment
        since = moment.utc.isoformat() if moment.utc_trusted else ""
        what = What.TOLD_OVER if over else What.TOLD
        self._hear(News(key, what, cause, dict(values), since))

    def still(self, key: str, *, by_sms: bool = True) -> None:
        """End the alarm, if it is up."""
        alarm = self._ledger.alarm(key)
        if alarm is None:
            return
        self._ledger.end_alarm(key)
        told = self._repeats.forget(key)
        untold = key in self._untold
        self._let_go(key)
        if untold:
            return   # that it was up again; that it was over before may wait to be told
        if told or not by_sms:   # a new cause that waits is no news any more, the end is
            self._wait(tuple(news for news in self._waiting if news.key != key))
        if by_sms:
            self._hear(News(key, What.OVER, alarm.cause, alarm.values))

    def is_untold(self, key: str) -> bool:
        """Whether the alarm is on the page only so far: it is told if it lasts."""
        return key in self._untold

    def has_yet_to_tell(self, key: str) -> bool:
        """Whether anything about the alarm waits here: no SMS of it is in the outbox."""
        return key in self._untold or any(news.key == key for news in self._waiting)

    def show(self, key: str, cause: str, is_so: bool) -> None:
        """Ring while it is so, and be still when it is not."""
        if is_so:
            self.ring(key, cause)
        else:
            self.still(key)

    def tick(self) -> None:
        now_s = self._ledger.moment.monotonic_s
        for key in [key for key, at_s in self._held_s.items() if at_s <= now_s]:
            self._let_go(key)
            alarm = self._ledger.alarm(key)
            if alarm is not None:
                self._hear(News(key, What.RAISED, alarm.cause, alarm.values))
        if due := self._repeats.due():
            self._tell_again(due)
        if self._waiting and self._leave_at_s is None and self._roster.wardens:
            self._leave_at_s = now_s + GATHER_S   # there was nobody to tell
        if self._leave_at_s is not None and self._leave_at_s <= now_s:
            self._leave()

    def _tell_again(self, due: list[str]) -> None:
        """What was told before and has not left yet is not told again before it has."""
        stuck = {key for key in due if self._has_not_left(key)}
        self._repeats.put_off(stuck, STUCK_S)
        now = [key for key in due if key not in stuck]
        self._repeats.put_off(now, AGAIN_AFTER_S[-1])   # one that waits with others is told later
        callers = [key for key in now if key.startswith(URGENT)]
        for news in self._lasting([key for key in now if not key.startswith(URGENT)]):
            self._hear(news)
        for news in self._lasting(self._turn_by_turn(callers)):
            self._hear(news)

    def _has_not_left(self, key: str) -> bool:
        """For some administrator; where a caller waits, for any of them: one number that the
        network refuses must not keep it from the others."""
        if not key.startswith(URGENT):
            return self._outbox.book.is_waiting(f"{ALARM}{key}:")
        waiting = self._outbox.book.waits_for(f"{ALARM}{key}:")
        return bool(waiting) and waiting >= {person.name for person in self._roster.wardens}

    def _turn_by_turn(self, callers: list[str]) -> list[str]:
        """Whose turn it is: hundreds may have no answer, and each has an SMS of its own, which asks
        for its `OK`. Whoever was told of the longest ago goes first; the others wait."""
        if not callers:
            return []
        self._late.update(callers)
        now_s = self._ledger.moment.monotonic_s
        in_turn = sorted(self._repeats.among(self._late), key=self._repeats.told_at)
        now = [key for key in in_turn if self._callers.admits("", now_s)]
        self._late = set(in_turn).difference(now)
        self._repeats.put_off(self._late, STUCK_S)
        return now

    def _lasting(self, keys: list[str]) -> list[News]:
        """What is still so; the rest is forgotten."""
        found = []
        for key in keys:
            alarm = self._ledger.alarm(key)
            if alarm is None:
                self._repeats.forget(key)
            else:
                since = alarm.since.isoformat()
                found.append(News(key, What.STILL, alarm.cause, alarm.values, since))
        return found

    # What is held back

    def _hold(self, key: str, wait_s: float, *, untold: bool) -> None:
        self._held_s[key] = self._ledger.moment.monotonic_s + wait_s
        if untold:
            self._untold[key] = wait_s
            self._ledger.remember(UNTOLD, dict(self._untold))

    def _let_go(self, key: str) -> None:
        """It is told now, or over."""
        self._held_s.pop(key, None)
        if self._untold.pop(key, None) is not None:
            self._ledger.remember(UNTOLD, dict(self._untold))

    def _remembered_untold(self) -> dict[str, float]:
        """After a restart each waits once more."""
        found = self._ledger.fact(UNTOLD)
        return {
            key: read_seconds(wait_s) or LASTS_S
            for key, wait_s in (found.items() if isinstance(found, dict) else ())
            if self._ledger.alarm(key) is not None
        }

    # What is told

    def _hear(self, news: News) -> None:
        at_once = news.key.startswith(URGENT) or (news.key, news.what) == (BATTERY, What.RAISED)
        if at_once and self._roster.wardens:
            again = news.what is What.STILL or news.key == BATTERY
            have = self._outbox.book.waits_for(f"{ALARM}{news.key}:") if again else set()
            self._send(f"{news.key}:{news.what}", self._words.one(news), have)
            self._note_told((news,))
            # "Back in order" that waits would be read behind it
            self._wait(tuple(each for each in self._waiting if each.key != news.key))
            return
        waiting = add(self._waiting, news)
        if news.what is What.RAISED and news not in waiting:
            self._note_told((news,))   # its end was not told: for those who know of it, it lasts
        self._wait(waiting)

    def _wait(self, waiting: tuple[News, ...]) -> None:
        if waiting == self._waiting:
            return
        told = [each for each in waiting if each.what in (What.TOLD, What.TOLD_OVER)]
        waiting = tuple(each for each in waiting if each not in told[:-WAITING_MAX])
        self._waiting = waiting
        self._ledger.remember(WAITING, [news.as_fact() for news in waiting])
        now_s = self._ledger.moment.monotonic_s
        if not waiting:
            self._leave_at_s = None
        elif self._leave_at_s is None or self._kept_back:   # what is new may leave all the same
            self._leave_at_s = max(now_s + GATHER_S, self._left_s + APART_S)
        self._kept_back = False

    def _leave(self) -> None:
        """One SMS with the heaviest of what waits, if the day has one left for it."""
        people = self._roster.wardens
        if not people:
            self._leave_at_s = None   # until there is a site
            return
        self._tell_of_callers()
        waiting = sorted(self._fresh(), key=self._weight)
        news, rest = tuple(waiting[:LINES_MAX]), tuple(waiting[LINES_MAX:])
        if not news:
            self._wait(())
            return
        text = self._words.several(news, len(rest))
        fewer, last = (
            f"{text}\n{self._speaker.say(more)}"
            for more in (messages.ALARM_FEWER_TODAY, messages.ALARM_LAST_TODAY)
        )
        same = [self._outbox.unsent(each.mobile, ALARM, (text, fewer, last)) for each in people]
        instead = all(same)   # nobody had it, and nobody will have it twice
        now_s = self._ledger.moment.monotonic_s
        changes = {name for each in news for name in self._changes_of(each)}
        wait_s = self._daily.wait_s(changes, instead=instead)
        if wait_s > 0.0:
            self._leave_at_s = now_s + (soonest(wait_s, *map(self._stays_in_s, news)) or wait_s)
            self._kept_back = True
            return
        self._left_s, self._leave_at_s = now_s, None
        self._wait(rest)
        self._note_told(news)
        self._daily.count(changes, instead=instead)
        self._outbox.supersede(chain.from_iterable(same))
        name = f"{news[0].key}:{news[0].what}" if len(waiting) == 1 else "several"
        self._send(name, {0: last, KEPT: fewer}.get(self._daily.free, text))

    def _tell_of_callers(self) -> None:
        """Those who rang before there was a site; of hundreds five at once, the others in turn."""
        now_s = self._ledger.moment.monotonic_s
        callers = [news for news in self._waiting if news.key.startswith(URGENT)]
        late = [news for news in callers if not self._callers.admits("", now_s)]
        for news in callers:
            if news not in late:
                self._hear(news)
        self._note_told(late)
        self._late.update(news.key for news in late)
        self._repeats.put_off(self._repeats.among(news.key for news in late), STUCK_S)
        self._wait(tuple(each for each in self._waiting if each not in callers))

    def _weight(self, news: News) -> tuple[bool, int]:
        """First what may leave; those before it in the queue must not keep it waiting."""
        names = set(self._changes_of(news))
        return bool(names) and names <= self._daily.told, _WEIGHT.index(news.what)

    def _fresh(self) -> list[News]:
        """What is no state, and waited for more than a day, is not told as if it were of now."""
        now = self._ledger.now
        return [
            each
            for each in self._waiting
            if each.what not in (What.TOLD, What.TOLD_OVER)
            or (since := read_instant(each.since)) is None
            or now - since < DAY
        ]

    def _changes_of(self, news: News) -> list[str]:
        """By which names an SMS of those that are kept may tell of it: once a day each. What begins
        again is flutter, until it has stayed for an hour; of what is no state two are told."""
        match news.what:
            case What.STILL:
                return []
            case What.TOLD | What.TOLD_OVER:
                kind = news.key.split(":")[0]
                again = f"{kind}:again"   # the second of a day
                return [kind] if kind in MANY or kind not in self._daily.told else [again]
            case What.RAISED if self._stays_in_s(news) is None:
                return [f"{news.key}:{news.what}", f"{news.key}:stays"]
            case _:
                return [f"{news.key}:{news.what}"]

    def _stays_in_s(self, news: News) -> float | None:
        """When a beginning will have stayed; None for what has, and for all else."""
        alarm = self._ledger.alarm(news.key) if news.what is What.RAISED else None
        if alarm is None:
            return None
        left_s = STAYS_S - (self._ledger.now - alarm.since).total_seconds()
        return min(left_s, STAYS_S) if left_s > 0.0 else None

    def _send(self, name: str, text: str, have: Collection[str | None] = ()) -> None:
        """Not to those for whom one waits already (``have``)."""
        # The instant is part of the cause: the same alarm an hour later is another SMS.
        instant = self._ledger.instant
        for person in self._roster.wardens:
            if person.name in have:
                continue
            self._outbox.send(
                f"{ALARM}{name}:{instant}:{person.mobile}",
                person.mobile,
                text,
                RANK_ANSWER,
                person=person.name,
            )

    def _note_told(self, news: Iterable[News]) -> None:
        """Of the alarms that last: when they are told again."""
        lasting = (What.RAISED, What.STILL)
        self._repeats.note(
            each.key for each in news if each.what in lasting and each.key not in self._once
        )
