"""Which ports the doctor may ask, in the order in which the daemon would try them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from firmware.at.profile import ModemProfile
from firmware.command.ports import attached_ports
from firmware.command.settings import Settings, load_profile, profile_names
from firmware.doctor.facts import FoundBy, PortFacts
from firmware.line.usb_port import Candidate, PortInfo, candidates, interface_number


@dataclass(frozen=True, slots=True)
class PortToTry:
    facts: PortFacts
    profile: ModemProfile


@dataclass(frozen=True, slots=True)
class PortsInSight:
    """``known_usb`` are the ports that a profile knows, whether they are to be tried or not."""

    to_try: tuple[PortToTry, ...]
    known_usb: tuple[str, ...]


def ports_in_sight(port: str | None, settings: Settings) -> PortsInSight:
    """The port that was named, on the command line or in `veilleur.toml`; else what USB shows."""
    chosen = load_profile(settings.profile) if settings.profile is not None else None
    names = [name for name in profile_names() if name != "generic"]
    profiles = [chosen] if chosen is not None else [load_profile(name) for name in names]
    attached = attached_ports()
    seen = candidates(attached, profiles)
    known = tuple(each.device for each in seen if each.profile is not None)
    named = port or settings.port
    if named is None:
        to_try = tuple(_by_usb(each, attached) for each in seen)
    else:
        found_by = FoundBy.COMMAND_LINE if port is not None else FoundBy.SETTINGS
        to_try = (_named(named, found_by, chosen, seen),)
    return PortsInSight(to_try, known)


def _named(
    path: str, found_by: FoundBy, chosen: ModemProfile | None, seen: tuple[Candidate, ...]
) -> PortToTry:
    same = (each.profile for each in seen if _same_device(each.device, path))
    by_usb = next((profile for profile in same if profile is not None), None)
    return PortToTry(PortFacts(path, found_by), chosen or by_usb or load_profile("generic"))


def _same_device(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _by_usb(candidate: Candidate, attached: list[PortInfo]) -> PortToTry:
    info = next(each for each in attached if each.device == candidate.device)
    known = candidate.profile is not None
    facts = PortFacts(
        candidate.device,
        FoundBy.USB,
        usb_id=f"{info.vid or 0:04x}:{info.pid or 0:04x}",
        interface=interface_number(info.location) if known else None,
    )
    return PortToTry(facts, candidate.profile or load_profile("generic"))
