"""The network's register of conditional forwarding: asked, and set where it differs (27.007 7.11).

Each function is a piece of a conversation with the modem. `OK` proves nothing: what was set is
asked for again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

from firmware.at import answers
from firmware.at import service_commands as commands
from firmware.at.answers import AnswerFault
from firmware.at.command import Command
from firmware.call.forwarding_proof import Proof
from firmware.call.forwarding_settings import (
    NO_REPLY_S,
    Condition,
    Found,
    Held,
    Wanted,
    held_for_voice,
    said_no,
    same_number,
)
from firmware.line.modem_line import Reply


class RegisterError(Exception):
    """The network or the modem did not let us ask or set; ``refused``: it said no."""

    def __init__(self, why: str, refused: bool) -> None:
        super().__init__(why)
        self.why = why
        self.refused = refused


def ask_each(conditions: Iterable[Condition]) -> Generator[Command, Reply, Found]:
    """What the network holds under each of these."""
    found = {}
    for condition in conditions:
        held = yield from _ask(condition)
        found[condition] = held.number
    return found


def mend(
    wanted: Wanted, proof: Proof, *, set_first: bool
) -> Generator[Command, Reply, tuple[Found, Found]]:
    """Ask, set what differs, ask again; gives what was found before and after.

    With ``set_first`` (a new target: it must differ) the first question is saved: each is a
    second or more of the network's time, and the handover waits for it.
    """
    found_before: dict[Condition, str | None] = {}
    found_after: dict[Condition, str | None] = {}
    for condition, number in wanted.items():
        held = Held(None)
        if number is None or not set_first:
            held = yield from _ask(condition)
        as_set = same_number(number, held.number)
        in_time = proof.in_time(held.time_s)
        found_before[condition] = held.number if in_time or not as_set else str(held)
        if not (as_set and in_time):
            held = yield from _set_anew(condition, number, proof)
        found_after[condition] = held.number
        if condition is Condition.NO_REPLY:
            proof.no_reply_s = held.time_s
    return found_before, found_after


def _set_anew(
    condition: Condition, number: str | None, proof: Proof
) -> Generator[Command, Reply, Held]:
    """A time that is not the one asked for may have lost a digit on the wire: once more. If it
    stays, it is the network's own, which knows its own times."""
    proof.withdraw()   # until it is read back, nothing is proved any more
    held = yield from _set_and_ask(condition, number)
    if same_number(number, held.number) and not proof.in_time(held.time_s):
        held = yield from _set_and_ask(condition, number)
        proof.settle_for(held.time_s)
    return held


def _set_and_ask(condition: Condition, number: str | None) -> Generator[Command, Reply, Held]:
    """What is refused may be there all the same: somebody has dialled it, as the alarm asks."""
    try:
        yield from _set(condition, number)
    except RegisterError as fault:
        if not fault.refused:
            raise
        held = yield from _ask(condition)
        if not same_number(number, held.number):
            raise
        return held
    return (yield from _ask(condition))


def _ask(condition: Condition) -> Generator[Command, Reply, Held]:
    reply = yield commands.forwarding_query(condition)
    if not reply.ok:
        raise RegisterError(reply.why, said_no(reply))
    if reply.doubtful:   # no line means "not active", unless it was there and is unreadable
        raise RegisterError("unreadable answer", False)
    try:
        statuses = answers.forwarding(reply.lines)
    except AnswerFault as fault:
        raise RegisterError(str(fault), False) from fault
    return held_for_voice(condition, statuses)


def _set(condition: Condition, number: str | None) -> Generator[Command, Reply, None]:
    if number is None:
        command = commands.forwarding_erase(condition)
    else:
        no_reply_s = NO_REPLY_S if condition is Condition.NO_REPLY else None
        command = commands.forwarding_register(condition, number, no_reply_s)
    reply = yield command
    if not reply.ok:
        raise RegisterError(reply.why, said_no(reply))
