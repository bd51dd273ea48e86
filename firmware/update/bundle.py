"""A bundle: the package, what it is, and a signature over that. Nothing in it is believed before
the signature was found to be one of the keys that this box knows.

An uncompressed tar of three members in this order, so that `tar`, `minisign` and `sha256sum` can
look into it: `manifest.json` (version, architecture, oldest version that it may follow, size and
SHA-256 of the package), `manifest.json.minisig`, `package.deb`. It is read here octet by octet, not
by `tarfile`: a reader that runs as root before anything was verified has to be small.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from firmware.crypto.minisign import (
    NoSignature,
    PublicKey,
    Signature,
    read_key,
    read_signature,
    signed_by,
)
from firmware.update.outcome import Refused, What

FORMAT = 1
SUFFIX = ".bundle"
MANIFEST, SIGNATURE, PACKAGE = "manifest.json", "manifest.json.minisig", "package.deb"
MANIFEST_MAX, SIGNATURE_MAX = 16 * 1024, 2048
PACKAGE_MAX = 64 * 1024**2
KEYS = Path("/usr/share/veilleur/keys")     # came with the package, which was verified itself
_BLOCK, _AT_A_TIME = 512, 1024**2
# Debian policy 5.6.12, without an epoch
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+~-]{0,63}")
_WORD = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``minimum``: the oldest version that this one may follow."""

    version: str
    architecture: str
    minimum: str
    size: int
    sha256: str

    def text(self) -> bytes:
        table = {
            "format": FORMAT,
            "name": "veilleur",
            "version": self.version,
            "architecture": self.architecture,
            "minimum_version": self.minimum,
            "package": {"size": self.size, "sha256": self.sha256},
        }
        return json.dumps(table, indent=1).encode() + b"\n"


def known_keys(folder: Path = KEYS) -> list[PublicKey]:
    """Whose updates this box takes. Raises ``Refused`` when there is nobody."""
    found = []
    for path in sorted(folder.glob("*.pub")):
        try:
            found.append(read_key(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue  # one that cannot be read opens nothing
    if not found:
        raise Refused(What.NO_KEY)
    return found


def read_manifest(bundle: BinaryIO, keys: Sequence[PublicKey]) -> Manifest:
    """What the bundle holds, once its signature was found right; the package comes next.

    Raises ``Refused``; ``OSError`` of the file passes through.
    """
    manifest = _member(bundle, MANIFEST, MANIFEST_MAX)
    text = _member(bundle, SIGNATURE, SIGNATURE_MAX)
    try:
        signature: Signature = read_signature(text.decode("utf-8"))
    except (NoSignature, UnicodeDecodeError) as fault:
        raise Refused(What.SIGNATURE) from fault
    if not any(key.number == signature.number for key in keys):
        raise Refused(What.OTHER_KEY)
    if signed_by(keys, signature, manifest) is None:
        raise Refused(What.SIGNATURE)
    return _read(manifest)


def copy_package(bundle: BinaryIO, manifest: Manifest, target: BinaryIO) -> None:
    """Write the package into ``target`` and hold it against what was signed. Raises ``Refused``:
    what ``target`` holds is worth nothing then."""
    size = _header(bundle, PACKAGE)
    if size != manifest.size:
        raise Refused(What.CHANGED)
    digest = hashlib.sha256()
    while size:
        piece = bundle.read(min(size, _AT_A_TIME))
        if not piece:
            raise Refused(What.CUT_OFF)
        size -= len(piece)
        digest.update(piece)
        target.write(piece)
    if digest.hexdigest() != manifest.sha256:
        raise Refused(What.CHANGED)


def _read(text: bytes) -> Manifest:
    """Signed, but perhaps by a maker's newer tool: each field is looked at all the same."""
    try:
        table = json.loads(text)
        package = table["package"]
        found = Manifest(
            version=str(table["version"]),
            architecture=str(table["architecture"]),
            minimum=str(table["minimum_version"]),
            size=int(package["size"]),
            sha256=str(package["sha256"]),
        )
        usable = (
            int(table["format"]) == FORMAT
            and table["name"] == "veilleur"
            and _VERSION.fullmatch(found.version) is not None
            and _VERSION.fullmatch(found.minimum) is not None
            and _WORD.fullmatch(found.architecture) is not None
            and _DIGEST.fullmatch(found.sha256) is not None
            and 0 < found.size <= PACKAGE_MAX
        )
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise Refused(What.NOT_A_BUNDLE) from fault
    if not usable:
        raise Refused(What.NOT_A_BUNDLE)
    return found


# The tar of POSIX.1-1988 (ustar): https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html


def _member(bundle: BinaryIO, name: str, size_max: int) -> bytes:
    size = _header(bundle, name)
    if size > size_max:
        raise Refused(What.NOT_A_BUNDLE)
    padded = -(-size // _BLOCK) * _BLOCK
    data = bundle.read(padded)
    if len(data) < padded:
        raise Refused(What.CUT_OFF)
    return data[:size]


def _header(bundle: BinaryIO, name: str) -> int:
    """The next member's size; it has to be an ordinary file of that name."""
    block = bundle.read(_BLOCK)
    wanted = name.encode() + b"\0"
    if len(block) < _BLOCK and wanted.startswith(block[: len(wanted)]):
        raise Refused(What.CUT_OFF)
    size = re.fullmatch(rb"([0-7]{1,11})[\0 ]+", block[124:136])
    is_ours = block.startswith(wanted) and block[156:157] in (b"0", b"\0")
    if size is None or not is_ours or block[257:262] != b"ustar":
        raise Refused(What.NOT_A_BUNDLE)
    return int(size[1], 8)
