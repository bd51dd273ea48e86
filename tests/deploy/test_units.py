"""The systemd units: they parse, they are shut in, and they do what the appliance needs."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.package.build import UNITS as SHIPPED
from firmware.command.housekeeping import NIGHT_DONE
from firmware.command.system_wish import POWER_OFF, RESTART, RUNTIME, SETUP_CODE, TIME
from firmware.command.time_sources import MARKS
from firmware.shell.voice.urgent import PRIORITY
from firmware.update.places import Places
from firmware.update.sticks import MOUNT_POINT

UNITS = Path(__file__).parents[2] / "deploy/systemd"
IMAGE = UNITS.parent / "image/layer/veilleur.rootfs-overlay"
# Of 10, systemd's own count
EXPOSURE_MAX = {
    "veilleur.service": 1.0, "veilleur-web.service": 1.5, "veilleur-clock.service": 1.5,
    "veilleur-console.service": 1.5,
}  # fmt: skip



def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNITS / name)
    return parser


def exposure(name: str) -> float:
    """Of 10, as systemd reckons it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there (apt-get install systemd)")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", UNITS / name],
        capture_output=True,
        text=True,
        check=True,
    )
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert level is not None, done.stdout
    return float(level[1])


def test_systemd_understands_every_line_of_every_unit() -> None:
    """What systemd does not know it leaves out, with a word in the journal that nobody reads. The
    image's own unit and what it adds to ours are looked at, too."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there (apt-get install systemd)")
    assert sorted(SHIPPED) == sorted(path.name for path in UNITS.glob("veilleur*.*"))
    folders = (IMAGE / "etc/systemd/system", IMAGE / "usr/lib/systemd/system", UNITS)
    images = [path.name for path in folders[1].iterdir()]
    assert images
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *SHIPPED, *images],
        env=os.environ | {"SYSTEMD_UNIT_PATH": ":".join(map(str, folders)) + ":"},
        capture_output=True,
        text=True,
        check=False,
    )
    # The programs are not installed here
    absent = re.compile(
        r"\S+: Command /usr/(bin/veilleur|lib/veilleur-image/\S+) is not executable: .*"
    )
    assert [line for line in done.stderr.splitlines() if not absent.fullmatch(line)] == []


@pytest.mark.parametrize("name", EXPOSURE_MAX)
def test_it_is_shut_in(name: str) -> None:
    assert exposure(name) <= EXPOSURE_MAX[name]


@pytest.mark.parametrize("name", ["veilleur.service", "veilleur-web.service"])
def test_it_never_gives_up(name: str) -> None:
    """A service that systemd has given up on is a silent box."""
    found = unit(name)
    assert found["Unit"]["StartLimitIntervalSec"] == "0"
    assert found["Service"]["Restart"] == "always"
    assert found["Service"]["RestartSec"] == "2"
    # A repair of a year's rows takes 8 s here, and a Pi Zero ten times that without its card
    assert found["Service"].get("TimeoutStartSec", "30min") == "30min"


def test_sound_may_be_real_time_and_nothing_else_is_raised() -> None:
    """`firmware/shell/voice/urgent.py` asks for it; nobody else may raise anything."""
    found = unit("veilleur.service")["Service"]
    assert found["LimitRTPRIO"] == str(PRIORITY)
    assert "RestrictRealtime" not in found
    filters = re.findall(r"^SystemCallFilter=(.*)$", (UNITS / "veilleur.service").read_text(), re.M)
    assert filters == ["@system-service", "~@privileged @resources",
                       "sched_setscheduler setpriority ioprio_set"]


def test_the_page_waits_for_nobody() -> None:
    """It must be there to say that the daemon, or the modem, is not."""
    found = unit("veilleur-web.service")["Unit"]
    assert not {"Requires", "BindsTo", "PartOf"} & set(found)
    assert "veilleur.service" not in found["After"]


def test_neither_waits_for_a_network() -> None:
    for name in EXPOSURE_MAX:
        assert "network-online" not in (UNITS / name).read_text()


def test_two_users_of_one_group_share_the_data_alone() -> None:
    daemon, page = unit("veilleur.service")["Service"], unit("veilleur-web.service")["Service"]
    assert daemon["User"] != page["User"]
    assert daemon["Group"] == page["Group"] == "veilleur"
    assert daemon["UMask"] == page["UMask"] == "0007"
    assert daemon["PrivateNetwork"] == "yes"
    assert page["PrivateDevices"] == "yes"
    assert "StateDirectory" not in page  # systemd would give the directory to the page's user


def test_the_clock_s_mark_is_where_the_daemon_looks_and_no_boot_waits_for_it() -> None:
    service = unit("veilleur-clock.service")["Service"]
    mark = Path("/run") / service["RuntimeDirectory"] / "synchronised"
    assert mark in MARKS
    assert f'"$RUNTIME_DIRECTORY/{mark.name}"' in service["ExecStart"]
    assert service["Type"] == "exec"
    assert service["RuntimeDirectoryPreserve"] == "yes"   # systemd would take it away at the end
    # A dynamic user's folder lies under /run/private, mode 0700: nobody else may look
    assert "DynamicUser" not in service
    assert service["User"] == unit("veilleur.service")["Service"]["User"]


@pytest.mark.parametrize(("says", "asked"), [("1790000000", ["--utc", "--set=@1790000000"]),
                                             (None, [])])  # fmt: skip
def test_the_battery_s_clock_sets_the_time_or_nothing_does(
    tmp_path: Path, says: str | None, asked: list[str]
) -> None:
    """The very line, with a clock that can be read or (it stood still) refuses to be; `date` writes
    down what it was asked."""
    line = unit("veilleur-battery-clock.service")["Service"]["ExecStart"]
    found = re.fullmatch(r"/bin/sh -c '(.*)'", line)
    assert found is not None
    clock, date = tmp_path / "since_epoch", tmp_path / "date"
    if says is not None:
        clock.write_text(f"{says}\n")
    date.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    date.chmod(0o755)
    script = found[1].replace("$$", "$").replace("/sys/class/rtc/rtc0/since_epoch", str(clock))
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == asked
    assert (done.returncode == 0) is (says is not None)


def shown_by(text: str | None, folder: Path) -> str | None:
    """What the console shows after the daemon has written this; None: no such file."""
    asked, issue = folder / "setup-code", folder / "issue"
    if text is not None:
        asked.write_text(text)
    subprocess.run(["/bin/sh", UNITS / "show-setup-code", asked, issue], check=True)
    return issue.read_text() if issue.exists() else None


def test_the_console_shows_a_code_and_nothing_that_is_none(tmp_path: Path) -> None:
    first = shown_by("7K2M-94QX\n", tmp_path)
    assert first is not None
    assert "7K2M-94QX" in first
    assert re.search(r"\\(?!4)", first) is None   # agetty obeys backslashes
    for text in ("\n", "7K2M-94QX\\e{red}\n", "x" * 10**5, "7K2M-94Q\n", "\0\xff\n"):
        shown_by("7K2M-94QX\n", tmp_path)
        assert shown_by(text, tmp_path) is None, text
    (tmp_path / "setup-code").unlink()
    assert shown_by(None, tmp_path) is None


def test_what_the_daemon_asks_of_systemd_is_where_systemd_looks() -> None:
    folder = Path("/run") / unit("veilleur.service")["Service"]["RuntimeDirectory"]
    assert unit("veilleur-console.path")["Path"]["PathChanged"] == str(folder / SETUP_CODE)
    for name, word in (("veilleur-off", POWER_OFF), ("veilleur-restart", RESTART)):
        assert unit(f"{name}.path")["Path"]["PathExists"] == str(folder / word)
        service = unit(f"{name}.service")["Service"]
        assert service["ExecStartPre"].endswith(f" {folder / word}")   # before: else for ever
    assert unit("veilleur-set-clock.path")["Path"]["PathChanged"] == str(folder / TIME)
    assert unit("veilleur-set-clock.service")["Service"]["ExecStart"].endswith(f" {folder / TIME}")
    assert f"{RUNTIME}={folder}" in unit("veilleur.service")["Service"]["Environment"]
    shows = unit("veilleur-console.service")["Service"]["ExecStart"]
    assert f"{folder / SETUP_CODE} /run/veilleur-console/issue" in shows


def test_the_pins_are_the_daemon_s_alone_and_its_pipe_has_a_place() -> None:
    daemon = unit("veilleur.service")["Service"]
    assert "char-gpiochip rw" in (UNITS / "veilleur.service").read_text()
    assert daemon["WorkingDirectory"] == "/run/veilleur"   # lgpio's
    assert "gpio" in daemon["SupplementaryGroups"].split()
    assert "gpio" not in (UNITS / "veilleur-web.service").read_text()


def test_a_modem_that_comes_after_the_start_is_allowed_too() -> None:
    """systemd asks the kernel for the number of a kind of device once, at the start; a kind whose
    driver is not loaded by then has none, and stays forbidden."""
    drivers = {"char-ttyUSB": "usbserial", "char-ttyACM": "cdc_acm", "char-alsa": "snd"}
    built_in = {"char-gpiochip"}   # gpiolib is no module
    text = (UNITS / "veilleur.service").read_text()
    kinds = re.findall(r"^DeviceAllow=(char-\S+)", text, re.MULTILINE)
    assert set(kinds) == set(drivers) | built_in
    started = unit("veilleur.service")["Unit"]
    for driver in drivers.values():
        for order in ("Wants", "After"):
            assert f"modprobe@{driver}.service" in started[order].split()


def test_a_hung_daemon_is_ended() -> None:
    daemon = unit("veilleur.service")["Service"]
    assert daemon["Type"] == "notify"
    assert 30 <= int(daemon["WatchdogSec"]) <= 120


def test_a_hung_kernel_is_ended_by_the_hardware() -> None:
    manager = unit("watchdog.conf")["Manager"]
    assert 0 < int(manager["RuntimeWatchdogSec"]) < 15   # a Pi's chip counts no further


# Root's own units: to install and to mount takes rights; what they may beyond is bounded
ROOT_EXPOSURE_MAX = {
    "veilleur-update.service": 3.5, "veilleur-update-boot.service": 3.5,
    "veilleur-stick.service": 2.5, "veilleur-stick-night.service": 2.5,
    "veilleur-set-clock.service": 2.0, "veilleur-battery-clock.service": 2.0,
}  # fmt: skip


@pytest.mark.parametrize("name", ROOT_EXPOSURE_MAX)
def test_root_may_no_more_than_it_needs(name: str) -> None:
    assert exposure(name) <= ROOT_EXPOSURE_MAX[name]
    service = unit(name)["Service"]
    assert service["NoNewPrivileges"] == "yes"
    assert service["IPAddressDeny"] == "any"
    # A service of systemd's that fails for good would leave the next stick unread
    assert unit(name)["Unit"].get("StartLimitIntervalSec", "0") == "0"


def test_an_update_is_settled_before_anything_starts_and_by_its_own_guide() -> None:
    boot = (UNITS / "veilleur-update-boot.service").read_text()
    assert "Before=veilleur.service veilleur-web.service" in boot
    where = Places()
    assert f"ConditionPathExists={where.state}" in boot
    assert f"ExecStart=-/usr/bin/python3 -I {where.updater} settle" in boot
    goes_on = unit("veilleur-update.service")["Service"]["ExecStart"]
    assert f"-e {where.state} " in goes_on
    assert f"{where.updater} go-on" in goes_on
    assert unit("veilleur-update.path")["Path"]["PathExists"] == str(where.incoming)
    assert f"-{where.incoming.parent}" in unit("veilleur-web.service")["Service"]["ReadWritePaths"]


def test_the_night_s_backup_wakes_the_stick_s() -> None:
    folder = Path("/run") / unit("veilleur.service")["Service"]["RuntimeDirectory"]
    assert unit("veilleur-stick-night.path")["Path"]["PathChanged"] == str(folder / NIGHT_DONE)
    stick = unit("veilleur-stick.service")["Service"]
    assert Path("/run") / stick["RuntimeDirectory"] == MOUNT_POINT
    assert stick["PrivateMounts"] == "yes"   # what is mounted is seen by nobody else
