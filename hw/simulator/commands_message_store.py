"""Stored messages: +CPMS 3.2.2, +CMGL 3.4.2, +CMGR 3.4.3, +CMGD 3.5.4, and 4.1, 4.2 of 27.005."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import Command, CommandTable, Gate, Outcome
from hw.simulator.at_errors import CmsError
from hw.simulator.modem_formats import number_type
from hw.simulator.modem_text import (
    DELIVER,
    STATUS_REPORT,
    STATUS_TEXT,
    TextFields,
    deliver_header,
    pdu_line,
    read_fields,
    report_header,
    shown_text,
    submit_header,
    to_computer,
)
from hw.simulator.sim_card import SmsStatus, SmsStore, StoredMessage
from hw.simulator.user_data import TpduError

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

ALL = 4  # 27.005 3.1 <stat>
TEXT_STATES = {"ALL": ALL} | {text: int(status) for status, text in STATUS_TEXT.items()}


def _use(modem: Modem, memory: str) -> str:
    store = modem.messages.store(memory)
    return f"{store.used},{store.capacity}"


def _select(modem: Modem, arguments: Arguments) -> Outcome:
    """+CPMS=<mem1>[,<mem2>[,<mem3>]]: answers used and total of the three."""
    arguments.at_most(3)
    names = [arguments.string(0).upper()]
    settings = modem.settings
    names.append(arguments.string(1, settings.memory_write).upper())
    names.append(arguments.string(2, settings.memory_receive).upper())
    if any(name not in modem.model.memories for name in names):
        raise CmsError(302)
    settings.memory_read, settings.memory_write, settings.memory_receive = names
    return ["+CPMS: " + ",".join(_use(modem, name) for name in names)]


def _selected(modem: Modem, arguments: Arguments) -> Outcome:
    settings = modem.settings
    names = (settings.memory_read, settings.memory_write, settings.memory_receive)
    return ["+CPMS: " + ",".join(f'"{name}",{_use(modem, name)}' for name in names)]


def _memories(modem: Modem, arguments: Arguments) -> Outcome:
    names = ",".join(f'"{name}"' for name in modem.model.memories)
    return [f"+CPMS: ({names}),({names}),({names})"]


def _reading_store(modem: Modem) -> SmsStore:
    return modem.messages.store(modem.settings.memory_read)


def _wanted(modem: Modem, arguments: Arguments) -> int:
    """<stat> of +CMGL: a number in PDU mode, words in text mode."""
    if modem.settings.cmgf:
        text = arguments.string(0, "REC UNREAD").upper()
        if text not in TEXT_STATES:
            raise CmsError(305)
        return TEXT_STATES[text]
    arguments.bad = CmsError(304)
    return arguments.integer(0, range(5), 0)


def _list(modem: Modem, arguments: Arguments) -> Outcome:
    """+CMGL[=<stat>]: unread messages that are shown become read."""
    wanted = _wanted(modem, arguments.at_most(2))
    store = _reading_store(modem)
    lines: list[str] = []
    for message in store.messages():
        if wanted not in (ALL, int(message.status)):
            continue
        lines += _listed(modem, message)
        if message.status is SmsStatus.REC_UNREAD:
            store.mark(message.index, SmsStatus.REC_READ)
    return lines


def _listed(modem: Modem, message: StoredMessage) -> list[str]:
    settings = modem.settings
    fields = _fields(message) if settings.cmgf else None
    if fields is None:
        line = pdu_line(message.tpdu, message.service_centre)
        return [f"+CMGL: {message.index},{int(message.status)},,{len(message.tpdu)}", line]
    head = f'+CMGL: {message.index},"{STATUS_TEXT[message.status]}"'
    if fields.kind == STATUS_REPORT:
        return [f"{head},{report_header(fields)}"]
    head += f',"{to_computer(fields.number, settings.cscs)}",'
    head += f',"{fields.timestamp}"' if fields.kind == DELIVER else ","
    if settings.csdh:
        length = len(fields.user_data.text) if fields.user_data is not None else 0
        head += f",{number_type(fields.number)},{length}"
    return [head, shown_text(fields, settings.cscs)]


def _fields(message: StoredMessage) -> TextFields | None:
    try:
        return read_fields(message.tpdu)
    except TpduError:
        return None


def _index(store: SmsStore, arguments: Arguments) -> int:
    arguments.bad = CmsError(321)
    return arguments.integer(0, store.indices)


def _read(modem: Modem, arguments: Arguments) -> Outcome:
    """+CMGR=<index>."""
    store = _reading_store(modem)
    message = store.get(_index(store, arguments.at_most(2)))
    if message is None:
        if modem.model.empty_slot_is_error:
            raise CmsError(321)
        return []
    if message.status is SmsStatus.REC_UNREAD:
        store.mark(message.index, SmsStatus.REC_READ)
    return _read_lines(modem, message)


def _read_lines(modem: Modem, message: StoredMessage) -> list[str]:
    settings = modem.settings
    fields = _fields(message) if settings.cmgf else None
    if fields is None:
        line = pdu_line(message.tpdu, message.service_centre)
        return [f"+CMGR: {int(message.status)},,{len(message.tpdu)}", line]
    head = f'+CMGR: "{STATUS_TEXT[message.status]}",'
    if fields.kind == STATUS_REPORT:
        return [head + report_header(fields)]
    header = deliver_header if fields.kind == DELIVER else submit_header
    shown = header(
        fields, message.service_centre, details=bool(settings.csdh), character_set=settings.cscs
    )
    return [head + shown, shown_text(fields, settings.cscs)]


# 27.005 3.5.4 <delflag>: which states go
DELETED_BY_FLAG = {
    1: (SmsStatus.REC_READ,),
    2: (SmsStatus.REC_READ, SmsStatus.STO_SENT),
    3: (SmsStatus.REC_READ, SmsStatus.STO_SENT, SmsStatus.STO_UNSENT),
    4: tuple(SmsStatus),
}


def _delete(modem: Modem, arguments: Arguments) -> Outcome:
    """+CMGD=<index>[,<delflag>]: with a flag above 0 the index does not count."""
    store = _reading_store(modem)
    arguments.bad = CmsError(321)
    flag = arguments.at_most(2).integer(1, range(5), 0)
    if flag == 0:
        store.delete(_index(store, arguments))
    else:
        arguments.integer(0, range(100_000), 0)
        for message in store.messages():
            if message.status in DELETED_BY_FLAG[flag]:
                store.delete(message.index)
    modem.messages.freed()
    return []


def _deletable(modem: Modem, arguments: Arguments) -> Outcome:
    used = ",".join(str(message.index) for message in _reading_store(modem).messages())
    return [f"+CMGD: ({used}),(0-4)"]


def _list_states(modem: Modem, arguments: Arguments) -> Outcome:
    if modem.settings.cmgf:
        return ["+CMGL: (" + ",".join(f'"{text}"' for text in TEXT_STATES) + ")"]
    return ["+CMGL: (0-4)"]


COMMANDS: CommandTable = {
    "+CPMS": Command(set=_select, read=_selected, test=_memories, gate=Gate.SIM, sms=True),
    "+CMGL": Command(set=_list, execute=_list, test=_list_states, gate=Gate.SIM, sms=True),
    "+CMGR": Command(set=_read, test="", gate=Gate.SIM, sms=True),
    "+CMGD": Command(set=_delete, test=_deletable, gate=Gate.SIM, sms=True),
}
