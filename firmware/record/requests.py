"""The wishes of the page, and the marks that they were done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RequestKind(StrEnum):
    """What the page may ask of the daemon."""

    TAKE_CARE = "take_care"        # values: alert (id), by
    SEND_TEST = "send_test"        # values: mobile, by
    CHECK_FORWARDING = "check_forwarding"
    SEND_CODE = "send_code"        # values: mobile, code, by
    ASK_SWAP = "ask_swap"          # values: `firmware.duty.swap.parts_of`
    ANSWER_SWAP = "answer_swap"    # values: alert (id), by (person), answer: ok, non or withdraw
    PROVE_NUMBER = "prove_number"  # values: number (E.164), by
    PLAY_GREETING = "play_greeting"          # values: service, when, number (E.164), by
    VOICEMAIL_HEARD = "voicemail_heard"      # values: voicemail (id), by
    DELETE_VOICEMAIL = "delete_voicemail"    # values: voicemail (id), by
    TRY_VOICE = "try_voice"                  # values: by; the voice was given up, try it again
    EXAMINE = "examine"                      # values: by; the doctor's report is for the page


@dataclass(frozen=True, slots=True)
class Request:
    """A wish of the page, left in the store; the daemon does it once and marks it done."""

    id: int
    at: datetime
    kind: RequestKind
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestDone:
    """The row that marks a page's wish as done."""

    id: int
    at: datetime
