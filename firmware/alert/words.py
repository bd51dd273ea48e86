"""What an alert says to whom."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from firmware.alert.bell import Bell
from firmware.duty.roster import Roster
from firmware.record import CUT_OFF, MEANWHILE, Alert, AlertCause, Asked
from firmware.speaker import Speaker
from firmware.wording import messages
from firmware.wording.alert_texts import ALERT_TEXTS

PERSONAL = (AlertCause.REMINDER, AlertCause.RELAY, AlertCause.SWAP)  # worded by who asks


class AlertWords:
    """The sentences of the alerts, and the alarm of those that nobody answers."""

    def __init__(self, speaker: Speaker, bell: Bell, roster: Roster) -> None:
        self._speaker = speaker
        self._roster = roster
        self._bell = bell

    def demand(self, alert: Alert, previous: tuple[Asked, ...]) -> str:
        """The SMS that asks for an answer. ``previous`` were asked before, in vain."""
        if alert.cause in PERSONAL:
            return alert.text
        values = {
            "service": alert.service,
            "caller": self._caller(alert),
            "clock": self._speaker.clock(alert.opened_at),
            "reference": alert.reference,
        }
        if alert.cause is AlertCause.SMS:
            return self._say(alert, "sms", text=alert.text, **values)
        if alert.text == MEANWHILE and previous:
            return self._speaker.say(
                messages.CALL_MEANWHILE_UNCONFIRMED, previous=self._names(previous), **values
            )
        if alert.text == MEANWHILE:
            return self._speaker.say(messages.CALL_MEANWHILE, **values)
        if alert.text == CUT_OFF:
            return self._speaker.say(messages.CALL_CUT_OFF, **values)
        if alert.text:   # of a call: how long the message is that was left
            return self._speaker.say(messages.CALL_VOICEMAIL, length=alert.text, **values)
        if previous:
            return self._say(alert, "unconfirmed", previous=self._names(previous), **values)
        diverted = alert.cause is AlertCause.DIVERTED
        return self._say(alert, "diverted" if diverted else "missed", **values)

    def _say(self, alert: Alert, kind: str, **values: str) -> str:
        """In the words of the service's administrator, else in ours."""
        service = self._roster.service(alert.service)
        own: str | None = getattr(service.texts, kind) if service is not None else None
        if own is not None:
            # A text that this program would have refused: the alert must go out all the same
            with suppress(LookupError, ValueError):
                return self._speaker.say_own(own, **values)
        return self._speaker.say(ALERT_TEXTS[kind], **values)

    def taken(self, alert: Alert, by: str) -> str:
        return self._speaker.say(messages.TAKEN_BY, reference=alert.reference, person=by)

    def about(self, alert: Alert) -> str:
        """What the alert is about, in a few words inside another sentence."""
        if alert.cause in PERSONAL:
            return alert.service
        sentence = messages.ABOUT_SMS if alert.cause is AlertCause.SMS else messages.ABOUT_CALL
        return self._speaker.say(
            sentence,
            caller=self._caller(alert),
            clock=self._speaker.clock(alert.opened_at),
        )

    def alarm_unanswered(self, alert: Alert, anybody: bool) -> None:
        cause = messages.ALERT_UNANSWERED if anybody else messages.ALERT_WITHOUT_RECIPIENT
        self._bell.ring(
            f"alert:{alert.id}", cause, {"reference": alert.reference, "what": self.about(alert)}
        )

    def alarm_again(self, alert: Alert) -> None:
        """The SMS of its alarm has never left, and names no day."""
        self._bell.still(f"alert:{alert.id}", by_sms=False)
        self.alarm_unanswered(alert, anybody=True)

    def sms_too_old(self, count: int, oldest: datetime) -> None:
        values = {"count": str(count), "since": self._speaker.clock(oldest)}
        self._bell.tell("bygone", messages.SMS_TOO_OLD, values)

    def alarm_answered(self, alert: Alert) -> None:
        """Those who were alarmed hear of the answer from `taken`; the page just clears it."""
        self._bell.still(f"alert:{alert.id}", by_sms=False)

    def _caller(self, alert: Alert) -> str:
        seen = alert.text != MEANWHILE
        return (self._speaker.caller if seen else self._speaker.unseen)(alert.number)

    def _names(self, asked: tuple[Asked, ...]) -> str:
        return ", ".join(dict.fromkeys(a.person for a in asked))

