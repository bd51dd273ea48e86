"""Supplementary services and USSD of one line: 24.080 operations with the network's delays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from hw.simulator import mmi
from hw.simulator.call import RINGING
from hw.simulator.causes import SsError
from hw.simulator.mmi import Procedure
from hw.simulator.numbers import is_forwardable, normalise
from hw.simulator.terminal import (
    ForwardingMode,
    ForwardingReason,
    ForwardingStatus,
    SsDone,
    SsResult,
)

if TYPE_CHECKING:
    from hw.simulator.line import MobileLine
    from hw.simulator.network import Network

Operation = Callable[[], SsResult]

_CALL_WAITING_MODES = {
    ForwardingMode.DISABLE: 0,
    ForwardingMode.ERASURE: 0,
    ForwardingMode.ENABLE: 1,
    ForwardingMode.REGISTRATION: 1,
    ForwardingMode.QUERY: 2,
}


@dataclass(frozen=True, slots=True)
class UssdPage:
    """A text that the network shows; with `choices` it expects one of them as the reply."""

    text: str
    choices: dict[str, UssdPage] = field(default_factory=dict)


class Services:
    """What one line may ask of the home register."""

    def __init__(self, network: Network, line: MobileLine) -> None:
        self._network = network
        self._line = line
        self._page: UssdPage | None = None

    def forwarding(
        self,
        reason: ForwardingReason,
        mode: ForwardingMode,
        done: SsDone,
        number: str | None,
        service_class: int,
        no_reply_s: int | None,
    ) -> None:
        """One operation on forwarding; a change is noted in the ledger."""
        self._later(
            partial(self._forwarding, reason, mode, number, service_class, no_reply_s), done
        )

    def _forwarding(
        self,
        reason: ForwardingReason,
        mode: ForwardingMode,
        number: str | None,
        service_class: int,
        no_reply_s: int | None,
    ) -> SsResult:
        subscriber = self._line.subscriber
        before = subscriber.forwarding.as_json()
        result = subscriber.forwarding.operate(reason, mode, number, service_class, no_reply_s)
        after = subscriber.forwarding.as_json()
        if after != before:
            self._network.note(subscriber.number, f"forwarding {after}")
        return result

    def call_waiting(self, mode: int, done: SsDone, service_class: int) -> None:
        """0 off, 1 on, 2 query; `active_classes` is what is on afterwards."""
        self._later(partial(self._call_waiting, mode, service_class), done)

    def _call_waiting(self, mode: int, service_class: int) -> SsResult:
        subscriber = self._line.subscriber
        if not subscriber.profile.call_waiting:
            return SsResult(SsError.SS_NOT_AVAILABLE)
        classes = service_class & subscriber.profile.forwarding.provisioned
        if not classes:
            return SsResult(SsError.TELESERVICE_NOT_PROVISIONED)
        if mode == 1:
            subscriber.call_waiting_classes |= classes
        elif mode == 0:
            subscriber.call_waiting_classes &= ~classes
        return SsResult(active_classes=subscriber.call_waiting_classes & classes)

    def clir_query(self, done: SsDone) -> None:
        """27.007 7.7: what applies by default, and how the service is provisioned."""
        self._later(lambda: SsResult(clir=(0, self._line.subscriber.profile.clir_mode)), done)

    def deflect(self, number: str, done: SsDone) -> None:
        """22.072: send the offered call to `number`."""
        self._later(partial(self._deflect, number), done, self._network.timings.in_call_ms)

    def _deflect(self, number: str) -> SsResult:
        line = self._line
        offered = [leg for leg in line.legs.values() if leg.state in RINGING]
        if not offered:
            return SsResult(SsError.ILLEGAL_SS_OPERATION)
        if not line.subscriber.profile.deflection:
            return SsResult(SsError.SS_NOT_AVAILABLE)
        if not is_forwardable(number):
            return SsResult(SsError.INVALID_DEFLECTED_TO_NUMBER)
        to = normalise(number)
        if to == line.subscriber.number:
            return SsResult(SsError.DEFLECTION_TO_SERVED_SUBSCRIBER)
        if not self._network.exchange.deflect(offered[0], to):
            return SsResult(SsError.SS_INCOMPATIBILITY)
        return SsResult()

    def mmi(self, text: str, done: SsDone) -> None:
        """A procedure of 22.030, else USSD."""
        procedure = mmi.parse(text)
        if procedure is None:
            self.ussd(text, done)
        elif procedure.code in mmi.FORWARDING_CODES:
            self._later(partial(self._forwarding_procedure, procedure), done)
        elif procedure.code == mmi.CALL_WAITING:
            mode = _CALL_WAITING_MODES[procedure.mode]
            self._later(partial(self._call_waiting_procedure, mode, procedure), done)
        else:
            self._later(partial(self._identification_procedure, procedure), done)

    def _forwarding_procedure(self, procedure: Procedure) -> SsResult:
        result = self._forwarding(
            mmi.FORWARDING_CODES[procedure.code],
            procedure.mode,
            procedure.number,
            procedure.service_class,
            procedure.no_reply_s,
        )
        if result.error is not None:
            return result
        if procedure.mode is not ForwardingMode.QUERY:
            return replace(result, text="Service updated")
        lines = [_spoken(status) for status in result.forwarding if status.active]
        return replace(result, text="\n".join(lines) or "Service not active")

    def _call_waiting_procedure(self, mode: int, procedure: Procedure) -> SsResult:
        result = self._call_waiting(mode, procedure.service_class)
        if result.error is not None:
            return result
        return replace(result, text="Service active" if result.active_classes else "Not active")

    def _identification_procedure(self, procedure: Procedure) -> SsResult:
        if procedure.mode is not ForwardingMode.QUERY:
            return SsResult(SsError.ILLEGAL_SS_OPERATION)
        profile = self._line.subscriber.profile
        if procedure.code == mmi.CLIP:
            return SsResult(text="Service active" if profile.clip else "Not provisioned")
        return SsResult(text="Service active", clir=(0, profile.clir_mode))

    def ussd(self, text: str, done: SsDone) -> None:
        """A request, or the reply to the page shown last."""
        self._later(partial(self._ussd, text), done)

    def _ussd(self, text: str) -> SsResult:
        pages = self._page.choices if self._page is not None else self._network.ussd_pages
        self._page = None
        page = pages.get(text)
        if page is None:
            return SsResult(SsError.UNEXPECTED_DATA_VALUE)
        self._page = page if page.choices else None
        return SsResult(text=page.text, reply_expected=bool(page.choices))

    def ussd_cancel(self) -> None:
        """The dialogue is over."""
        self._page = None

    def _later(
        self, operation: Operation, done: SsDone, delay: tuple[int, int] | None = None
    ) -> None:
        line, network = self._line, self._network
        if not line.in_service:
            line.absent(done)
            return
        delay_ms = network.draw_ms(delay or network.timings.ss_ms)
        network.timeline.after(delay_ms, partial(self._answer, operation, done))

    def _answer(self, operation: Operation, done: SsDone) -> None:
        line, network = self._line, self._network
        conditions = line.subscriber.conditions
        if not line.in_service:
            result = SsResult(SsError.NO_ANSWER_FROM_NETWORK)
        elif conditions.ss_errors:
            result = SsResult(conditions.ss_errors.popleft())
        elif network.chance(network.rates.ss_error):
            result = SsResult(SsError.SYSTEM_FAILURE)
        else:
            result = operation()
            if conditions.ss_answers_lost:
                conditions.ss_answers_lost -= 1
                late = partial(line.post, done, SsResult(SsError.NO_ANSWER_FROM_NETWORK))
                network.timeline.after(network.timings.ss_timeout_ms, late)
                return
        line.post(done, result)


def _spoken(status: ForwardingStatus) -> str:
    delay = f" after {status.no_reply_s} s" if status.no_reply_s is not None else ""
    return f"Class {status.service_class}: forwarded to {status.number}{delay}"
