"""The udev rules, read by udev itself on made-up device trees of each modem.

`umockdev` gives `udevadm test` a /sys of our own; the rules lie in a /run/udev that only the test
sees (a mount namespace, so root is needed).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from hw.udev.make_rules import HERE, RULES, rules
from tests.udev.device_trees import USB, Modem, modems, port_path

BOX_RULES = HERE / "71-veilleur-box.rules"
STICK_RULES = HERE / "72-veilleur-stick.rules"

PROGRAMS = ("udevadm", "umockdev-run", "unshare")
PRIVATE_RULES = (
    "mount -t tmpfs none /run/udev && mkdir /run/udev/rules.d && cp {rules} /run/udev/rules.d/"
    " && exec umockdev-run --device {tree} -- udevadm test --action=add {path}"
)


@cache
def why_not() -> str:
    """Why udev cannot be asked here; empty where it can."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} is not there (apt-get install udev umockdev)"
    if os.geteuid() != 0:
        return "a mount namespace of one's own needs root"
    probe = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return "" if probe.returncode == 0 else "no mount namespace can be had here"


def ask_udev(folder: Path, modem: Modem, path: str) -> str:
    """All that udev says of one device of the modem."""
    return ask_udev_of(folder, modem.tree(), path, RULES)


def ask_udev_of(folder: Path, devices: str, path: str, rules: Path) -> str:
    if why_not():
        pytest.skip(why_not())
    tree = folder / "modem.umockdev"
    tree.write_text(devices)
    Path("/run/udev").mkdir(exist_ok=True)
    script = PRIVATE_RULES.format(rules=rules, tree=tree, path=path)
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def value(said: str, key: str) -> str | None:
    found = re.search(rf"^{key}=(.*)$", said, re.MULTILINE)
    return found[1] if found else None


def test_the_committed_rules_are_those_of_the_profiles() -> None:
    assert RULES.read_text(encoding="utf-8") == rules()


@pytest.mark.parametrize("modem", modems(), ids=lambda modem: modem.name)
def test_each_port_has_its_name_and_no_other(tmp_path: Path, modem: Modem) -> None:
    links = {number: link for link, number in modem.interfaces.items()}
    nameless = min(set(range(6)) - set(links))
    for number in (*links, nameless):
        said = ask_udev(tmp_path, modem, port_path(number))
        assert "70-veilleur.rules" in said or number not in links
        ours = [
            name for name in (value(said, "DEVLINKS") or "").split() if "/veilleur/" in name
        ]
        assert ours == ([f"/dev/veilleur/{links[number]}"] if number in links else [])
        assert value(said, "ID_MM_PORT_IGNORE") == "1"


@pytest.mark.parametrize("modem", modems(), ids=lambda modem: modem.name)
def test_the_modem_is_never_sent_to_sleep_nor_given_away(tmp_path: Path, modem: Modem) -> None:
    said = ask_udev(tmp_path, modem, f"/sys{USB}")
    assert re.search(r"70-veilleur\.rules:\d+ ATTR '\S+/power/control' writing 'on'", said)
    assert value(said, "ID_MM_DEVICE_IGNORE") == "1"


@pytest.mark.parametrize(
    ("modem", "is_ours"), [(modems()[0], True), (Modem("lan", "0bda", "8153", {}), False)],
    ids=["a modem's", "another"],
)  # fmt: skip
def test_nobody_sends_anything_over_a_modem_s_network_card(
    tmp_path: Path, modem: Modem, is_ours: bool
) -> None:
    tree = f"{modem.tree()}\n{modem.card()}"
    said = ask_udev_of(tmp_path, tree, f"/sys{USB}/1-1:1.6/net/usb0", RULES)
    assert (value(said, "NM_UNMANAGED") == "1") is is_ours


def test_another_adapter_is_left_alone(tmp_path: Path) -> None:
    adapter = Modem("cp2102", "10c4", "ea60", {})
    said = ask_udev(tmp_path, adapter, port_path(0))
    assert "/veilleur/" not in (value(said, "DEVLINKS") or "")
    assert value(said, "ID_MM_PORT_IGNORE") is None
    assert value(ask_udev(tmp_path, adapter, f"/sys{USB}"), "ID_MM_DEVICE_IGNORE") is None


HUB = (
    f"P: {USB}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n\n"
    f"P: {USB}/1-1:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER=hub\n"
    "A: bInterfaceClass=%s\\n\n"
)
CLOCK = (
    "P: /devices/i2c-1/1-0068/rtc/rtc0\nN: rtc0\nE: SUBSYSTEM=rtc\nE: DEVNAME=/dev/rtc0\n"
    "E: MAJOR=251\nE: MINOR=0\nA: name=rtc-ds1307 1-0068\\n\nA: hctosys=%s\\n\n"
)


@pytest.mark.parametrize(("kind", "is_given"), [("09", True), ("ff", False)])
def test_a_hub_s_ports_are_the_daemon_s_to_switch(
    tmp_path: Path, kind: str, is_given: bool
) -> None:
    said = ask_udev_of(tmp_path, HUB % kind, f"/sys{USB}/1-1:1.0", BOX_RULES)
    program = re.search(r"^run: '/bin/sh -c '(.*)''$", said, re.MULTILINE)
    assert (program is not None) is is_given
    if program is None:
        return
    assert f"/sys{USB}/1-1:1.0/*-port*/disable" in program[1]
    port = tmp_path / "1-1-port3"
    port.mkdir()
    (port / "disable").write_text("0")
    (tmp_path / "1-1-port4").mkdir()   # this one cannot be switched
    script = program[1].replace(f"/sys{USB}/1-1:1.0", str(tmp_path)).replace("veilleur", "root")
    subprocess.run(["/bin/sh", "-c", script], check=True)
    assert (port / "disable").stat().st_mode & 0o777 == 0o660


@pytest.mark.parametrize(("set_by_kernel", "late"), [("0", True), ("1", False)])
def test_a_clock_that_came_too_late_for_the_kernel_sets_the_time(
    tmp_path: Path, set_by_kernel: str, late: bool
) -> None:
    said = ask_udev_of(tmp_path, CLOCK % set_by_kernel, "/sys/devices/i2c-1/1-0068/rtc/rtc0",
                       BOX_RULES)  # fmt: skip
    assert ("SYSTEMD_WANTS=veilleur-battery-clock.service" in said) is late
    # Whatever udev itself runs may not set a clock (systemd-udevd.service, CapabilityBoundingSet=)
    assert not re.search(r"^run: '.*(hwclock --hctosys|date)", said, re.MULTILINE)


def test_the_pins_are_the_group_s(tmp_path: Path) -> None:
    chip = (
        "P: /devices/platform/gpio/gpiochip0\nN: gpiochip0\nE: SUBSYSTEM=gpio\n"
        "E: DEVNAME=/dev/gpiochip0\nE: MAJOR=254\nE: MINOR=0\n"
    )
    said = ask_udev_of(tmp_path, chip, "/sys/devices/platform/gpio/gpiochip0", BOX_RULES)
    assert re.search(r"71-veilleur-box\.rules:\d+ (MODE 0660|GROUP \d+)|Unknown group 'gpio'", said)


STICK = (
    "P: /devices/pci0000:00/usb1/1-2/block/sda/sda1\nN: sda1\nE: SUBSYSTEM=block\n"
    "E: DEVTYPE=partition\nE: DEVNAME=/dev/sda1\nE: MAJOR=8\nE: MINOR=1\n"
    "E: ID_BUS=%s\nE: ID_FS_LABEL=%s\nE: ID_FS_TYPE=%s\n"
)


@pytest.mark.parametrize(
    ("bus", "label", "kind", "is_ours"),
    [
        ("usb", "VEILLEUR", "vfat", True), ("usb", "VEILLEUR", "ext4", True),
        ("usb", "PHOTOS", "vfat", False), ("usb", "VEILLEUR", "ntfs", False),
        ("ata", "VEILLEUR", "ext4", False),
    ],
)  # fmt: skip
def test_a_stick_of_that_name_starts_its_service(
    tmp_path: Path, bus: str, label: str, kind: str, is_ours: bool
) -> None:
    path = "/sys/devices/pci0000:00/usb1/1-2/block/sda/sda1"
    said = ask_udev_of(tmp_path, STICK % (bus, label, kind), path, STICK_RULES)
    assert ("SYSTEMD_WANTS=veilleur-stick.service" in said) is is_ours
