"""The alarm bell: on the page for as long as it lasts, and by SMS to every administrator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.roster import Roster
from firmware.sms.outbox import RANK_ANSWER, Outbox
from firmware.speaker import Speaker
from firmware.wording.messages import ALARM, ALARM_OVER

NOTHING: Mapping[str, str] = MappingProxyType({})


class Bell:
    """Raises and ends alarms; an administrator hears of each cause once, and of its end."""

    def __init__(
        self, ledger: Ledger, roster: Roster, outbox: Outbox, speaker: Speaker
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._speaker = speaker
        self._held_back: set[str] = set()   # alarms that come and go too often to be told
        self._raised = Flood(4, 3600.0)
        self._changes = Flood(1, 6 * 3600.0)

    def ring(
        self, key: str, cause: str, values: Mapping[str, str] = NOTHING, *, by_sms: bool = True
    ) -> bool:
        """Raise the alarm; false when it was up already for the same cause.

        An alarm that comes and goes, or changes its cause, is an SMS a few times an hour at most;
        the page shows every change.
        """
        known = self._ledger.alarm(key)
        if not self._ledger.raise_alarm(key, cause, values):
            return False
        changed = known is not None and known.cause != cause
        gate = self._changes if changed else self._raised
        if not by_sms or not (known is None or changed):
            return True
        if gate.admits(key, self._ledger.moment.monotonic_s):
            self._tell(key, "raised", ALARM, self._speaker.say(cause, **values))
        elif known is None:
            self._held_back.add(key)
        return True

    def tell(
        self, key: str, cause: str, values: Mapping[str, str] = NOTHING, *, over: bool = False
    ) -> None:
        """Tell the administrators of something that is no lasting state, or that it is over."""
        sentence = ALARM_OVER if over else ALARM
        self._tell(key, "told", sentence, self._speaker.say(cause, **values))

    def still(self, key: str, *, by_sms: bool = True) -> None:
        """End the alarm, if it is up."""
        alarm = self._ledger.alarm(key)
        if alarm is None:
            return
        self._ledger.end_alarm(key)
        held_back = key in self._held_back
        self._held_back.discard(key)
        if by_sms and not held_back:
            what = self._speaker.say(alarm.cause, **alarm.values)
            self._tell(key, "over", ALARM_OVER, what)

    def show(self, key: str, cause: str, is_so: bool, *, by_sms: bool = True) -> None:
        """Ring while it is so, and be still when it is not."""
        if is_so:
            self.ring(key, cause, by_sms=by_sms)
        else:
            self.still(key, by_sms=by_sms)

    def _tell(self, key: str, event: str, sentence: str, what: str) -> None:
        rota = self._roster.rota
        site = rota.site.name if rota is not None else "Veilleur"
        # The instant is part of the cause: the same alarm an hour later is another SMS.
        instant = self._ledger.now.isoformat(timespec="milliseconds")
        for person in self._roster.administrators:
            self._outbox.send(
                f"alarm:{key}:{event}:{instant}:{person.mobile}",
                person.mobile,
                self._speaker.say(sentence, site=site, what=what),
                RANK_ANSWER,
                person=person.name,
            )
