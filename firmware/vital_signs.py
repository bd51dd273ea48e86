"""The box's pulse, taken: what was measured last, for the page to believe or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.call.forwarding import ForwardingKeeper
from firmware.health.desk import HealthDesk
from firmware.health.lamps import Seen, lamps
from firmware.health.listening import CALLS, SMS
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.line.registration import Progress, Registration
from firmware.pulse import Lamp, ModemState, Pulse
from firmware.sms.outbox import Outbox

EARLY = 0.2   # of a beat: a pulse that is due so soon is taken with whatever happens now
CALL_SHOWN_S = 30.0   # a diverted call is in hand for a second; the blue lamp is for people

_STATES = {
    Progress.CLOSED: ModemState.ABSENT,
    Progress.STARTING: ModemState.STARTING,
    Progress.SIM_FAULT: ModemState.SIM_FAULT,
    Progress.SEARCHING: ModemState.SEARCHING,
    Progress.READY: ModemState.READY,
}


class VitalSigns:
    """Takes the pulse at every beat, and at once when something that the page shows has changed.

    ``port`` is the open port's name. What grows by itself (the instant of the last answer) makes
    no pulse of its own.
    """

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        registration: Registration,
        forwarding: ForwardingKeeper,
        outbox: Outbox,
        health: HealthDesk,
        in_call: Callable[[], bool],
        beat_s: float,
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._registration = registration
        self._forwarding = forwarding
        self._outbox = outbox
        self._health = health
        self._in_call = in_call
        self._call_until_s = 0.0
        self._beat_s = beat_s
        self._shown: dict[str, Any] | None = None
        self.due_s = 0.0
        self.port: str | None = None
        self.unknown_lines = 0

    def pulse(self) -> Pulse | None:
        """The pulse to publish now, None between two beats while nothing has changed."""
        now = self._ledger.moment
        shown = self._measure()
        if now.monotonic_s < self.due_s - EARLY * self._beat_s and shown == self._shown:
            return None
        self._shown = shown
        self.due_s = now.monotonic_s + self._beat_s
        answered = self._line.answered_at
        answered_at = answered.utc if answered is not None else None
        return Pulse(at=now.utc, answered_at=answered_at, **shown)

    def _measure(self) -> dict[str, Any]:
        """All of a pulse but what grows by itself, after each step: the fields of `Pulse`."""
        facts = self._registration.facts
        view = self._forwarding.view
        own = self._health.own_number
        return {
            "modem": self._modem_state(),
            "port": self.port,
            "model": facts.model,
            "operator": facts.operator,
            "technology": facts.technology,
            "signal_dbm": facts.signal_dbm,
            "forwarding": view.state,
            "forwarding_target": view.target,
            "forwarding_checked_at": self._forwarding.checked_at,
            "clock_trusted": self._ledger.moment.utc_trusted,
            "outgoing_waiting": self._outbox.book.waiting,
            "last_call_at": self._health.listening.last_at(CALLS),
            "last_sms_at": self._health.listening.last_at(SMS),
            "unknown_lines": self.unknown_lines,
            "store": self._ledger.store,
            "own_number": own.number,
            "own_number_proved_at": own.proved_at,
            "sms_loop_at": own.loop_at,
            "sms_loop_failing": own.failing,
            "modem_temperature_c": self._health.vitals.temperature_c,
            "modem_voltage_mv": self._health.vitals.voltage_mv,
            "sms_store": self._health.sms_store,
            "lamps": self.lamps(),
        }

    def lamps(self) -> tuple[Lamp, ...]:
        """What the box shows now."""
        answered, now = self._line.answered_at, self._ledger.moment
        if self._in_call():
            self._call_until_s = now.monotonic_s + CALL_SHOWN_S
        return lamps(
            Seen(
                self._modem_state(),
                self._forwarding.view.state,
                self._ledger.store,
                now.utc_trusted,
                now.monotonic_s - answered.monotonic_s if answered is not None else None,
                self._ledger.alarm_keys,
                now.monotonic_s < self._call_until_s,
            )
        )

    def _modem_state(self) -> ModemState:
        if self._line.open and self._line.mute_for_s > 0:
            return ModemState.MUTE
        return _STATES[self._registration.progress]
