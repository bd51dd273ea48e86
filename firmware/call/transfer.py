"""The ladder by which a call is passed on, and what a SIM was found able to do.

The rungs are tried from the one that the administrator chose downwards; the last is always the
SMS alert. Which rungs this release can climb is `CLIMBED`: the deflection needs a probe, and comes
with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum


class Rung(StrEnum):
    ATTENDED_TRANSFER = "attended_transfer"  # answer, ask, join: CHLD=4 or CHLD=3 (27.007 7.13)
    NETWORK_DIVERT = "network_divert"        # reject as busy, the network forwards (22.082)
    DEFLECTION = "deflection"                # AT+CTFR (27.007 7.14)
    SMS_ALERT = "sms_alert"


class Ability(StrEnum):
    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Capability:
    """What was measured on the SIM at hand; kept under its ICCID."""

    forwarding: Ability = Ability.UNKNOWN
    deflection: Ability = Ability.UNKNOWN
    voice: Ability = Ability.UNKNOWN        # sound went both ways in a call
    transfer: Ability = Ability.UNKNOWN     # CHLD=4 joined two calls and let them go
    conference: Ability = Ability.UNKNOWN   # CHLD=3 joined two calls

    @property
    def can_join(self) -> bool:
        """Sound and at least one way of joining two calls are not known to be refused."""
        ways = (self.transfer, self.conference)
        return self.voice is not Ability.NO and any(way is not Ability.NO for way in ways)

    def as_fact(self) -> dict[str, object]:
        return {name: ability.value for name, ability in asdict(self).items()}

    @classmethod
    def from_fact(cls, fact: object) -> Capability:
        """Read back `as_fact`; what is missing or unreadable is unknown."""
        if not isinstance(fact, Mapping):
            return cls()
        known = {ability.value: ability for ability in Ability}
        return cls(
            **{
                field.name: known.get(str(fact.get(field.name)), Ability.UNKNOWN)
                for field in fields(cls)
            }
        )


LADDERS: Mapping[str, tuple[Rung, ...]] = {
    "transfer": (
        Rung.ATTENDED_TRANSFER,
        Rung.NETWORK_DIVERT,
        Rung.DEFLECTION,
        Rung.SMS_ALERT,
    ),
    "divert": (Rung.NETWORK_DIVERT, Rung.DEFLECTION, Rung.SMS_ALERT),
    "alert": (Rung.SMS_ALERT,),
}
CLIMBED = frozenset({Rung.ATTENDED_TRANSFER, Rung.NETWORK_DIVERT, Rung.SMS_ALERT})


def choose_rung(
    mode: str,
    capability: Capability,
    climbed: frozenset[Rung] = CLIMBED,
    *,
    voice: bool = False,
) -> Rung:
    """The highest rung of the mode's ladder that the SIM is not known to refuse; ``voice``: there
    is a voice to climb the first one with."""
    holds = {
        Rung.ATTENDED_TRANSFER: voice and capability.can_join,
        Rung.NETWORK_DIVERT: capability.forwarding is not Ability.NO,
        Rung.DEFLECTION: capability.deflection is Ability.YES,
        Rung.SMS_ALERT: True,
    }
    return next(rung for rung in LADDERS[mode] if rung in climbed and holds[rung])
