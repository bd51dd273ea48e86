"""Signatures: what minisign signs holds, and nothing else does."""

from __future__ import annotations

import base64
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.crypto.libcrypto import signature_holds
from firmware.crypto.minisign import (
    NoSignature,
    PublicKey,
    read_key,
    read_signature,
    signed_by,
)

TEXT = b'{"version": "1.2.3"}'


@dataclass(frozen=True)
class Pair:
    public: Path
    secret: Path

    @property
    def key(self) -> PublicKey:
        return read_key(self.public.read_text())


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pair, Pair]:
    if shutil.which("minisign") is None:
        pytest.skip("minisign is not there (apt-get install minisign)")
    folder = tmp_path_factory.mktemp("keys")
    made = []
    for name in ("ours", "other"):
        pair = Pair(folder / f"{name}.pub", folder / f"{name}.key")
        subprocess.run(
            ["minisign", "-G", "-W", "-p", pair.public, "-s", pair.secret],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        made.append(pair)
    return made[0], made[1]


@pytest.fixture(scope="module")
def signature(pairs: tuple[Pair, Pair], tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("signed") / "manifest"
    file.write_bytes(TEXT)
    subprocess.run(
        ["minisign", "-S", "-W", "-s", pairs[0].secret, "-t", "veilleur 1.2.3", "-m", file],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return file.with_name("manifest.minisig").read_text()


def test_the_curve_is_the_standard_s() -> None:
    # RFC 8032 7.1, test 2
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert signature_holds(key, signature, b"\x72")
    assert not signature_holds(key, signature, b"\x73")
    assert not signature_holds(bytes(32), signature, b"\x72")
    assert not signature_holds(key[:-1], signature, b"\x72")


def test_what_minisign_signed_holds(pairs: tuple[Pair, Pair], signature: str) -> None:
    ours, other = (pair.key for pair in pairs)
    found = read_signature(signature)
    assert found.comment == "veilleur 1.2.3"
    assert signed_by([other, ours], found, TEXT) == ours
    assert signed_by([other], found, TEXT) is None
    assert signed_by([PublicKey(ours.number, other.point)], found, TEXT) is None
    assert signed_by([ours], found, TEXT + b" ") is None
    assert ours.name in pairs[0].public.read_text()


def test_every_changed_octet_is_seen(pairs: tuple[Pair, Pair], signature: str) -> None:
    """Of the signature, of the signed comment, and of the signature over both."""
    key = pairs[0].key
    lines = signature.splitlines()
    for line in (1, 3):
        data = base64.b64decode(lines[line])
        for place in range(len(data)):
            spoilt = bytearray(data)
            spoilt[place] ^= 0x10
            changed = [*lines]
            changed[line] = base64.b64encode(spoilt).decode()
            assert not holds(key, changed)
    assert not holds(key, [*lines[:2], lines[2] + "!", lines[3]])
    assert holds(key, lines)


def holds(key: PublicKey, lines: list[str]) -> bool:
    try:
        return signed_by([key], read_signature("\n".join(lines)), TEXT) is not None
    except NoSignature:
        return False


@pytest.mark.parametrize(
    "text", ["", "untrusted comment: x", "a\nb\nc\nd", "untrusted comment: x\nAAAA", "é" * 5000]
)
def test_what_is_no_key_and_no_signature_is_refused(text: str) -> None:
    with pytest.raises(NoSignature):
        read_key(text)
    with pytest.raises(NoSignature):
        read_signature(text)
