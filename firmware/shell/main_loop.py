"""The shell's one loop: take an event or wait until the wake-up, step, perform the effects."""

from __future__ import annotations

import queue
import traceback
from collections.abc import Callable, Iterator

from firmware.agenda import Agenda
from firmware.attendant import Attendant
from firmware.effect import (
    Announce,
    Effect,
    Examine,
    KeepHouse,
    MakeSetupCode,
    PowerOff,
    Publish,
    Record,
    ReopenPort,
    Rescue,
    SetClock,
    VoiceEffect,
    WakeAt,
    Write,
)
from firmware.event import (
    Event,
    PortLost,
    RequestsMade,
    RescueDone,
    RotaChanged,
    Stopping,
    StoreChanged,
    StoreSlow,
    Woken,
)
from firmware.line.usb_port import Candidate, NotAModem
from firmware.pulse import Pulse, StoreState
from firmware.recovery.hooks import RescueHooks
from firmware.shell.alarm_clock import AlarmClock
from firmware.shell.front import Front
from firmware.shell.helper import Helper
from firmware.shell.port_keeper import FromPort, PortKeeper
from firmware.shell.system_clock import SystemClock
from firmware.shell.voice.no_voice_room import NoVoiceRoom
from firmware.shell.voice.voice_room import VoiceRoom
from firmware.shell.watchdog import Watchdog, complain
from firmware.store.recorder import Recorder
from firmware.store.rota_watch import RotaWatch
from firmware.store.row_store import RowStore

LOOK_AROUND_S = 2.0   # for the page's edits, and for a port that is missing
UNEXPECTED_MAX = 5    # in a minute
OVERSLEEP_S = 0.05    # how late the alarm clock may be


class MainLoop:
    """Owns the attendant, the store and the port; everything runs in the caller's thread.

    ``publish`` shows the pulse to the page and never raises. ``find_ports`` gives the ports to try
    now, the likeliest first. With ``insist`` (a port named on the command line) a port that cannot
    be opened at first, or never answers, ends the loop. ``data_version``: as it was before rows and
    rota were loaded, so that an edit in between is seen. ``then_said``: after the first ``ready``.
    """

    def __init__(
        self,
        attendant: Attendant,
        rows: RowStore,
        rota: RotaWatch,
        clock: SystemClock,
        watchdog: Watchdog,
        publish: Callable[[Pulse], None],
        find_ports: Callable[[], tuple[Candidate, ...]],
        *,
        insist: bool,
        data_version: tuple[int, int] | None = None,
        hooks: RescueHooks | None = None,
        recorder: Recorder | None = None,
        helper: Helper | None = None,
        then_said: tuple[str, ...] = (),
        front: Front | None = None,
        voice: VoiceRoom | NoVoiceRoom | None = None,
    ) -> None:
        self._attendant, self._rows, self._rota = attendant, rows, rota
        self._recorder = recorder or Recorder(rows, complain)
        self._helper, self._then_said, self._insist = helper, then_said, insist
        self._front, self._voice = front or Front(), voice or NoVoiceRoom()
        self._store_state = StoreState.GOOD   # as the attendant knows it
        self._clock, self._watchdog, self._publish = clock, watchdog, publish
        self._queue: queue.SimpleQueue[Event | FromPort | None] = queue.SimpleQueue()
        self._port = PortKeeper(
            find_ports, self._queue.put, self._step, hooks or RescueHooks(), insist=insist
        )
        self._agenda = Agenda(clock.moment())
        self._data_version = rows.data_version() if data_version is None else data_version
        self._faults_s: list[float] = []
        self._stopping = self._ever_ready = False
        self._alarm_clock = AlarmClock(lambda: self._queue.put(Woken()))

    def stop(self) -> None:
        """End the loop soon; may be called from a signal handler."""
        self._stopping = True
        self._queue.put(None)

    def tell(self, event: Event) -> None:
        self._queue.put(event)  # something to be heard after the start

    def run(self) -> None:
        """Until `stop`. Raises `NotAModem`, `PortUnavailable`, and what the store raises."""
        try:
            self._tell_of_the_store()
            self._voice.start(self._queue.put)
            self._step(Woken())
            self._look_around()
            self._watchdog.ready()   # also without a modem: systemd watches only what is up
            while self._turn():
                if self._attendant.alive():
                    self._watchdog.alive()
                    self._front.alive()
            self._step(Stopping())
        finally:
            if self._helper is not None:
                self._helper.stop()
            self._voice.stop()
            self._recorder.retry()  # a last time; else what is kept waits in the spool
            self._watchdog.stopping()
            self._alarm_clock.stop()
            self._port.close()

    def _turn(self) -> bool:
        if (alarm_s := self._agenda.alarm_s()) is not None:
            self._alarm_clock.wake_at(alarm_s)
        wait_s = self._agenda.wait_s(self._clock.moment().monotonic_s)
        try:
            if isinstance(item := self._queue.get(timeout=wait_s + OVERSLEEP_S), Woken):
                self._agenda.rung()
        except queue.Empty:
            item = Woken()
        match item:
            case None:
                return False
            case Woken() if not self._agenda.is_due(self._clock.moment()):
                pass
            case FromPort() if not self._port.means(item):
                pass
            case FromPort(_, PortLost(reason)):
                self._port.lose(reason)
            case FromPort(_, event):
                self._step(event)
            case _:
                self._step(item)
                if isinstance(item, RescueDone):
                    self._port.look()
        if self._clock.moment().monotonic_s >= self._agenda.look_at_s:
            self._look_around()
        return True

    def _step(self, event: Event) -> None:
        recorded = True
        for effect in self._effects_of(event):
            if isinstance(effect, Record):
                recorded = self._recorder.record(effect.rows)
            elif isinstance(effect, VoiceEffect):
                self._voice.perform(effect, self._port.audio)
            elif recorded or not isinstance(effect, Write):
                self._perform(effect)
        self._tell_of_the_store()

    def _effects_of(self, event: Event) -> Iterator[Effect]:
        """As far as the attendant gets: what it raises is a mistake of ours."""
        try:
            self._agenda.stepped_at = moment = self._clock.moment()
            yield from self._attendant.step(moment, event)
        except Exception as fault:
            self._unexpected(fault)

    def _tell_of_the_store(self) -> None:
        """Before any other event: what is not on disk must not be deleted from the SIM."""
        recorder = self._recorder
        if recorder.state is not self._store_state:
            self._store_state = recorder.state
            self._step(StoreChanged(recorder.state, recorder.why))
        if slow_s := recorder.take_slow_s():
            self._step(StoreSlow(slow_s))

    def _unexpected(self, fault: Exception) -> None:
        """The last net: a mistake of ours begins the channel anew, too many a fresh process."""
        now_s = self._clock.moment().monotonic_s
        self._faults_s = [*(at_s for at_s in self._faults_s if at_s > now_s - 60.0), now_s]
        at = traceback.extract_tb(fault.__traceback__)[-1]
        complain(f"unexpected: {type(fault).__name__}: {fault} ({at.filename}:{at.lineno})")
        if len(self._faults_s) > UNEXPECTED_MAX:
            raise fault
        self._port.break_off("restarted after a mistake of the program")
        self._agenda.look_at_s = now_s

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Write(data):
                self._port.write(data)
            case WakeAt(monotonic_s):
                self._agenda.wake_at_s = monotonic_s
            case KeepHouse() | Examine() if self._helper is not None:
                self._helper.do(effect)
            case SetClock(utc, monotonic_s):
                self._clock.adopt(utc, monotonic_s)
            case Publish(pulse):
                self._publish(pulse)
            case MakeSetupCode() | PowerOff():
                self._queue.put(self._front.do(effect))
            case Announce(text, about):
                self._announce(text, about)
            case ReopenPort(reason):
                self._port.lose(reason)
            case Rescue():
                self._port.rescue(effect)

    def _announce(self, text: str, about: str) -> None:
        if about == "ready":
            self._port.ready()
            self._watchdog.status("the modem is ready")
            first, self._ever_ready = not self._ever_ready, True
            print("\n".join((text, *self._then_said) if first else (text,)), flush=True)
            return
        if about == "mute" and self._insist and not self._ever_ready:
            raise NotAModem(text)
        complain(text)

    # The page

    def _look_around(self) -> None:
        self._agenda.look_at_s = self._clock.moment().monotonic_s + LOOK_AROUND_S
        self._recorder.retry()
        edits = self._helper.look(self._recorder) if self._helper is not None else []
        with self._recorder.reading():
            version = self._rows.data_version()
            if self._rota.due and self._recorder.state is not StoreState.GOOD:
                pass   # the file that was put in place could not be opened yet
            elif self._rota.due or version != self._data_version:
                if (by_somebody := self._rota.look(self._clock.moment().utc)) is not None:
                    edits.append(RotaChanged(self._rota.rota, by_somebody))
                if requests := self._rows.open_requests():
                    edits.append(RequestsMade(requests))
                self._data_version = version
        self._tell_of_the_store()
        for edit in edits:
            self._step(edit)
        self._port.look()
