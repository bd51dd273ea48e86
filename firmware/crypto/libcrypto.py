"""Two functions of OpenSSL's libcrypto that Python's standard library does not hand on.

Debian's Python cannot do without this library (`hashlib`, `ssl`), so it is on every box, and
Debian mends it. Only its public, versioned interface is used: EVP_DigestVerify(3) and
EVP_EncryptInit(3).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import byref, c_char_p, c_int, c_size_t, c_void_p
from functools import cache
from typing import Any

SONAME = "libcrypto.so.3"     # OpenSSL 3, of Debian 12 and 13
KEY_OCTETS, SIGNATURE_OCTETS = 32, 64         # RFC 8032 5.1.5, 5.1.6
NONCE_OCTETS, TAG_OCTETS = 12, 16             # RFC 8439 2.8
_ED25519 = 1087               # EVP_PKEY_ED25519, openssl/obj_mac.h
_GET_TAG, _SET_TAG = 0x10, 0x11   # EVP_CTRL_AEAD_GET_TAG, EVP_CTRL_AEAD_SET_TAG

# Name: what it gives back, what it takes. Lengths of texts are int, of digests size_t.
_P = c_void_p
_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "EVP_PKEY_new_raw_public_key": (_P, [c_int, _P, c_char_p, c_size_t]),
    "EVP_PKEY_free": (None, [_P]),
    "EVP_MD_CTX_new": (_P, []),
    "EVP_MD_CTX_free": (None, [_P]),
    "EVP_DigestVerifyInit": (c_int, [_P, _P, _P, _P, _P]),
    "EVP_DigestVerify": (c_int, [_P, c_char_p, c_size_t, c_char_p, c_size_t]),
    "EVP_chacha20_poly1305": (_P, []),
    "EVP_CIPHER_CTX_new": (_P, []),
    "EVP_CIPHER_CTX_free": (None, [_P]),
    "EVP_CIPHER_CTX_ctrl": (c_int, [_P, c_int, c_int, c_char_p]),
    "EVP_EncryptInit_ex": (c_int, [_P, _P, _P, c_char_p, c_char_p]),
    "EVP_EncryptUpdate": (c_int, [_P, c_char_p, _P, c_char_p, c_int]),
    "EVP_EncryptFinal_ex": (c_int, [_P, c_char_p, _P]),
    "EVP_DecryptInit_ex": (c_int, [_P, _P, _P, c_char_p, c_char_p]),
    "EVP_DecryptUpdate": (c_int, [_P, c_char_p, _P, c_char_p, c_int]),
    "EVP_DecryptFinal_ex": (c_int, [_P, c_char_p, _P]),
    "ERR_clear_error": (None, []),
}


class NoLibcrypto(OSError):  # noqa: N818 - it says what is missing
    """The system has no OpenSSL 3: nothing can be verified or sealed."""


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL(SONAME)
    except OSError as fault:
        raise NoLibcrypto(f"{SONAME} is not there (apt-get install openssl)") from fault
    for name, (result, arguments) in _PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def signature_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is Ed25519's of ``message`` under the public ``key`` (RFC 8032)."""
    if len(key) != KEY_OCTETS or len(signature) != SIGNATURE_OCTETS:
        return False
    library = _library()
    context = library.EVP_MD_CTX_new()
    public = library.EVP_PKEY_new_raw_public_key(_ED25519, None, key, len(key))
    try:
        # 1 alone is a yes: 0 is a wrong signature, and less a fault
        holds: bool = (
            bool(context and public)
            and library.EVP_DigestVerifyInit(context, None, None, None, public) == 1
            and library.EVP_DigestVerify(context, signature, len(signature), message, len(message))
            == 1
        )
    finally:
        library.EVP_PKEY_free(public)
        library.EVP_MD_CTX_free(context)
        library.ERR_clear_error()
    return holds


def seal(key: bytes, nonce: bytes, text: bytes) -> bytes:
    """``text`` by ChaCha20-Poly1305 (RFC 8439), its tag behind it. A nonce counts once a key."""
    _check(key, nonce)
    library = _library()
    out, tag, length = ctypes.create_string_buffer(len(text) + 1), _buffer(TAG_OCTETS), c_int()
    context = library.EVP_CIPHER_CTX_new()
    try:
        done = (
            library.EVP_EncryptInit_ex(context, library.EVP_chacha20_poly1305(), None, key, nonce)
            == library.EVP_EncryptUpdate(context, out, byref(length), text, len(text))
            == library.EVP_EncryptFinal_ex(context, _buffer(TAG_OCTETS), byref(c_int()))
            == library.EVP_CIPHER_CTX_ctrl(context, _GET_TAG, TAG_OCTETS, tag)
            == 1
        )
    finally:
        library.EVP_CIPHER_CTX_free(context)
    if not done or length.value != len(text):
        raise NoLibcrypto("this OpenSSL has no ChaCha20-Poly1305")
    return bytes(out.raw[: length.value] + tag.raw)


def unseal(key: bytes, nonce: bytes, sealed: bytes) -> bytes | None:
    """What was sealed; None if it was sealed under another key or was changed since."""
    _check(key, nonce)
    if len(sealed) < TAG_OCTETS:
        return None
    text, tag = sealed[:-TAG_OCTETS], sealed[-TAG_OCTETS:]
    library = _library()
    out, length = ctypes.create_string_buffer(len(text) + 1), c_int()
    context = library.EVP_CIPHER_CTX_new()
    try:
        ready = (
            library.EVP_DecryptInit_ex(context, library.EVP_chacha20_poly1305(), None, key, nonce)
            == library.EVP_CIPHER_CTX_ctrl(context, _SET_TAG, TAG_OCTETS, tag)
            == library.EVP_DecryptUpdate(context, out, byref(length), text, len(text))
            == 1
        )
        if not ready:
            raise NoLibcrypto("this OpenSSL has no ChaCha20-Poly1305")
        holds = library.EVP_DecryptFinal_ex(context, _buffer(TAG_OCTETS), byref(c_int())) == 1
    finally:
        library.EVP_CIPHER_CTX_free(context)
        library.ERR_clear_error()
    return out.raw[: length.value] if holds else None


def _check(key: bytes, nonce: bytes) -> None:
    if len(key) != KEY_OCTETS or len(nonce) != NONCE_OCTETS:
        raise ValueError(f"a key of {KEY_OCTETS} and a nonce of {NONCE_OCTETS} octets are needed")


def _buffer(octets: int) -> Any:
    return ctypes.create_string_buffer(octets)
