"""`veilleur modem` as other programs use it: how it starts, how it ends, what it refuses."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.daemon.house import CALLER, House
from tests.daemon.program import VEILLEUR, Program
from tests.patience import WITHIN_S


def says_ok(path: Path) -> None:
    """Something at the port answers AT."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, b"AT\r")
        heard, deadline = b"", time.monotonic() + WITHIN_S
        while not heard.endswith(b"\r\nOK\r\n"):
            left = deadline - time.monotonic()
            assert left > 0, heard
            if select.select([port], [], [], left)[0]:
                heard += os.read(port, 100)
    finally:
        os.close(port)


def without_stdin(house: House, how: str) -> Program:
    arguments = ("modem", "--profile", "generic", "--pty", house.port)
    match how:
        case "/dev/null":
            return house.start(*arguments, stdin=subprocess.DEVNULL)
        case "closed":
            return house.start(*arguments, command=("sh", "-c", 'exec "$0" "$@" <&-', *VEILLEUR))
        case _:
            shell = ("sh", "-c", '"$0" "$@" & trap "kill $!" TERM; wait $!; wait $!', *VEILLEUR)
            return house.start(*arguments, command=shell)


@pytest.mark.parametrize("how", ["/dev/null", "closed", "in the background of a script"])
def test_it_stays_where_nobody_can_say_anything(house: House, how: str) -> None:
    program = without_stdin(house, how)
    program.line(f"ready {house.port} generic")
    for _ in range(3):
        says_ok(house.port)
    assert program.process.poll() is None
    assert program.stop() == 0
    assert program.errors == []
    assert not house.port.is_symlink()


@pytest.mark.parametrize("ending", ["quit", "end of the pipe", "SIGTERM", "SIGINT"])
def test_it_ends_when_it_is_told(house: House, ending: str) -> None:
    program = house.modem().program
    match ending:
        case "quit":
            program.say("quit")
        case "end of the pipe":
            program.close_stdin()
        case _:
            program.process.send_signal(getattr(signal, ending))
    assert program.ended() == 0
    assert program.errors == []
    assert not house.port.is_symlink()


def test_sigterm_ends_a_script_that_waits(house: House) -> None:
    script = house.folder / "script"
    script.write_text(f"call {CALLER}\nwait 86400\n")
    program = house.modem("--script", str(script)).program
    program.line("call 1:")
    assert program.stop() == 0


def test_a_script_then_stdin(house: House) -> None:
    script = house.folder / "script"
    script.write_text(f"# a comment\nsms {CALLER} bonjour à tous\ndance\n", encoding="utf-8")
    modem = house.modem("--script", str(script), profile="telit-le910c1")
    assert modem.program.error() == "dance: no such command; `help` lists them"
    assert modem.state()["modem"]["profile"] == "telit-le910c1"
    modem.say("quit")
    assert modem.program.ended() == 0


def test_tcp(house: House) -> None:
    program = house.start("modem", "--tcp", "127.0.0.1:0")
    host, _, port = program.line("ready").split()[1].rpartition(":")
    with socket.create_connection((host, int(port)), WITHIN_S) as client:
        client.sendall(b"ATE0\r")
        heard = b""
        while not heard.endswith(b"\r\nOK\r\n"):
            heard += client.recv(100)
        taken = house.start("modem", "--tcp", f"{host}:{port}")
        assert taken.ended() == 2
        assert len(taken.errors) == 1
        assert f"cannot listen on {host}:{port}: Address already in use" in taken.errors[0]
    assert program.stop() == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--pty", "TAKEN"], "cannot make .*: File exists"),
        (["--pty", "PATH", "--script", "BINARY"], "not UTF-8"),
    ],
)
def test_what_it_refuses_is_one_line(house: House, options: list[str], why: str) -> None:
    (house.folder / "TAKEN").write_text("somebody's file")
    (house.folder / "BINARY").write_bytes(b"\xff\xfe")
    paths = ("PATH", "TAKEN", "BINARY")
    words = [str(house.folder / word) if word in paths else word for word in options]
    program = house.start("modem", *words, stdin=subprocess.DEVNULL)
    assert program.ended() == 2
    assert program.output == []
    assert len(program.errors) == 1, program.errors
    assert re.search(why, program.errors[0])
    assert (house.folder / "TAKEN").read_text() == "somebody's file"


def test_plugged_in_under_another_name(house: House) -> None:
    modem = house.modem()
    modem.say("unplug")
    modem.hears("unplugged")
    assert not house.port.is_symlink()
    other = house.folder / "other"
    modem.say(f"plug {other}")
    modem.await_state(lambda state: state["port"] == str(other), "the port")
    says_ok(other)
