"""The key of a received TPDU: equal for two deliveries of one message."""

from __future__ import annotations

import hashlib

from firmware.sms.tpdu import DeliveredMessage


def fingerprint_of(message: DeliveredMessage) -> str:
    """The centre stamps a message once, however often it is delivered (23.040 9.2.3.11)."""
    place = message.concatenation
    return digest(
        message.sender.text,
        message.time_stamp,
        "" if place is None else f"{place.reference}/{place.total}/{place.number}",
        message.fragment if message.fragment is not None else repr(message.data),
    )


def digest(*fields: str) -> str:
    """A key for texts that together name one thing."""
    joined = "\x00".join(fields).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()
