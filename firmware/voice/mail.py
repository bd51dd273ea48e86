"""The messages that callers left: rows here, recordings below ``voice/mail/``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from firmware.effect import RemoveRecording
from firmware.ledger import Ledger
from firmware.moment import BUILT
from firmware.record import Call, Voicemail
from firmware.voice.sound import Sound

SHORT_S = 1.5   # a recording that holds nothing but the click of a telephone put down


class Mail:
    """Messages whose recording is there, by their number."""

    def __init__(self, ledger: Ledger, sound: Sound, remembered: Iterable[Voicemail]) -> None:
        self._ledger = ledger
        self._sound = sound
        self._messages = {message.id: message for message in remembered}
        self._dated_since: datetime | None = None

    def begin(self, call: Call) -> Voicemail:
        """A message is about to be recorded: its row is on disk before the first word."""
        number = self._ledger.next_id(Voicemail)
        return self._keep(
            Voicemail(
                number, call.id, call.service, call.number, self._ledger.now, 0.0, f"mail/{number}"
            )
        )

    def taken(self, name: str, seconds: float) -> Voicemail | None:
        """A recording is over; None where it holds no message, or is none of ours."""
        message = next((each for each in self._messages.values() if each.name == name), None)
        if message is None:
            return None
        if seconds < SHORT_S:
            self.delete(message)
            return None
        return self._keep(replace(message, seconds=round(seconds, 1)))

    def waiting(self) -> list[Voicemail]:
        """Those that can be heard: the new ones first, of each kind the oldest first."""
        whole = [message for message in self._messages.values() if message.seconds]
        return sorted(whole, key=lambda message: (message.heard_at is not None, message.id))

    def get(self, number: int) -> Voicemail | None:
        return self._messages.get(number)

    def heard(self, message: Voicemail, by: str) -> None:
        if message.heard_at is None:
            self._keep(replace(message, heard_at=self._ledger.now, heard_by=by))

    def delete(self, message: Voicemail) -> None:
        self._sound.ask(RemoveRecording(message.name))
        self._ledger.put(replace(message, deleted_at=self._ledger.now))
        self._messages.pop(message.id, None)

    def forget_older(self, days: int) -> None:
        """Drop from memory, not from the store, what is older. What was left before the box knew
        the time is of when it first knew it."""
        now = self._ledger.now
        if self._dated_since is None and now >= BUILT:
            self._dated_since = now
        since = self._dated_since
        self._messages = {
            number: each
            for number, each in self._messages.items()
            if (since if since and each.at < BUILT else each.at) >= now - timedelta(days=days)
        }

    def _keep(self, message: Voicemail) -> Voicemail:
        self._messages[message.id] = message
        self._ledger.put(message)
        return message
