"""Callers of whom nobody is asked, since the network leads them on: until it is seen that it did.

What the network holds is looked at every quarter of an hour. Where somebody has changed it since,
a refused caller was led nowhere, or to who knows whom: somebody is alerted after all.
"""

from __future__ import annotations

from dataclasses import replace

from firmware.call.call_in_hand import CallInHand, record_call
from firmware.call.caller_alerts import CallerAlerts
from firmware.call.forwarding_settings import Condition, Found, same_number
from firmware.ledger import Ledger
from firmware.record import AlertCause, CallOutcome

CALLS_MAX = 500


class LedOn:
    """In memory only: after a restart what was led on before counts as it was recorded."""

    def __init__(self, ledger: Ledger, told: CallerAlerts) -> None:
        self._ledger = ledger
        self._told = told
        self._calls: list[tuple[float, CallInHand]] = []

    @property
    def waiting(self) -> bool:
        """Whether anybody wants to know what the network holds."""
        return bool(self._calls)

    def keep(self, line: CallInHand) -> None:
        """This call was refused, is over, and nobody is asked about it."""
        self._calls = [*self._calls[1 - CALLS_MAX :], (self._ledger.moment.monotonic_s, line)]

    def looked(self, asked_s: float, found: Found) -> None:
        """What the network holds for calls that are refused, as asked for from ``asked_s`` on
        (monotonic): it led each to its own target, whatever the rota wants by now, or did not."""
        waiting, self._calls = self._calls, []
        for at_s, line in waiting:
            if at_s >= asked_s:
                self._calls.append((at_s, line))   # since then it may have been changed
            elif not _leads(found, line.call.target):
                asked = self._told.open(line.call, AlertCause.CALL, "")
                outcome = CallOutcome.ALERTED if asked else CallOutcome.REFUSED
                line.call = replace(line.call, outcome=outcome)
                record_call(self._ledger, line)


def _leads(found: Found, target: str | None) -> bool:
    unconditional, busy = found[Condition.UNCONDITIONAL], found[Condition.BUSY]
    return unconditional is None and busy is not None and same_number(target, busy)
