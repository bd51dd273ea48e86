"""The box of a simulated year: a `World` that can lose its power between any two effects, run out
of disk, and lose its clock; and that shows each effect to the checkers before it does it.

What the shell does with effects is done here the way the shell does it: rows that a full disk does
not take are kept in memory.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from math import ceil
from pathlib import Path

from firmware.effect import Effect, Record, Write
from firmware.event import BytesReceived, Event, RotaChanged, Woken
from firmware.line.registration import Progress
from firmware.pulse import StoreState
from firmware.record import IncomingPart, Row
from firmware.recovery.permits import RecoveryOptions
from firmware.rota import Rota
from hw.simulator.faults import Fault
from hw.simulator.modem import Power
from hw.simulator.terminal import Registration
from tests.simulation.books import Books
from tests.simulation.cable import USB_DELAY_MS
from tests.simulation.pace import STRUCK, WELL, Pace
from tests.simulation.promises import Judge, Promise
from tests.simulation.world import World

SYSTEMD_MS = 3_000      # RestartSec and the start of Python
BOOT_MS = 25_000        # a Pi from plug to the start of the daemon
DAMAGES = (Fault.LOSE_BYTE, Fault.GARBLE_BYTE)
SILENCES = (Fault.NO_REPLY, Fault.LATE_REPLY, Fault.HIDDEN_PROMPT)


class _HalfwayError(Exception):
    """The power went in the middle of a transaction."""


class _Interrupted(tuple[Row, ...]):
    """Rows of which only half can be written before the power goes."""

    def __iter__(self) -> Iterator[Row]:
        yield from islice(super().__iter__(), len(self) // 2)
        raise _HalfwayError


class SimulatedBox(World):
    """The box with its checkers' eyes on it."""

    pace: Pace = WELL     # to begin with

    def __init__(
        self,
        folder: Path,
        site: str,
        *,
        start: datetime,
        seed: int,
        profile: str = "generic",
        pin: str | None = None,
        recovery: RecoveryOptions | None = None,
        voice: bool = False,
    ) -> None:
        self._take(self.pace)
        self.books = Books()
        self.sent = hashlib.sha256()
        self.effects = 0
        self.dead = False
        self.deaths_ms: list[int] = []
        self._skews: list[tuple[int, timedelta]] = []   # since when the clock is so far off
        self.back_ms = -1      # when the daemon last started again
        self.unsure_ms = -1    # and when it last did without knowing what time it is
        self.trap: tuple[int, Callable[[], object]] | None = None   # effects left, and then what
        self.halfway = False
        self.disk_full = False
        self.on_write: list[Callable[[bytes], None]] = []
        self.on_heard: Callable[[bytes], None] = lambda data: None
        self.on_death: Callable[[str, int], None] = lambda fault, mended_after_ms: None
        self.on_step: Callable[[], None] = lambda: None
        self._not_on_disk: list[Row] = []
        self._in_trouble_ms: int | None = None    # since when the disk takes nothing
        self._losses_ms: list[tuple[int, int]] = []
        self._output = bytearray()
        self._damages_ms: list[int] = []     # when the wire lost or garbled a byte
        self._silences_ms: list[int] = []    # when the modem answered late or not at all
        self._untold_ms: list[int] = []    # when the word about a stored message was lost
        super().__init__(
            folder, site, start=start, seed=seed, profile=profile, pin=pin, box_pin=pin,
            boot=False, recovery=recovery, voice=voice,
        )  # fmt: skip
        self._watch_the_wire()
        # Nobody else opens the file: no lock is asked for at each transaction
        self.database.connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        self.judge = Judge(self.timeline.utc)

    @property
    def now_ms(self) -> int:
        return self.timeline.now_ms

    # One step, as the shell does it

    def step(self, event: Event) -> None:
        if self.dead:
            return
        self.steps += 1
        if isinstance(event, BytesReceived):
            self.judge.saw(self.now_ms, "heard", event.data)
            self.on_heard(event.data)
        self._perform_all(list(self.attendant.step(self.moment, event)))
        if not self.dead:
            self.tell_of_the_store()
        self.on_step()

    def _perform_all(self, effects: list[Effect]) -> None:
        generation = self._generation
        for number, effect in enumerate(effects):
            is_record = isinstance(effect, Record)
            if is_record and number > 0:
                self.judge.breaks(Promise.RECORDED, self.now_ms, "a Record is not the first effect")
            if is_record or isinstance(effect, Write):
                self._tread()
                if generation != self._generation:
                    return
            if not isinstance(effect, Record):
                self.perform(effect)
            elif not self._record(effect.rows):
                return
            if generation != self._generation:
                return

    def perform(self, effect: Effect) -> None:
        if isinstance(effect, Write):
            self.effects += 1
            self.judge.saw(self.now_ms, "wrote", effect.data)
            for look in self.on_write:
                look(effect.data)
            self.sent.update(b"%d " % self.now_ms + effect.data)
            data = effect.data
            if self.plugged:
                self.timeline.after(USB_DELAY_MS, partial(self.wire.feed, data))
            return
        super().perform(effect)

    # The disk

    def _record(self, rows: tuple[Row, ...]) -> bool:
        """Put them on disk, or keep them in memory; False when the power went meanwhile."""
        self.effects += 1
        try:
            cut = self.halfway and self.recorder.state is StoreState.GOOD
            self.recorder.record(_Interrupted(rows) if cut else rows)
        except _HalfwayError:
            self.halfway = False
            self.die(SYSTEMD_MS)
            return False
        good = self.recorder.state is StoreState.GOOD
        if good and self._in_trouble_ms is not None:
            self._disk_took_all()
        elif not good and self._in_trouble_ms is None:
            self._in_trouble_ms = self.now_ms
        # What came by SMS must not be deleted for being in memory only
        parts = [] if good else [row for row in rows if isinstance(row, IncomingPart)]
        known = tuple(row for row in rows if row not in parts) if parts else rows
        self._not_on_disk += parts
        self.books.take(known, self.now_ms, self.moment, on_disk=good)
        return True

    def _disk_took_all(self) -> None:
        self._in_trouble_ms = None
        self.books.take(tuple(self._not_on_disk), self.now_ms, self.moment)
        self._not_on_disk.clear()

    def _memory_is_lost(self) -> None:
        """The power went while the disk took nothing; the box had said so."""
        self.judge.saw(self.now_ms, "disk", "what was in memory only is lost")
        begin_ms = self.now_ms if self._in_trouble_ms is None else self._in_trouble_ms
        self._losses_ms.append((begin_ms, self.now_ms))
        self._in_trouble_ms = None
        self._not_on_disk.clear()
        self.books.forget()
        self.recorder = self._new_recorder()

    def lost(self, begin_ms: int, end_ms: int | None = None) -> bool:
        """Whether what the box wrote down then, or in that stretch, went with the power."""
        to_ms = end_ms or begin_ms
        return any(begin_ms <= end and begin <= to_ms for begin, end in self._losses_ms)

    def fill_disk(self, full: bool) -> None:
        """No page more (or as many as it likes) for the database."""
        self.disk_full = full
        limit = "1" if full else "1073741823"
        self.database.connection.execute(f"PRAGMA max_page_count = {limit}").fetchall()
        self.judge.saw(self.now_ms, "disk", "full" if full else "has room")

    # The wire

    def _watch_the_wire(self) -> None:
        note = self.wire._note

        def noted(fault: Fault) -> None:
            note(fault)
            if fault in DAMAGES:
                self._damages_ms.append(self.now_ms)
            elif fault in SILENCES:
                self._silences_ms.append(self.now_ms)
            elif fault is Fault.LOSE_CMTI:
                self._untold_ms.append(self.now_ms)

        self.wire._note = noted  # type: ignore[method-assign]

    def damaged(self, begin_ms: int, end_ms: int) -> bool:
        """Whether the wire lost or garbled a byte in this stretch: what was read then may be wrong,
        and nobody can tell (27.005 has no checksum)."""
        return _any_between(self._damages_ms, begin_ms, end_ms)

    def left_unanswered(self, begin_ms: int, end_ms: int) -> bool:
        """Whether the modem left anything unanswered in this stretch, or answered late."""
        return _any_between(self._silences_ms, begin_ms, end_ms)

    def left_untold(self, begin_ms: int, end_ms: int) -> bool:
        """Whether the word about a stored message was lost in this stretch."""
        return _any_between(self._untold_ms, begin_ms, end_ms)

    # Deaths

    def _tread(self) -> None:
        """Just before an effect: perhaps this is the one before which it happens."""
        if self.trap is None:
            return
        left, happen = self.trap
        if left > 0:
            self.trap = (left - 1, happen)
        else:
            self.trap = None
            happen()

    def die(self, back_after_ms: int, *, mains: bool = False, fault: str = "") -> None:
        """The daemon dies where it stands; with ``mains`` the modem loses its power too, and what
        only the memory holds is lost. ``fault``: of which more complicated one this is a part."""
        if self.dead:
            return
        fault = fault or ("power cut" if mains else "daemon killed")
        self.judge.saw(self.now_ms, "death", fault)
        self.kill()
        self.dead = True
        self.deaths_ms.append(self.now_ms)
        if self.recorder.state is StoreState.GOOD:
            self._disk_took_all()
        elif mains:
            self._memory_is_lost()
        if mains:
            self.modem.power_off()
            self.timeline.after(max(back_after_ms - BOOT_MS, 0), self._power_returns)
        self.timeline.after(back_after_ms, self._back)
        self.on_death(fault, back_after_ms if mains else 0)

    def deaths_between(self, begin_ms: int, end_ms: int) -> int:
        """How often the daemon has died in this stretch."""
        return sum(begin_ms <= at_ms <= end_ms for at_ms in self.deaths_ms)

    def _power_returns(self) -> None:
        """Computer and modem start together; calls ring before anybody listens."""
        self.booted_ms = self.now_ms
        self.modem.power_on()

    def _back(self) -> None:
        self.judge.saw(self.now_ms, "start", "of the daemon")
        self.dead = False
        self.back_ms = self.now_ms
        self.restart()

    def restart(self) -> None:
        """See `World.restart`."""
        if not self.trusted:
            self.unsure_ms = self.now_ms
        super().restart()

    def _from_modem(self, data: bytes) -> None:
        """A serial port's driver hands over together what comes together."""
        if not self._output:
            self.timeline.after(USB_DELAY_MS, partial(self._hand_over, self._generation))
        self._output += data

    def _hand_over(self, generation: int) -> None:
        data = bytes(self._output)
        self._output.clear()
        self._bytes(generation, data)

    def _attachment(self, present: bool) -> None:
        """A modem that comes onto the bus has been restarted: it speaks again."""
        if present:
            self.wire.hear_again()
        super()._attachment(present)

    # The clock

    def set_clock(self, skew: timedelta, *, trusted: bool = True) -> None:
        """The wall clock is so far from the truth from now on."""
        self.skew, self.trusted = skew, trusted
        self.judge.saw(self.now_ms, "clock", f"off by {skew}, {'' if trusted else 'not '}trusted")
        self.step(Woken())

    @property
    def skew(self) -> timedelta:
        """How far the wall clock is from the truth, by a fault or by the network's time."""
        return self._skews[-1][1]

    @skew.setter
    def skew(self, skew: timedelta) -> None:
        self._skews.append((self.now_ms, skew))

    def skew_at(self, at_ms: int) -> timedelta:
        """How far the wall clock was from the truth then."""
        before = (skew for since_ms, skew in reversed(self._skews) if since_ms <= at_ms)
        return next(before, timedelta())

    def clock_set_ms(self, begin_ms: int, end_ms: int) -> int | None:
        """When the clock was last set in (begin, end]."""
        sets = (at_ms for at_ms, _ in reversed(self._skews) if begin_ms < at_ms <= end_ms)
        return next(sets, None)

    def skews_between(self, begin_ms: int, end_ms: int) -> list[timedelta]:
        """All of them in this stretch."""
        later = [skew for since_ms, skew in self._skews if begin_ms < since_ms <= end_ms]
        return [self.skew_at(begin_ms), *later]

    # The page

    def load_site(self, rota: Rota) -> None:
        """Somebody saves the rota on the page; the daemon sees it at once, or at its next start."""
        self.rotas.replace_rota(rota, "page", self.moment.utc)
        self.step(RotaChanged(self.rotas.load_rota()))

    # How often it looks

    def keep_pace(self, pace: Pace) -> None:
        """It looks so often from now on; when something has just struck, first at a moment between
        two looks of a box, so that the figures of a year are a box's own."""
        self._take(pace)
        registration, signs = self.attendant._registration, self.attendant._signs
        registration.poll_every_s, registration._keep_alive_s = pace.poll_s, pace.keep_alive_s
        signs._beat_s = pace.pulse_s
        if pace is WELL or self.dead:
            return
        now_s = self.moment.monotonic_s
        signs.due_s = min(signs.due_s, now_s + self._until_a_look_s(pace.pulse_s))
        dues_s = [signs.due_s]
        if pace is STRUCK and registration._due_s is not None:
            dues_s.append(min(registration._due_s, now_s + self._until_a_look_s(pace.keep_alive_s)))
            registration._due_s = dues_s[-1]
            full_s = now_s + self._until_a_look_s(pace.poll_s) - pace.poll_s
            registration._full_watch_s = max(registration._full_watch_s or full_s, full_s)
        wait_ms = ceil(max(0.0, min(dues_s) - now_s) * 1000)
        self.timeline.after(wait_ms, partial(self._woken, self._generation))

    def _take(self, pace: Pace) -> None:
        """What a daemon that starts is told."""
        self.poll_every_s, self.keep_alive_s, self.pulse_every_s = pace

    def _until_a_look_s(self, every_s: float) -> float:
        return self.now_ms % round(every_s * 1000) / 1000

    # What only the simulation can see

    @property
    def hears(self) -> bool:
        """A call that rang now would be taken: modem, SIM, network, port, daemon, channel."""
        line = self.modem.line
        attendant = self.attendant
        dialogue = attendant._line._dialogue
        return (
            not self.dead
            and self.listening
            and self.modem.power is Power.ON
            and not self.modem.frozen
            and not self.wire.mute
            and line is not None
            and line.registration in (Registration.HOME, Registration.ROAMING)
            and not self.network.subscriber(self.number).conditions.deaf
            and attendant._registration.progress is Progress.READY
            and not dialogue.dirty
        )

    def _wake_at(self, when_ms: int) -> None:
        """Most steps ask for the wake-up that is set already."""
        wake = self._wake
        if wake is not None and wake.pending and wake.when_ms == max(when_ms, self.now_ms + 1):
            return
        super()._wake_at(when_ms)


def _any_between(instants_ms: list[int], begin_ms: int, end_ms: int) -> bool:
    found = bisect_left(instants_ms, begin_ms)
    return found < len(instants_ms) and instants_ms[found] <= end_ms
