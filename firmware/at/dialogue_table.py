"""The dialogue's complete table: every state and every input has a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class State(Enum):
    """Where the channel is. The last four are *dirty*."""

    __hash__ = object.__hash__   # a member is itself alone; looked up with every byte

    IDLE = "idle"
    COMMAND = "waiting for a result"
    PROMPT = "waiting for the prompt"
    BODY = "waiting for the result of a body"
    SETTLING = "dirty: waiting for quiet"
    PROBING = "dirty: waiting for the OK of AT"
    DRAINING = "dirty: waiting for quiet after OK"
    CONFIRMING = "dirty: waiting for the confirming answer"


DIRTY: Final = frozenset({State.SETTLING, State.PROBING, State.DRAINING, State.CONFIRMING})


class Input(Enum):
    """What can happen. Echo and unsolicited codes change no state and are sorted out before."""

    __hash__ = object.__hash__

    SEND = "send"
    RESULT = "final result"
    OWN = "response line of the command in flight"
    OTHER = "unknown line"
    PROMPT = "prompt"
    STUCK = "prompt with quiet after it, or hidden behind left-over bytes"
    DEADLINE = "deadline"


class Action(Enum):
    """What the dialogue does in a cell."""

    SEND = "write the command"
    REFUSE = "raise LocalProtocolError"
    IGNORE = "nothing"
    UNKNOWN = "report an unknown line"
    COLLECT = "keep the line for the answer"
    ANSWER = "hand over the answer"
    ANSWER_UNPROMPTED = "hand over the answer; an OK without a prompt is none"
    SEND_BODY = "write the body"
    WAIT_FOR_QUIET = "see whether text follows the prompt"
    TIME_OUT = "answer without a result, then put the channel right"
    TIME_OUT_ESCAPE = "the same, with ESC first"
    ESCAPE = "ESC, then put the channel right"
    LATE = "report a late line"
    DRAIN = "wait for quiet again"
    PROBE = "write AT"
    PROBE_RESULT = "if it is OK, wait for quiet"
    CONFIRM = "write the confirming query"
    CONFIRM_LINE = "see whether it is the confirming answer"
    CONFIRM_RESULT = "if it confirmed, the channel is clean"
    RETRY = "report a mute channel and begin again"


def _row(
    send: Action,
    result: Action,
    own: Action,
    other: Action,
    prompt: Action,
    stuck: Action,
    deadline: Action,
) -> Mapping[Input, Action]:
    cells = (send, result, own, other, prompt, stuck, deadline)
    return dict(zip(Input, cells, strict=True))


@dataclass(frozen=True, slots=True)
class _A:
    """Short names, so that the table below can be read as a table."""

    x = Action.REFUSE
    i = Action.IGNORE
    u = Action.UNKNOWN
    e = Action.ESCAPE
    late = Action.LATE


# fmt: off
TABLE: Final[Mapping[State, Mapping[Input, Action]]] = {
    # SEND, RESULT, OWN, OTHER, PROMPT, STUCK, DEADLINE
    State.IDLE: _row(
        Action.SEND, _A.u, _A.u, _A.u, _A.e, _A.e, _A.i),
    State.COMMAND: _row(
        _A.x, Action.ANSWER, Action.COLLECT, _A.u,
        Action.WAIT_FOR_QUIET, Action.TIME_OUT_ESCAPE, Action.TIME_OUT),
    # A reference that comes before the body has left is another message's
    State.PROMPT: _row(
        _A.x, Action.ANSWER_UNPROMPTED, _A.u, _A.u,
        Action.SEND_BODY, Action.SEND_BODY, Action.TIME_OUT_ESCAPE),
    State.BODY: _row(
        _A.x, Action.ANSWER, Action.COLLECT, _A.u,
        _A.i, _A.i, Action.TIME_OUT_ESCAPE),
    State.SETTLING: _row(
        _A.x, Action.DRAIN, _A.late, _A.late, _A.e, _A.e, Action.PROBE),
    State.PROBING: _row(
        _A.x, Action.PROBE_RESULT, _A.late, _A.late, _A.e, _A.e, Action.RETRY),
    State.DRAINING: _row(
        _A.x, Action.DRAIN, _A.late, _A.late, _A.e, _A.e, Action.CONFIRM),
    State.CONFIRMING: _row(
        _A.x, Action.CONFIRM_RESULT, Action.CONFIRM_LINE, Action.CONFIRM_LINE,
        _A.e, _A.e, Action.RETRY),
}
# fmt: on
