"""A file under a passphrase, in the format of age: https://age-encryption.org/v1

`age -d FILE` opens it as well, on any computer. scrypt makes a key of the passphrase, which wraps
the file's own key; the text follows in pieces of 64 KiB, each sealed by ChaCha20-Poly1305 under its
number and whether it is the last: pieces cannot be changed, swapped, left out or cut off.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from typing import BinaryIO

from firmware.crypto.libcrypto import TAG_OCTETS, seal, unseal

FIRST_LINE = b"age-encryption.org/v1\n"
PIECE = 64 * 1024
# 64 MB for a second on a Pi; age's own choice, 18, is half of a Pi's memory
LOG_N, LOG_N_MAX = 16, 18
HEADER_MAX = 4096
_LABEL = b"age-encryption.org/v1/scrypt"
_FILE_KEY_OCTETS, _SALT_OCTETS, _NONCE_OCTETS = 16, 16, 16
_STANZA = re.compile(rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n")
_END = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")


class SealedFileError(ValueError):
    """It cannot be opened."""


class WrongPassphrase(SealedFileError):  # noqa: N818 - it says what is wrong
    """The passphrase is another one, or the head of the file was changed."""


class DamagedSealedFile(SealedFileError):  # noqa: N818 - see above
    """It is no sealed file, it was changed, or its end is missing."""


def is_sealed(start: bytes) -> bool:
    return start.startswith(FIRST_LINE)


def seal_file(source: BinaryIO, target: BinaryIO, passphrase: str, log_n: int = LOG_N) -> None:
    """Write ``source`` into ``target``, sealed. ``OSError`` of the files passes through."""
    file_key, salt = secrets.token_bytes(_FILE_KEY_OCTETS), secrets.token_bytes(_SALT_OCTETS)
    body = seal(_wrapping_key(passphrase, salt, log_n), bytes(12), file_key)
    head = FIRST_LINE + b"-> scrypt %s %d\n%s\n---" % (_text(salt), log_n, _text(body))
    nonce = secrets.token_bytes(_NONCE_OCTETS)
    target.write(head + b" " + _text(_head_mac(file_key, head)) + b"\n" + nonce)
    key = _hkdf(file_key, nonce, b"payload")
    number, piece = 0, source.read(PIECE)
    while True:
        following = source.read(PIECE)
        target.write(seal(key, _nonce(number, last=not following), piece))
        if not following:
            return
        number, piece = number + 1, following


def unseal_file(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write what is sealed in ``source`` into ``target``.

    Raises `WrongPassphrase` before a single octet is written, and `DamagedSealedFile`: what
    ``target`` holds by then is the true beginning, and must not be used as the whole.
    """
    file_key, nonce = _open_head(source, passphrase)
    key = _hkdf(file_key, nonce, b"payload")
    number, sealed = 0, source.read(PIECE + TAG_OCTETS)
    while True:
        following = source.read(PIECE + TAG_OCTETS)
        text = unseal(key, _nonce(number, last=not following), sealed)
        if text is None or (not text and number):
            raise DamagedSealedFile("it was changed, or its end is missing")
        target.write(text)
        if not following:
            return
        number, sealed = number + 1, following


def _open_head(source: BinaryIO, passphrase: str) -> tuple[bytes, bytes]:
    """The file's key, and the nonce that stands before its pieces."""
    start = source.read(HEADER_MAX)
    stanza = _STANZA.match(start, len(FIRST_LINE)) if is_sealed(start) else None
    end = _END.match(start, stanza.end()) if stanza is not None else None
    if stanza is None or end is None:
        raise DamagedSealedFile("it is no file that is sealed by a passphrase")
    log_n = int(stanza[2])
    if log_n > LOG_N_MAX:
        raise DamagedSealedFile("its key takes more memory than a box has")
    wrapping = _wrapping_key(passphrase, _octets(stanza[1]), log_n)
    file_key = unseal(wrapping, bytes(12), _octets(stanza[3]))
    if file_key is None or len(file_key) != _FILE_KEY_OCTETS:
        raise WrongPassphrase("the passphrase is another one")
    mac = _head_mac(file_key, start[: end.start() + 3])
    if not hmac.compare_digest(mac, _octets(end[1])):
        raise DamagedSealedFile("its head was changed")
    source.seek(end.end(), os.SEEK_SET)
    nonce = source.read(_NONCE_OCTETS)
    if len(nonce) != _NONCE_OCTETS:
        raise DamagedSealedFile("its end is missing")
    return file_key, nonce


def _wrapping_key(passphrase: str, salt: bytes, log_n: int) -> bytes:
    n = 1 << log_n
    return hashlib.scrypt(
        passphrase.encode(), salt=_LABEL + salt, n=n, r=8, p=1, dklen=32, maxmem=129 * 8 * n + 2**20
    )


def _head_mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), head, "sha256")


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, one block of 32 octets; an empty salt is as good as 32 zeros."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _octets(text: bytes) -> bytes:
    """The one way to write it counts: another spelling is a change."""
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    if _text(data) != text:
        raise DamagedSealedFile("its head was changed")
    return data
