"""V.250 commands: E Q V & S-parameters, identification, A D H O (clause 6), and 27.007 clause 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import PENDING, Command, CommandTable, Outcome, accepted
from hw.simulator.at_errors import AtError, CmeError, FinalResultError, ss_error
from hw.simulator.commands_services import forwarding_lines
from hw.simulator.mmi import parse as parse_procedure
from hw.simulator.terminal import Clir, SsResult, is_mmi

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

DIAL_CHARACTERS = frozenset("0123456789*#+ABCD")  # V.250 6.3.1 and 27.007 6.2
DIAL_MODIFIERS = frozenset(",TPW@!-().")  # heard and without effect in a mobile network


def _echo(modem: Modem, arguments: Arguments) -> Outcome:
    modem.port.settings.echo = bool(arguments.integer(0, range(2), 0))
    return []


def _quiet(modem: Modem, arguments: Arguments) -> Outcome:
    modem.port.settings.quiet = bool(arguments.integer(0, range(2), 0))
    return []


def _verbose(modem: Modem, arguments: Arguments) -> Outcome:
    modem.port.settings.verbose = bool(arguments.integer(0, range(2), 0))
    return []


def _identify(modem: Modem, arguments: Arguments) -> Outcome:
    arguments.integer(0, range(10), 0)
    return modem.model.identification(modem)


def _defaults(modem: Modem, arguments: Arguments) -> Outcome:
    """Z and &F: V.250 6.1.1 and 6.1.2. A call is not touched, as mobile modems have it."""
    port = modem.port.settings
    port.echo, port.quiet, port.verbose, port.s3, port.s4, port.s5 = True, False, True, 13, 10, 8
    modem.settings = modem.model.settings()
    return []


def _number_command(allowed: range) -> Command:
    """A basic command that is checked and changes nothing here."""

    def check(modem: Modem, arguments: Arguments) -> Outcome:
        arguments.integer(0, allowed, 0)
        return []

    return Command(execute=check, plain=True)


def _character_register(field: str) -> Command:
    def put(modem: Modem, arguments: Arguments) -> Outcome:
        setattr(modem.port.settings, field, arguments.integer(0, range(128)))
        return []

    def show(modem: Modem, arguments: Arguments) -> Outcome:
        return [f"{getattr(modem.port.settings, field):03d}"]  # V.250 5.3.2: three digits

    return Command(set=put, read=show, plain=True)


def _automatic_answer(modem: Modem, arguments: Arguments) -> Outcome:
    modem.settings.s0 = arguments.integer(0, range(256))
    return []


def _show_automatic_answer(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"{modem.settings.s0:03d}"]


def _timer_register(default: int) -> Command:
    """S6 S7 S8 S10: kept by no modem of these families in a way that shows."""

    def put(modem: Modem, arguments: Arguments) -> Outcome:
        arguments.integer(0, range(256))
        return []

    def show(modem: Modem, arguments: Arguments) -> Outcome:
        return [f"{default:03d}"]

    return Command(set=put, read=show, plain=True)


# -- calls ------------------------------------------------------------------------------------


def dial(modem: Modem, arguments: Arguments) -> Outcome:
    """V.250 6.3.1 and 27.007 6.2: ATD<n>[I][G];  a voice call or a 22.030 string."""
    written = arguments.string(0, "")
    voice = written.endswith(";")
    text = written.rstrip(";")
    clir = Clir.AS_SUBSCRIBED
    if text.startswith(">"):
        raise CmeError(22)  # 27.007 6.3: no phonebook entry of that name or index here
    number = ""
    for character in text:
        if character.upper() in DIAL_CHARACTERS:
            number += character.upper()
        elif character == "I":
            clir = Clir.INVOKE  # 27.007 6.2
        elif character == "i":
            clir = Clir.SUPPRESS
        elif character.upper() not in DIAL_MODIFIERS | {"G"}:
            raise FinalResultError("NO CARRIER")
    if is_mmi(number):
        return _mmi(modem, number, clir)
    if not number or "+" in number[1:]:
        raise FinalResultError("NO CARRIER")
    if not voice:
        raise FinalResultError("NO CARRIER")  # a data call: no network of today takes one
    execution = modem.execution
    if execution is None:
        raise AtError
    if clir is Clir.AS_SUBSCRIBED:
        clir = Clir(modem.settings.clir)
    return PENDING if modem.calls.dial(number, clir, execution) else []


def _mmi(modem: Modem, text: str, clir: Clir) -> Outcome:
    """22.030 strings: supplementary services answer like their commands, the rest is USSD."""
    execution, line = modem.execution, modem.line
    if execution is None or line is None:
        raise CmeError(30)
    procedure = parse_procedure(text)

    def done(result: SsResult) -> None:
        if result.error is not None:
            execution.fail(ss_error(result.error))
            return
        execution.finish(forwarding_lines(result))
        if result.text and procedure is None:
            modem.registration.ussd_answer(result.text)

    line.mmi(text, done, clir)
    return PENDING


def _answer(modem: Modem, arguments: Arguments) -> Outcome:
    if modem.execution is None:
        raise AtError
    modem.calls.answer(modem.execution)
    return PENDING


def _hang_up(modem: Modem, arguments: Arguments) -> Outcome:
    arguments.integer(0, range(2), 0)
    modem.calls.hang_up(everything=True)  # V.250 6.3.6: ATH clears all
    return []


def _online(modem: Modem, arguments: Arguments) -> Outcome:
    raise FinalResultError("NO CARRIER")  # V.250 6.3.7: there is no data connection


# -- identification -----------------------------------------------------------------------------


def _manufacturer(modem: Modem, arguments: Arguments) -> Outcome:
    return [modem.model.manufacturer]


def _product(modem: Modem, arguments: Arguments) -> Outcome:
    return [modem.model.product]


def _revision(modem: Modem, arguments: Arguments) -> Outcome:
    return [modem.model.revision_line()]


def _serial(modem: Modem, arguments: Arguments) -> Outcome:
    return [modem.imei]


def _serial_of_kind(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 5.4 <snt>: 0 serial number, 1 IMEI, 2 IMEISV, 3 software version."""
    kind = arguments.at_most(1).integer(0, range(4), 1)
    return {
        0: [modem.imei],
        1: [f'+CGSN: "{modem.imei}"'],
        2: [f'+CGSN: "{modem.imei[:-1]}01"'],
        3: ['+CGSN: "01"'],
    }[kind]


def _capabilities(modem: Modem, arguments: Arguments) -> Outcome:
    return ["+GCAP: +CGSM"]


def _set_character_set(modem: Modem, arguments: Arguments) -> Outcome:
    chosen = arguments.at_most(1).string(0).upper()
    if chosen not in modem.model.character_sets:
        raise arguments.bad
    modem.settings.cscs = chosen
    return []


def _show_character_set(modem: Modem, arguments: Arguments) -> Outcome:
    return [f'+CSCS: "{modem.settings.cscs}"']


def _character_sets(modem: Modem, arguments: Arguments) -> Outcome:
    return ["+CSCS: (" + ",".join(f'"{each}"' for each in modem.model.character_sets) + ")"]


def _rate(modem: Modem, arguments: Arguments) -> Outcome:
    return ["+IPR: 115200"]


_MANUFACTURER = Command(execute=_manufacturer, test="")
_PRODUCT = Command(execute=_product, test="")
_REVISION = Command(execute=_revision, test="")

COMMANDS: CommandTable = {
    "E": Command(execute=_echo, plain=True),
    "Q": Command(execute=_quiet, plain=True),
    "V": Command(execute=_verbose, plain=True),
    "X": _number_command(range(5)),
    "L": _number_command(range(4)),
    "M": _number_command(range(4)),
    "I": Command(execute=_identify, plain=True),
    "Z": Command(execute=_defaults, plain=True),
    "&F": Command(execute=_defaults, plain=True),
    "&C": _number_command(range(3)),
    "&D": _number_command(range(3)),
    "&K": _number_command(range(7)),
    "&S": _number_command(range(3)),
    "&W": _number_command(range(2)),
    "S0": Command(set=_automatic_answer, read=_show_automatic_answer, plain=True),
    "S3": _character_register("s3"),
    "S4": _character_register("s4"),
    "S5": _character_register("s5"),
    "S6": _timer_register(2),
    "S7": _timer_register(60),
    "S8": _timer_register(2),
    "S10": _timer_register(15),
    "D": Command(execute=dial, plain=True),
    "A": Command(execute=_answer, plain=True),
    "H": Command(execute=_hang_up, plain=True),
    "O": Command(execute=_online, plain=True),
    "+GMI": _MANUFACTURER,
    "+GMM": _PRODUCT,
    "+GMR": _REVISION,
    "+GSN": Command(execute=_serial, test=""),
    "+CGMI": _MANUFACTURER,
    "+CGMM": _PRODUCT,
    "+CGMR": _REVISION,
    "+CGSN": Command(execute=_serial, set=_serial_of_kind, test="(0-3)"),
    "+GCAP": Command(execute=_capabilities, test=""),
    "+CSCS": Command(set=_set_character_set, read=_show_character_set, test=_character_sets),
    "+IPR": Command(set=accepted().set, read=_rate, test="(),(9600,115200,921600)"),
    "+IFC": accepted("(0-2),(0-2)"),
    "+ICF": accepted("(3),(0-3)"),
    "+FCLASS": accepted("0"),
}
