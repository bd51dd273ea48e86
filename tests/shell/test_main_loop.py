"""The loop with a real store and a scripted port: order of effects, waits, the port's life."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from firmware.attendant import Attendant
from firmware.effect import Announce, Effect, Publish, Record, ReopenPort, WakeAt, Write
from firmware.event import (
    BytesReceived,
    Event,
    PortLost,
    PortOpened,
    RequestsMade,
    RotaChanged,
    Stopping,
    Woken,
)
from firmware.line.usb_port import Candidate, NotAModem, PortUnavailable
from firmware.moment import Moment
from firmware.pulse import ModemState, Pulse
from firmware.record import JournalEntry, JournalKind, RequestKind
from firmware.rota import read_site_file
from firmware.shell import alarm_clock, main_loop
from firmware.shell.main_loop import MainLoop
from firmware.shell.system_clock import SystemClock
from firmware.shell.watchdog import Watchdog
from firmware.store import journal
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.page_store import PageStore
from firmware.store.rota_store import RotaStore
from firmware.store.rota_watch import RotaWatch
from firmware.store.row_store import RowStore
from tests.daemon.house import SITE
from tests.patience import WITHIN_S

FAR_S = 3600.0


@dataclass
class Script:
    """Stands in the attendant's place: notes what it is told and says what the test wants."""

    answer: Callable[[Moment, Event], list[Effect]]
    told: list[Event] = field(default_factory=list)

    def step(self, moment: Moment, event: Event) -> list[Effect]:
        self.told.append(event)
        return [*self.answer(moment, event), WakeAt(moment.monotonic_s + FAR_S)]

    well: bool = True

    def alive(self) -> bool:
        return self.well


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / DATABASE_NAME
    open_database(path, create=True).close()
    return path


@pytest.fixture
def port() -> Iterator[tuple[int, str]]:
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    os.close(near)
    os.close(far)


class Stage:
    """A loop about to run in this thread, with an end in case a test is wrong."""

    def __init__(
        self, data: Path, script: Script, ports: list[str], *, insist: bool = False,
        watchdog: Watchdog | None = None, rota: RotaWatch | None = None,
    ) -> None:  # fmt: skip
        self.database: Database = open_database(data, create=False)
        self.pulses: list[Pulse] = []
        self.loop = MainLoop(
            cast(Attendant, script),  # all that the loop knows of it
            RowStore(self.database),
            rota or RotaWatch(RotaStore(self.database), None),
            SystemClock(),
            watchdog or Watchdog(""),
            self.pulses.append,
            lambda: tuple(Candidate(path, None) for path in ports),
            insist=insist,
        )

    def run(self) -> None:
        end = threading.Timer(WITHIN_S, self.loop.stop)
        end.start()
        try:
            began = time.monotonic()
            self.loop.run()
            assert time.monotonic() - began < WITHIN_S, "the loop did not end by itself"
        finally:
            end.cancel()
            end.join()
            self.database.close()


ENTRY = JournalEntry(datetime(2026, 3, 1, tzinfo=UTC), JournalKind.HEALTH, outcome="tried")


def test_effects_in_their_order_and_bytes_both_ways(data: Path, port: tuple[int, str]) -> None:
    """What is written to the modem is on disk by then, for another process to read."""
    far, path = port
    seen_on_disk: list[int] = []

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortOpened():
                pulse = Pulse(moment.utc, ModemState.READY)
                return [Record((ENTRY,)), Write(b"AT\r"), Publish(pulse)]
            case BytesReceived(given) if given.endswith(b"K"):
                stage.loop.stop()
        return []

    def modem() -> None:
        assert os.read(far, 100) == b"AT\r"
        with open_database(data, create=False) as other:
            seen_on_disk.append(len(journal.entries(other)))
        os.write(far, b"OK")

    script = Script(answer)
    stage = Stage(data, script, [path])
    thread = threading.Thread(target=modem)
    thread.start()
    stage.run()
    thread.join()
    assert seen_on_disk == [1]
    assert script.told[:1] == [Woken()]
    assert script.told[1] == PortOpened(path, None)
    heard = [event.data for event in script.told if isinstance(event, BytesReceived)]
    assert b"".join(heard) == b"OK"
    assert [pulse.modem for pulse in stage.pulses] == [ModemState.READY]


def test_the_loop_s_own_wait_does_without_the_alarm_clock(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wall clock that is set back makes APScheduler late by as much; the loop is not."""
    monkeypatch.setattr(alarm_clock.AlarmClock, "wake_at", lambda self, monotonic_s: None)
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", FAR_S)
    woken: list[float] = []

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if not isinstance(event, Stopping):
            woken.append(moment.monotonic_s)
        if len(woken) == 4:
            stage.loop.stop()
        return []

    script = Script(answer)
    script.step = lambda moment, event: [  # type: ignore[method-assign]
        *answer(moment, event), WakeAt(moment.monotonic_s + 0.1),
    ]  # fmt: skip
    stage = Stage(data, script, [])
    stage.run()
    waits = [after - before for before, after in pairwise(woken[1:])]
    assert waits
    assert all(0.1 <= wait < 2.0 for wait in waits)


class JumpingClock(SystemClock):
    """Another time of day once it has been read so often."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._left = after

    def moment(self) -> Moment:
        self._left -= 1
        now = super().moment()
        return replace(now, utc=now.utc + timedelta(hours=self._left < 0))


def test_no_step_while_nothing_is_due_and_one_when_the_clock_is_set(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.0)
    monkeypatch.setattr(main_loop, "OVERSLEEP_S", 0.001)
    began = datetime.now(UTC)
    seen: list[datetime] = []

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if isinstance(event, Woken):
            seen.append(moment.utc)
            if moment.utc - began > timedelta(minutes=30):
                stage.loop.stop()
        return []

    stage = Stage(data, Script(answer), [])
    stage.loop._clock = JumpingClock(after=200)
    stage.run()
    assert len(seen) == 2


def test_edits_and_wishes_are_told_once(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case Woken() if len(script.told) == 1:
                with open_database(data, create=False) as other:
                    RotaStore(other).replace_rota(read_site_file(SITE), "import", moment.utc)
                    PageStore(other).ask(
                        RequestKind.CHECK_FORWARDING, {}, by="Diane", at=moment.utc
                    )
            case RequestsMade():
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [])
    stage.run()
    told = [event for event in script.told if not isinstance(event, Woken | PortLost)]
    assert [type(event) for event in told] == [RotaChanged, RequestsMade, Stopping]
    assert isinstance(told[0], RotaChanged)
    assert told[0].rota is not None
    assert told[0].rota.site.name == "Ambulances Dupont"


def test_a_lost_port_is_looked_for_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of the ports in turn; what cannot be opened is said once."""
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)
    far, near = os.openpty()
    tty.setraw(near)
    path = os.ttyname(near)
    ends = [far]

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortOpened() if ends:
                os.close(near)
                os.close(ends.pop())
            case PortLost() if not ends and sum(isinstance(e, PortLost) for e in script.told) == 3:
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, ["/nonexistent/ttyUSB0", path])
    stage.run()
    kinds = [type(event) for event in script.told if not isinstance(event, Woken)]
    assert kinds[:3] == [PortLost, PortOpened, PortLost]
    said = capsys.readouterr()
    assert said.out == ""
    assert "veilleur: /nonexistent/ttyUSB0: no such port" in said.err


def test_reopening_and_the_late_word_of_the_port_before(
    data: Path, port: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)
    far, path = port

    def answer(moment: Moment, event: Event) -> list[Effect]:
        opened = sum(isinstance(each, PortOpened) for each in script.told)
        match event:
            case PortOpened() if opened == 1:
                os.write(far, b"late")
                return [ReopenPort("mute")]
            case PortOpened():
                os.write(far, b"new")
            case BytesReceived(given):
                heard.append(given)
                if b"new" in b"".join(heard):
                    stage.loop.stop()
        return []

    heard: list[bytes] = []
    script = Script(answer)
    stage = Stage(data, script, [path])
    stage.run()
    assert PortLost("mute") in script.told
    assert b"".join(heard).endswith(b"new")
    lost = script.told.index(PortLost("mute"))
    opened = [n for n, event in enumerate(script.told) if isinstance(event, PortOpened)]
    between = script.told[lost : opened[1]]
    assert not any(isinstance(event, BytesReceived) for event in between)


def test_a_port_that_was_named_and_is_no_modem(
    data: Path, port: tuple[int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    effect = Announce("mute", "mute")
    script = Script(lambda moment, event: [effect] if isinstance(event, PortOpened) else [])
    with pytest.raises(NotAModem, match="mute"):
        Stage(data, script, [port[1]], insist=True).run()
    assert capsys.readouterr().err == ""


def test_a_port_that_was_named_and_is_not_there(data: Path) -> None:
    with pytest.raises(PortUnavailable, match="no such port"):
        Stage(data, Script(lambda moment, event: []), ["/nonexistent"], insist=True).run()


def test_once_ready_a_named_port_is_waited_for(
    data: Path, port: tuple[int, str], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        opened = sum(isinstance(each, PortOpened) for each in script.told)
        if not isinstance(event, PortOpened):
            return []
        if opened == 2:
            stage.loop.stop()
        return [Announce("ready", "ready"), Announce("mute", "mute"), ReopenPort("mute")]

    script = Script(answer)
    stage = Stage(data, script, [port[1]], insist=True)
    stage.run()
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "ready"
    assert said.err.splitlines()[0] == "veilleur: mute"


@pytest.mark.parametrize("well", [True, False])
def test_the_watchdog_is_fed_while_the_box_is_alive(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, well: bool
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.02)
    turns: list[Event] = []

    def answer(moment: Moment, event: Event) -> list[Effect]:
        turns.append(event)
        if len(turns) == 5:
            stage.loop.stop()
        return []

    script = Script(answer, well=well)
    script.step = lambda moment, event: [  # type: ignore[method-assign]
        *answer(moment, event), WakeAt(moment.monotonic_s),
    ]  # fmt: skip
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(WITHIN_S)
        watchdog = Watchdog(str(tmp_path / "notify"))
        stage = Stage(data, script, [], watchdog=watchdog)
        stage.run()
        heard = set()
        while b"STOPPING=1" not in heard:
            heard.add(systemd.recv(100))
        assert watchdog._socket is not None
        watchdog._socket.close()
    assert (b"WATCHDOG=1" in heard) is well


def test_nothing_of_it_is_left(data: Path, port: tuple[int, str]) -> None:
    before = set(threading.enumerate())

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if isinstance(event, PortOpened):
            stage.loop.stop()
        return []

    stage = Stage(data, Script(answer), [port[1]])
    stage.run()
    for thread in set(threading.enumerate()) - before:
        assert thread.daemon
        thread.join(WITHIN_S)
    assert set(threading.enumerate()) <= before
    assert sys.exc_info() == (None, None, None)
