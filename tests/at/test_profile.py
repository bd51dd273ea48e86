"""Profiles: each file is whole and sourced; a fault names its field."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.at.profile import ModemProfile, ProfileFault, Quirk, UsbInterfaces, parse_profile
from firmware.at.unsolicited import GENERAL_CODES, decoder_names
from tests.at.support import PROFILE_NAMES, PROFILES, load_profile

EG25 = (PROFILES / "quectel-eg25.toml").read_text(encoding="utf-8")
FAMILIES = {
    "generic",
    "quectel-eg25",
    "quectel-ec25",
    "quectel-ec21",
    "simcom-sim7600",
    "simcom-a7602",
    "huawei-e1550",
    "telit-le910c1",
}


def test_the_families_are_there() -> None:
    assert set(PROFILE_NAMES) == FAMILIES


def test_each_part_tells_its_source_and_what_is_proven(profile: ModemProfile) -> None:
    assert {"reset", "sms", "sim"} <= set(profile.sources)
    assert ("voice" in profile.sources) is not bool(profile.voices)   # why it has none, or each
    assert {f"quirk {quirk.value}" for quirk in profile.quirks} <= set(profile.sources)
    assert all(len(source) > 5 for source in profile.sources.values())
    assert not profile.proven  # until a bench has shown it


def test_each_code_has_a_decoder_and_overrides_no_standard_one(profile: ModemProfile) -> None:
    assert set(profile.codes.values()) <= decoder_names()
    assert not set(profile.codes) & set(GENERAL_CODES)


def test_keys_are_heard_only_with_a_code_for_them(profile: ModemProfile) -> None:
    hears = any(decoder.startswith("dtmf") for decoder in profile.codes.values())
    assert hears or profile.dtmf_enable is None


@pytest.mark.parametrize(
    ("name", "usb"),
    [
        ("generic", ()),
        ("quectel-eg25", (UsbInterfaces(0x2C7C, 0x0125, 2, 3, 1),)),
        ("quectel-ec25", (UsbInterfaces(0x2C7C, 0x0125, 2, 3, 1),)),
        ("quectel-ec21", (UsbInterfaces(0x2C7C, 0x0121, 2, 3, 1),)),
        ("simcom-sim7600", (UsbInterfaces(0x1E0E, 0x9001, 2, 3, 4),)),
        ("simcom-a7602", (UsbInterfaces(0x1E0E, 0x9011, 4, 5, None),)),
        ("huawei-e1550", (UsbInterfaces(0x12D1, 0x1001, 2, None, 1),)),
        (
            "telit-le910c1",
            (UsbInterfaces(0x1BC7, 0x1031, 1, 2), UsbInterfaces(0x1BC7, 0x1201, 4, 5)),
        ),
    ],
)
def test_the_interfaces(name: str, usb: tuple[UsbInterfaces, ...]) -> None:
    assert load_profile(name).usb == usb


def test_every_quirk_belongs_to_a_family_or_is_probed() -> None:
    named = {quirk for name in PROFILE_NAMES for quirk in load_profile(name).quirks}
    probed = {Quirk.CTFR_BARE_NUMBER, Quirk.DIAL_ENDS_AT_ANSWER}  # by SIM and firmware, not family
    assert named | probed == set(Quirk)


def test_a_quirk_can_be_asked_for() -> None:
    assert load_profile("simcom-sim7600").has(Quirk.CLCC_BY_ITSELF)
    assert not load_profile("generic").has(Quirk.CLCC_BY_ITSELF)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('vendor = "Quectel"', "", "vendor"),
        ('vendor = "Quectel"', "vendor = 7", "vendor"),
        ('vendor = "Quectel"', 'vendor = " "', "vendor"),
        ('vendor = "Quectel"', 'vendor = "Quectel"\ncolour = "red"', "colour"),
        ("proven = false", 'proven = "no"', "proven"),
        ("vendor_id = 0x2c7c", "vendor_id = 0x12c7c", "usb[1].vendor_id"),
        ("vendor_id = 0x2c7c", "vendor_id = -1", "usb[1].vendor_id"),
        ("at = 2\n", "at = true\n", "usb[1].at"),
        ("at = 2\n", "at = 2\ncolour = 1\n", "usb[1].colour"),
        ('command = "AT+QURCCFG', 'command = "at+QURCCFG', "init[1].command"),
        ('command = "AT+QURCCFG', 'command = "AT\\rAT+QURCCFG', "init[1].command"),
        ('decoder = "dsci"', 'decoder = "guess"', "code[1].decoder"),
        ('code = "+QIND:"', 'code = "^DSCI:"', "code[2].code"),
        ('enable = "AT+QTONEDET=1"', 'enable = "ATÉ"', "dtmf.enable"),
        ('command = "AT+CFUN=1,1"', 'command = "reset"', "reset.command"),
        ("back_within_s = 60", "back_within_s = 0", "reset.back_within_s"),
        ("back_within_s = 60", "back_within_s = nan", "reset.back_within_s"),
        ('on = ["AT+QPCMV=1,2"]', 'on = "AT+QPCMV=1,2"', "voice[2].on"),
        ('on = ["AT+QPCMV=1,2"]', 'on = ["AT+QPCMV=1,2\\n"]', "voice[2].on"),
        ('on = ["AT+QPCMV=1,2"]', "on = []", "voice[2].on"),
        ('way = "card"', 'way = "serial"', "voice[2].way"),
        ('way = "card"', 'way = "string"', "voice[2].way"),
        ("[[voice]]", "[[noise]]", "noise"),
        ('"2,1,0,1,0"', '"2,1,0,1"', "sms.cnmi"),
        ('"2,1,0,1,0"', '"2,1,0,1,9"', "sms.cnmi"),
        ('storages = ["ME", "SM"]', 'storages = ["XX"]', "sms.storages"),
        ('storages = ["ME", "SM"]', "storages = []", "sms.storages"),
        ('iccid = "AT+QCCID"', "", "sim.iccid"),
        ('name = "no-ring-by-default"', 'name = "rings-twice"', "quirk[1].name"),
        ("[reset]", "[restart]", "reset"),
        ("[[usb]]", "[usb]", "usb"),
    ],
)
def test_a_fault_names_its_field(old: str, new: str, field: str) -> None:
    assert old in EG25
    with pytest.raises(ProfileFault, match=r"^profile eg25: " + re.escape(field) + ": ") as found:
        parse_profile(EG25.replace(old, new, 1), "eg25")
    assert found.value.field == field


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(ProfileFault, match="profile x: "):
        parse_profile("= nonsense", "x")


@given(st.text(max_size=60))
def test_any_text_is_a_profile_or_a_fault(text: str) -> None:
    with pytest.raises(ProfileFault):
        parse_profile(text, "x")


@given(st.data())
def test_any_value_in_any_place_is_accepted_or_named(data: st.DataObject) -> None:
    """One value of a good file is replaced by nonsense: accepted, or a fault that names a field."""
    lines = EG25.splitlines()
    places = [at for at, text in enumerate(lines) if " = " in text]
    at = data.draw(st.sampled_from(places))
    value = data.draw(
        st.sampled_from(["1", "true", '""', '"x"', "[]", '["AT"]', "[1]", "{}", "1.5"])
    )
    lines[at] = lines[at].split(" = ")[0] + " = " + value
    changed = "\n".join(lines)
    faults: list[ProfileFault] = []
    try:
        parse_profile(changed, "x")
    except ProfileFault as fault:
        faults.append(fault)
    assert all(fault.field for fault in faults)
    assert faults or tomllib.loads(changed)
