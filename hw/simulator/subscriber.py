"""One subscription: what the home register knows, what was bought, and what is wrong just now."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from hw.simulator.causes import RpCause, SsError
from hw.simulator.forwarding import ForwardingBehaviour, ForwardingRegister
from hw.simulator.terminal import ForwardingReason, Registration

if TYPE_CHECKING:
    from hw.simulator.line import MobileLine


class Coverage(Enum):
    """What the air gives at the place where the mobile is."""

    HOME = "home"
    ROAMING = "roaming"
    NONE = "none"
    DENIED = "denied"  # 24.008 9.2.15 LOCATION UPDATING REJECT
    SMS_ONLY = "sms only"  # 24.301 9.9.3.0A: additional update result


REGISTRATION_BY_COVERAGE = {
    Coverage.HOME: Registration.HOME,
    Coverage.ROAMING: Registration.ROAMING,
    Coverage.NONE: Registration.SEARCHING,
    Coverage.DENIED: Registration.DENIED,
    Coverage.SMS_ONLY: Registration.SMS_ONLY,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a subscription includes, as data; `PROFILES` holds the named ones.

    `lines_max` above 1 makes a switchboard or a voicemail platform, busy only when all are taken;
    `reject_is_busy` makes causes 16 and 21 on a ringing call invoke CFB like UDUB;
    `udub_forwards` False is a network that does not forward a call refused by the user;
    `forwarding_notices` is the option to be told of calls that are forwarded because one is busy or
    does not reply (24.082 2.1.1, 3.1.1), which few networks give.
    """

    forwarding: ForwardingBehaviour = field(default_factory=ForwardingBehaviour)
    deflection: bool = True
    explicit_transfer: bool = True
    multiparty: bool = True
    hold: bool = True
    call_waiting: bool = True
    clip: bool = True
    clir_override: bool = False
    clir_mode: int = 4  # 27.007 7.7 <m>: temporary mode, presentation allowed
    short_messages: bool = True
    reject_is_busy: bool = False
    udub_forwards: bool = True
    forwarding_notices: bool = False
    lines_max: int = 1


_ALL_REASONS = frozenset(
    {
        ForwardingReason.UNCONDITIONAL,
        ForwardingReason.BUSY,
        ForwardingReason.NO_REPLY,
        ForwardingReason.NOT_REACHABLE,
    }
)

PROFILES: dict[str, Profile] = {
    "full": Profile(),
    "plain": Profile(deflection=False, explicit_transfer=False, multiparty=False),
    "class-1-only": Profile(ForwardingBehaviour(needs_class_1=True)),
    "refusing": Profile(ForwardingBehaviour(refused=_ALL_REASONS), deflection=False),
    "pretending": Profile(ForwardingBehaviour(accepted_not_applied=_ALL_REASONS)),
    "ignoring": Profile(ForwardingBehaviour(ignored=_ALL_REASONS)),
    "sticky-voicemail": Profile(
        ForwardingBehaviour(
            sticky=frozenset({ForwardingReason.NO_REPLY, ForwardingReason.NOT_REACHABLE}),
            voicemail="888",
        )
    ),
    "no-udub": Profile(udub_forwards=False),
    "telling": Profile(forwarding_notices=True),
    "switchboard": Profile(lines_max=1000),
}


@dataclass(slots=True)
class Conditions:
    """What is wrong with this subscriber's service just now; tests and the console change it.

    `deaf` is registered without being reachable: pages never arrive. The queues hold errors for
    the next operations, one each: `in_call_errors` is for +CHLD, which then does nothing. The
    counters lose the network's next answers (the operation itself is carried out).
    """

    deaf: bool = False
    congested: bool = False
    sms_errors: deque[RpCause] = field(default_factory=deque)
    ss_errors: deque[SsError] = field(default_factory=deque)
    in_call_errors: deque[SsError] = field(default_factory=deque)
    submit_answers_lost: int = 0
    ss_answers_lost: int = 0


class Subscriber:
    """The home register's entry of one number."""

    def __init__(self, number: str, imsi: str, profile: Profile) -> None:
        self.number = number
        self.imsi = imsi
        self.profile = profile
        self.forwarding = ForwardingRegister(number, profile.forwarding)
        self.call_waiting_classes = 0
        self.coverage = Coverage.HOME
        self.conditions = Conditions()
        self.line: MobileLine | None = None
        self.machine = False  # a voicemail: whoever reaches it has reached nobody
        self.engaged = False  # talking to somebody who is not simulated: network determined busy
        self.waiting_messages = False  # 23.040 3.2.5 MNRF or MCEF: alert the service centre

    def as_json(self) -> dict[str, object]:
        """The entry for the console's `state`."""
        line = self.line
        return {
            "number": self.number,
            "registration": (
                line.registration.name.lower() if line is not None else "switched off"
            ),
            "coverage": self.coverage.value,
            "deaf": self.conditions.deaf,
            "engaged": self.engaged,
            "call_waiting": bool(self.call_waiting_classes & 1),
            "forwarding": self.forwarding.as_json(),
            "calls": [
                {"index": call.index, "state": call.state.name.lower(), "number": call.number}
                for call in (line.calls() if line is not None else ())
            ],
        }
