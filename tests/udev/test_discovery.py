"""The daemon's port, found by pyserial and our own rules in a made-up sysfs (umockdev): each family
beside a second modem and a foreign adapter, whose ports come first by name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hw.udev.make_rules import LINKS
from tests.udev.device_trees import Modem, modems

ADAPTER = Modem("ft232", "0403", "6001", {}, place="1-4", first=0)
ASK = """
import json
from firmware.command.ports import attached_ports
from firmware.command.settings import load_profile, profile_names
from firmware.line.usb_port import candidates
profiles = [load_profile(name) for name in profile_names() if name != "generic"]
print(json.dumps([[port.device, port.usb] for port in candidates(attached_ports(), profiles)]))
"""


def found_in(folder: Path, *devices: Modem) -> list[list[str]]:
    """The candidates, in their order: the port and its place on the bus."""
    if shutil.which("umockdev-run") is None:
        pytest.skip("umockdev-run is not there (apt-get install umockdev)")
    tree = folder / "bus.umockdev"
    tree.write_text("\n".join(device.tree() for device in devices))
    done = subprocess.run(
        ["umockdev-run", "--device", tree, "--", sys.executable, "-c", ASK],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def at_port(modem: Modem) -> str:
    return f"/dev/ttyUSB{modem.first + modem.interfaces[LINKS['at']]}"


@pytest.mark.parametrize("modem", modems(), ids=lambda modem: modem.name)
def test_each_modem_is_found_beside_another_and_a_foreign_adapter(
    tmp_path: Path, modem: Modem
) -> None:
    near = replace(modem, place="1-2", first=12)
    far = replace(modems()[-1], place="1-3", first=6)
    assert found_in(tmp_path, ADAPTER, far, near) == [
        [at_port(near), near.place],
        [at_port(far), far.place],
    ]


def test_adapters_alone_are_asked_one_by_one(tmp_path: Path) -> None:
    found = found_in(tmp_path, ADAPTER)
    assert {device for device, _ in found} == {f"/dev/ttyUSB{number}" for number in range(6)}
