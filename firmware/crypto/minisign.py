"""Signatures in minisign's format: `minisign -V` and this program agree on every file.

A public key is two lines, a signature four: https://jedisct1.github.io/minisign/
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from firmware.crypto.libcrypto import signature_holds

TEXT_MAX = 2048               # of a key or a signature, which are 120 and 300 octets long
_KEY_ALGORITHM = b"Ed"
_PREHASHED = b"ED"            # of a BLAKE2b-512 digest, minisign's default since 0.10
_COMMENT, _TRUSTED = "untrusted comment:", "trusted comment: "
_ID_OCTETS = 8


class NoSignature(ValueError):  # noqa: N818 - it says what the text is not
    """The text is no public key or no signature of minisign's."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``number`` is the key's name, which its signatures carry."""

    number: bytes
    point: bytes

    @property
    def name(self) -> str:
        """As minisign prints it."""
        return f"{int.from_bytes(self.number, 'little'):X}"


@dataclass(frozen=True, slots=True)
class Signature:
    """``comment`` is signed, too, by ``over_comment``."""

    number: bytes
    over_text: bytes
    comment: str
    over_comment: bytes


def read_key(text: str) -> PublicKey:
    """A public key's file. Raises `NoSignature`."""
    lines = text[:TEXT_MAX].splitlines()
    if len(lines) != 2 or not lines[0].startswith(_COMMENT):
        raise NoSignature("a public key has two lines: a comment and the key")
    data = _decoded(lines[1], 2 + _ID_OCTETS + 32)
    if data[:2] != _KEY_ALGORITHM:
        raise NoSignature("the key is not Ed25519's")
    return PublicKey(data[2:10], data[10:])


def read_signature(text: str) -> Signature:
    """A signature's file. Raises `NoSignature`."""
    lines = text[:TEXT_MAX].splitlines()
    if len(lines) != 4 or not (lines[0].startswith(_COMMENT) and lines[2].startswith(_TRUSTED)):
        raise NoSignature("a signature has four lines")
    data = _decoded(lines[1], 2 + _ID_OCTETS + 64)
    if data[:2] != _PREHASHED:
        raise NoSignature("the signature is not one of a digest (minisign before 0.10)")
    comment = lines[2].removeprefix(_TRUSTED)
    return Signature(data[2:10], data[10:], comment, _decoded(lines[3], 64))


def signed_by(keys: Iterable[PublicKey], signature: Signature, text: bytes) -> PublicKey | None:
    """Which of ``keys`` has signed ``text`` and the comment; None if none has."""
    digest = hashlib.blake2b(text).digest()
    comment = signature.over_text + signature.comment.encode()
    for key in keys:
        if (
            key.number == signature.number
            and signature_holds(key.point, signature.over_text, digest)
            and signature_holds(key.point, signature.over_comment, comment)
        ):
            return key
    return None


def _decoded(line: str, octets: int) -> bytes:
    try:
        data = base64.b64decode(line, validate=True)
    except ValueError as fault:
        raise NoSignature("a line is not in base64") from fault
    if len(data) != octets:
        raise NoSignature(f"a line holds {len(data)} octets instead of {octets}")
    return data
