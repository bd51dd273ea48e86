"""Whether a rung may be taken now: what is wired, how often in an hour, a day, over restarts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.moment import is_older
from firmware.recovery.rungs import CLIMBS, RUNGS, Fault, Rung

HOUR_S, DAY_S = 3600.0, 86_400.0
_REBOOTED = "recovery:reboot"


@dataclass(frozen=True, slots=True)
class RecoveryOptions:
    """What `veilleur.toml` allows. Cutting the power needs somebody to have wired it; restarting
    the computer is off unless asked for."""

    power: bool = False
    reboot: bool = False


class Permits:
    """To ask counts nothing: a call may hold back for long what is allowed. ``reason`` is why a
    gentle climb is climbed."""

    def __init__(self, ledger: Ledger, options: RecoveryOptions) -> None:
        self._ledger = ledger
        self._options = options
        self._started_s = ledger.moment.monotonic_s
        self._limits = {rung: Flood(limit.per_hour, HOUR_S) for rung, limit in RUNGS.items()}
        self._gentle = {
            fault: Flood(climb.per_day, DAY_S)
            for fault, climb in CLIMBS.items()
            if climb.per_day is not None
        }

    def allow(self, rung: Rung, fault: Fault, reason: str) -> bool:
        """Whether this rung may be taken now for this fault."""
        if rung is Rung.CUT_POWER and not self._options.power:
            return False
        if rung is Rung.REBOOT and not self._may_reboot():
            return False
        now_s = self._ledger.moment.monotonic_s
        gentle = self._gentle.get(fault)
        # Each reason has its own: a day of bad coverage must leave a deaf modem its resets
        if gentle is not None and not gentle.left(reason, now_s):
            return False
        return bool(self._limits[rung].left(_key(rung, fault), now_s))

    def count(self, rung: Rung, fault: Fault, reason: str) -> None:
        """It is taken now."""
        now_s = self._ledger.moment.monotonic_s
        self._limits[rung].admits(_key(rung, fault), now_s)
        gentle = self._gentle.get(fault)
        if gentle is not None:
            gentle.admits(reason, now_s)

    def remember_reboot(self) -> None:
        """In the store, before it happens."""
        self._ledger.remember(_REBOOTED, self._ledger.now.isoformat())

    def _may_reboot(self) -> bool:
        """Once an hour at most, over restarts too. A clock that nobody vouches for proves no hour,
        and a disk that takes nothing will not remember this one: then the box must have run for
        one."""
        if not self._options.reboot:
            return False
        if self._ledger.moment.monotonic_s - self._started_s >= HOUR_S:
            return True
        if not self._ledger.on_disk:
            return False
        last = self._ledger.fact(_REBOOTED)
        if not isinstance(last, str):
            return True
        at, hour_ago = datetime.fromisoformat(last), self._ledger.now - timedelta(seconds=HOUR_S)
        return self._ledger.moment.utc_trusted and is_older(at, hour_ago)


def _key(rung: Rung, fault: Fault) -> str:
    """What was tried because there was no port has cost a modem that comes back hung nothing."""
    apart = fault is Fault.ABSENT and rung is not Rung.REBOOT
    return f"{rung} absent" if apart else rung
