"""What came of calls that were answered by voice: their steps, messages, recorded greetings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from firmware.rota.values import GreetingTime


class VoiceStep(StrEnum):
    """The steps of a call that was answered by voice, as its line of the journal keeps them, each
    with the seconds since the answer and a value: a person, a service, a key."""

    ANSWERED = "answered"
    ANSWERED_BY = "answered by"
    GREETED = "greeted"
    CUT_SHORT = "cut short"
    MENU = "menu"
    ASKED = "asked"
    ACCEPTED_BY = "accepted by"
    PASSED_ON_BY = "passed on by"
    NOT_REACHED = "not reached"
    MISDIALLED = "another number was dialled"
    NO_ANSWER = "no answer"
    NO_KEY = "no key"
    HUNG_UP = "hung up"
    JOINED = "joined"
    NOT_JOINED = "not joined"
    NOT_HELD = "not held"
    NO_SOUND = "no sound"
    BUDGET = "budget"
    INVITED = "invited to speak"
    MESSAGE = "message"
    MESSAGES = "messages"
    GREETING_KEPT = "greeting kept"


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A message that a caller left. ``name`` is its recording below ``voice/``.

    ``seconds`` is 0 while it is being recorded. ``heard_by`` and ``deleted_at`` are None until
    somebody of the staff has heard it, by telephone or on the page, and until its recording is
    gone. ``number`` is None where the caller's was withheld.
    """

    id: int
    call_id: int
    service: str
    number: str | None
    at: datetime
    seconds: float
    name: str
    heard_at: datetime | None = None
    heard_by: str | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedGreeting:
    """A greeting recorded by telephone: ``recording`` in place of whatever was played before.
    ``number`` is the telephone's."""

    service: str
    when: GreetingTime
    recording: str
    entered_at: datetime
    entered_by: str
    number: str
