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
    Wanted,
    said_no,
    same_number,
    voice_number,
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
        found[condition] = yield from _ask(condition)
    return found


def mend(
    wanted: Wanted, proof: Proof, *, set_first: bool
) -> Generator[Command, Reply, tuple[Found, Found]]:
    """Ask, set what differs, ask again; gives what was found before and after.

    With ``set_first`` (a new target: it must differ) the first question is saved: each is a
    second or more of the network's time, and the handover waits for it.
    """
    found_before, found_after = {}, {}
    for condition, number in wanted.items():
        before = None
        if number is None or not set_first:
            before = yield from _ask(condition)
        after = before
        if not same_number(number, before):
            proof.withdraw()   # until it is read back, nothing is proved any more
            yield from _set(condition, number)
            after = yield from _ask(condition)
        found_before[condition], found_after[condition] = before, after
    return found_before, found_after


def _ask(condition: Condition) -> Generator[Command, Reply, str | None]:
    reply = yield commands.forwarding_query(condition)
    if not reply.ok:
        raise RegisterError(reply.why, said_no(reply))
    if reply.doubtful:   # no line means "not active", unless it was there and is unreadable
        raise RegisterError("unreadable answer", False)
    try:
        statuses = answers.forwarding(reply.lines)
    except AnswerFault as fault:
        raise RegisterError(str(fault), False) from fault
    return voice_number(statuses)


def _set(condition: Condition, number: str | None) -> Generator[Command, Reply, None]:
    if number is None:
        command = commands.forwarding_erase(condition)
    else:
        no_reply_s = NO_REPLY_S if condition is Condition.NO_REPLY else None
        command = commands.forwarding_register(condition, number, no_reply_s)
    reply = yield command
    if not reply.ok:
        raise RegisterError(reply.why, said_no(reply))
