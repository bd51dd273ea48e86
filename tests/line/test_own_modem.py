"""Which ports may be ours while the modem comes back, interface by interface."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from firmware.at.profile import ModemProfile
from firmware.line.own_modem import STAND_IN_S, OwnModem
from firmware.line.usb_port import candidates, named
from tests.modem_by_hand import profile

pytestmark = pytest.mark.usefixtures("modem_family")
PLACE = "1-1.3"


def ports(family: ModemProfile, interfaces: list[int]) -> list[SimpleNamespace]:
    usb = family.usb[0]
    return [
        SimpleNamespace(
            device=f"/dev/ttyUSB{each}", vid=usb.vendor_id, pid=usb.product_id,
            location=f"{PLACE}:1.{each}",
        )
        for each in interfaces
    ]  # fmt: skip


def took_calls(family: ModemProfile) -> tuple[OwnModem, str]:
    found = candidates(ports(family, list(range(9))), [family])
    own = OwnModem()
    own.took_calls(found[0], found)
    return own, found[0].device


def test_a_port_beside_its_own_is_not_ours_while_that_is_not_there_yet() -> None:
    """Another interface of the modem, such as its diagnosis, would stay mute, or take commands and
    get no calls."""
    family = profile()
    if not family.usb:
        pytest.skip("this family has no place on USB")
    own, device = took_calls(family)
    others = [each for each in range(9) if each != family.usb[0].at]
    half = candidates(ports(family, others), [family])
    assert half, "asked where no modem has been"
    assert own.among(half, 1.0) == ()
    assert own.among(half, 1.0 + STAND_IN_S) == half
    whole = candidates(ports(family, list(range(9))), [family])
    assert [each.device for each in own.among(whole, 2.0)] == [device]


def test_a_port_that_was_named_and_is_not_there_is_no_other_modem() -> None:
    family = profile()
    if not family.usb:
        pytest.skip("this family has no place on USB")
    path, usb = "/dev/serial/by-id/ours", ports(family, list(range(9)))
    real = f"/dev/ttyUSB{family.usb[0].at}"
    own = OwnModem()
    there = named(path, real, None, usb, [family])
    own.took_calls(there, (there,))
    gone = named(path, path, None, [], [family])
    assert own.among((gone,), 1.0) == (gone,)
    assert own.among((there,), 2.0) == (there,)
