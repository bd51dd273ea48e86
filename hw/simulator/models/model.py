"""What sets one family of modems apart: data, and a few lines where data is not enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from hw.simulator.at_commands import CommandTable
from hw.simulator.causes import Cause
from hw.simulator.modem_formats import call_line
from hw.simulator.modem_settings import ModemSettings
from hw.simulator.sim_card import PinState
from hw.simulator.terminal import CallView

if TYPE_CHECKING:
    from hw.simulator.modem import Modem


class DialEnds(Enum):
    """When ATD<n>; says OK: 27.007 6.31 leaves it to the maker."""

    AT_ONCE = "at once"
    ALERTING = "the other telephone rings"
    ANSWER = "the other party answers"


class CallEvent(Enum):
    """The moments of a call at which a family may say something of its own."""

    DIALING = "dialing"
    ALERTING = "alerting"
    INCOMING = "incoming"
    CONNECTED = "connected"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class BootNoise:
    """One line said of the modem's own accord after a start.

    `after_ms` counts from the moment at which it first answers; `{pin}` stands for the state of the
    card; with `unlocked` it is said only where the card is ready by then.
    """

    after_ms: int
    line: str
    unlocked: bool = False


class Model:
    """A family. Subclasses override data, and methods for what their manuals do differently."""

    name = "generic"
    usb_id = ""  # vendor:product, for people
    manufacturer = "Simulated"
    product = "27.007 modem"
    revision = "1.0"
    unknown_command = "ERROR"  # V.250 5.7.1
    access_technology: int | None = None  # 27.007 7.3 <AcT>, for families without LTE
    restart_after_ms = 300  # between the OK of a restart command and the restart
    usb = False  # True: it leaves the bus while it restarts
    boot_ms = 2000
    boot_noise: tuple[BootNoise, ...] = ()
    unlocked_lines: tuple[str, ...] = ()  # said when the PIN was right
    clock_modes: tuple[int, ...] = (0, 1)  # +CTZU
    clock_keeps_gmt = False  # with +CTZU=1 the clock is not local time, against 27.007 8.15
    line_max = 1024  # characters of a command line
    own_slots = 23  # "ME"
    first_slot = 1  # 27.005 3.1 <index> leaves the numbering to the maker
    memories: tuple[str, ...] = ("SM", "ME")  # +CPMS
    cms_in_words = False  # whether +CMEE=2 words +CMS errors as well
    dial_ends = DialEnds.AT_ONCE
    hang_up_ends_all = False  # +CHUP: the current call, or every call
    reject_cause = Cause.CALL_REJECTED  # what ATH and +CHUP say to a call that rings
    no_carrier_after_local_end = False
    chld_forms = "0,1,1x,2,2x,3,4"
    cssu_codes = frozenset(range(11))  # 27.007 7.17: which of them is the maker's choice
    ring_period_ms = 5000
    signal_period_ms = 0  # how often `signal_lines` are said; 0 never
    defaults: ClassVar[Mapping[str, object]] = {}
    character_sets: tuple[str, ...] = ("IRA", "GSM", "UCS2")  # +CSCS
    empty_slot_is_error = True  # +CMGR of a slot without a message: +CMS ERROR 321, or just OK

    def __init__(self, commands: CommandTable) -> None:
        """`commands` is everything that this family understands."""
        self.commands = commands

    def settings(self) -> ModemSettings:
        """The settings after a start."""
        settings = ModemSettings()
        for field, value in self.defaults.items():
            setattr(settings, field, value)
        return settings

    def identification(self, modem: Modem) -> list[str]:
        """ATI (V.250 6.1.3)."""
        return [self.manufacturer, self.product, f"Revision: {self.revision}"]

    def revision_line(self) -> str:
        """+CGMR (27.007 5.3)."""
        return self.revision

    def boot_lines(self, modem: Modem, noise: BootNoise) -> list[str]:
        """What `noise` says now: nothing where the card it speaks of is not ready."""
        if noise.unlocked and not modem.sim.usable:
            return []
        if "{pin}" in noise.line and not modem.sim.present:
            return self.no_card_lines()
        return [noise.line.format(pin=modem.sim.pin_state.value)]

    def no_card_lines(self) -> list[str]:
        """What it says instead of `+CPIN: ...` when there is no card."""
        return ["+CPIN: NOT INSERTED"]

    def pin_code(self, state: PinState) -> str:
        """27.007 8.3 <code>; a card whose PUK is used up shows as SIM PUK."""
        return "SIM PUK" if state is PinState.BLOCKED else state.value

    def call_event(self, modem: Modem, event: CallEvent, call: CallView) -> list[str]:
        """The family's own codes about a call, said before the standard ones."""
        return []

    def call_changed(self, modem: Modem, call: CallView) -> list[str]:
        """Unsolicited +CLCC and the like: the state now, also RELEASED."""
        return []

    def call_line(self, call: CallView) -> str:
        """One line of +CLCC, also where it is unsolicited."""
        return call_line(call)

    def cause_text(self, cause: Cause | None) -> str:
        """The report of +CEER: free text (27.007 6.10)."""
        if cause is None:
            return "No report available"
        return cause.name.replace("_", " ").capitalize()

    def dtmf(self, modem: Modem, key: str) -> tuple[str, str | None] | None:
        """The code for a key pressed by the other party and its line end; None: not told."""
        return None

    def sound_flow(self, *, go: bool) -> str | None:
        """The code that stops and starts sound from the computer; None: it has none."""
        return None

    def store_full(self, modem: Modem, memory: str) -> list[str]:
        """What is said when a message finds no room."""
        return []

    def ussd_text(self, text: str) -> str | None:
        """<str> of +CUSD where the family does not follow +CSCS; None where it does."""
        return None

    def ussd_request(self, written: str) -> str | None:
        """What +CUSD=1,<str> asks where the family wants <str> in its own form; None: see +CSCS."""
        return None

    def signal_lines(self, modem: Modem) -> list[str]:
        """What some families say again and again, every `signal_period_ms`."""
        return []
