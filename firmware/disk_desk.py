"""A disk that takes no rows: the box goes on from memory, says so, and says what to do. And its
care: forgetting and a backup each night, damaged data mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from firmware.alert.bell import Bell
from firmware.alert.desk import AlertDesk
from firmware.duty.roster import Roster
from firmware.effect import Effect, KeepHouse
from firmware.event import DataMended, NightDone, RotaChanged, StoreChanged
from firmware.ledger import Ledger
from firmware.moment import read_seconds, soonest
from firmware.night_shift import NightShift
from firmware.pulse import StoreState
from firmware.record import UNTOLD_REPAIR, JournalKind, Row, repair_from
from firmware.sms.outbox import Outbox
from firmware.speaker import Speaker
from firmware.voice.mail import Mail
from firmware.wording import messages

DISK, DATA, BACKUP = "disk", "data", "backup"
BUSY_TOLD_AFTER_S = 30.0   # an import or a backup of another program's is over in less
LOOK_OVER_S = 86400.0      # for the rota, after a repair; of the box running
TOLD = "data-told"         # the fact: for how long the box had run by then

CAUSES = {
    StoreState.BUSY: messages.STORE_BUSY,
    StoreState.FULL: messages.STORE_FULL,
    StoreState.READ_ONLY: messages.STORE_READ_ONLY,
    StoreState.DAMAGED: messages.STORE_DAMAGED,
    StoreState.FAILING: messages.STORE_FAILING,
}


def in_memory(alerts: AlertDesk, outbox: Outbox, mail: Mail) -> Iterator[Row]:
    """What somebody waits for, as its desks know it."""
    unsettled = alerts.book.unsettled()
    yield from unsettled
    yield from outbox.book.waited_for(alert.id for alert in unsettled)
    yield from mail.waiting()


class DiskDesk:
    """Rings for each trouble once, and for its end; the page sees it in the pulse."""

    def __init__(self, ledger: Ledger, bell: Bell, roster: Roster, speaker: Speaker) -> None:
        self._ledger = ledger
        self._bell, self._roster = bell, roster
        self._speaker = speaker
        self.night = NightShift(ledger, roster)
        self._ring_at_s: float | None = None   # when a lock becomes an alarm
        self.on_old_rota: Callable[[], None] = lambda: None
        self.in_memory: Callable[[], Iterable[Row]] = tuple

    @property
    def deadline_s(self) -> float | None:
        return soonest(self._ring_at_s, self.night.deadline_s, self._still_at_s)

    @property
    def _still_at_s(self) -> float | None:
        """When the alarm of a repair has been there for long enough. By no wall clock, nor by the
        night: after a backup was loaded the last one is long past, and the next begins at once."""
        if self._ledger.alarm(DATA) is None:
            return None
        ran_s = self._ledger.running_s - (read_seconds(self._ledger.fact(TOLD)) or 0.0)
        return self._ledger.moment.monotonic_s + LOOK_OVER_S - ran_s

    def start(self) -> None:
        """A program that begins with a good disk ends what its predecessor rang for; and it tells
        of a repair that its predecessor did not live to tell of."""
        if self._ledger.on_disk:
            self._bell.still(DISK)
        if (found := repair_from(self._ledger.fact(UNTOLD_REPAIR))) is not None:
            self._mended(DataMended(found.backup_of, found.rota_is_current))
        told_s = read_seconds(self._ledger.fact(TOLD))
        unsure = told_s is None or told_s > self._ledger.running_s   # of a damaged card
        if unsure and self._ledger.alarm(DATA) is not None:
            self._note_told()

    def hear(self, event: StoreChanged | NightDone | DataMended | RotaChanged) -> None:
        match event:
            case StoreChanged():
                self._changed(event)
            case NightDone(why):
                self._night_is_over(why)
            case DataMended():
                self._mended(event)
            case RotaChanged(rota, by_somebody=True) if rota != self._roster.rota:
                self._bell.still(DATA)   # they have looked; what came by SMS is known already

    def tick(self) -> None:
        if self._ring_at_s is not None and self._ledger.moment.monotonic_s >= self._ring_at_s:
            self._ring_at_s = None
            self._ring()
        if (due_s := self._still_at_s) is not None and due_s <= self._ledger.moment.monotonic_s:
            self._bell.still(DATA, by_sms=False)   # nobody has looked, for all that is known

    def take_effects(self) -> list[Effect]:
        return [KeepHouse()] if self.night.begins() else []

    def _changed(self, event: StoreChanged) -> None:
        """The shell tells: rows are kept in memory from the step before on, or no longer."""
        self._ledger.store = event.state
        self._ring_at_s = None
        if event.state is StoreState.GOOD:
            self._bell.still(DISK)
            self._ledger.journal(JournalKind.HEALTH, outcome="store_good")
            return
        self._ledger.journal(
            JournalKind.HEALTH, outcome="store_trouble", state=event.state.value, why=event.why
        )
        if event.state is StoreState.BUSY and self._ledger.alarm(DISK) is None:
            self._ring_at_s = self._ledger.moment.monotonic_s + BUSY_TOLD_AFTER_S
        else:
            self._ring()

    def _ring(self) -> None:
        # A disk that dies gives one reason after the other: told once, shown as it is
        known = self._ledger.alarm(DISK) is not None
        self._bell.ring(DISK, CAUSES[self._ledger.store], by_sms=not known)

    def _night_is_over(self, why: str | None) -> None:
        self.night.done(well=why is None)
        if why is None:
            self._bell.still(BACKUP)
            self._ledger.journal(JournalKind.HEALTH, outcome="backup_made")
        elif self._bell.ring(BACKUP, messages.BACKUP_FAILED):
            self._ledger.journal(JournalKind.HEALTH, outcome="backup_failed", why=why)

    def _mended(self, event: DataMended) -> None:
        """It must be looked over by somebody: the rota may be that of yesterday. An alert that the
        file has lost is asked about as before: it is on the page again, and after a restart."""
        self._ledger.write_anew(self.in_memory())
        self._ledger.forget(UNTOLD_REPAIR)   # in the step in which it is told
        self._note_told()
        if event.rota_is_current:
            self._bell.ring(DATA, messages.DATA_MENDED)
        elif event.backup_of is not None:
            when = self._speaker.clock(event.backup_of)
            self._bell.ring(DATA, messages.DATA_OF_BACKUP, {"when": when})
            self.on_old_rota()
        else:
            self._bell.ring(DATA, messages.DATA_LOST)
        made_at = event.backup_of.isoformat() if event.backup_of is not None else None
        self._ledger.journal(JournalKind.HEALTH, outcome="data_repaired", backup=made_at)

    def _note_told(self) -> None:
        self._ledger.remember(TOLD, round(self._ledger.running_s))
