"""Information responses as typed values. Each parser takes the lines of an ``Answer``.

Every parser raises ``AnswerFault`` on what it cannot read, and nothing else, whatever the text;
the caller counts the fault and goes on. Calls, messages and the device have a module each; this
one exports them all.
"""

from __future__ import annotations

from firmware.at.call_answers import (
    CallListEntry,
    CallStat,
    ForwardingStatus,
    call_hold_forms,
    call_list,
    call_waiting_active,
    calling_line_provisioned,
    extended_error,
    forwarding,
)
from firmware.at.device_answers import (
    Clock,
    Operator,
    clock,
    errors_mode,
    iccid,
    identity,
    imei,
    imsi,
    operator,
    own_numbers,
    pin_state,
    pin_tries,
    registration,
    signal_dbm,
    temperature,
    voice_over_ims,
    voltage_mv,
)
from firmware.at.fields import AnswerFault
from firmware.at.message_answers import (
    StorageLevel,
    StoredMessage,
    in_text_mode,
    message_indication_forms,
    message_reference,
    read_message,
    service_centre,
    storage,
    storage_forms,
    storage_selected,
    stored_indexes,
    stored_messages,
)
from firmware.at.unsolicited import Registration

__all__ = [
    "AnswerFault",
    "CallListEntry",
    "CallStat",
    "Clock",
    "ForwardingStatus",
    "Operator",
    "Registration",
    "StorageLevel",
    "StoredMessage",
    "call_hold_forms",
    "call_list",
    "call_waiting_active",
    "calling_line_provisioned",
    "clock",
    "errors_mode",
    "extended_error",
    "forwarding",
    "iccid",
    "identity",
    "imei",
    "imsi",
    "in_text_mode",
    "message_indication_forms",
    "message_reference",
    "operator",
    "own_numbers",
    "pin_state",
    "pin_tries",
    "read_message",
    "registration",
    "service_centre",
    "signal_dbm",
    "storage",
    "storage_forms",
    "storage_selected",
    "stored_indexes",
    "stored_messages",
    "temperature",
    "voice_over_ims",
    "voltage_mv",
]
