"""Short messages: settings and sending. 27.005 3.2, 3.3, 3.4.1, 3.5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import PENDING, Command, CommandTable, Gate, Outcome, setting
from hw.simulator.at_errors import AtError, CmsError
from hw.simulator.at_execution import Execution
from hw.simulator.modem_formats import number_type
from hw.simulator.modem_registration import ON_AIR
from hw.simulator.modem_text import from_computer, split_pdu
from hw.simulator.sim_card import SmsStatus, StoreFullError
from hw.simulator.terminal import DeliverAnswer, SubmitResult
from hw.simulator.tpdu import encode_address
from hw.simulator.user_data import Coding, TpduError, UserData

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

TPDU_LENGTHS = range(1, 165)  # 23.040: a SUBMIT has at most 164 octets
Pdu = tuple[str | None, bytes]


# -- settings -------------------------------------------------------------------------------


def _select_service(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.2.1 +CSMS=<service>: answers what is supported: MT, MO, broadcast."""
    modem.settings.csms = arguments.at_most(1).integer(0, range(2))
    return ["+CSMS: 1,1,1"]


def _show_service(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CSMS: {modem.settings.csms},1,1,1"]


def _centre(modem: Modem) -> str:
    return modem.settings.csca if modem.settings.csca is not None else modem.sim.service_centre


def _set_centre(modem: Modem, arguments: Arguments) -> Outcome:
    number = arguments.at_most(2).string(0)
    if not number or not set(number) <= set("+0123456789*#"):
        raise CmsError(304)
    international = arguments.integer(1, range(128, 256), 129) == 145
    if international and not number.startswith("+"):
        number = "+" + number
    modem.settings.csca = number
    return []


def _show_centre(modem: Modem, arguments: Arguments) -> Outcome:
    centre = _centre(modem)
    return [f'+CSCA: "{centre}",{number_type(centre)}']


def _set_parameters(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.3.2 +CSMP=[<fo>[,<vp>[,<pid>[,<dcs>]]]]."""
    fo, vp, pid, dcs = modem.settings.csmp
    octet = range(256)
    new_fo = arguments.at_most(4).integer(0, octet, fo)
    new_vp: int | str = vp
    if arguments.given(1):
        text = arguments.string(1)
        new_vp = int(text) if text.isdigit() and int(text) in octet else text
    modem.settings.csmp = (
        new_fo,
        new_vp,
        arguments.integer(2, octet, pid),
        arguments.integer(3, octet, dcs),
    )
    return []


def _show_parameters(modem: Modem, arguments: Arguments) -> Outcome:
    fo, vp, pid, dcs = modem.settings.csmp
    shown = vp if isinstance(vp, int) else f'"{vp}"'
    return [f"+CSMP: {fo},{shown},{pid},{dcs}"]


def _set_notifications(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.4.1 +CNMI=[<mode>[,<mt>[,<bm>[,<ds>[,<bfr>]]]]]."""
    ranges = (range(4), range(4), (0, 2), range(3), range(2))
    values = [
        arguments.at_most(5).integer(index, allowed, modem.settings.cnmi[index])
        for index, allowed in enumerate(ranges)
    ]
    modem.settings.cnmi = (values[0], values[1], values[2], values[3], values[4])
    modem.timeline.after(0, modem.messages.notifications_changed)
    return []


def _show_notifications(modem: Modem, arguments: Arguments) -> Outcome:
    return ["+CNMI: " + ",".join(str(each) for each in modem.settings.cnmi)]


def _set_broadcast(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.3.4 +CSCB=[<mode>[,<mids>[,<dcss>]]]: kept; this network broadcasts nothing."""
    mode = arguments.at_most(3).integer(0, range(2), 0)
    modem.settings.cscb = (mode, arguments.string(1, ""), arguments.string(2, ""))
    return []


def _show_broadcast(modem: Modem, arguments: Arguments) -> Outcome:
    mode, mids, schemes = modem.settings.cscb
    return [f'+CSCB: {mode},"{mids}","{schemes}"']


# -- sending --------------------------------------------------------------------------------


def next_execution(modem: Modem) -> Execution:
    """The line in hand."""
    if modem.execution is None:
        raise AtError
    return modem.execution


def _send(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.5.1 (text) and 4.3 (PDU): +CMGS."""
    execution = next_execution(modem)
    build = body_reader(modem, arguments.at_most(2))

    def body(data: bytes | None) -> None:
        if data is None:
            execution.finish()  # ESC
            return
        try:
            pdu = build(data)
        except AtError as error:
            execution.fail(error)
            return
        submit(modem, execution, pdu, "+CMGS")

    modem.port.ask_body(body)
    return PENDING


def body_reader(modem: Modem, arguments: Arguments) -> BodyReader:
    """What turns a body into a PDU in the present mode; raises CmsError 304 or 305."""
    if not modem.settings.cmgf:
        if not arguments.given(0):
            raise CmsError(304)
        arguments.bad = CmsError(304)
        return BodyReader(modem, length=arguments.integer(0, TPDU_LENGTHS))
    arguments.bad = CmsError(305)
    number = destination(modem, arguments, 0)
    return BodyReader(modem, number=number)


def destination(modem: Modem, arguments: Arguments, index: int) -> str:
    """<da>[,<toda>], written in the character set of +CSCS."""
    try:
        number = from_computer(arguments.string(index), modem.settings.cscs)
    except ValueError as error:
        raise CmsError(305) from error
    if not number or not set(number) <= set("+0123456789*#") or "+" in number[1:]:
        raise CmsError(305)
    kind = arguments.integer(index + 1, range(128, 256), 145 if number[0] == "+" else 129)
    return number if number[0] == "+" or kind != 145 else "+" + number


class BodyReader:
    """Reads the body of +CMGS or +CMGW: hexadecimal of `length` octets, or text to `number`."""

    def __init__(self, modem: Modem, *, length: int | None = None, number: str = "") -> None:
        self._modem = modem
        self._length = length
        self._number = number

    def __call__(self, body: bytes) -> Pdu:
        """The service centre (None: the default) and the TPDU; raises CmsError."""
        text = body.decode("latin-1")
        if self._length is not None:
            try:
                centre, tpdu = split_pdu("".join(text.split()))
            except ValueError as error:
                raise CmsError(304) from error
            if len(tpdu) != self._length:
                raise CmsError(304)
            return centre, tpdu
        return None, self._compose(text.replace("\r\n", "\n").replace("\r", "\n"))

    def _compose(self, text: str) -> bytes:
        fo, vp, pid, dcs = self._modem.settings.csmp
        try:
            user_data = self._user_data(text, dcs, has_header=bool(fo & 0x40))
            validity = bytes([vp]) if fo & 0x18 == 0x10 and isinstance(vp, int) else b""
            if fo & 0x18 and not validity:
                fo &= ~0x18  # 23.040 9.2.3.3: an absolute validity is left to the service centre
            address = encode_address(self._number)
            head = bytes([fo & 0xFF | 0x01, 0]) + address + bytes([pid, dcs]) + validity
            return head + user_data
        except (TpduError, ValueError) as error:
            raise CmsError(305) from error

    def _user_data(self, text: str, dcs: int, *, has_header: bool) -> bytes:
        """27.005 3.1 <data>: octets in hexadecimal for 8-bit, UCS2 or a header, else text."""
        if has_header or dcs & 0x0C:
            octets = bytes.fromhex(text)
            if len(octets) > 140:
                raise TpduError("more than 140 octets")
            return bytes([len(octets)]) + octets
        return UserData(Coding.GSM7, from_computer(text, self._modem.settings.cscs)).encode()


def submit(modem: Modem, execution: Execution, pdu: Pdu, name: str) -> None:
    """Hand a TPDU to the network; the answer ends the command as +CMGS: or +CMSS: <mr>."""
    line = modem.line
    if line is None or modem.registration.status() not in ON_AIR:
        execution.fail(CmsError(331))
        return
    centre, tpdu = pdu
    if len(tpdu) < 2:
        execution.fail(CmsError(304))
        return
    reference = modem.messages.next_reference()
    sent = tpdu[:1] + bytes([reference]) + tpdu[2:]

    def done(result: SubmitResult) -> None:
        if result.timed_out:
            execution.fail(CmsError(332))
        elif result.failure_cause is not None:
            execution.fail(CmsError(result.failure_cause))
        elif result.cause is not None:
            execution.fail(CmsError(int(result.cause)))
        else:
            report = ""
            if modem.settings.csms and not modem.settings.cmgf and result.report:
                report = f",{result.report.hex().upper()}"
            execution.finish([f"{name}: {reference}{report}"])

    line.submit(sent, centre or _centre(modem), done)


def _send_stored(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.5.2 +CMSS=<index>[,<da>[,<toda>]]."""
    execution = next_execution(modem)
    arguments.bad = CmsError(321)
    store = modem.messages.store(modem.settings.memory_write)
    index = arguments.at_most(3).integer(0, store.indices)
    message = store.get(index)
    if message is None:
        raise CmsError(321)
    tpdu = message.tpdu
    if not tpdu or tpdu[0] & 0x03 != 0x01:
        raise CmsError(302)
    if arguments.given(1):
        address = encode_address(destination(modem, arguments, 1))
        old = 2 + (tpdu[2] + 1) // 2
        tpdu = tpdu[:2] + address + tpdu[2 + old :]
    store.mark(index, SmsStatus.STO_SENT)
    submit(modem, execution, (message.service_centre or None, tpdu), "+CMSS")
    return PENDING


def _write(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.5.3 +CMGW: keep a message in mem2."""
    execution = next_execution(modem)
    position = 2 if modem.settings.cmgf else 1
    status = SmsStatus.STO_UNSENT
    if arguments.given(position):
        arguments.bad = CmsError(305 if modem.settings.cmgf else 304)
        status = _stored_status(arguments, position)
    if modem.settings.cmgf and not arguments.given(0):
        build = BodyReader(modem, number="0")
    else:
        build = body_reader(modem, arguments)

    def body(data: bytes | None) -> None:
        if data is None:
            execution.finish()
            return
        try:
            centre, tpdu = build(data)
            store = modem.messages.store(modem.settings.memory_write)
            message = store.add(status, tpdu, centre or "")
        except StoreFullError:
            execution.fail(CmsError(322))
        except AtError as error:
            execution.fail(error)
        else:
            execution.finish([f"+CMGW: {message.index}"])

    modem.port.ask_body(body)
    return PENDING


def _stored_status(arguments: Arguments, position: int) -> SmsStatus:
    text = arguments.string(position).upper().replace(" ", "_")
    if text in SmsStatus.__members__:
        return SmsStatus[text]
    return SmsStatus(arguments.integer(position, range(4)))


def _acknowledge(modem: Modem, arguments: Arguments) -> Outcome:
    """27.005 3.4.4 +CNMA[=<n>]: 0 and 1 accept, 2 refuses the message shown last."""
    n = arguments.at_most(2).integer(0, range(3), 0)
    answer = DeliverAnswer.PROTOCOL_ERROR if n == 2 else DeliverAnswer.ACCEPTED
    if not modem.messages.acknowledge(answer):
        raise CmsError(340)
    return []


_CMGF = setting("+CMGF", "cmgf", range(2))

COMMANDS: CommandTable = {
    "+CSMS": Command(set=_select_service, read=_show_service, test="(0,1)", sms=True),
    "+CMGF": Command(set=_CMGF.set, read=_CMGF.read, test="(0,1)", sms=True),
    "+CSCA": Command(set=_set_centre, read=_show_centre, test="", gate=Gate.SIM, sms=True),
    "+CSMP": Command(set=_set_parameters, read=_show_parameters, test="", sms=True),
    "+CSDH": setting("+CSDH", "csdh", range(2)),
    "+CSCB": Command(set=_set_broadcast, read=_show_broadcast, test="(0,1)", sms=True),
    "+CNMI": Command(
        set=_set_notifications,
        read=_show_notifications,
        test="(0-3),(0-3),(0,2),(0-2),(0,1)",
        sms=True,
    ),
    "+CNMA": Command(execute=_acknowledge, set=_acknowledge, test="(0-2)", sms=True),
    "+CMGS": Command(set=_send, test="", gate=Gate.SIM, sms=True),
    "+CMSS": Command(set=_send_stored, test="", gate=Gate.SIM, sms=True),
    "+CMGW": Command(set=_write, execute=_write, test="", gate=Gate.SIM, sms=True),
    "+CMMS": setting("+CMMS", "cmms", range(3)),
}
