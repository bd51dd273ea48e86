"""A modem family as a value, read from the TOML text of ``hw/profiles/<name>.toml``.

Loading the file is the shell's work; here text comes in and a value goes out. Every command in
a profile passes the same grammar as our own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from firmware.at.command import Command, UnsafeCommand, render
from firmware.at.profile_fields import ProfileFault, Section
from firmware.at.unsolicited import decoder_names

__all__ = [
    "ModemProfile", "ProfileFault", "Quirk", "UsbInterfaces", "VoiceWay", "parse_profile",
]  # fmt: skip
SERIAL, CARD = "serial", "card"   # the two ways of a voice: a second tty, or a sound card


class Quirk(Enum):
    """How a family departs from the standards; each has a captured line in the tests."""

    CTFR_BARE_NUMBER = "ctfr-bare-number"
    """AT+CTFR takes the number without quotes and type."""
    DIAL_ENDS_AT_ANSWER = "dial-ends-at-answer"
    """The final result of ATD comes when the other end answers, not at once."""
    CLCC_BY_ITSELF = "clcc-by-itself"
    """Call list lines come unsolicited, with <stat> 6 for a call that ended."""
    NO_RING_BY_DEFAULT = "no-ring-by-default"
    """An incoming call may be told by +CLIP or a vendor's code alone."""
    CHLD_WAITS_FOR_CONF = "chld-waits-for-conf"
    """AT+CHLD=1x before ^CONF freezes the modem."""
    VOICE_AFTER_BEGIN = "voice-after-begin"
    """The voice command is refused until 100 ms after the call began."""
    GPS_OFF_BEFORE_VOICE = "gps-off-before-voice"
    """Voice on the serial port needs the GPS output off first."""
    BOOT_NOISE = "boot-noise"
    """The code that tells of a start is repeated while the modem runs: not a restart."""
    USSD_PACKED = "ussd-packed"
    """+CUSD carries packed GSM 7-bit in hexadecimal, both ways."""


@dataclass(frozen=True, slots=True)
class UsbInterfaces:
    """A USB identity and what its interfaces are; ``None`` where there is none or none known."""

    vendor_id: int
    product_id: int
    at: int
    second_at: int | None = None
    audio: int | None = None


@dataclass(frozen=True, slots=True)
class VoiceWay:
    """How sound gets out of a family and into it. ``before`` may be refused, ``on`` may not.

    ``way`` is SERIAL (the audio interface of the USB identity) or CARD (a USB sound card).
    """

    way: str
    before: tuple[str, ...]
    on: tuple[str, ...]
    off: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModemProfile:
    """All that the driver must know of a family. ``codes`` maps an unsolicited code to its
    decoder; ``sources`` tells where each part was read; ``proven`` is false until a bench."""

    name: str
    vendor: str
    models: tuple[str, ...]
    usb: tuple[UsbInterfaces, ...]
    init: tuple[str, ...]
    codes: Mapping[str, str]
    dtmf_enable: str | None
    reset: str
    reset_s: float
    voices: tuple[VoiceWay, ...]   # the likeliest first; empty: it has no voice
    cnmi: tuple[str, ...]
    follow_time: str
    iccid: str
    storages: tuple[str, ...]
    quirks: frozenset[Quirk]
    sources: Mapping[str, str]
    proven: bool
    temperature: str | None = None   # the command that tells the modem's own, and its supply's
    voltage: str | None = None

    def voice(self, way: str | None) -> VoiceWay | None:
        """The voice by this way, ``None`` where the family has it not."""
        return next((voice for voice in self.voices if voice.way == way), None)

    def has(self, quirk: Quirk) -> bool:
        """Whether the family departs from the standards in this way."""
        return quirk in self.quirks


def parse_profile(toml_text: str, name: str) -> ModemProfile:
    """The profile in ``toml_text``; raises ``ProfileFault`` naming the field at fault."""
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as fault:
        raise ProfileFault(name, "", str(fault)) from fault
    top = Section(name, "", table)
    sources: dict[str, str] = {}
    codes = _codes(top, sources)
    dtmf = top.optional_section("dtmf")
    if dtmf is not None:
        sources["dtmf"] = dtmf.text("source")
        codes[dtmf.text("code")] = _decoder(dtmf)
    reset = top.section("reset")
    sms, sim = top.section("sms"), top.section("sim")
    vitals = top.optional_section("vitals")
    for part in (reset, sms, sim, *(() if vitals is None else (vitals,))):
        sources[part.path] = part.text("source")
    profile = ModemProfile(
        name=name,
        vendor=top.text("vendor"),
        models=top.texts("models"),
        usb=_usb(top, sources),
        init=_init(top, sources),
        codes=MappingProxyType(codes),
        dtmf_enable=_dtmf_enable(dtmf),
        reset=_checked(reset, "command", reset.text("command")),
        reset_s=reset.seconds("back_within_s"),
        voices=_voices(top, sources),
        cnmi=_cnmi(sms),
        follow_time=_follow_time(top, sources),
        iccid=_checked(sim, "iccid", sim.text("iccid")),
        storages=_storages(sms),
        quirks=_quirks(top, sources),
        sources=MappingProxyType(sources),
        proven=top.truth("proven"),
        temperature=_optional(vitals, "temperature"),
        voltage=_optional(vitals, "voltage"),
    )
    optional = (part for part in (dtmf, vitals) if part is not None)
    for part in (top, reset, sms, sim, *optional):
        part.refuse_leftovers()
    return profile


def _follow_time(top: Section, sources: dict[str, str]) -> str:
    clock = top.optional_section("clock")
    if clock is None:
        return "AT+CTZU=1"   # 27.007 8.40
    sources["clock"] = clock.text("source")
    command = _checked(clock, "follow", clock.text("follow"))
    clock.refuse_leftovers()
    return command


def _checked(section: Section, key: str, command: str) -> str:
    try:
        render(Command(command))
    except UnsafeCommand as fault:
        raise section.fault(key, str(fault)) from fault
    return command


def _optional(section: Section | None, key: str) -> str | None:
    command = None if section is None else section.optional_text(key)
    return None if section is None or command is None else _checked(section, key, command)


def _commands(section: Section, key: str) -> tuple[str, ...]:
    return tuple(_checked(section, key, command) for command in section.texts(key))


def _voices(top: Section, sources: dict[str, str]) -> tuple[VoiceWay, ...]:
    found: dict[str, VoiceWay] = {}
    for section in top.sections("voice"):
        way = section.text("way")
        if way not in (SERIAL, CARD) or way in found:
            raise section.fault("way", f"{SERIAL} or {CARD}, once each, found {way!r}")
        before, on, off = (_commands(section, key) for key in ("before", "on", "off"))
        if not on:
            raise section.fault("on", "at least one command is needed")
        found[way] = VoiceWay(way, before, on, off)
        sources[section.path] = section.text("source")
        section.refuse_leftovers()
    if not found:
        sources["voice"] = top.text("voiceless")
    return tuple(found.values())


def _decoder(section: Section) -> str:
    decoder = section.text("decoder")
    if decoder not in decoder_names():
        raise section.fault("decoder", f"no such decoder: {decoder!r}")
    return decoder


def _dtmf_enable(dtmf: Section | None) -> str | None:
    command = None if dtmf is None else dtmf.optional_text("enable")
    return None if dtmf is None or command is None else _checked(dtmf, "enable", command)


def _codes(top: Section, sources: dict[str, str]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for section in top.sections("code"):
        code = section.text("code")
        if code in codes:
            raise section.fault("code", f"given twice: {code!r}")
        codes[code] = _decoder(section)
        sources[f"code {code}"] = section.text("source")
        section.refuse_leftovers()
    return codes


def _usb(top: Section, sources: dict[str, str]) -> tuple[UsbInterfaces, ...]:
    found: list[UsbInterfaces] = []
    for section in top.sections("usb"):
        found.append(
            UsbInterfaces(
                section.whole("vendor_id", 0xFFFF),
                section.whole("product_id", 0xFFFF),
                section.whole("at", 31),
                section.optional_whole("second_at", 31),
                section.optional_whole("audio", 31),
            )
        )
        sources[section.path] = section.text("source")
        section.refuse_leftovers()
    return tuple(found)


def _init(top: Section, sources: dict[str, str]) -> tuple[str, ...]:
    commands: list[str] = []
    for section in top.sections("init"):
        commands.append(_checked(section, "command", section.text("command")))
        sources[section.path] = section.text("source")
        section.refuse_leftovers()
    return tuple(commands)


def _cnmi(sms: Section) -> tuple[str, ...]:
    values = sms.texts("cnmi")
    for value in values:
        parts = value.split(",")
        if len(parts) != 5 or not all(part in ("0", "1", "2", "3") for part in parts):
            raise sms.fault("cnmi", f"not five small numbers: {value!r}")
    if not values:
        raise sms.fault("cnmi", "at least one value is needed")
    return values


def _storages(sms: Section) -> tuple[str, ...]:
    values = sms.texts("storages")
    if not values or not set(values) <= {"SM", "ME", "MT", "SR"}:
        raise sms.fault("storages", f"of SM, ME, MT and SR, found {values!r}")
    return values


def _quirks(top: Section, sources: dict[str, str]) -> frozenset[Quirk]:
    known: dict[Any, Quirk] = {quirk.value: quirk for quirk in Quirk}
    found: set[Quirk] = set()
    for section in top.sections("quirk"):
        name = section.text("name")
        if name not in known:
            raise section.fault("name", f"no such quirk: {name!r}")
        found.add(known[name])
        sources[f"quirk {name}"] = section.text("source")
        section.refuse_leftovers()
    return frozenset(found)
