"""The root file system of a virtual box, and its disks: Debian, our package, the image's settings.

Made of the same two things as the image for a Pi: the list of packages of `deploy/image/layer/
veilleur.yaml` and the files beside it. Kept under `.cache/vm`: Debian's part by the list of
packages, the disk by everything that is ours.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.package import build as builder
from tests.vm.release import public_keys

ROOT = builder.ROOT
CACHE = ROOT / ".cache/vm"
LAYER = ROOT / "deploy/image/layer/veilleur.yaml"
OVERLAY = LAYER.with_suffix(".rootfs-overlay")
GUEST = Path(__file__).parent / "guest"
RELEASES = {"amd64": "bookworm", "arm64": "trixie"}  # both that are supported
# What rpi-image-gen's own layers bring on a Pi
BASE = ("systemd-sysv", "init", "passwd", "initramfs-tools", "chrony")
FOR_THE_TEST = ("curl", "avahi-utils")
KERNELS = {"amd64": "linux-image-amd64", "arm64": "linux-image-arm64"}
RASPBERRY_PI_S = {"python3-gpiozero", "python3-lgpio"}   # of its archive, not of Debian's
ROOT_LABEL, DATA_LABEL = "VEILLEUR-ROOT", "VEILLEUR-DATA"
ROOT_SIZE, DATA_SIZE = "1500M", "256M"
# The hardware watchdog of the machine that qemu plays; a Pi's is built into its kernel
INITRAMFS_MODULES = "i6300esb\nvirtio_blk\nvirtio_pci\n"


@dataclass(frozen=True)
class Root:
    """What a virtual machine is started from."""

    architecture: str
    kernel: Path
    initrd: Path
    disk: Path
    data: Path


def packages() -> list[str]:
    """What the image's layer asks for of Debian."""
    layer: dict[str, Any] = yaml.safe_load(LAYER.read_text(encoding="utf-8"))
    return [name for name in layer["mmdebstrap"]["packages"] if name not in RASPBERRY_PI_S]


def debian(architecture: str) -> Path:
    """Debian's part as a tar file; minutes, and Debian's archive."""
    release = RELEASES[architecture]
    names = sorted({*packages(), *BASE, *FOR_THE_TEST, KERNELS[architecture]})
    key = hashlib.sha256(" ".join(names).encode()).hexdigest()[:12]
    path = CACHE / f"debian-{release}-{architecture}-{key}.tar"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft.tar")
        options = [
            "--quiet", "--variant=minbase", f"--architectures={architecture}",
            f"--include={','.join(names)}",
            "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*",
            "--dpkgopt=path-exclude=/usr/share/locale/*",
        ]  # fmt: skip
        # The initial file system is made once, when our part of it is there
        environment = os.environ | {"INITRD": "No"}
        subprocess.run(["mmdebstrap", *options, release, draft], check=True, env=environment)
        draft.replace(path)
    return path


def our_package() -> Path:
    """As `make deb` builds it."""
    return builder.build(CACHE / "deb")


def box(architecture: str = "amd64") -> Root:
    """Kernel, initial file system and disk of a box as it leaves the workshop."""
    package, base = our_package(), debian(architecture)
    folder = CACHE / f"box-{architecture}-{_key(package, base)}"
    if not folder.exists():
        for old in CACHE.glob(f"box-{architecture}-*"):
            shutil.rmtree(old)
        draft = CACHE / f"draft-{architecture}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        _make(draft, base, package)
        draft.replace(folder)
    return Root(architecture, folder / "vmlinuz", folder / "initrd", folder / "root.ext4",
                folder / "data.ext4")  # fmt: skip


def _key(package: Path, base: Path) -> str:
    digest = hashlib.sha256(base.name.encode() + package.read_bytes())
    for folder in (OVERLAY, GUEST):
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    digest.update(INITRAMFS_MODULES.encode() + ROOT_SIZE.encode())
    return digest.hexdigest()[:12]


def _make(folder: Path, base: Path, package: Path) -> None:
    tree = folder / "tree"
    tree.mkdir()
    _run("tar", "-C", tree, "-xpf", base, "--exclude=./dev/*")
    shutil.copytree(OVERLAY, tree, dirs_exist_ok=True)
    shutil.copytree(GUEST, tree / "opt/vm")
    for unit in sorted((tree / "opt/vm").glob("*.service")):
        unit.rename(tree / "etc/systemd/system" / unit.name)
    (tree / "etc/initramfs-tools/modules").write_text(INITRAMFS_MODULES)
    shutil.copytree(public_keys(CACHE), tree / "usr/share/veilleur/keys", dirs_exist_ok=True)
    shutil.copy(package, tree / "tmp/veilleur.deb")
    script = (
        f"mount -t proc none {tree}/proc && mount -t devtmpfs none {tree}/dev &&"
        f" exec chroot {tree} sh -e -c 'dpkg -i /tmp/veilleur.deb && rm /tmp/veilleur.deb"
        " && /usr/lib/veilleur-image/settle"
        " && systemctl --quiet enable vm-agent.service vm-modem.service"
        " && rm -f /boot/initrd.img-* && update-initramfs -c -k all'"
    )
    _run("unshare", "-mn", "sh", "-c", script)
    shutil.copy(next((tree / "boot").glob("vmlinuz-*")), folder / "vmlinuz")
    shutil.copy(next((tree / "boot").glob("initrd.img-*")), folder / "initrd")
    _make_disk(folder / "data.ext4", DATA_LABEL, DATA_SIZE, tree / "data")
    shutil.rmtree(tree / "data")
    (tree / "data").mkdir()
    _make_disk(folder / "root.ext4", ROOT_LABEL, ROOT_SIZE, tree)
    shutil.rmtree(tree)


def _make_disk(path: Path, label: str, size: str, tree: Path) -> None:
    """An ext4 file system in a file, filled from ``tree``."""
    _run("mke2fs", "-q", "-F", "-t", "ext4", "-L", label, "-d", tree, path, size)


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
