"""Small rules of the outbox, each a function of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from firmware.at.result_codes import ResultKind
from firmware.line.modem_line import Reply
from firmware.record import OutgoingMessage, OutgoingState
from firmware.sms.tpdu import StatusReport

# 27.005 3.2.5, causes of 24.011 E-2 that a second try soon mends not: unassigned number, barred by
# the operator, call barred, unidentified or unknown subscriber, facility not subscribed
PERMANENT_CMS = frozenset({1, 8, 10, 28, 30, 50})
UNASSIGNED_NUMBER = 1
NETWORKS_CMS_MAX = 127
RANK_ALERT, RANK_ANSWER, RANK_NOTICE = 0, 1, 2

# Waits between attempts. Together 16 minutes: longer than a network's hiccup, shorter than a
# night; a person whose phone is merely off is the service centre's business, not ours. A caller
# does not wait for more than a minute for a mast that was crowded. What an unsettled alert waits
# for goes on at the last wait for as long as it is unsettled.
RETRY_AFTER_S = (5, 10, 20, 40, *[60] * 8, 120, 300)
# What was refused so often holds up nobody else's for the same number: operators' filters refuse a
# text for what it says, and it would be refused for ever
STUCK_AFTER = 4
STUCK_APART_S = 60.0   # between two tries of such ones; each takes the network seconds

PENDING = (OutgoingState.QUEUED, OutgoingState.SENDING)
ALARM = "alarm:"   # begins the cause of an alarm to the administrators
TOLD_LATE = re.compile(rf"{ALARM}|call:[0-9]+:note")
TOLD_LATE_S = 86_400.0
REPORTED = "status report "   # begins the error of what the network took, and could not deliver
_OF_ITS_NUMBER = re.compile(rf"{REPORTED}|\+CMS ERROR: {UNASSIGNED_NUMBER}\b")


def was_taken(reply: Reply) -> bool:
    """The network's reference came, and only the final result was lost: the message is sent. Which
    reference it was the line may have garbled; no other answer begins so."""
    return any(line.startswith("+CMGS:") for line in reply.lines)


def is_permanent(reply: Reply) -> bool:
    """No second try is likely to mend it."""
    result = reply.result
    if result is None or result.kind is not ResultKind.CMS_ERROR:
        return False
    return result.code in PERMANENT_CMS


def refused_once_more(message: OutgoingMessage, *, permanent: bool) -> int:
    """How often it was tried by now. What no second try is likely to mend counts as tried to the
    end: somebody else is asked at once. What somebody waits for goes on being tried all the same:
    most of these causes bar the SIM itself, and a bill is paid, a credit renewed."""
    attempts = message.attempts + 1
    return max(attempts, len(RETRY_AFTER_S) + 1) if permanent else attempts


def is_told_late(message: OutgoingMessage, reply: Reply) -> bool:
    """What is better told hours later than not at all: an alarm to the administrators, and the only
    word about a caller who was passed on. It goes on being tried for a day; to a number that is
    nobody's it does not. That somebody's duty begins or ends is not: hours later the next such word
    may have gone before it, and the last that they read must be true."""
    result = reply.result
    nobodys = result is not None and (result.kind, result.code) == (
        ResultKind.CMS_ERROR, UNASSIGNED_NUMBER
    )  # fmt: skip
    return TOLD_LATE.match(message.cause) is not None and not nobodys


def is_of_its_number(message: OutgoingMessage) -> bool:
    """It failed for whom it was for: not the SIM's bill, and not the network's bad hour."""
    return _OF_ITS_NUMBER.match(message.error or "") is not None


def is_given_up_for_now(message: OutgoingMessage) -> bool:
    """It was told to have failed, and goes on being tried all the same."""
    return message.state in PENDING and message.attempts > len(RETRY_AFTER_S)


def is_stuck(message: OutgoingMessage) -> bool:
    """It was refused so often that others go before it."""
    return message.attempts >= STUCK_AFTER


def is_refused(reply: Reply) -> bool:
    """The network itself has said no (27.005 3.2.5: 0 to 127 are causes of 24.011 E-2); of any
    other error nobody knows whether the SMS has left."""
    result = reply.result
    if result is None or result.kind is not ResultKind.CMS_ERROR or result.code is None:
        return False
    return result.code <= NETWORKS_CMS_MAX


def is_unsent(message: OutgoingMessage) -> bool:
    """Nothing of it has left, and nothing is under way."""
    return message.state is OutgoingState.QUEUED and not message.references


def urgency(message: OutgoingMessage) -> tuple[bool, int, int]:
    """A message cut short between two parts goes on first: half an SMS helps nobody."""
    return (not message.references, message.rank, message.id)


def same_number(ours: str, reported: str) -> bool:
    """Equal in the last nine digits: centres report in national or international form."""
    digits = [character for character in reported if character.isdigit()]
    return "".join(digits)[-9:] == ours[-9:]


def first_reported(
    messages: Iterable[OutgoingMessage], report: StatusReport
) -> OutgoingMessage | None:
    """The first message to that number with an unreported part of that reference."""
    for message in messages:
        unreported = [
            reference
            for index, reference in enumerate(message.references)
            if index not in message.reported
        ]
        if report.reference in unreported and same_number(message.recipient, report.recipient):
            return message
    return None
