"""The weekly word to the administrators: a box that says nothing for a week is in trouble."""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.duty.roster import Roster
from firmware.health.schedule import last_due, next_day
from firmware.ledger import Ledger
from firmware.record import Call
from firmware.rota.local_time import first_instant
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_NOTICE
from firmware.sms.own_texts import from_outside
from firmware.speaker import Speaker
from firmware.wording import messages

WEEKLY = "weekly"             # the fact: the day of the last word, and what had been counted then
LATE = timedelta(days=2)      # after more the next week's is soon enough
SETTLED_S = 600.0             # after a start: what is wrong has its alarm by then


class Weekly:
    """Says how many calls and SMS there were, and when the next word comes."""

    def __init__(
        self, ledger: Ledger, roster: Roster, outbox: Outbox, speaker: Speaker
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._speaker = speaker
        self._from_s = ledger.moment.monotonic_s + SETTLED_S

    def look(self) -> None:
        """Each minute. What is said is so when it leaves: a box without a network says nothing."""
        rota, moment = self._roster.rota, self._ledger.moment
        if rota is None or not moment.utc_trusted:
            return
        if not self._outbox.ready or moment.monotonic_s < self._from_s:
            return
        health, now = rota.health, self._ledger.now
        day, due = last_due(now, self._roster.zone, health.weekly_at, health.weekly_day)
        known = self._ledger.fact(WEEKLY)
        if isinstance(known, dict) and known.get("day") == day.isoformat():
            return
        calls, sms = self._ledger.last_id(Call), from_outside(self._ledger)
        self._ledger.remember(WEEKLY, {"day": day.isoformat(), "calls": calls, "sms": sms})
        if not health.weekly_sms or not isinstance(known, dict) or now - due > LATE:
            return  # also the first look ever: its week has not begun here
        following = next_day(day, health.weekly_day)
        at = first_instant(datetime.combine(following, health.weekly_at), self._roster.zone)
        alarms = len(self._ledger.alarms)
        text = self._speaker.say(
            messages.WEEKLY_ALARMS if alarms else messages.WEEKLY_WELL,
            site=rota.site.name,
            calls=calls - int(known.get("calls", 0)),
            messages=sms - int(known.get("sms", 0)),
            count=alarms,
            next=self._speaker.clock(at),
        )
        for person in self._roster.administrators:
            cause = f"weekly:{day.isoformat()}:{person.mobile}"
            self._outbox.send(cause, person.mobile, text, RANK_NOTICE, person=person.name)
