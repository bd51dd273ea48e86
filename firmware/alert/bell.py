"""The alarm bell: on the page for as long as it lasts, and by SMS to every administrator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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

    def ring(
        self, key: str, cause: str, values: Mapping[str, str] = NOTHING, *, by_sms: bool = True
    ) -> bool:
        """Raise the alarm; false when it was up already for the same cause."""
        if not self._ledger.raise_alarm(key, cause, values):
            return False
        if by_sms:
            self._tell(key, "raised", ALARM, self._speaker.say(cause, **values))
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
        if by_sms:
            what = self._speaker.say(alarm.cause, **alarm.values)
            self._tell(key, "over", ALARM_OVER, what)

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
