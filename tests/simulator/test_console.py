"""`veilleur modem`: commands of interface.md, clear lines for bad ones, news as it happens."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from hw.simulator.console import BadCommandError, Console, _obey
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.virtual_site import SiteError, VirtualSite
from tests.patience import WITHIN_S
from tests.simulator.modem_bench import CALLER, DUTY, QUICK

ROOT = Path(__file__).parents[2]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    site = VirtualSite(timings=QUICK)
    with SimulationHost(site, PtyPort(tmp_path / "modem"), speed=10.0) as host:
        yield Console(host, lambda line: None, lambda line: None)


@pytest.mark.parametrize(
    "line",
    [
        "call 0699000001",
        "call withheld",
        'sms +33699000001 Bonjour, c\'est "la" clinique',
        "sms AMELI remboursement",
        "answer 0612345678",
        "busy +33612345678",
        "ring +33612345678",
        "unreachable +33612345678",
        "unplug",
        "fault delay 0.5",
        "fault lose-cmti",
        "fault off",
        "fault list",
        "help",
        "wait 0",
        "state",
    ],
)
def test_good_lines(console: Console, line: str) -> None:
    console.carry_out(line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("dance", "no such command"),
        ("call", "wrong number of words; usage: call FROM"),
        ("call x!", "not a number"),
        ("call 0700000001", "own SIM"),
        ("sms 0699000001", "wrong number of words"),
        ("sms AVERYLONGNAMEINDEED hello", "1 to 11 characters"),
        ("hangup", "no call to end"),
        ("digit 0612345678 5", "not in a call"),
        ("digit 0612345678 hello", "not keys"),
        ("plug", "plugged in already"),
        ("fault gremlins", "fault list"),
        ("fault delay 7", "between 0 and 1"),
        ("fault delay often", "fault list"),
        ("wait long", "not a number of seconds"),
        ("wait -1", "between 0 and"),
    ],
)
def test_bad_lines(console: Console, line: str, why: str) -> None:
    with pytest.raises((BadCommandError, SiteError), match=why) as caught:
        console.carry_out(line)
    assert "\n" not in str(caught.value)


def test_state_is_one_json_object(console: Console) -> None:
    console.carry_out(f"ring {DUTY}")
    state = json.loads(console.carry_out("state"))
    assert state["modem"]["profile"] == "generic"
    assert state["registration"] == "home"
    assert [phone["number"] for phone in state["phones"]] == [DUTY]


def test_bad_lines_do_not_end_it_and_quit_does(console: Console) -> None:
    said: list[str] = []
    console._complain = said.append
    assert console.run(["# a comment", "", "dance", "quit", "dance"]) is True
    assert said == ["dance: no such command; `help` lists them"]


class SignalledError(Exception):
    """A signal was noticed."""


@pytest.mark.parametrize("then", ["", f"wait {2 * WITHIN_S}"])
def test_a_signal_that_interrupts_no_wait_is_noticed_all_the_same(
    console: Console, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """One that comes just before stdin is waited for, or a sleep begins, finds nothing to
    interrupt; neither does one that another thread takes, and when that comes is ours to choose."""
    waiting, ended, noticed = threading.Event(), threading.Event(), []

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise SignalledError

    def signal_and_listen() -> None:
        waiting.wait(WITHIN_S)
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        noticed.append(ended.wait(WITHIN_S))
        os.close(writing)

    reading, writing = os.pipe()
    os.write(writing, f"dance\n{then}\n".encode())
    console._complain = lambda line: waiting.set()
    beside = threading.Thread(target=signal_and_listen)
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with os.fdopen(reading) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            beside.start()
            with pytest.raises(SignalledError):
                _obey(console)
    finally:
        ended.set()
        beside.join()
        signal.signal(signal.SIGUSR1, before)
    assert noticed == [True]


class Program:
    """`python -m hw.simulator` with its two ends."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hw.simulator", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self._read = b""

    def line(self, beginning: str) -> str:
        """The next line of stdout that begins so."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + WITHIN_S
        while True:
            while b"\n" in self._read:
                first, self._read = self._read.split(b"\n", 1)
                if first.decode().startswith(beginning):
                    return first.decode()
            left = deadline - time.monotonic()
            assert left > 0, f"no line {beginning!r}"
            if select.select([self.process.stdout], [], [], left)[0]:
                got = self.process.stdout.read(4096)
                assert got, f"it ended before saying {beginning!r}"
                self._read += got

    def end(self) -> tuple[int, str]:
        """Close stdin; the exit code and stderr."""
        _, errors = self.process.communicate(timeout=WITHIN_S)
        return self.process.returncode, errors.decode()


def test_script_from_call_to_state(tmp_path: Path) -> None:
    path, script = tmp_path / "modem", tmp_path / "script"
    script.write_text(f"ring {DUTY}\ncall {CALLER}\nwait 0.01\nstate\ndance\n")
    program = Program("--profile", "simcom-sim7600", "--pty", str(path), "--script", str(script))
    assert program.line("") == f"ready {path} simcom-sim7600 +33700000001"
    assert program.line("call 1:") == f"call 1: {CALLER} dials +33700000001"
    assert json.loads(program.line("{"))["modem"]["profile"] == "simcom-sim7600"
    code, errors = program.end()
    assert (code, errors) == (0, "dance: no such command; `help` lists them\n")
    assert not path.is_symlink()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--profile", "nokia", "--pty", "PATH"], "there is no profile 'nokia'"),
        (["--pty", "/nonexistent/modem"], "cannot make /nonexistent/modem"),
        (["--tcp", "here"], "'here' is not HOST:PORT"),
        (["--pty", "PATH", "--number", "abc"], "not a number that can be dialled"),
        (["--pty", "PATH", "--script", "/nonexistent"], "No such file"),
        (["--pty", "PATH", "--subscription", "gold"], "there is no profile 'gold'"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], why: str) -> None:
    path = str(tmp_path / "modem")
    program = Program(*[path if each == "PATH" else each for each in arguments])
    code, errors = program.end()
    assert code == 2
    assert why in errors
    assert errors.count("\n") == 1
