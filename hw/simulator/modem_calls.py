"""The modem's view of its calls: RING, +CLIP, +CCWA, and how ATD and ATA end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_errors import FinalResultError, dial_result
from hw.simulator.at_execution import Execution
from hw.simulator.causes import Cause
from hw.simulator.models.model import CallEvent, DialEnds
from hw.simulator.modem_formats import RINGING, SETTING_UP, clip_line, number_type, waiting_line
from hw.simulator.terminal import CallState, CallView, Clir, LineError
from hw.simulator.timeline import Scheduled

if TYPE_CHECKING:
    from hw.simulator.modem import Modem


class CallDesk:
    """Keeps what the network said last of each call, and rings."""

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self._calls: dict[int, CallView] = {}
        self._ring: Scheduled | None = None
        self._rings = 0
        self._dialing: tuple[int, Execution] | None = None
        self._answering: tuple[int, Execution] | None = None
        self._ended_here: set[int] = set()
        self._connected_ms: dict[int, int] = {}
        self.last_cause: Cause | None = None

    def reset(self) -> None:
        """The network is gone: no call is left, nobody is told."""
        self._calls.clear()
        self._connected_ms.clear()
        self._ended_here.clear()
        self._dialing = self._answering = None
        self._stop_ringing()

    def ringing(self) -> CallView | None:
        """The call that may be answered or refused."""
        return next((call for call in self._views() if call.state in RINGING), None)

    def connected_s(self, call: CallView) -> int | None:
        """For how many seconds a call has been up; None where nobody answered."""
        since = self._connected_ms.get(call.index)
        return None if since is None else (self._modem.timeline.now_ms - since) // 1000

    def up_for_ms(self) -> int | None:
        """For how long the call that came up last has been up; None without one."""
        newest = max(self._connected_ms.values(), default=None)
        return None if newest is None else self._modem.timeline.now_ms - newest

    def _views(self) -> tuple[CallView, ...]:
        return self._modem.line.calls() if self._modem.line is not None else ()

    def _own_codes(self, event: CallEvent, call: CallView) -> None:
        model = self._modem.model
        self._modem.urc(*model.call_changed(self._modem, call))
        self._modem.urc(*model.call_event(self._modem, event, call))

    # -- calls to the modem ------------------------------------------------------------------

    def incoming(self, call: CallView) -> None:
        """A call rings, or waits behind another one."""
        self._calls[call.index] = call
        self._own_codes(CallEvent.INCOMING, call)
        if call.state is CallState.WAITING:
            if self._modem.settings.ccwa:  # 27.007 7.12
                self._modem.urc(waiting_line(call))
            return
        self._rings = 0
        self._say_ring()

    def _say_ring(self) -> None:
        call = self.ringing()
        if call is None or call.state is not CallState.INCOMING:
            self._ring = None
            return
        settings = self._modem.settings
        self._modem.urc("+CRING: VOICE" if settings.crc else "RING")  # 27.007 6.11
        if settings.clip:
            self._modem.urc(clip_line(call))
        self._rings += 1
        if settings.s0 and self._rings >= settings.s0 and self._modem.line is not None:
            self._modem.line.answer(call.index)  # V.250 6.3.8
        self._ring = self._modem.timeline.after(self._modem.model.ring_period_ms, self._say_ring)

    def _stop_ringing(self) -> None:
        if self._ring is not None:
            self._ring.cancel()
            self._ring = None

    # -- what the network tells ----------------------------------------------------------------

    def changed(self, call: CallView) -> None:
        """A call went on: ALERTING, ACTIVE, HELD, or in and out of a conference."""
        before = self._calls.get(call.index)
        self._calls[call.index] = call
        if before is not None and before.state in RINGING and call.state not in RINGING:
            self._stop_ringing()
        if call.state is CallState.ALERTING:
            self._end_of_dialing(call, DialEnds.ALERTING)
            self._own_codes(CallEvent.ALERTING, call)
        elif call.state is not CallState.ACTIVE or call.index in self._connected_ms:
            self._modem.urc(*self._modem.model.call_changed(self._modem, call))
        if call.state is not CallState.ACTIVE or call.index in self._connected_ms:
            return
        self._connected_ms[call.index] = self._modem.timeline.now_ms
        self._end_of_dialing(call, DialEnds.ANSWER)
        answering = self._answering
        if answering is not None and answering[0] == call.index:
            self._answering = None
            answering[1].finish()
        self._own_codes(CallEvent.CONNECTED, call)

    def _end_of_dialing(self, call: CallView, moment: DialEnds) -> None:
        """ATD says OK now, if this is the family's moment for it (with +COLP: the answer)."""
        dialing = self._dialing
        if dialing is None or dialing[0] != call.index:
            return
        wanted = self._modem.model.dial_ends
        if self._modem.settings.colp or moment is DialEnds.ANSWER or wanted is moment:
            if self._modem.settings.colp and moment is not DialEnds.ANSWER:
                return
            self._dialing = None
            dialing[1].finish(self._connected_line(call))

    def _connected_line(self, call: CallView) -> list[str]:
        """27.007 7.8: +COLP, as an intermediate result before OK."""
        if not self._modem.settings.colp:
            return []
        return [f'+COLP: "{call.number or ""}",{number_type(call.number)}']

    def released(self, call: CallView) -> None:
        """A call is over; the final result of ATD or ATA, or an unsolicited code, says so."""
        before = self._calls.pop(call.index, None)
        self.last_cause = call.cause
        if before is not None and before.state in RINGING:
            self._stop_ringing()
        self._own_codes(CallEvent.RELEASED, call)
        self._connected_ms.pop(call.index, None)
        here = call.index in self._ended_here
        self._ended_here.discard(call.index)
        if self._end_of_waiting(call):
            return
        if here:
            if self._modem.model.no_carrier_after_local_end:
                self._modem.urc("NO CARRIER")
            return
        setting_up = before is not None and before.state in SETTING_UP
        self._modem.urc(dial_result(call.cause) if setting_up else "NO CARRIER")

    def _end_of_waiting(self, call: CallView) -> bool:
        """True when the release is the answer to an ATD or ATA that still waits."""
        dialing, answering = self._dialing, self._answering
        if dialing is not None and dialing[0] == call.index:
            self._dialing = None
            dialing[1].fail(FinalResultError(dial_result(call.cause)))
            return True
        if answering is not None and answering[0] == call.index:
            self._answering = None
            answering[1].fail(FinalResultError("NO CARRIER"))
            return True
        return False

    # -- what commands ask ----------------------------------------------------------------------

    def dial(self, number: str, clir: Clir, execution: Execution) -> bool:
        """ATD<n>; : True when the command is to wait until the other party answers.

        Raises FinalResultError when the network refuses at once.
        """
        line = self._modem.line
        if line is None:
            raise FinalResultError("NO CARRIER")
        try:
            call = line.dial(number, clir)
        except LineError as error:
            self.last_cause = error.cause
            raise FinalResultError("NO CARRIER") from error
        self._calls[call.index] = call
        self._own_codes(CallEvent.DIALING, call)
        if self._modem.model.dial_ends is DialEnds.AT_ONCE and not self._modem.settings.colp:
            return False
        self._dialing = (call.index, execution)
        execution.on_abort = lambda: self.release(call.index)  # V.250 6.3.1
        return True

    def answer(self, execution: Execution) -> None:
        """ATA: ends when the call is up; raises FinalResultError when nothing rings."""
        call = self.ringing()
        line = self._modem.line
        if call is None or line is None:
            raise FinalResultError("NO CARRIER")  # V.250 6.3.5
        self._answering = (call.index, execution)
        self._stop_ringing()
        line.answer(call.index)

    def release(self, index: int, cause: Cause = Cause.NORMAL_CLEARING) -> None:
        """End one call; its release will not be told as the other party's doing."""
        if self._modem.line is not None:
            self._ended_here.add(index)
            self._modem.line.release(index, cause)

    def hang_up(self, *, everything: bool) -> int:
        """ATH and +CHUP: how many calls are being ended."""
        calls = list(self._views())
        if not everything:
            order = (CallState.ACTIVE, *SETTING_UP, *RINGING, CallState.HELD)
            current = next((state for state in order if any(c.state is state for c in calls)), None)
            calls = [call for call in calls if call.state is current]
        for call in calls:
            refused = call.state in RINGING
            self.release(
                call.index, self._modem.model.reject_cause if refused else Cause.NORMAL_CLEARING
            )
        if any(call.state in RINGING for call in calls):
            self._stop_ringing()
        return len(calls)

    def expect_release(self, states: tuple[CallState, ...], index: int | None = None) -> None:
        """+CHLD is about to end the calls in `states`, or the one at `index`."""
        for call in self._views():
            if (index is None and call.state in states) or call.index == index:
                self._ended_here.add(call.index)

    def released_all_expected(self) -> None:
        """+CHLD is done: whatever ends from here on is the other party's doing."""
        self._ended_here.clear()
