"""What a command is: its four forms, what it needs of the modem, and how its errors are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_command_line import AtCommand, Form
from hw.simulator.at_errors import AtError, CmeError, CmsError, FinalResultError, as_cms, sim_error
from hw.simulator.sim_card import SimError

if TYPE_CHECKING:
    from hw.simulator.modem import Modem


class Pending(Enum):
    """The handler will end the command later, through the `Execution` it took."""

    PENDING = "pending"


PENDING = Pending.PENDING

Outcome = list[str] | Pending
Handler = Callable[["Modem", Arguments], Outcome]


class Gate(Enum):
    """What must be true before the command is even looked at."""

    NONE = 0
    SIM = 1  # the card is there and unlocked: +CME ERROR 10 to 14 else
    RADIO = 2  # and +CFUN is 1: +CME ERROR 30 else


@dataclass(frozen=True, slots=True)
class Command:
    """The forms that a command has; a form left None is refused.

    `test` is the text after "+NAME: " of the test form, or "" for a bare OK. `sms` commands answer
    in +CMS errors (27.005), the others in +CME errors (27.007). V.250 commands (`plain`) say ERROR.
    """

    execute: Handler | None = None
    set: Handler | None = None
    read: Handler | None = None
    test: str | Handler | None = None
    gate: Gate = Gate.NONE
    sms: bool = False
    plain: bool = False

    def bad_parameter(self) -> AtError:
        """The error of a parameter out of range: 27.005 says 304 or 305, see the handlers."""
        if self.plain:
            return AtError()
        return CmsError(302) if self.sms else CmeError(50)


CommandTable = dict[str, Command]


def carry_out(modem: Modem, command: AtCommand) -> Outcome:
    """Run one command of a line; raises AtError where it fails at once."""
    known = modem.model.commands.get(command.name)
    if known is None:
        raise FinalResultError(modem.model.unknown_command)
    handler = _handler(known, command)
    try:
        if command.form is not Form.TEST:
            _pass_gate(modem, known.gate)
        return handler(modem, Arguments(command.text, known.bad_parameter()))
    except CmeError as error:
        if known.sms:
            raise as_cms(error) from error
        raise


def _handler(known: Command, command: AtCommand) -> Handler:
    if command.form is Form.TEST:
        return _test(known, command.name)
    form = command.form
    handler = (
        known.execute if form is Form.EXECUTE else known.set if form is Form.SET else known.read
    )
    if handler is None:
        raise AtError
    return handler


def _test(known: Command, name: str) -> Handler:
    test = known.test
    if test is None:
        raise AtError
    if not isinstance(test, str):
        return test
    lines = [f"{name}: {test}"] if test else []
    return lambda modem, arguments: lines


def _pass_gate(modem: Modem, gate: Gate) -> None:
    if gate is Gate.NONE:
        return
    try:
        modem.sim.require()
    except SimError as error:
        raise sim_error(error, modem.sim) from error
    if gate is Gate.RADIO and modem.line is None:
        raise CmeError(30)


def setting(name: str, field: str, allowed: range, *, gate: Gate = Gate.NONE) -> Command:
    """A command with one number, kept in `ModemSettings.<field>`: set, read and test forms."""

    def put(modem: Modem, arguments: Arguments) -> Outcome:
        arguments.at_most(1)
        setattr(modem.settings, field, arguments.integer(0, allowed, allowed.start))
        return []

    def show(modem: Modem, arguments: Arguments) -> Outcome:
        return [f"{name}: {getattr(modem.settings, field)}"]

    return Command(set=put, read=show, test=f"({_span(allowed)})", gate=gate)


def _span(allowed: range) -> str:
    last = allowed[-1]
    return str(last) if allowed.start == last else f"{allowed.start}-{last}"


def kept(name: str, default: str, test: str | None = "") -> Command:
    """A vendor's setting: any value is taken, kept as it was written, and shown again."""

    def put(modem: Modem, arguments: Arguments) -> Outcome:
        modem.settings.extra[name] = arguments.text
        return []

    def show(modem: Modem, arguments: Arguments) -> Outcome:
        return [f"{name}: {modem.settings.extra.get(name, default)}"]

    return Command(set=put, read=show, test=test)


def told(*lines: str) -> Command:
    """A vendor's question with one answer."""

    def tell(modem: Modem, arguments: Arguments) -> Outcome:
        return list(lines)

    return Command(execute=tell, read=tell, test="")


def accepted(test: str | None = "") -> Command:
    """A command that the family takes and that changes nothing that can be seen from outside."""

    def nothing(modem: Modem, arguments: Arguments) -> Outcome:
        return []

    return Command(execute=nothing, set=nothing, test=test)
