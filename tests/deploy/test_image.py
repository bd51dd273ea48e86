"""The recipe of the image: its layers, its files and its scripts, as far as no Pi is needed.

The form of a layer is rpi-image-gen's (docs/layer/index.adoc); that the file system really starts
is for `make test-vm` and `make test-image`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.package.build import CONTROL, project_version
from firmware.update.places import Places
from tests.vm import root as vm

IMAGE = Path(__file__).parents[2] / "deploy/image"
LAYERS = (IMAGE / "layer/veilleur.yaml", IMAGE / "image/veilleur-disk.yaml")
OVERLAY = vm.OVERLAY
TMPFILES = IMAGE.parent / "package/tmpfiles.conf"
DAEMON = IMAGE.parent / "systemd/veilleur.service"
ATTRIBUTES = {"Name", "Category", "Version", "Desc", "Requires", "Provides"}
VARIABLE_ATTRIBUTES = {"Desc", "Required", "Valid", "Set"}
# What the config names that is rpi-image-gen's own
BORROWED = {"debian-trixie-arm64-multi", "rpi-debian-trixie", "rpi4"}
SCRIPTS = sorted(
    path
    for folder in (OVERLAY, IMAGE / "image")
    for path in folder.rglob("*")
    if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")
)


def metadata(layer: Path) -> dict[str, str]:
    """The X-Env fields between the two marks; a line that begins with two blanks goes on."""
    text = layer.read_text(encoding="utf-8")
    block = text.partition("# METABEGIN\n")[2].partition("# METAEND\n")[0]
    joined = re.sub(r"\n#  +", " ", block)
    lines = [line.removeprefix("#").strip() for line in joined.splitlines()]
    pairs = [line.partition(": ") for line in lines if line]
    assert all(name.startswith("X-Env-") for name, _, _ in pairs), pairs
    return {name.removeprefix("X-Env-"): value for name, _, value in pairs}


def body(layer: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(layer.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.stem)
def test_a_layer_says_what_it_is(layer: Path) -> None:
    fields = metadata(layer)
    assert fields["Layer-Name"] == layer.stem
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", fields["Layer-Version"])
    assert {name[6:] for name in fields if name.startswith("Layer-")} <= ATTRIBUTES
    declared = {name[4:] for name in fields if re.fullmatch(r"Var-[a-z_]+", name)}
    for name in fields:
        if found := re.fullmatch(r"Var-([a-z_]+)-(\w+)", name):
            assert found[1] in declared
            assert found[2] in VARIABLE_ATTRIBUTES
    assert declared
    assert fields["VarPrefix"]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.stem)
def test_a_layer_asks_for_packages_by_name_and_its_hooks_are_shell(layer: Path) -> None:
    found = body(layer)
    assert set(found) == {"mmdebstrap"}
    recipe = found["mmdebstrap"]
    assert set(recipe) <= {"packages", "customize-hooks"}
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name) for name in recipe["packages"])
    assert len(set(recipe["packages"])) == len(recipe["packages"])
    assert not {"openssh-server", "apt-transport-https"} & set(recipe["packages"])
    for hook in recipe.get("customize-hooks", ()):
        subprocess.run(["sh", "-n", "-c", hook], check=True)


def test_nobody_needs_to_install_anything_later() -> None:
    """The root is only read and nobody can log in: lamps, a modem's sound card and names that are
    spoken work on the image, or never will. chrony comes with a layer of rpi-image-gen."""
    lists = re.findall(r"^(?:Recommends|Suggests): (.*)$", CONTROL, re.MULTILINE)
    wanted = {re.sub(r" \(.*\)", "", name) for each in lists for name in each.split(", ")}
    assert "python3-lgpio" in wanted
    fields = metadata(LAYERS[0])
    assert fields["Var-package"].endswith(f"/dist/veilleur_{project_version()}_all.deb")
    brought = set(fields["Layer-Requires"].split(","))
    assert wanted <= {*body(LAYERS[0])["mmdebstrap"]["packages"], *brought}


def test_the_config_names_layers_that_are_there() -> None:
    config = yaml.safe_load((IMAGE / "config/veilleur.yaml").read_text(encoding="utf-8"))
    named = {config["device"]["layer"], config["image"]["layer"], *config["layer"].values()}
    assert named == BORROWED | {metadata(layer)["Layer-Name"] for layer in LAYERS}
    assert "user1pass" not in config["device"], "no default password"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_whole_and_may_be_run(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("asked", ["", " fsck.repair=yes", " fsck.repair=preen"])
def test_the_partitions_have_one_name_everywhere(tmp_path: Path, asked: str) -> None:
    """The template, filled as rpi-image-gen fills it, against fstab and the kernel's line."""
    environment = {
        "IGconf_image_name": "veilleur", "IGconf_image_suffix": "img",
        "IGconf_image_boot_part_size": "256M", "IGconf_image_root_part_size": "2500M",
        "IGconf_image_data_part_size": "4000M", "PATH": os.environ["PATH"],
    }  # fmt: skip
    folder = IMAGE / "image"
    run = ["./pre-image.sh", str(tmp_path), str(tmp_path)]
    subprocess.run(run, cwd=folder, env=environment, check=True)
    recipe = (tmp_path / "genimage.cfg").read_text(encoding="utf-8")
    assert not re.search(r"<[A-Z_]+>", recipe)
    labels = set(re.findall(r'label = "([^"]+)"', recipe))
    assert labels == {"BOOT", vm.ROOT_LABEL, vm.DATA_LABEL}
    assert recipe.count("size = ") == len(labels)

    firmware = tmp_path / "BOOT"
    firmware.mkdir()
    (firmware / "cmdline.txt").write_text(f"console=tty1 root=ROOTDEV{asked} rootwait\n")
    (firmware / "config.txt").write_text("arm_boost=1\n")
    etc = tmp_path / "ROOT/etc"
    etc.mkdir(parents=True)
    shutil.copy(OVERLAY / "etc/fstab", etc)
    for name in ("BOOT", "ROOT"):
        place = {"IMAGEMOUNTPATH": str(tmp_path / name), "PATH": os.environ["PATH"]}
        subprocess.run(["./setup.sh", name], cwd=folder, env=place, check=True)
    line = (firmware / "cmdline.txt").read_text()
    assert line == f"console=tty1 root=LABEL={vm.ROOT_LABEL} ro fsck.repair=yes rootwait\n"
    assert "dtoverlay=i2c-rtc,ds3231" in (firmware / "config.txt").read_text()
    named = set(re.findall(r"^LABEL=(\S+)", (etc / "fstab").read_text(), re.MULTILINE))
    assert named == {vm.DATA_LABEL, "BOOT"}


def test_the_house_s_time_server_is_told_to_chrony(tmp_path: Path) -> None:
    """What systemd-networkd has written of each lease; `chronyc` writes down what it was asked."""
    leases, sources, asked = (tmp_path / name for name in ("leases", "x.sources", "asked"))
    chronyc = tmp_path / "bin/chronyc"
    chronyc.parent.mkdir()
    chronyc.write_text(f'#!/bin/sh\necho "$@" >>{asked}\nexit 1\n')   # it is not up yet
    chronyc.chmod(0o755)
    script = OVERLAY / "usr/lib/veilleur-image/house-time"

    def run() -> str | None:
        place = {"PATH": f"{chronyc.parent}:{os.environ['PATH']}"}
        subprocess.run([script, leases, sources], check=True, env=place)
        return sources.read_text() if sources.exists() else None

    assert run() is None   # no network
    leases.mkdir()
    (leases / "2").write_text("ADDRESS=192.168.1.23\nDNS=192.168.1.1\n")
    assert run() is None   # a router that names none
    assert not asked.exists()
    (leases / "2").write_text("NTP=192.168.1.1 192.168.1.2\n")
    (leases / "3").write_text("NTP=192.168.1.1 10.0.0.1;reboot\n")
    told = "server 192.168.1.1 iburst\nserver 192.168.1.2 iburst\n"
    assert run() == run() == told
    assert asked.read_text() == "reload sources\n"   # once: nothing has changed since
    (leases / "2").unlink()
    (leases / "3").unlink()
    assert run() == ""     # another house
    assert [path.name for path in tmp_path.glob("*.new")] == []


def test_the_data_partition_is_looked_over_and_never_given_up() -> None:
    rows = [line.split() for line in (OVERLAY / "etc/fstab").read_text().splitlines()]
    (disk,) = [row for row in rows if row[0] == f"LABEL={vm.DATA_LABEL}"]
    options = set(disk[3].split(","))
    assert disk[1:3] == ["/data", "ext4"]
    assert {"noatime", "commit=5", "errors=remount-ro", "nofail"} <= options
    assert "x-systemd.device-timeout=0" in options
    assert disk[5] == "2", "fsck at boot"
    assert 'mountpoint = "/data"' in (IMAGE / "image/genimage.cfg.in").read_text()


def test_what_was_given_up_for_want_of_the_data_is_tried_again() -> None:
    """A mount that fails fails the start of what requires it; no `Restart=` is asked then."""
    units = OVERLAY / "usr/lib/systemd/system"
    again = (units / "veilleur-again.service").read_text()
    assert "ExecStart=/usr/lib/veilleur-image/again /run/veilleur-not-up /proc/uptime\n" in again
    assert f"ConditionPathExists=!{Places().state}" in again   # an update has stopped them
    assert "OnUnitInactiveSec=1min" in (units / "veilleur-again.timer").read_text()
    assert "veilleur-again.timer" in (OVERLAY / "usr/lib/veilleur-image/settle").read_text()


class Again:
    """The script, with a systemctl that writes down what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.count, self.uptime, self.asked = (folder / name for name in ("n", "up", "asked"))
        self._bin = folder / "bin"
        self._bin.mkdir()
        self.is_up("false")

    def is_up(self, how: str) -> None:
        systemctl = self._bin / "systemctl"
        systemctl.write_text(
            f'#!/bin/sh\necho "$*" >>{self.asked}\ncase "$*" in *is-active*) {how} ;; esac\n'
        )
        systemctl.chmod(0o755)

    def look(self, *, after: int | None = None, up_s: int) -> list[str]:
        """What was asked of systemd, ``after`` so many looks in vain."""
        if after is not None:
            self.count.write_text(f"{after}\n")
        self.asked.unlink(missing_ok=True)
        self.uptime.write_text(f"{up_s}.12 3333.33\n")
        script = [OVERLAY / "usr/lib/veilleur-image/again", self.count, self.uptime]
        place = {"PATH": f"{self._bin}:{os.environ['PATH']}"}
        subprocess.run(script, check=True, env=place, capture_output=True)
        return self.asked.read_text().splitlines()


def test_a_box_that_is_not_to_be_started_starts_its_computer_anew(tmp_path: Path) -> None:
    """Only after longer than a start may take, and an hour after the start before."""
    again = Again(tmp_path)
    tries = [
        "--no-block start veilleur.service veilleur-web.service",
        "--quiet is-active veilleur.service",
    ]
    assert again.look(up_s=9000) == again.look(up_s=9000) == tries
    assert again.count.read_text() == "2\n"
    assert again.look(after=33, up_s=9000) == tries
    assert again.look(up_s=3599) == tries
    assert again.look(up_s=3600) == [*tries, "--no-block reboot"]
    longest = re.search(r"^TimeoutStartSec=([0-9]+)min$", DAEMON.read_text(), re.MULTILINE)
    assert longest is not None
    assert int(longest[1]) < 35


def test_one_that_is_up_again_is_counted_anew(tmp_path: Path) -> None:
    again = Again(tmp_path)
    again.is_up("true")
    assert "--no-block reboot" not in again.look(after=34, up_s=9000)
    again.is_up("false")
    assert "--no-block reboot" not in again.look(up_s=9000)


def test_all_that_must_last_lies_on_the_data_partition() -> None:
    """What the package's tmpfiles.d makes under /var/lib, and nothing starts without it."""
    made = re.findall(r"^d (/var/lib/[a-z-]+) ", TMPFILES.read_text(), re.MULTILINE)
    rows = [line.split() for line in (OVERLAY / "etc/fstab").read_text().splitlines()]
    bound = {row[1]: row[0] for row in rows if "bind" in row[3]}
    assert set(bound) == set(made)
    settled = (OVERLAY / "usr/lib/veilleur-image/settle").read_text()
    for place, source in bound.items():
        assert f"cp -a {place} {source}\n" in settled
    for unit in ("veilleur", "veilleur-web"):
        drop_in = OVERLAY / f"etc/systemd/system/{unit}.service.d/data-partition.conf"
        assert "RequiresMountsFor=/var/lib/veilleur" in drop_in.read_text()
