"""Tells people by SMS that their coming duties have changed, whoever changed the rota.

What was told last is remembered as the rota of then, so that a change made while the box was off
is told when it is back. A change waits until nothing has been changed for two minutes: an undo
costs nobody an SMS, and five edits in a row cost one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.rota import Rota, Service, SiteFileFaults, read_site_file, write_site_file
from firmware.rota.local_time import last_instant
from firmware.rota.news import DutyNews, Stretch, duty_news
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_NOTICE
from firmware.speaker import Speaker
from firmware.wording import messages

FACT = "rota-told"
QUIET = timedelta(minutes=2)
WAIT_MAX = timedelta(minutes=10)
LINES_MAX = 6  # about three SMS
_OVER = timedelta(days=2)


class ChangeNotices:
    """Compares the rota with the one that people were told of."""

    def __init__(self, ledger: Ledger, roster: Roster, outbox: Outbox, speaker: Speaker) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._speaker = speaker
        self._seen: Rota | None = None
        self._told: Rota | None = None
        self._changed_at: datetime | None = None
        self.due: datetime | None = None

    def look(self, *, told: bool = False) -> None:
        """Notice a change, and tell it once its time has come. The clock is trusted.

        ``told``: this change was told in other words to everybody whom it concerns.
        """
        rota, now = self._roster.rota, self._ledger.now
        if rota is None:
            return
        if told and self.due is None:
            self._seen = rota
            self._settle(rota, now)
        elif rota is not self._seen:
            self._notice(rota, now)
        if self.due is not None and now >= self.due:
            self._tell(rota, now)

    def _notice(self, rota: Rota, now: datetime) -> None:
        before, self._seen = self._seen, rota
        told = self._ledger.fact(FACT)
        if not isinstance(told, str):  # the first site file: nobody's duties have changed
            self._settle(rota, now)
            return
        if self._told is None:
            self._told = before
        if told == _text(rota, now):
            self._settle(rota, now)
            return
        self._changed_at = self._changed_at or now
        self.due = min(now + QUIET, self._changed_at + WAIT_MAX)

    def _tell(self, rota: Rota, now: datetime) -> None:
        before = self._told or _read(self._ledger.fact(FACT))
        for news in duty_news(before, rota, now) if before is not None else ():
            coming = news.after(now)
            if coming:
                self._send(coming, now)
        self._settle(rota, now)

    def _settle(self, rota: Rota, now: datetime) -> None:
        self._ledger.remember(FACT, _text(rota, now))
        self._told, self._changed_at, self.due = rota, None, None

    def _send(self, news: DutyNews, now: datetime) -> None:
        marked = [(stretch, messages.DUTY_ADDED) for stretch in news.gained]
        marked += [(stretch, messages.DUTY_REMOVED) for stretch in news.lost]
        marked.sort(key=lambda pair: pair[0].start)
        lines = [self._speaker.say(messages.DUTIES_CHANGED)]
        lines += [self._line(stretch, words) for stretch, words in marked[:LINES_MAX]]
        if len(marked) > LINES_MAX:
            lines.append(self._speaker.say(messages.DUTIES_MORE, count=len(marked) - LINES_MAX))
        self._outbox.send(
            f"duties:{news.person.mobile}:{self._ledger.instant}",
            news.person.mobile,
            "\n".join(lines),
            RANK_NOTICE,
            person=news.person.name,
        )

    def _line(self, stretch: Stretch, words: str) -> str:
        return self._speaker.say(
            words,
            service=stretch.service,
            level=stretch.level,
            start=self._speaker.clock(stretch.start),
            until=self._speaker.clock(stretch.end),
        )


def _text(rota: Rota, now: datetime) -> str:
    """What people were told of: the duties to come. Contacts and texts are no part of it."""
    zone, limit = ZoneInfo(rota.site.time_zone), now - _OVER
    coming = tuple(each for each in rota.overrides if last_instant(each.end, zone) > limit)
    services = tuple(Service(each.name) for each in rota.services)
    return write_site_file(Rota(rota.site, rota.people, services, rota.rotations, coming))


def _read(text: object) -> Rota | None:
    """What was told last; None where another program wrote it: then nothing can be compared."""
    try:
        return read_site_file(text) if isinstance(text, str) else None
    except SiteFileFaults:
        return None
