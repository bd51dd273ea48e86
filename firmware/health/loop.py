"""The SMS to itself that the box sent last, as it is remembered over a restart."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from firmware.sms.outbox_journal import LOOP as LOOP_CAUSE

LOOP = "sms-loop"              # the fact
WAITING, BACK, LOST, UNSENT = "waiting", "back", "lost", "unsent"
TRIES_MAX = 1000               # what is counted beyond that is a spoilt card's


@dataclass(frozen=True, slots=True)
class Loop:
    """``state`` is ``waiting``, ``back``, ``lost`` (sent, not come back) or ``unsent``; ``tries``
    counts those in a row that did not come back; ``seen`` is a sender that the one before carried,
    and that nobody knew."""

    sim: str
    number: str
    token: str
    sent_at: str
    state: str = WAITING
    tries: int = 0
    back_at: str | None = None
    seen: str | None = None

    @property
    def cause(self) -> str:
        """Of its message in the outbox."""
        return f"{LOOP_CAUSE}{self.number}:{self.sent_at}"

    @property
    def failed(self) -> bool:
        """It did not come back."""
        return self.state in (LOST, UNSENT)

    def as_fact(self) -> dict[str, object]:
        """What `loop_from` reads."""
        return asdict(self)


def loop_from(fact: object) -> Loop | None:
    """None where a damaged card, or another version, leaves nothing that could come back."""
    more = fact if isinstance(fact, dict) else {}
    match more:
        case {"sim": str(sim), "number": str(number), "token": str(token), "sent_at": str(sent_at)}:
            state, tries = more.get("state", WAITING), more.get("tries", 0)
            known = state in (WAITING, BACK, LOST, UNSENT)
            counted = type(tries) is int and 0 <= tries <= TRIES_MAX
            return Loop(
                sim,
                number,
                token,
                sent_at,
                state=state if known else LOST,
                tries=tries if counted else 0,
                back_at=_text(more.get("back_at")),
                seen=_text(more.get("seen")),
            )
    return None


def _text(found: object) -> str | None:
    return found if isinstance(found, str) else None
