"""What touches the machine: the USB bus on a made-up sysfs, and commands."""

from __future__ import annotations

import errno
import os
import queue
import sys
import threading
from pathlib import Path

import pytest

from firmware.recovery.hooks import RescueHooks
from firmware.recovery.rungs import Rung
from firmware.shell.rescuer import Rescuer
from firmware.shell.usb_bus import BIND_TRIES, cut_port, give_back, rebind
from tests.patience import WITHIN_S
from tests.shell.made_up_bus import DEVICE, made_up_bus, until_told


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    return made_up_bus(tmp_path)


def test_a_device_is_let_go_and_taken_again(sysfs: Path) -> None:
    driver = sysfs / "bus/usb/drivers/usb"
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        assert (driver / "unbind").read_text() == DEVICE
        assert not (driver / "bind").exists()

    rebind(DEVICE, sysfs, wait)
    assert (driver / "bind").read_text() == DEVICE
    assert len(waits) == 1


def test_a_device_that_does_not_come_back_at_once_is_offered_again(sysfs: Path) -> None:
    driver = sysfs / "bus/usb/drivers/usb"
    (driver / "bind").mkdir()      # cannot be written
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            (driver / "bind").rmdir()

    rebind(DEVICE, sysfs, wait)
    assert (driver / "bind").read_text() == DEVICE
    (driver / "bind").unlink()
    (driver / "bind").mkdir()
    waits[:] = [0.0, 0.0]
    with pytest.raises(OSError, match="directory"):
        rebind(DEVICE, sysfs, waits.append)
    assert len(waits) == 2 + BIND_TRIES


def test_a_device_that_nobody_drives_any_more_is_offered_all_the_same(
    sysfs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bind that failed must not be the last: the kernel knows nothing to let go of then."""
    real = Path.write_text

    def kernel(self: Path, text: str) -> int:
        if self.name == "unbind":
            raise OSError(errno.ENODEV, "No such device")
        return real(self, text)

    monkeypatch.setattr(Path, "write_text", kernel)
    rebind(DEVICE, sysfs, lambda seconds: None)
    assert (sysfs / "bus/usb/drivers/usb/bind").read_text() == DEVICE


@pytest.mark.parametrize("name", ["", "usb1", "1-1:1.2", "../../x", "1-1\n1-2", "ttyUSB2"])
def test_only_a_device_of_the_bus_is_written(sysfs: Path, name: str) -> None:
    with pytest.raises(OSError, match="not a device"):
        rebind(name, sysfs, lambda seconds: None)
    assert list((sysfs / "bus/usb/drivers/usb").iterdir()) == []


def test_without_the_right_to_it_nothing_is_let_go(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rebind(DEVICE, tmp_path / "none", lambda seconds: None)


# The power of a port


def port(sysfs: Path, name: str) -> Path:
    """A port of a hub that can switch it, as Linux 6 shows it; still off, so that a test sees it
    switched on."""
    folder = sysfs / "bus/usb/devices" / name
    folder.mkdir(parents=True)
    (folder / "disable").write_text("?")
    return folder / "disable"


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ("1-1.3", "1-1:1.0/1-1-port3"),
        ("3-1.4.2", "3-1.4:1.0/3-1.4-port2"),
        ("2-4", "2-0:1.0/usb2-port4"),
    ],
)
def test_a_port_loses_its_power_and_gets_it_back(sysfs: Path, device: str, name: str) -> None:
    switch = port(sysfs, name)
    other = port(sysfs, "4-1:1.0/4-1-port3")   # the same socket on the USB 3 bus
    (switch.parent / "peer").symlink_to(other.parent)
    seen: list[str] = []
    cut_port(device, sysfs, lambda s: seen.extend((switch.read_text(), other.read_text())))
    assert seen == ["1", "1"]
    assert (switch.read_text(), other.read_text()) == ("0", "0")


def test_a_port_that_cannot_be_switched_is_told_and_none_is_left_off(sysfs: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cut_port(DEVICE, sysfs, lambda seconds: None)
    switch = port(sysfs, "1-1:1.0/1-1-port3")
    (switch.parent / "peer").mkdir()
    (switch.parent / "peer/disable").mkdir()   # cannot be written
    with pytest.raises(OSError, match="directory"):
        cut_port(DEVICE, sysfs, lambda seconds: None)
    assert switch.read_text() == "0"
    with pytest.raises(OSError, match="not a device"):
        cut_port("usb1", sysfs, lambda seconds: None)


# A program that is ended in the middle


def test_the_device_is_noted_for_as_long_as_it_lacks_something(
    sysfs: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    port(sysfs, "1-1:1.0/1-1-port3")
    noted: list[str] = []
    rebind(DEVICE, sysfs, lambda seconds: noted.append(mark.read_text()), mark)
    assert (noted, mark.exists()) == ([DEVICE], False)
    cut_port(DEVICE, sysfs, lambda seconds: noted.append(mark.read_text()), mark)
    assert (noted, mark.exists()) == ([DEVICE, DEVICE], False)


def test_the_next_program_gives_back_what_was_taken(sysfs: Path, tmp_path: Path) -> None:
    """It looks for a modem on the bus, and this one is on none."""
    mark, bind = tmp_path / "mark", sysfs / "bus/usb/drivers/usb/bind"
    switch = port(sysfs, "1-1:1.0/1-1-port3")

    def killed(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebind(DEVICE, sysfs, killed, mark)
    switch.write_text("1")   # as a kill leaves it, which ends no `finally`
    os.mkfifo(bind)
    Rescuer(RescueHooks(sysfs=sysfs, mark=mark), lambda rung, why: None)
    assert bind.read_text() == DEVICE
    for thread in threading.enumerate():
        if thread.name == "give back":
            thread.join(WITHIN_S)
    assert (switch.read_text(), mark.exists()) == ("0", False)


def test_what_is_not_taken_now_is_the_next_program_s_to_give_back(
    sysfs: Path, tmp_path: Path
) -> None:
    mark, bind = tmp_path / "mark", sysfs / "bus/usb/drivers/usb/bind"
    port(sysfs, "1-1:1.0/1-1-port3")
    mark.write_text(DEVICE)
    bind.mkdir()   # cannot be written
    waits: list[float] = []
    give_back(mark, sysfs, waits.append)
    assert (mark.read_text(), len(waits)) == (DEVICE, BIND_TRIES)
    bind.rmdir()
    give_back(mark, sysfs, waits.append)
    assert (mark.exists(), bind.read_text()) == (False, DEVICE)


def test_a_device_that_is_driven_is_left_alone(sysfs: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    port(sysfs, "1-1:1.0/1-1-port3")
    mark.write_text(DEVICE)
    (sysfs / "bus/usb/devices" / DEVICE / "driver").mkdir(parents=True)
    give_back(mark, sysfs, lambda seconds: None)
    assert not mark.exists()
    assert not (sysfs / "bus/usb/drivers/usb/bind").exists()


@pytest.mark.parametrize("left", ["", "../../x", "1-1.3\n"])
def test_a_note_that_names_no_device_writes_nowhere(
    sysfs: Path, tmp_path: Path, left: str
) -> None:
    (tmp_path / "mark").write_text(left)
    give_back(tmp_path / "mark", sysfs)
    assert list((sysfs / "bus/usb/drivers/usb").iterdir()) == []


# Commands


def rescued(hooks: RescueHooks, rung: Rung, device: str | None = None) -> str | None:
    done: queue.Queue[tuple[Rung, str | None]] = queue.Queue()
    rescuer = Rescuer(hooks, lambda rung, why: done.put((rung, why)))
    assert rescuer.fault(rung, device) is None
    rescuer.start(rung, device)
    said, why = done.get(timeout=WITHIN_S)
    assert said is rung
    return why


def test_a_command_cuts_the_power(tmp_path: Path) -> None:
    mark = tmp_path / "cut"
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", str(mark))
    assert rescued(RescueHooks(power=command), Rung.CUT_POWER) is None
    assert mark.exists()


def test_the_relay_comes_before_a_command_and_a_command_before_the_port(tmp_path: Path) -> None:
    mark, cut = tmp_path / "cut", queue.SimpleQueue[str]()
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", str(mark))
    hooks = RescueHooks(power=command, port_power=True, relay=lambda: cut.put("relay"))
    assert rescued(hooks, Rung.CUT_POWER) is None
    assert (cut.get(timeout=WITHIN_S), mark.exists()) == ("relay", False)
    assert rescued(RescueHooks(power=command, port_power=True), Rung.CUT_POWER) is None
    assert mark.exists()
    by_port = RescueHooks(port_power=True, sysfs=tmp_path)
    assert "No such file" in (rescued(by_port, Rung.CUT_POWER, DEVICE) or "")


def test_the_system_restarts_the_computer_or_says_why_not() -> None:
    asked = queue.SimpleQueue[str]()
    assert rescued(RescueHooks(reboot=lambda: asked.put("restart")), Rung.REBOOT) is None
    assert asked.get(timeout=WITHIN_S) == "restart"

    def nobody() -> None:
        raise OSError("nobody can be asked")

    assert rescued(RescueHooks(reboot=nobody), Rung.REBOOT) == "nobody can be asked"


def test_what_a_command_says_of_itself_is_told() -> None:
    failing = (sys.executable, "-c", "raise SystemExit(3)")
    assert "status 3" in (rescued(RescueHooks(reboot=failing), Rung.REBOOT) or "")
    missing = RescueHooks(power=("/nonexistent/relay",))
    assert "No such file" in (rescued(missing, Rung.CUT_POWER) or "")


def test_the_bus_fails_in_words(tmp_path: Path) -> None:
    why = rescued(RescueHooks(sysfs=tmp_path), Rung.REBIND_USB, DEVICE)
    assert "No such file" in (why or "")


@pytest.mark.parametrize(
    ("hooks", "rung", "device", "why"),
    [
        (RescueHooks(), Rung.CUT_POWER, DEVICE, "no command"),
        (RescueHooks(), Rung.REBOOT, None, "no command"),
        (RescueHooks(), Rung.REBIND_USB, None, "not known"),
        (RescueHooks(usb=False), Rung.REBIND_USB, DEVICE, "switched off"),
        (RescueHooks(port_power=True), Rung.CUT_POWER, None, "not known"),
    ],
)
def test_what_cannot_be_tried(
    hooks: RescueHooks, rung: Rung, device: str | None, why: str
) -> None:
    rescuer = Rescuer(hooks, lambda rung, why: None)
    assert why in (rescuer.fault(rung, device) or "")
    assert not rescuer.busy


def test_one_at_a_time(tmp_path: Path) -> None:
    done: queue.Queue[str | None] = queue.Queue()
    hooks = RescueHooks(power=until_told(tmp_path / "relay"))
    rescuer = Rescuer(hooks, lambda rung, why: done.put(why))
    rescuer.start(Rung.CUT_POWER, None)
    assert "hangs" in (rescuer.fault(Rung.CUT_POWER, None) or "")
    (tmp_path / "relay").write_text("")
    assert done.get(timeout=WITHIN_S) is None
    assert rescuer.fault(Rung.CUT_POWER, None) is None


def test_one_that_hangs_keeps_nobody_from_restarting_the_computer(tmp_path: Path) -> None:
    done: queue.Queue[Rung] = queue.Queue()
    hooks = RescueHooks(power=until_told(tmp_path / "relay"), reboot=lambda: None)
    rescuer = Rescuer(hooks, lambda rung, why: done.put(rung))
    rescuer.start(Rung.CUT_POWER, None)
    assert rescuer.fault(Rung.REBOOT, None) is None
    rescuer.start(Rung.REBOOT, None)
    assert done.get(timeout=WITHIN_S) is Rung.REBOOT
    (tmp_path / "relay").write_text("")
    assert done.get(timeout=WITHIN_S) is Rung.CUT_POWER
    assert not rescuer.busy
