"""What to do with a call: who is on duty, what the network was proved to do, what was chosen.

One pure function; it decides nothing that it was not told, and always finds a rung: the last one
is the SMS alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from firmware.call.transfer import Capability, Rung, choose_rung
from firmware.pulse import ForwardingState
from firmware.rota import Person, Service


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked; level 0 are the administrators who stand in for a gap."""

    level: int
    person: Person


class Reason(StrEnum):
    """Why a call is not passed on by the network."""

    CHOSEN = "mode alert"
    NOBODY = "nobody to pass it on to"
    CLOCK = "clock not trusted"
    CALLER_IS_TARGET = "the caller is the person on duty"
    NOT_VERIFIED = "forwarding not verified"
    REFUSED = "forwarding refused"
    BUSY = "another call is under way"
    MEANWHILE = "led on by the network meanwhile"   # it told of it, and the box never saw the call
    # Why a service of mode transfer is not answered by voice
    NO_CHANNEL = "no voice channel"
    NO_PORT = "no audio port"
    NO_SPEECH = "no speech"
    VOICE_FAILED = "voice failed twice"
    VOICE_FAILED_NOW = "voice failed a moment ago"
    NOT_JOINED = "the network joins no calls"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the network is to pass calls on. ``person`` None: the office telephone."""

    number: str
    person: str | None


class Forwarding(NamedTuple):
    """What the network was last seen to do: ``target`` is the number that was read back."""

    state: ForwardingState = ForwardingState.UNKNOWN
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """``divert`` to ``target``, answer by voice, or alert and say why. ``voice``: why a call
    that was to be answered by voice is not."""

    rung: Rung
    target: Target | None
    reason: Reason | None = None
    voice: Reason | None = None

    @property
    def divert(self) -> bool:
        return self.rung is Rung.NETWORK_DIVERT

    @property
    def speak(self) -> bool:
        return self.rung is Rung.ATTENDED_TRANSFER


def target_of(candidates: Sequence[Candidate], office: str | None) -> Target | None:
    """The one number that the network can forward to: the office in its hours, else the first
    person to be asked (an administrator where nobody is on duty), else none."""
    if office is not None:
        return Target(office, None)
    if candidates:
        person = candidates[0].person
        return Target(person.mobile, person.name)
    return None


def decide(
    service: Service | None,
    caller: str | None,
    target: Target | None,
    forwarding: Forwarding,
    capability: Capability,
    *,
    clock_trusted: bool,
    mode: str | None = None,
    voice: Reason | None = Reason.NO_CHANNEL,
) -> Decision:
    """What to do with one call. ``caller`` is E.164 or None (withheld); ``mode`` stands for the
    service's own where the hour decides another; ``voice`` is why no call can be answered by
    voice, None where it can."""
    if service is None or target is None:
        return Decision(Rung.SMS_ALERT, target, Reason.NOBODY)
    if not clock_trusted:
        return Decision(Rung.SMS_ALERT, target, Reason.CLOCK)
    mode = mode or service.mode
    rung = choose_rung(mode, capability, voice=voice is None)
    if rung is Rung.ATTENDED_TRANSFER:
        return Decision(rung, target)
    decision = _without_voice(rung, mode, caller, target, forwarding)
    return replace(decision, voice=voice) if mode == "transfer" else decision


def _without_voice(
    rung: Rung, mode: str, caller: str | None, target: Target, forwarding: Forwarding
) -> Decision:
    if rung is not Rung.NETWORK_DIVERT:
        reason = Reason.CHOSEN if mode == "alert" else Reason.REFUSED
        return Decision(rung, target, reason)
    if caller == target.number:
        # The network would ring the caller's own engaged line.
        return Decision(Rung.SMS_ALERT, target, Reason.CALLER_IS_TARGET)
    if forwarding.state is ForwardingState.REFUSED:
        return Decision(Rung.SMS_ALERT, target, Reason.REFUSED)
    if forwarding.state is not ForwardingState.VERIFIED or forwarding.target != target.number:
        return Decision(Rung.SMS_ALERT, target, Reason.NOT_VERIFIED)
    return Decision(Rung.NETWORK_DIVERT, target)
