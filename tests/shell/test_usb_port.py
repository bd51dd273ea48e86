"""Which port is the modem's, on lists of ports as sysfs and pyserial give them."""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from firmware.at.profile import CARD, SERIAL, ModemProfile
from firmware.command.ports import attached_cards
from firmware.command.settings import load_profile, profile_names
from firmware.line.usb_port import (
    candidates,
    interface_number,
    named,
    unavailable,
    with_audio,
)

PROFILES = [load_profile(name) for name in profile_names() if name != "generic"]


@dataclass
class Port:
    """As `serial.tools.list_ports_linux.SysFS` describes one."""

    device: str
    vid: int | None = None
    pid: int | None = None
    location: str | None = None


def stick(profile_name: str, place: str, first: int = 0) -> list[Port]:
    """The four interfaces of a modem plugged in at a place of the bus."""
    usb_id = load_profile(profile_name).usb[0]
    return [
        Port(f"/dev/ttyUSB{first + n}", usb_id.vendor_id, usb_id.product_id, f"{place}:1.{n}")
        for n in range(5)
    ]


PRINTER_CABLE = Port("/dev/ttyUSB9", 0x0403, 0x6001, "1-1.4:1.0")
BOARD = Port("/dev/ttyS0")
GPS = Port("/dev/ttyACM0", 0x1546, 0x01A8, "1-1.1:1.0")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_each_family_is_found_by_its_interface(profile: ModemProfile) -> None:
    for usb_id in profile.usb:
        ports = [
            Port(f"/dev/ttyUSB{n}", usb_id.vendor_id, usb_id.product_id, f"1-1.2:1.{n}")
            for n in range(8)
        ]
        found = candidates([BOARD, PRINTER_CABLE, *reversed(ports), GPS], PROFILES)
        assert [each.device for each in found] == [f"/dev/ttyUSB{usb_id.at}"]
        assert found[0].profile is not None
        # Two families may share an id: they are then driven alike at this interface
        assert usb_id in found[0].profile.usb


def test_the_number_of_ttyusb_says_nothing() -> None:
    ports = stick("quectel-eg25", "1-1.2", first=7)
    at = load_profile("quectel-eg25").usb[0].at
    assert [each.device for each in candidates(ports, PROFILES)] == [f"/dev/ttyUSB{7 + at}"]


def test_the_second_port_and_the_place_on_the_bus_are_the_same_stick_s() -> None:
    ports = [*stick("quectel-eg25", "1-1.2", 10), *stick("quectel-eg25", "1-1.3", 0)]
    usb_id = load_profile("quectel-eg25").usb[0]
    near, far = candidates(ports, PROFILES)
    assert (near.usb, near.second) == ("1-1.2", f"/dev/ttyUSB{10 + (usb_id.second_at or 0)}")
    assert (far.usb, far.second) == ("1-1.3", f"/dev/ttyUSB{usb_id.second_at}")


def test_a_family_without_a_second_port_and_one_that_nobody_knows() -> None:
    (found,) = candidates(stick("huawei-e1550", "1-1.2"), PROFILES)
    assert (found.usb, found.second) == ("1-1.2", None)
    (unknown,) = candidates([PRINTER_CABLE], PROFILES)
    assert (unknown.usb, unknown.second, unknown.profile) == ("1-1.4", None, None)


def test_a_port_that_was_named_is_known_by_where_its_link_leads() -> None:
    ports = [PRINTER_CABLE, *stick("quectel-eg25", "1-1.2", 10)]
    usb_id = load_profile("quectel-eg25").usb[0]
    real = f"/dev/ttyUSB{10 + usb_id.at}"
    found = named("/dev/modem", real, None, ports, PROFILES)
    assert (found.device, found.usb) == ("/dev/modem", "1-1.2")
    assert found.second == f"/dev/ttyUSB{10 + (usb_id.second_at or 0)}"
    assert found.profile is not None
    generic = load_profile("generic")
    assert named("/dev/modem", real, generic, ports, PROFILES).profile is generic
    cable = named("/dev/x", PRINTER_CABLE.device, None, ports, PROFILES)
    assert (cable.usb, cable.second, cable.profile) == ("1-1.4", None, None)
    assert named("/dev/pts/3", "/dev/pts/3", None, ports, PROFILES).usb is None


def test_two_modems_in_the_order_of_the_bus() -> None:
    near, far = stick("quectel-eg25", "1-1.2", 10), stick("simcom-sim7600", "1-1.4", 0)
    found = candidates([*far, PRINTER_CABLE, *near], PROFILES)
    at = [load_profile(name).usb[0].at for name in ("quectel-eg25", "simcom-sim7600")]
    assert [each.device for each in found] == [f"/dev/ttyUSB{10 + at[0]}", f"/dev/ttyUSB{at[1]}"]
    assert found == candidates([*near, PRINTER_CABLE, *far], PROFILES)


def test_a_named_profile_looks_for_its_own_family_first() -> None:
    ports = [*stick("quectel-eg25", "1-1.2"), *stick("simcom-sim7600", "1-1.4", 10)]
    found = candidates(ports, [load_profile("simcom-sim7600")])
    at = load_profile("simcom-sim7600").usb[0].at
    assert [each.device for each in found] == [f"/dev/ttyUSB{10 + at}"]


def test_an_unknown_family_is_asked_port_by_port() -> None:
    ports = [Port(f"/dev/ttyUSB{n}", 0xFFFF, 0x0001, f"1-1.3:1.{n}") for n in (2, 0, 1)]
    found = candidates([BOARD, *ports], PROFILES)
    assert [each.device for each in found] == ["/dev/ttyUSB0", "/dev/ttyUSB1", "/dev/ttyUSB2"]
    assert {each.profile for each in found} == {None}


def test_nothing_on_usb() -> None:
    assert candidates([], PROFILES) == ()
    assert candidates([BOARD, Port("/dev/ttyAMA0", location="serial0")], PROFILES) == ()


def test_a_modem_without_its_at_interface_is_asked_all_the_same() -> None:
    usb_id = load_profile("quectel-eg25").usb[0]
    lone = Port("/dev/ttyUSB0", usb_id.vendor_id, usb_id.product_id, None)
    assert [each.device for each in candidates([lone], PROFILES)] == ["/dev/ttyUSB0"]


@pytest.mark.parametrize(
    ("location", "number"),
    [
        ("1-1.2:1.0", 0), ("1-1.2:1.10", 10), ("2-1:2.3", 3), ("1-1.2", None), ("", None),
        (None, None), ("1-1.2:x.0", None),
    ],
)  # fmt: skip
def test_interface_numbers(location: str | None, number: int | None) -> None:
    assert interface_number(location) == number


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (OSError(errno.ENOENT, "x"), "no such port"),
        (OSError(errno.EBUSY, "x"), "another program has it"),
        (OSError(errno.EAGAIN, "x"), "another program has it"),
        (OSError(errno.EACCES, "x"), "must be in group dialout"),
        (OSError(errno.EPERM, "x"), "DeviceAllow="),
        (OSError(errno.ENOTTY, "x"), "not a serial port"),
        (ValueError("nonsense"), r"not a serial port that can be opened \(nonsense\)"),
    ],
)
def test_why_a_port_cannot_be_opened(fault: Exception, why: str) -> None:
    said = unavailable("/dev/ttyUSB2", fault)
    with pytest.raises(OSError, match=why):
        raise said
    assert str(said).startswith("/dev/ttyUSB2: ")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_sound_is_found_beside_the_port(profile: ModemProfile) -> None:
    usb_id = profile.usb[0]
    (found,) = candidates(stick(profile.name, "1-1.2"), PROFILES, {"1-1.4": "plughw:7,0"})
    voiced = profile.voices and usb_id.audio is not None
    wanted = (f"/dev/ttyUSB{usb_id.audio}", SERIAL) if voiced else (None, None)
    assert (found.audio, found.voice) == wanted


def test_a_card_is_taken_where_there_is_no_tty() -> None:
    ports = [port for port in stick("quectel-eg25", "1-1.2") if not port.device.endswith("1")]
    cards = {"1-1.2": "plughw:2,0", "1-1.3": "plughw:3,0"}
    (found,) = candidates(ports, PROFILES, cards)
    assert (found.audio, found.voice) == ("alsa:plughw:2,0", CARD)
    (silent,) = candidates(stick("simcom-a7602", "1-1.2"), PROFILES, cards)
    assert silent.audio is None


def test_named_sound_is_what_was_named() -> None:
    plain = named("/dev/modem", "/dev/pts/3", PROFILES[0], [], PROFILES)
    assert plain.audio is None
    assert with_audio(plain, "/dev/audio").voice == SERIAL
    assert with_audio(plain, "alsa:default") == replace(plain, audio="alsa:default", voice=CARD)
    ports = stick("simcom-sim7600", "1-1.3")
    linked = named("/dev/veilleur/at", "/dev/ttyUSB2", None, ports, PROFILES)
    assert (linked.device, linked.audio) == ("/dev/veilleur/at", "/dev/ttyUSB4")


def test_cards_are_told_by_their_place_on_the_bus(tmp_path: Path) -> None:
    for number, device in ((0, "platform/soc/sound"), (2, "usb1/1-1/1-1.3/1-1.3:1.5")):
        (tmp_path / device).mkdir(parents=True)
        card = tmp_path / "class" / f"card{number}"
        card.mkdir(parents=True)
        (card / "device").symlink_to(tmp_path / device)
    assert attached_cards(tmp_path / "class") == {"1-1.3": "plughw:2,0"}
    assert attached_cards(tmp_path / "none") == {}
