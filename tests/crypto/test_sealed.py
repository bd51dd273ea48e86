"""Files under a passphrase: there and back, every change seen, and age itself as the judge."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from firmware.crypto.libcrypto import seal, unseal
from firmware.crypto.sealed import (
    PIECE,
    DamagedSealedFile,
    SealedFileError,
    WrongPassphrase,
    seal_file,
    unseal_file,
)
from tests.crypto.partner import age

PASSPHRASE = "quatre chevaux à l’écurie"  # noqa: S105 - a test's own
FAST = 4   # scrypt's cost, where it is not what is looked at


def sealed(text: bytes, passphrase: str = PASSPHRASE) -> bytes:
    target = io.BytesIO()
    seal_file(io.BytesIO(text), target, passphrase, FAST)
    return target.getvalue()


def opened(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    target = io.BytesIO()
    unseal_file(io.BytesIO(data), target, passphrase)
    return target.getvalue()


def test_the_cipher_is_the_standard_s() -> None:
    """RFC 8439 A.5 has associated data; this is 2.8.2's key and nonce, without any, reckoned by
    `cryptography` 38."""
    key, nonce = bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647")
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
        b" future, sunscreen would be it."
    )
    got = seal(key, nonce, text)
    assert got[:-16].hex().startswith("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5")
    assert got[-16:].hex() == "6a23a4681fd59456aea1d29f82477216"
    assert unseal(key, nonce, got) == text
    assert unseal(key, nonce, got[:-1] + bytes([got[-1] ^ 1])) is None


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_there_and_back(length: int) -> None:
    text = os.urandom(length)
    assert opened(sealed(text)) == text


def test_the_same_text_is_sealed_otherwise_each_time() -> None:
    assert sealed(b"text") != sealed(b"text")


def test_another_passphrase_opens_nothing() -> None:
    target = io.BytesIO()
    with pytest.raises(WrongPassphrase):
        unseal_file(io.BytesIO(sealed(b"x" * PIECE)), target, "quatre chevaux a l'ecurie")
    assert target.getvalue() == b""


def test_every_changed_octet_is_seen() -> None:
    whole = sealed(b"text")
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x01
        if spoilt[: place + 1].endswith(b" 5") or b" 5\n" in spoilt[:60]:
            continue  # scrypt's cost one higher: another key, the same refusal, and slower
        with pytest.raises(SealedFileError):
            opened(bytes(spoilt))


def test_pieces_cannot_be_left_out_swapped_or_repeated() -> None:
    whole = sealed(bytes(3 * PIECE))
    start = len(whole) - 3 * (PIECE + 16)
    head, pieces = whole[:start], [
        whole[start + n * (PIECE + 16) : start + (n + 1) * (PIECE + 16)] for n in range(3)
    ]
    assert opened(head + b"".join(pieces)) == bytes(3 * PIECE)
    a, b, c = pieces
    for wrong in ((a, b), (a, c), (b, a, c), (a, b, b, c), (a, b, c, c), ()):
        with pytest.raises(DamagedSealedFile):
            opened(head + b"".join(wrong))


@pytest.mark.parametrize("cut", [0, 10, 60, 150, 170, 200])
def test_half_a_file_is_refused(cut: int) -> None:
    with pytest.raises(DamagedSealedFile):
        opened(sealed(bytes(100))[:cut])


def test_a_head_that_asks_for_too_much_memory_is_refused_at_once() -> None:
    dear = sealed(b"text").replace(b" 4\n", b" 30\n", 1)
    with pytest.raises(DamagedSealedFile, match="more memory"):
        opened(dear)


# age itself, from Debian

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="age is not there")


@needs_age
def test_age_opens_what_we_seal(tmp_path: Path) -> None:
    text = os.urandom(PIECE + 7)
    ours, back = tmp_path / "ours.age", tmp_path / "back"
    ours.write_bytes(sealed(text))
    assert age(PASSPHRASE, "-d", "-o", back, ours) == 0
    assert back.read_bytes() == text
