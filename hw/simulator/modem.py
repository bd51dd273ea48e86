"""A simulated cellular modem: bytes of its serial port on one side, the network on the other.

Sans-I/O: `feed` takes the computer's bytes, `on_output` gets the modem's; all time is the
timeline's. Written from V.250, 27.007, 27.005 and the makers' manuals, never from a driver.

Power: OFF -> `power_on` -> BOOTING (deaf and dumb, or chattering) -> ON -> `restart` -> BOOTING.
A modem on USB vanishes from the bus while it restarts; `on_attachment` tells the host.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

from hw.simulator.at_command_line import parse_command_line
from hw.simulator.at_errors import AtError, CmeError, CmsError
from hw.simulator.at_execution import Execution
from hw.simulator.at_port import AtPort
from hw.simulator.models.model import BootNoise, Model
from hw.simulator.modem_audio import AudioDesk
from hw.simulator.modem_calls import CallDesk
from hw.simulator.modem_messages import MessageDesk
from hw.simulator.modem_registration import RegistrationDesk
from hw.simulator.sim_card import PinState, SimCard, SmsStore
from hw.simulator.terminal import (
    CallView,
    Delivery,
    Line,
    NetworkTime,
    Notification,
    Registration,
    Terminal,
)
from hw.simulator.timeline import Scheduled, Timeline

Attach = Callable[[SimCard, Terminal], Line]


class Power(Enum):
    """Whether the modem answers."""

    OFF = "off"
    BOOTING = "booting"
    ON = "on"


class Modem:
    """One modem of one family with one SIM. It is a `terminal.Terminal` for the network."""

    def __init__(
        self,
        timeline: Timeline,
        model: Model,
        sim: SimCard,
        attach: Attach,
        *,
        imei: str = "867698040000018",
    ) -> None:
        """`attach` puts a SIM on the network for a terminal. The modem starts switched off."""
        self.timeline = timeline
        self.model = model
        self.sim = sim
        self.imei = imei
        self.power = Power.OFF
        self.frozen = False  # a firmware that has hung: nothing but a restart helps
        self.functionality = 0
        self.line: Line | None = None
        self.settings = model.settings()
        self.own_store = SmsStore(model.own_slots)  # "ME": survives a restart
        for store in (self.own_store, sim.messages):
            store.number_from(model.first_slot)
        self.on_output: Callable[[bytes], None] | None = None
        self.on_attachment: Callable[[bool], None] | None = None
        self.execution: Execution | None = None
        self.port = AtPort(self, self._write, line_max=model.line_max)
        self.audio = AudioDesk(self)
        self.calls = CallDesk(self)
        self.messages = MessageDesk(self)
        self.registration = RegistrationDesk(self)
        self.clock_offset_ms = 0  # what +CCLK= has added to the network's time
        self._attach = attach
        self._output = bytearray()
        self._boot: list[Scheduled] = []
        self._refusal: AtError | None = None

    # -- the serial port -----------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Bytes from the computer; a modem that is off or booting does not hear them."""
        if self.power is Power.ON and not self.frozen:
            self.port.feed(data)

    def take_output(self) -> bytes:
        """The bytes for the computer since the last call; empty when `on_output` takes them."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def _write(self, data: bytes) -> None:
        if self.frozen:
            return
        if self.on_output is not None:
            self.on_output(data)
        else:
            self._output += data

    def refuse_next(self, as_message_error: bool) -> None:
        """A fault: the next command line is refused, with +CMS 500 or +CME 100."""
        self._refusal = CmsError(500) if as_message_error else CmeError(100)

    # -- at_port.LineHandler -------------------------------------------------------------

    @property
    def executing(self) -> bool:
        """True while a command line waits for its final result code."""
        return self.execution is not None and not self.port.in_body

    def command_line(self, body: str) -> None:
        """Carry out a command line (V.250 5.2)."""
        execution = Execution(self, parse_command_line(body))
        self.execution = execution
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            words = self.model.cms_in_words
            self.final(refusal.result(self.settings.cmee, cms_in_words=words))
            return
        execution.run()

    def line_too_long(self) -> None:
        """V.250 5.2.2: a line beyond the buffer is answered with ERROR."""
        self.final(AtError().result(self.settings.cmee, cms_in_words=False))

    def interrupted(self, byte: int) -> None:
        """A byte while executing: it may abort (V.250 5.6.1) and is otherwise lost."""
        if self.execution is not None and byte != 0x0A:
            self.execution.interrupt()

    # -- results ---------------------------------------------------------------------------

    def information(self, lines: list[str]) -> None:
        """Information text of the command in hand."""
        self.port.information(lines)

    def final(self, code: str) -> None:
        """The final result code of the line; the port listens to commands again."""
        self.execution = None
        self.port.result(code)

    def urc(self, *codes: str, ending: str | None = None) -> None:
        """Unsolicited result codes, each framed on its own; a modem that is off says nothing."""
        if self.power is Power.OFF:
            return
        for code in codes:
            self.port.unsolicited(code, ending)

    # -- power -------------------------------------------------------------------------------

    def power_on(self, *, booted: bool = False) -> None:
        """Switch on; `booted` skips the start, as when the computer comes to a modem that runs."""
        if self.power is not Power.OFF:
            return
        self.power = Power.BOOTING
        self.sim.reset()
        if booted:
            self._attachment(True)
            self._ready(1)
            return
        self._schedule_boot()

    def power_off(self, *, orderly: bool = False) -> None:
        """Cut the power, or with `orderly` detach from the network first."""
        if self.power is Power.OFF:
            return
        self._stop(orderly=orderly)
        self._attachment(False)

    def restart(self, *, orderly: bool = True) -> None:
        """Restart: calls are lost, settings return to their defaults, the PIN is asked again."""
        if self.power is Power.OFF:
            self.power_on()
            return
        self._stop(orderly=orderly)
        if self.model.usb:
            self._attachment(False)
        self.power = Power.BOOTING
        self.sim.reset()
        self._schedule_boot()

    def _stop(self, *, orderly: bool) -> None:
        for scheduled in self._boot:
            scheduled.cancel()
        self._boot.clear()
        if self.execution is not None:
            self.execution.drop()
            self.execution = None
        self.power = Power.OFF
        self.frozen = False
        self.detach(orderly=orderly)
        self.functionality = 0
        self.settings = self.model.settings()
        self.audio.restarted()
        self.port.reset()
        self.messages.reset()

    def _schedule_boot(self) -> None:
        model = self.model
        self._boot = [
            self.timeline.after(model.boot_ms, lambda: self._attachment(True)),
            self.timeline.after(model.boot_ms, lambda: self._ready(1)),
        ]
        for noise in model.boot_noise:
            self._boot.append(
                self.timeline.after(
                    model.boot_ms + noise.after_ms,
                    partial(self._noise, noise),
                )
            )

    def _noise(self, noise: BootNoise) -> None:
        for line in self.model.boot_lines(self, noise):
            self.urc(line)

    def _attachment(self, present: bool) -> None:
        if self.on_attachment is not None:
            self.on_attachment(present)

    def _ready(self, functionality: int) -> None:
        self.power = Power.ON
        self.set_functionality(functionality)
        if self.model.signal_period_ms:
            self._boot.append(self.timeline.after(self.model.signal_period_ms, self._signal))

    def _signal(self) -> None:
        self.urc(*self.model.signal_lines(self))
        self._boot = [each for each in self._boot if each.pending]
        self._boot.append(self.timeline.after(self.model.signal_period_ms, self._signal))

    # -- the radio ---------------------------------------------------------------------------

    def set_functionality(self, level: int) -> None:
        """27.007 8.2 +CFUN: 0 minimum, 1 full, 4 radio off."""
        self.functionality = level
        if level == 1:
            self.attach_when_possible()
        else:
            self.detach(orderly=True)

    def attach_when_possible(self) -> None:
        """Register with the network once the card allows it."""
        if self.functionality == 1 and self.line is None and self.sim.usable:
            self.line = self._attach(self.sim, self)

    def detach(self, *, orderly: bool) -> None:
        """Leave the network, in good order or without a word."""
        line, self.line = self.line, None
        if line is not None:
            if orderly:
                line.detach()
            else:
                line.lose_power()
        self.calls.reset()
        self.audio.close()
        self.registration.lost()

    def sim_unlocked(self) -> None:
        """The PIN was right: tell it and register."""
        if self.sim.pin_state is PinState.READY:
            self.urc(*self.model.unlocked_lines)
            self.attach_when_possible()

    # -- terminal.Terminal -------------------------------------------------------------------

    def incoming_call(self, call: CallView) -> None:
        """See `Terminal`."""
        self.calls.incoming(call)

    def call_changed(self, call: CallView) -> None:
        """See `Terminal`."""
        self.calls.changed(call)

    def call_released(self, call: CallView) -> None:
        """See `Terminal`."""
        self.calls.released(call)
        self.audio.call_over()

    def notified(self, notification: Notification, call: CallView) -> None:
        """See `Terminal`: +CSSI while setting up, +CSSU afterwards (27.007 7.17)."""
        name, code = notification.value
        enabled = self.settings.cssi if name == "+CSSI" else self.settings.cssu
        if enabled and (name == "+CSSI" or code in self.model.cssu_codes):
            self.urc(f"{name}: {code}")

    def dtmf_heard(self, call: CallView, key: str) -> None:
        """See `Terminal`: told in the family's own way, if at all."""
        heard = self.model.dtmf(self, key)
        if heard is not None:
            code, ending = heard
            self.urc(code, ending=ending)

    def short_message(self, delivery: Delivery) -> None:
        """See `Terminal`."""
        self.messages.offered(delivery)

    def ussd_received(self, text: str, reply_expected: bool) -> None:
        """See `Terminal`: +CUSD (27.007 7.15)."""
        self.registration.ussd(text, reply_expected=reply_expected)

    def registration_changed(self, registration: Registration) -> None:
        """See `Terminal`."""
        self.registration.changed(registration)

    def network_time(self, time: NetworkTime) -> None:
        """See `Terminal`."""
        self.registration.network_time(time)
