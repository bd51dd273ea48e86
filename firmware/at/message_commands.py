"""Builders of commands about messages (27.005)."""

from __future__ import annotations

import re
from typing import Final

from firmware.at.command import Command, UnsafeCommand
from firmware.at.fields import MESSAGE_INDEX_MAX, MESSAGE_STORAGES
from firmware.at.profile import ModemProfile

_NETWORK_S: Final = 60.0
_STORE_S: Final = 30.0
# A SIM's reader takes 0.4 s and more for each message (SIMCom: 20 s for 50), and a modem's own
# store may hold 255
_LIST_GOES_ON_S: Final = 120.0
_CNMI: Final = re.compile(r"[0-3](?:,[0-3]){4}")  # 27.005 3.4.1


def message_service() -> Command:
    """AT+CSMS=0: routed messages need no acknowledgement by +CNMA (27.005 3.2.1)."""
    return Command("AT+CSMS=0", ("+CSMS:",))


def pdu_mode() -> Command:
    """AT+CMGF=0 (27.005 3.2.3)."""
    return Command("AT+CMGF=0")


def message_indications(profile: ModemProfile, choice: int = 0) -> Command:
    """AT+CNMI=... (27.005 3.4.1), the profile's ``choice``-th preference.

    Raises ``UnsafeCommand`` when the profile has no such choice: the preferences are used up.
    """
    if not 0 <= choice < len(profile.cnmi):
        raise UnsafeCommand(f"profile {profile.name} has {len(profile.cnmi)} values of +CNMI")
    value = profile.cnmi[choice]
    if _CNMI.fullmatch(value) is None:
        raise UnsafeCommand(f"not a value of +CNMI: {value!r}")
    return Command(f"AT+CNMI={value}")


def message_indications_forms() -> Command:
    """AT+CNMI=? (27.005 3.4.1)."""
    return Command("AT+CNMI=?", ("+CNMI:",))


def service_centre_query() -> Command:
    """AT+CSCA? (27.005 3.3.1): without a service centre's address no SMS leaves the SIM."""
    return Command("AT+CSCA?", ("+CSCA:",), timeout_s=20.0)


def storage_query() -> Command:
    """AT+CPMS? (27.005 3.2.2)."""
    return Command("AT+CPMS?", ("+CPMS:",), _STORE_S)


def storage_select(storage: str) -> Command:
    """AT+CPMS="SM","SM","SM" (27.005 3.2.2); raises ``UnsafeCommand``."""
    if storage not in MESSAGE_STORAGES:
        raise UnsafeCommand(f"no such message storage: {storage!r}")
    return Command(f'AT+CPMS="{storage}","{storage}","{storage}"', ("+CPMS:",), _STORE_S)


def storage_read(storage: str) -> Command:
    """AT+CPMS="ME": only where messages are read and deleted (27.005 3.2.2 <mem1>); where new
    ones go stays. Raises ``UnsafeCommand``."""
    if storage not in MESSAGE_STORAGES:
        raise UnsafeCommand(f"no such message storage: {storage!r}")
    return Command(f'AT+CPMS="{storage}"', ("+CPMS:",), _STORE_S)


def storage_forms() -> Command:
    """AT+CPMS=? (27.005 3.2.2)."""
    return Command("AT+CPMS=?", ("+CPMS:",), _STORE_S)


def list_messages() -> Command:
    """AT+CMGL=4: all, read and unread (27.005 3.4.2)."""
    return Command(
        "AT+CMGL=4", ("+CMGL:",), _STORE_S, two_line=True, goes_on_s=_LIST_GOES_ON_S
    )


def read_message(index: int) -> Command:
    """AT+CMGR=<index> (27.005 3.4.3)."""
    return Command(f"AT+CMGR={_index(index)}", ("+CMGR:",), _STORE_S, two_line=True)


def delete_message(index: int) -> Command:
    """AT+CMGD=<index> (27.005 3.5.4)."""
    return Command(f"AT+CMGD={_index(index)}", timeout_s=_STORE_S)


def _index(index: int) -> int:
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index <= MESSAGE_INDEX_MAX:
        raise UnsafeCommand(f"not the index of a message: {index!r}")
    return index


def send_message(pdu_hex: str) -> Command:
    """AT+CMGS=<length> and the PDU after the prompt (27.005 4.3).

    ``pdu_hex`` starts with the service centre address (``00``: the SIM's own), which <length>
    does not count. Raises ``UnsafeCommand``.
    """
    length = tpdu_length(pdu_hex)
    return Command(f"AT+CMGS={length}", ("+CMGS:",), _NETWORK_S, body=pdu_hex)


def tpdu_length(pdu_hex: str) -> int:
    """Octets of the PDU after its service centre address; raises ``UnsafeCommand``."""
    try:
        hexadecimal = isinstance(pdu_hex, str) and pdu_hex.isascii() and pdu_hex.isalnum()
        octets = bytes.fromhex(pdu_hex) if hexadecimal else b""
    except ValueError:
        octets = b""
    length = len(octets) - 1 - octets[0] if octets else 0
    if not 1 <= length <= 164:  # 23.040 9.2.3
        raise UnsafeCommand(f"not a PDU with its service centre address: {pdu_hex!r}")
    return length


def acknowledge_message() -> Command:
    """AT+CNMA: a routed message was taken, where +CSMS is 1 (27.005 3.4.4)."""
    return Command("AT+CNMA")
