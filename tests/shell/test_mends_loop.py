"""Mistakes of ours, clocks set back, ports that vanish while they are opened or listed."""

from __future__ import annotations

import os
import termios
import threading
import tty
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from serial.tools import list_ports

from firmware.attendant import Attendant
from firmware.command.ports import attached_ports
from firmware.effect import Announce, Effect, Examine, KeepHouse, ReopenPort
from firmware.event import (
    DataMended,
    Event,
    PortLost,
    PortOpened,
    RequestsMade,
    RotaChanged,
    Stopping,
    Woken,
)
from firmware.line.usb_port import PortUnavailable
from firmware.moment import Moment
from firmware.record import RequestKind
from firmware.rota import Rota, read_site_file
from firmware.shell import alarm_clock, main_loop, port_keeper
from firmware.shell.main_loop import MainLoop
from firmware.shell.serial_port import SerialPort
from firmware.shell.system_clock import SystemClock
from firmware.shell.watchdog import Watchdog
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.errors import BusyDatabase, UnwritableDatabase
from firmware.store.page_store import PageStore
from firmware.store.recorder import Recorder
from firmware.store.rota_store import RotaStore
from firmware.store.rota_watch import RotaWatch
from firmware.store.row_store import RowStore
from tests.daemon.house import SITE
from tests.shell.test_main_loop import Script, Stage

NIGHT = datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / DATABASE_NAME
    open_database(path, create=True).close()
    return path


@pytest.fixture
def port() -> Iterator[str]:
    far, near = os.openpty()
    tty.setraw(near)
    yield os.ttyname(near)
    os.close(near)
    os.close(far)


def test_edits_are_seen_without_the_alarm_clock(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attendant asks for a wake-up in an hour: the loop looks around all the same."""
    monkeypatch.setattr(alarm_clock.AlarmClock, "wake_at", lambda self, monotonic_s: None)
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortLost():
                with open_database(data, create=False) as other:
                    RotaStore(other).replace_rota(read_site_file(SITE), "import", moment.utc)
            case RotaChanged():
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [])
    stage.run()
    assert any(isinstance(event, RotaChanged) for event in script.told)


def _busy_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The database is locked when the rota is first read; has an entry for each time it was."""
    load, tries = RotaStore.load_rota, list[int]()

    def busy_once(self: RotaStore) -> object:
        tries.append(1)
        if len(tries) == 1:
            raise BusyDatabase("locked")
        return load(self)

    monkeypatch.setattr(RotaStore, "load_rota", busy_once)
    return tries


def test_an_edit_that_cannot_be_read_now_is_read_later(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)
    tries = _busy_once(monkeypatch)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortLost():
                with open_database(data, create=False) as other:
                    other.connection.execute(
                        "UPDATE counter SET value = value + 1 WHERE name = 'rota_version'"
                    )
            case RotaChanged():
                stage.loop.stop()
        return []

    stage = Stage(data, Script(answer), [])
    stage.run()
    assert len(tries) == 2
    assert "veilleur: locked" in capsys.readouterr().err


class Mending:
    """A helper that tells once that it has put another file in the place of the damaged one."""

    def __init__(self, rota: RotaWatch) -> None:
        self.rota = rota
        self.news = 1

    def do(self, effect: KeepHouse | Examine) -> None:
        raise AssertionError("nothing was asked of it")

    def look(self, recorder: Recorder) -> list[Event]:
        self.news, news = 0, self.news
        return [DataMended(NIGHT, self.rota.repaired(False)) for _ in range(news)]

    def stop(self) -> None:
        """Nothing runs."""


@pytest.mark.parametrize("known", [None, read_site_file(SITE)])
def test_the_rota_of_mended_data_is_told_whatever_its_version_and_as_nobody_s(
    data: Path, known: Rota | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is left with none: what the daemon knows is put back."""
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)
    _busy_once(monkeypatch)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if isinstance(event, RotaChanged):
            stage.loop.stop()
        return []

    script = Script(answer)
    with open_database(data, create=False) as database:
        rota = RotaWatch(RotaStore(database), known)
        stage = Stage(data, script, [], rota=rota)
        stage.loop._helper = Mending(rota)
        stage.run()
        assert RotaStore(database).load_rota() == known
    told = [event for event in script.told if isinstance(event, DataMended | RotaChanged)]
    assert told == [DataMended(NIGHT, known is not None), RotaChanged(known, False)]


def test_the_rota_is_put_back_into_no_file_that_has_been_replaced(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repair took the last room on the disk: the new file cannot be opened yet."""
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)
    known, seen = read_site_file(SITE), list[Rota | None]()

    class Tight(Mending):
        def look(self, recorder: Recorder) -> list[Event]:
            if self.news:
                recorder.trouble(UnwritableDatabase("no space left"))
            return super().look(recorder)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case DataMended():
                seen.append(RotaStore(stage.database).load_rota())
            case RotaChanged():
                stage.loop.stop()
        return []

    with open_database(data, create=False) as database:
        rota = RotaWatch(RotaStore(database), known)
        stage = Stage(data, Script(answer), [], rota=rota)
        stage.loop._helper = Tight(rota)
        stage.run()
        assert seen == [None]
        assert RotaStore(database).load_rota() == known


def test_an_edit_between_loading_and_the_loop_is_seen(data: Path) -> None:
    """`run` reads the versions first, then loads, then makes the loop."""

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if isinstance(event, RotaChanged):
            stage.loop.stop()
        return []

    with open_database(data, create=False) as database:
        rows, rotas = RowStore(database), RotaStore(database)
        data_version, rota = rows.data_version(), RotaWatch(rotas, None)
        with open_database(data, create=False) as other:
            RotaStore(other).replace_rota(read_site_file(SITE), "import", datetime.now(UTC))
        stage = Stage(data, Script(answer), [])
        stage.loop = MainLoop(
            cast(Attendant, Script(answer)), rows, rota, SystemClock(), Watchdog(""),
            stage.pulses.append, tuple, insist=False, data_version=data_version,
        )  # fmt: skip
        stage.run()


def test_a_mistake_of_ours_begins_the_channel_anew(
    data: Path, port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if isinstance(event, PortOpened):
            if sum(isinstance(each, PortOpened) for each in script.told) == 1:
                raise KeyError("ours")
            stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [port])
    stage.run()
    kinds = [type(event) for event in script.told if not isinstance(event, Woken)]
    assert kinds == [PortOpened, PortLost, PortOpened, Stopping]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("veilleur: unexpected: KeyError: 'ours' (")
    assert "test_mends_loop.py:" in line


def test_after_a_mistake_about_a_wish_of_the_page_the_port_is_told_to_be_open(
    data: Path, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is opened anew in the same look around: the loss must not be told after that."""
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        opened = sum(isinstance(each, PortOpened) for each in script.told)
        if isinstance(event, PortOpened) and opened == 1:
            with open_database(data, create=False) as other:
                PageStore(other).ask(RequestKind.CHECK_FORWARDING, {}, by="Diane", at=moment.utc)
        if isinstance(event, RequestsMade) and opened == 1:
            raise KeyError("ours")
        if opened == 2:
            done.append(Woken())
            if len(done) == 1:
                threading.Timer(0.3, stage.loop.stop).start()   # what else is told of the port
        return []

    done: list[Event] = []
    script = Script(answer)
    stage = Stage(data, script, [port])
    stage.run()
    told = [type(event) for event in script.told if isinstance(event, PortOpened | PortLost)]
    assert told == [PortOpened, PortLost, PortOpened]


def test_too_many_mistakes_end_the_process(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(moment: Moment, event: Event) -> list[Effect]:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        Stage(data, script := Script(answer), []).run()
    assert not any(isinstance(event, Stopping) for event in script.told)   # nobody asked for it
    said = [line for line in capsys.readouterr().err.splitlines() if "unexpected" in line]
    assert len(said) == main_loop.UNEXPECTED_MAX + 1


def test_two_bad_ports_complain_once_each(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.0)
    monkeypatch.setattr(main_loop, "OVERSLEEP_S", 0.0)
    bad = ["/nonexistent/ttyUSB0", "/nonexistent/ttyUSB1"]
    opened: list[int] = []

    def fails(*arguments: object) -> None:
        opened.append(1)
        if len(opened) == 8:
            stage.loop.stop()
        raise PortUnavailable(f"{arguments[0]}: no")

    monkeypatch.setattr(port_keeper, "SerialPort", fails)
    script = Script(lambda moment, event: [])
    stage = Stage(data, script, bad)
    stage.run()
    assert len(opened) >= 8
    assert sorted(capsys.readouterr().err.splitlines()) == [f"veilleur: {path}: no" for path in bad]
    assert sum(isinstance(event, PortLost) for event in script.told) == 2


def test_a_named_port_that_is_reopened_before_it_is_ready_is_not_given_up(
    data: Path, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only "mute" (nothing has told an IMEI) ends the loop, never a modem that hesitates."""
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        if isinstance(event, PortOpened):
            if sum(isinstance(each, PortOpened) for each in script.told) == 1:
                return [Announce("refused +CPMS", "modem"), ReopenPort("hesitates")]
            stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [port], insist=True)
    stage.run()
    assert PortLost("hesitates") in script.told


@pytest.mark.parametrize("call", ["tcsetattr", "tcflush"])
def test_a_port_that_vanishes_while_it_is_opened(
    port: str, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def gone(*arguments: object) -> None:
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr(termios, call, gone)
    with pytest.raises(PortUnavailable, match="Input/output error"):
        SerialPort(port, lambda data: None, lambda reason: None)


@pytest.mark.parametrize("fault", [TypeError("x"), ValueError("x"), OSError(19, "No such device")])
def test_ports_that_vanish_while_they_are_listed(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def vanishing() -> None:
        raise fault

    monkeypatch.setattr(list_ports, "comports", vanishing)
    assert attached_ports() == []
