"""Call forwarding of one subscriber, as the home register keeps it. 22.082, 23.082, 27.007 7.11.

What real networks do besides the standard is data: `ForwardingBehaviour`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hw.simulator.causes import SsError
from hw.simulator.numbers import is_forwardable, normalise
from hw.simulator.terminal import ForwardingMode, ForwardingReason, ForwardingStatus, SsResult

VOICE = 1  # 27.007 7.11 <classx>
CLASS_BITS = (1, 2, 4, 8, 16, 32, 64, 128)
NO_REPLY_DEFAULT_S = 20
NO_REPLY_MAX_S = 30
NO_REPLY_STEP_S = 5  # 22.082 3.1: 5 to 30 s in steps of 5 s

CONDITIONAL = (
    ForwardingReason.BUSY,
    ForwardingReason.NO_REPLY,
    ForwardingReason.NOT_REACHABLE,
)
REASONS = (ForwardingReason.UNCONDITIONAL, *CONDITIONAL)
_NONE: frozenset[ForwardingReason] = frozenset()


@dataclass(frozen=True, slots=True)
class ForwardingBehaviour:
    """How a network treats this subscription, where networks differ.

    `refused` answers `refusal` to a change; `accepted_not_applied` answers success and changes
    nothing; `ignored` registers and shows, but does not forward; `sticky` falls back to
    `voicemail` whenever it is erased or switched off; `needs_class_1` refuses a change for any
    other class than voice alone; `provisioned` is a sum of <classx> bits; `fixed_no_reply_s` is
    used whatever time is asked for.
    """

    refused: frozenset[ForwardingReason] = _NONE
    refusal: SsError = SsError.SS_SUBSCRIPTION_VIOLATION
    accepted_not_applied: frozenset[ForwardingReason] = _NONE
    ignored: frozenset[ForwardingReason] = _NONE
    sticky: frozenset[ForwardingReason] = _NONE
    voicemail: str | None = None
    needs_class_1: bool = False
    conditional_refused_while_cfu: bool = True
    provisioned: int = 7
    fixed_no_reply_s: int | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """One registered forward. `no_reply_s` only counts for NO_REPLY."""

    number: str
    active: bool
    no_reply_s: int


class ForwardingRegister:
    """The forwards of one subscriber by reason and class."""

    def __init__(self, own_number: str, behaviour: ForwardingBehaviour) -> None:
        self.own_number = own_number
        self.behaviour = behaviour
        self._forwards: dict[tuple[ForwardingReason, int], Forward] = {}
        for reason in behaviour.sticky:
            self._fall_back(reason, VOICE)

    def operative(self, reason: ForwardingReason) -> Forward | None:
        """The forward that a voice call meets for `reason`, None when there is none."""
        forward = self._forwards.get((reason, VOICE))
        if forward is None or not forward.active or reason in self.behaviour.ignored:
            return None
        return forward

    def registered(self, reason: ForwardingReason) -> str | None:
        """The number that voice calls are registered to go to, active or not: the truth."""
        forward = self._forwards.get((reason, VOICE))
        return forward.number if forward else None

    def set(
        self, reason: ForwardingReason, number: str | None, no_reply_s: int = NO_REPLY_DEFAULT_S
    ) -> None:
        """Change it behind the subscriber's back: a number registers, None erases (voice)."""
        if number is None:
            self._forwards.pop((reason, VOICE), None)
        else:
            self._forwards[reason, VOICE] = Forward(normalise(number), True, no_reply_s)

    def operate(
        self,
        reason: ForwardingReason,
        mode: ForwardingMode,
        number: str | None = None,
        service_class: int = 7,
        no_reply_s: int | None = None,
    ) -> SsResult:
        """Carry out one operation at once; errors are those of 23.082, changing nothing."""
        reasons = _expand(reason)
        bits = [bit for bit in CLASS_BITS if bit & service_class & self.behaviour.provisioned]
        if not reasons:
            return SsResult(SsError.UNEXPECTED_DATA_VALUE)
        if not bits:
            voice_like = service_class & (VOICE | 4 | 8)
            return SsResult(
                SsError.TELESERVICE_NOT_PROVISIONED
                if voice_like
                else SsError.BEARER_SERVICE_NOT_PROVISIONED
            )
        if mode is ForwardingMode.QUERY:
            if len(reasons) > 1:  # 27.007 7.11: 4 and 5 cannot be queried
                return SsResult(SsError.UNEXPECTED_DATA_VALUE)
            return SsResult(forwarding=tuple(self._status(reasons[0], bit) for bit in bits))
        error = self._refusal(reasons, mode, number, service_class, no_reply_s)
        if error is not None:
            return SsResult(error)
        for each in reasons:
            if each not in self.behaviour.accepted_not_applied:
                for bit in bits:
                    self._change(each, bit, mode, number, no_reply_s)
        return SsResult()

    def as_json(self) -> dict[str, object]:
        """The registered voice forwards by reason name."""
        return {
            reason.name.lower(): {"number": forward.number, "active": forward.active}
            | ({"no_reply_s": forward.no_reply_s} if reason is ForwardingReason.NO_REPLY else {})
            for reason in REASONS
            if (forward := self._forwards.get((reason, VOICE)))
        }

    def _refusal(
        self,
        reasons: tuple[ForwardingReason, ...],
        mode: ForwardingMode,
        number: str | None,
        service_class: int,
        no_reply_s: int | None,
    ) -> SsError | None:
        behaviour = self.behaviour
        if behaviour.needs_class_1 and service_class != VOICE:
            return SsError.TELESERVICE_NOT_PROVISIONED
        if behaviour.refused.intersection(reasons):
            return behaviour.refusal
        if mode is ForwardingMode.REGISTRATION:
            if number is None:
                return SsError.DATA_MISSING
            # 22.082 1.3.1: neither the served subscriber's own number nor a service code
            if not is_forwardable(number) or normalise(number) == self.own_number:
                return SsError.UNEXPECTED_DATA_VALUE
        if no_reply_s is not None and not 1 <= no_reply_s <= NO_REPLY_MAX_S:
            return SsError.UNEXPECTED_DATA_VALUE
        if mode in (ForwardingMode.REGISTRATION, ForwardingMode.ENABLE):
            if (
                behaviour.conditional_refused_while_cfu
                and ForwardingReason.UNCONDITIONAL not in reasons
                and self.operative(ForwardingReason.UNCONDITIONAL) is not None
            ):
                return SsError.SS_INCOMPATIBILITY
            if mode is ForwardingMode.ENABLE and not any(
                (reason, bit) in self._forwards for reason in reasons for bit in CLASS_BITS
            ):
                return SsError.SS_ERROR_STATUS
        return None

    def _change(
        self,
        reason: ForwardingReason,
        bit: int,
        mode: ForwardingMode,
        number: str | None,
        no_reply_s: int | None,
    ) -> None:
        key = (reason, bit)
        old = self._forwards.get(key)
        if mode is ForwardingMode.REGISTRATION and number is not None:
            self._forwards[key] = Forward(normalise(number), True, self._no_reply(no_reply_s, old))
        elif mode is ForwardingMode.ERASURE:
            self._forwards.pop(key, None)
        elif old is not None:
            self._forwards[key] = replace(old, active=mode is ForwardingMode.ENABLE)
        now = self._forwards.get(key)
        if reason in self.behaviour.sticky and (now is None or not now.active):
            self._fall_back(reason, bit)

    def _no_reply(self, asked_s: int | None, old: Forward | None) -> int:
        if self.behaviour.fixed_no_reply_s is not None:
            return self.behaviour.fixed_no_reply_s
        if asked_s is None:
            return old.no_reply_s if old else NO_REPLY_DEFAULT_S
        return -(-asked_s // NO_REPLY_STEP_S) * NO_REPLY_STEP_S

    def _fall_back(self, reason: ForwardingReason, bit: int) -> None:
        if self.behaviour.voicemail is not None and bit == VOICE:
            self._forwards[reason, bit] = Forward(
                normalise(self.behaviour.voicemail), True, self._no_reply(None, None)
            )

    def _status(self, reason: ForwardingReason, bit: int) -> ForwardingStatus:
        forward = self._forwards.get((reason, bit))
        if forward is None:
            return ForwardingStatus(reason, bit, active=False)
        return ForwardingStatus(
            reason,
            bit,
            forward.active,
            forward.number,
            forward.no_reply_s if reason is ForwardingReason.NO_REPLY else None,
        )


def _expand(reason: ForwardingReason) -> tuple[ForwardingReason, ...]:
    if reason is ForwardingReason.ALL:
        return REASONS
    if reason is ForwardingReason.ALL_CONDITIONAL:
        return CONDITIONAL
    return (reason,) if reason in REASONS else ()
