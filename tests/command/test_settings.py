"""`veilleur.toml`: every fault is one line; the command line has the last word."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from firmware.command.settings import (
    DEFAULT_LISTEN,
    PROFILES,
    Settings,
    SettingsFault,
    host_and_port,
    load_profile,
    profile_names,
    read_settings,
)
from firmware.command.settings_sections import PINS
from firmware.command.system_wish import RESTART, RUNTIME, restart_computer
from firmware.recovery.hooks import RescueHooks
from firmware.shell.gpio import Pins
from tests.command.conftest import Run


def write(data: Path, text: str, mode: int = 0o600) -> Path:
    data.mkdir(exist_ok=True)
    path = data / "veilleur.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_all_of_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'port = "/dev/modem"\nprofile = "generic"\npin = "1234"\nlisten = "0.0.0.0:80"\n',
    )
    found = read_settings(tmp_path)
    assert (found.port, found.profile, found.pin) == ("/dev/modem", "generic", "1234")
    assert found.listen == "0.0.0.0:80"
    assert found.pin_written != ""
    os.utime(path, ns=(1, 1))  # written anew: the PIN in it may be tried once more
    assert read_settings(tmp_path).pin_written != found.pin_written


def test_recovery_and_clock(tmp_path: Path) -> None:
    text = '[recovery]\npower = ["uhubctl", "-a", "2"]\nusb = false\n[clock]\ntrust = "system"\n'
    write(tmp_path, text)
    found = read_settings(tmp_path)
    assert found.recovery == RescueHooks(power=("uhubctl", "-a", "2"), reboot=None, usb=False)
    assert found.clock_is_kept
    write(tmp_path, "")
    assert read_settings(tmp_path).recovery == RescueHooks()
    assert not read_settings(tmp_path).clock_is_kept


def test_the_computer_is_restarted_by_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[recovery]\nreboot = true\n")
    found = read_settings(tmp_path).recovery
    assert found == RescueHooks(reboot=restart_computer)
    monkeypatch.setenv(RUNTIME, str(tmp_path))
    restart_computer()
    assert (tmp_path / RESTART).exists()
    for runtime in ("", str(tmp_path / "gone")):   # not as a service; its folder is gone
        monkeypatch.setenv(RUNTIME, runtime)
        with pytest.raises(OSError, match="only the packaged service"):
            restart_computer()
    write(tmp_path, "[recovery]\nreboot = false\n")
    assert read_settings(tmp_path).recovery == RescueHooks()


def test_the_pins(tmp_path: Path) -> None:
    text = '[gpio]\ngreen = 17\nrelay = 25\nactive_low = ["relay"]\n[recovery]\npower = "usb"\n'
    write(tmp_path, text)
    found = read_settings(tmp_path)
    assert found.pins == Pins(green=17, relay=25, active_low=frozenset({"relay"}))
    assert found.recovery == RescueHooks(port_power=True)
    assert found.recovery.cuts_power
    assert not Pins().any


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("green = 3", "gpio.green: a BCM number from 4 to 27 is expected, not 3"),
        ("green = 28", "gpio.green: a BCM number"),
        ("green = true", "gpio.green: a BCM number"),
        ('red = "17"', "gpio.red: a BCM number"),
        ("green = 17\nred = 17", "gpio.red: pin 17 is gpio.green's already"),
        ("yellow = 17", "gpio.yellow: no such setting; there are green, amber"),
        ('active_low = ["relay"]', "gpio.active_low: relay has no pin"),
        ('button = 5\nactive_low = ["button"]', "gpio.active_low: a list of names"),
        ("active_low = true", "gpio.active_low: a list of names"),
    ],
)
def test_a_pin_that_cannot_be_is_named(tmp_path: Path, lines: str, said: str) -> None:
    write(tmp_path, f"[gpio]\n{lines}\n")
    with pytest.raises(SettingsFault, match=re.escape(said)):
        read_settings(tmp_path)


def test_the_drawing_wires_the_pins_of_the_example(tmp_path: Path) -> None:
    case, drawing = (PROFILES.parent / name for name in ("case.md", "wiring.svg"))
    example = case.read_text().partition("```toml\n")[2].partition("```")[0]
    write(tmp_path, example)
    pins = read_settings(tmp_path).pins
    used = {getattr(pins, name) for name in PINS}
    drawn = {int(number) for number in re.findall(r">GPIO (\d+)<", drawing.read_text())}
    assert drawn == used
    assert None not in used


def test_none_of_it(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert Settings().listen == DEFAULT_LISTEN
    write(tmp_path, "# nothing here\n", 0o644)
    assert read_settings(tmp_path).pin is None


def test_who_may_read_the_figures(tmp_path: Path) -> None:
    write(tmp_path, 'metrics_token = "0123456789abcdef"\nmetrics_from = "10.0.0.0/8, ::1"\n')
    found = read_settings(tmp_path)
    assert (found.metrics_token, found.metrics_from) == ("0123456789abcdef", ("10.0.0.0/8", "::1"))


FAULTS = [
    ('metrics_token = "short"', "metrics_token: 16 characters or more"),
    ('metrics_token = "a token with blanks in it"', "metrics_token: 16 characters or more"),
    ('metrics_from = "10.0.0.0/8, here"', "metrics_from: 'here' does not appear to be"),
    ('pni = "1234"', "pni: no such setting; there are port, audio, profile, pin, listen"),
    ("pin = 1234", "pin: text in quotes is expected"),
    ("recovery = 1", "recovery: a table is expected: [recovery]"),
    ("[recovery]\nrelay = 1", "recovery.relay: no such setting; there are power, reboot, usb"),
    ('[recovery]\npower = "uhubctl -a 2"', "recovery.power: a program and its arguments"),
    ("[recovery]\nreboot = []", "recovery.reboot: a program and its arguments"),
    ('[recovery]\nreboot = ["a", 1]', "recovery.reboot: a program and its arguments"),
    ('[recovery]\nreboot = ["a\\u0000"]', "recovery.reboot: a program and its arguments"),
    ("[recovery]\nusb = 0", "recovery.usb: true or false is expected"),
    ('[clock]\ntrust = "me"', 'clock.trust: "auto" or "system" is expected'),
    ("[clock]\ntrust = true", 'clock.trust: "auto" or "system" is expected'),
    ('pin = "12"', "pin: 4 to 8 digits are expected"),
    ('pin = "123456789"', "pin: 4 to 8 digits are expected"),
    ('pin = "١٢٣٤"', "pin: 4 to 8 digits are expected"),
    ('pin = "1234\\n"', "pin: 4 to 8 digits are expected"),
    ('pin = "12\\r34"', "pin: 4 to 8 digits are expected"),
    ("port = [", "Invalid value"),
    ('port = "a"\nport = "b"', "Cannot overwrite"),
    ("x = " + "[" * 100_000, "recursion"),
]


@pytest.mark.parametrize(("text", "why"), FAULTS)
@pytest.mark.parametrize("command", ["run", "web"])
def test_a_fault_is_one_line(
    run: Run, tmp_path: Path, command: str, text: str, why: str
) -> None:
    path = write(tmp_path / "data", text)
    fault = run(command, "--data", tmp_path / "data").fault
    assert fault.startswith(f"veilleur: {path}: ")
    assert why in fault
    assert "1234" not in fault.replace("pni", "") or "such setting" in fault
    assert [each.name for each in path.parent.iterdir()] == ["veilleur.toml"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_pin_that_others_may_read_is_refused(run: Run, tmp_path: Path, mode: int) -> None:
    path = write(tmp_path / "data", 'pin = "1234"', mode)
    fault = run("run", "--data", tmp_path / "data").fault
    assert fault == f"veilleur: {path}: holds the PIN and is open to others; chmod 600 {path}"


def test_not_text_and_not_a_file(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "data", "")
    path.write_bytes(b'port = "\xff"')
    assert run("run", "--data", path.parent).fault == f"veilleur: {path}: not UTF-8 text"
    path.unlink()
    path.mkdir()
    fault = run("web", "--data", path.parent).fault
    assert fault == f"veilleur: {path}: cannot be read: Is a directory"


def test_a_byte_order_mark_is_welcome(tmp_path: Path) -> None:
    write(tmp_path, '\ufeffport = "/dev/modem"')
    assert read_settings(tmp_path).port == "/dev/modem"


def test_the_command_line_has_the_last_word(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data, 'port = "/dev/one"\nprofile = "nokia"\nlisten = "nowhere"\n')
    assert "'nokia'" in run("run", "--data", data).fault
    fault = run("run", "--data", data, "--profile", "ericsson").fault
    assert fault.startswith("veilleur: profile: there is no 'ericsson'; there are generic, ")
    assert "'nowhere'" in run("web", "--data", data).fault
    assert "'here'" in run("web", "--data", data, "--listen", "here").fault
    write(data, 'port = "/dev/one"\n')
    ended = run("run", "--data", data, "--profile", "generic", "--port", tmp_path / "two")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1].startswith(f"veilleur: {tmp_path / 'two'}: no such port")


def test_every_profile_loads() -> None:
    assert len(profile_names()) >= 3
    for name in profile_names():
        assert load_profile(name).name == name
    for name in ("", "../profiles/generic", "generic.toml", "GENERIC"):
        with pytest.raises(SettingsFault, match="there is no"):
            load_profile(name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:80", ("::1", 80)),
        ("veilleur.local:0", ("veilleur.local", 0)),
    ],
)
def test_addresses(text: str, found: tuple[str, int]) -> None:
    assert host_and_port(text) == found


@pytest.mark.parametrize(
    "listen", ["", "8080", "here", "127.0.0.1:", "127.0.0.1:65536", ":80", "a:-1", "a:٨٠", "a:8 "]
)
@pytest.mark.parametrize("command", ["web", "demo"])
def test_no_address(run: Run, tmp_path: Path, command: str, listen: str) -> None:
    data = ["--data", str(tmp_path)] if command == "web" else []
    if command == "web" and not listen:
        return  # an empty one is none: the setting, or the default, is taken
    fault = run(command, *data, f"--listen={listen}").fault
    assert fault == f"veilleur: listen: HOST:PORT is expected, not {listen!r}"
    assert list(tmp_path.iterdir()) == []
