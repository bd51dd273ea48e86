"""The daily self-check, at the hour that the site chooses.

It asks what nothing else asks each day, gives the modem three minutes to answer, and writes one
line into the journal; each fault is an alarm of its own that ends when a later check finds it
mended.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from firmware.alert.bell import Bell
from firmware.call.forwarding import ForwardingKeeper
from firmware.duty.roster import Roster
from firmware.event import DiskSeen
from firmware.health.credit_keeper import CreditKeeper
from firmware.health.own_number import OwnNumber
from firmware.health.rota_gaps import RotaGaps
from firmware.health.schedule import last_due
from firmware.ledger import Ledger
from firmware.pulse import ForwardingState
from firmware.record import JournalKind
from firmware.sms.storages import Storages
from firmware.speaker import Speaker
from firmware.wording import messages

DONE = "self-check"              # the fact: when, and what came of it
LATE = timedelta(hours=12)       # a check that was missed for longer waits for the next day
ANSWERS_S = 180.0
DISK_FREE_MB = 200               # a year of journal is 60 MB, a backup beside it as much
STORE_SHARE = 0.8
LOOP_AFTER = {"weekly": timedelta(days=6, hours=12), "daily": timedelta(hours=12)}


class SelfCheck:
    """One check at a time. ``disk`` is what the shell saw last."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        storages: Storages,
        forwarding: ForwardingKeeper,
        bell: Bell,
        speaker: Speaker,
        own_number: OwnNumber,
        credit: CreditKeeper,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._storages = storages
        self._forwarding = forwarding
        self._bell = bell
        self._gaps = RotaGaps(ledger, roster, bell, speaker)
        self._own_number = own_number
        self._credit = credit
        self._day: date | None = None
        self._began: datetime | None = None
        self._ends_s: float | None = None
        self.disk: DiskSeen | None = None

    @property
    def deadline_s(self) -> float | None:
        return self._ends_s

    def look(self) -> None:
        """Begin when the hour has come; each minute."""
        rota = self._roster.rota
        if rota is None or not self._ledger.moment.utc_trusted or self._ends_s is not None:
            return
        now = self._ledger.now
        day, due = last_due(now, self._roster.zone, rota.health.self_check)
        known = self._ledger.fact(DONE)
        if isinstance(known, dict) and known.get("day") == day.isoformat():
            return
        if not isinstance(known, dict) or now - due > LATE:
            self._ledger.remember(DONE, {"day": day.isoformat()})  # the next one is the first
            return
        self._begin(day)

    def _begin(self, day: date) -> None:
        self._day, self._began = day, self._ledger.now
        self._ends_s = self._ledger.moment.monotonic_s + ANSWERS_S
        self._forwarding.check_now()
        self._storages.sweep()
        self._credit.ask()
        rota = self._roster.rota
        every = LOOP_AFTER.get(rota.health.sms_loop) if rota is not None else None
        if every is not None and not self._is_fresh(self._own_number.loop_at, every):
            self._own_number.check()

    def _is_fresh(self, last: datetime | None, every: timedelta) -> bool:
        """What came back in the future came back while the clock was wrong: nobody knows when."""
        return last is not None and timedelta() <= self._ledger.now - last <= every

    def tick(self) -> None:
        if self._ends_s is not None and self._ends_s <= self._ledger.moment.monotonic_s:
            self._ends_s = None
            self._end()

    def _end(self) -> None:
        found = {
            "forwarding": self._check_forwarding(),
            "store": self._check_store(),
            "disk": self._check_disk(),
            "rota": self._gaps.check(),
            "clock": "ok" if self._ledger.moment.utc_trusted else "fault: untrusted",
            "number": self._check_number(),
            "credit": self._credit.last or "none",
        }
        faults = [name for name, said in found.items() if said.startswith(("fault", "unread"))]
        # Only now: a check that a restart has cut short is made again
        day = self._day.isoformat() if self._day is not None else None
        at = self._ledger.now.isoformat()
        self._ledger.remember(DONE, {"day": day, "at": at, "found": found, "faults": faults})
        outcome = "self_check_faults" if faults else "self_check"
        self._ledger.journal(
            JournalKind.HEALTH, outcome=outcome, faults=", ".join(faults) or None, more=found
        )

    def _check_forwarding(self) -> str:
        """Wrong forwarding has an alarm of its own (`call/forwarding.py`)."""
        checked, state = self._forwarding.checked_at, self._forwarding.view.state
        if self._forwarding.view.target is None:
            return "none"
        if state is not ForwardingState.VERIFIED:
            return f"fault: {state.value}"
        fresh = checked is not None and self._began is not None and checked >= self._began
        return "ok" if fresh else "fault: not read"

    def _check_store(self) -> str:
        usages = self._storages.fullness.usage
        used = {name: f"{usage.used}/{usage.total}" for name, usage in usages.items()}
        full = [
            name
            for name, usage in usages.items()
            if usage.total and usage.used >= STORE_SHARE * usage.total
        ]
        values = {"used": ", ".join(f"{name} {used[name]}" for name in full)}
        if full:
            self._bell.ring("store-filling", messages.SMS_STORE_FILLING, values)
            return f"fault: {values['used']}"
        if not used:
            return "none"   # not told since the modem restarted: an alarm that is up goes on
        self._bell.still("store-filling")
        return ", ".join(f"{name} {use}" for name, use in used.items())

    def _check_disk(self) -> str:
        disk = self.disk
        if disk is None:
            return "none"
        if disk.free_mb < DISK_FREE_MB:
            self._bell.ring("disk-space", messages.DISK_SPACE, {"free": str(disk.free_mb)})
            return f"fault: {disk.free_mb} MB"
        self._bell.still("disk-space")
        return f"{disk.free_mb} MB"

    def _check_number(self) -> str:
        if self._own_number.failing:
            return "fault: an SMS to itself did not come back"
        return "ok" if self._own_number.proved_at is not None else "none"
