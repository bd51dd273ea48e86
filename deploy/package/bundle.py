"""Makes an update: `python -m deploy.package.bundle --key KEY [--minimum VERSION]`.

The package, what it is, and minisign's signature over that, in one file that a box takes from its
page or from a stick. The secret key is read by minisign alone, which asks for its password.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from deploy.package.build import ROOT, build, commit_time, spoken_prompts
from firmware.update.bundle import (
    MANIFEST,
    PACKAGE,
    SIGNATURE,
    SUFFIX,
    Manifest,
    copy_package,
    known_keys,
    read_manifest,
)

PUBLIC_KEYS = ROOT / "deploy/keys"
FIRST = "0.1.0"   # what knows of updates at all


def bundle(
    package: Path, key: Path, output: Path, minimum: str = FIRST, keys: Path = PUBLIC_KEYS
) -> Path:
    """Sign ``package`` with ``key``; returns the bundle's path, in the folder ``output``.

    The bundle is opened as a box opens it before it counts: one that no box would take, for want of
    the key among ``keys``, raises ``Refused``. `CalledProcessError` when minisign fails.
    """
    manifest = describe(package, minimum)
    signature = sign(manifest, key)
    output.mkdir(parents=True, exist_ok=True)
    target = output / f"veilleur_{manifest.version}_{manifest.architecture}{SUFFIX}"
    put_together(target, manifest.text(), signature, package.read_bytes())
    with target.open("rb") as file:
        copy_package(file, read_manifest(file, known_keys(keys)), io.BytesIO())
    return target


def sign(manifest: Manifest, key: Path) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        text = Path(name) / MANIFEST
        text.write_bytes(manifest.text())
        comment = f"veilleur {manifest.version} {manifest.architecture}"
        subprocess.run(
            ["minisign", "-S", "-s", key, "-t", comment, "-m", text],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return text.with_name(SIGNATURE).read_bytes()


def put_together(target: Path, manifest: bytes, signature: bytes, package: bytes) -> None:
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in ((MANIFEST, manifest), (SIGNATURE, signature), (PACKAGE, package)):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(data), 0o644, commit_time()
            archive.addfile(member, io.BytesIO(data))


def describe(package: Path, minimum: str) -> Manifest:
    data = package.read_bytes()
    version, architecture = (
        subprocess.run(
            ["dpkg-deb", "-f", package, name], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("Version", "Architecture")
    )
    digest = hashlib.sha256(data).hexdigest()
    return Manifest(version, architecture, minimum, len(data), digest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key", type=Path, required=True, help="minisign's secret key")
    parser.add_argument("--minimum", default=FIRST, help="the oldest version that it may follow")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="where to put it")
    parser.add_argument(
        "--known", type=Path, default=PUBLIC_KEYS, help="the public keys that boxes have by now"
    )
    options = parser.parse_args()
    package = build(options.output, prompts=spoken_prompts)
    print(bundle(package, options.key, options.output, options.minimum, options.known))


if __name__ == "__main__":
    main()
