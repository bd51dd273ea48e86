"""`veilleur modem`: the simulated modem alone, steered by lines on stdin or in a script.

One command a line (the text of `sms` is the rest of the line); what happens is told on stdout as it
happens, a line each, `state` answers with one JSON object; a bad line gets one on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from hw.simulator.faults import Fault
from hw.simulator.models import NAMES
from hw.simulator.modem_audio import AudioFault
from hw.simulator.pty_port import PortError, PtyPort
from hw.simulator.simulation_host import Port, SimulationHost
from hw.simulator.subscriber import PROFILES
from hw.simulator.tcp_port import TcpPort
from hw.simulator.timeline import Timeline
from hw.simulator.virtual_site import DEFAULT_NUMBER, SiteError, VirtualSite

HELP = """\
call FROM              FROM rings the modem's number; `withheld` hides it
hangup [NUMBER]        whoever has called, or NUMBER, hangs up
sms FROM TEXT          FROM (a number or a name) texts the modem's number
answer NUMBER          takes the call that rings there, or the next one
busy NUMBER            refuses the call that rings there, or is engaged
ring NUMBER            on, idle, and lets it ring (how every phone begins)
unreachable NUMBER     is switched off
accept NUMBER [KEYS]   takes each call and presses KEYS (1) three seconds later
mailbox NUMBER [FILE]  a voicemail takes the calls there, after four rings, and says FILE
say NUMBER FILE        says a WAV file: now in a call, else at the next answer
record NUMBER FILE     what is heard there goes to a WAV file
digit NUMBER KEYS      presses keys during a call
unplug, plug [PATH]    the modem's cable; PATH gives it another name
fault NAME [RATE]      NAME happens once, or at RATE 0..1; `fault off` ends all; `fault list`
wait SECONDS           before the next line (of a script)
state                  everything, as one JSON object
quit"""

EXIT_DONE, EXIT_USAGE = 0, 2
# A signal that comes just before a wait begins does not end it (Python looks at signals between its
# own steps only), so that none may be long: neither a sleep nor one for what stdin says
STAY_S = 0.5
READ_MAX = 65536


def _heal(site: VirtualSite) -> None:
    site.wire.clear()
    site.modem.audio.faults.clear()


class BadCommandError(Exception):
    """A line that cannot be carried out; the message says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `veilleur modem`."""
    parser.add_argument("--profile", default="generic", help=f"one of: {', '.join(NAMES)}")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pty", metavar="PATH", help="link a pseudo-terminal here")
    where.add_argument("--tcp", metavar="HOST:PORT", help="listen here instead")
    parser.add_argument("--audio", metavar="PATH", help="calls carry voice; link its PCM port here")
    parser.add_argument("--script", metavar="FILE", help="read commands from FILE, then from stdin")
    parser.add_argument("--number", default=DEFAULT_NUMBER, help="the SIM's number")
    parser.add_argument("--pin", help="the SIM asks for this PIN")
    parser.add_argument(
        "--subscription", default="full", help=f"one of: {', '.join(sorted(PROFILES))}"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the network's delays")
    parser.add_argument("--slots", type=int, default=20, help="messages that the SIM holds")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="how fast the network's time goes (1: as ours)"
    )


def _speed(text: str) -> float:
    speed = float(text)
    if not 0.1 <= speed <= 1000:
        raise argparse.ArgumentTypeError("between 0.1 and 1000, please")
    return speed


def main(args: argparse.Namespace) -> int:
    """Run until `quit`, the end of stdin or SIGTERM; 2 for wrong usage.

    Without a stdin to read from (closed, or /dev/null, as a script's `&` makes it) the modem stays
    until SIGTERM.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the link is removed
    try:
        return _run(args)
    except KeyboardInterrupt:
        return EXIT_DONE


def _run(args: argparse.Namespace) -> int:
    try:
        script = _script_lines(args.script)
        timeline = Timeline(args.seed, datetime.now(UTC))
        site = VirtualSite(
            args.profile,
            number=args.number,
            pin=args.pin,
            subscription=args.subscription,
            slots=args.slots,
            timeline=timeline,
            audio=args.audio is not None,
        )
        port: Port = PtyPort(args.pty) if args.pty else TcpPort.parse(args.tcp)
        audio = PtyPort(args.audio) if args.audio else None
        host = SimulationHost(site, port, on_event=_say, speed=args.speed, audio=audio)
    except (SiteError, PortError, OSError) as error:
        return _unusable(error)
    try:
        with _SAYING:  # the first line is `ready`, whatever happens on the network by then
            host.start()
            print(f"ready {port.path} {args.profile} {site.number}", flush=True)
        console = Console(host, _say, _complain)
        if not console.run(script):
            _obey(console)
    except PortError as error:
        return _unusable(error)
    finally:
        host.stop()
    return EXIT_DONE


def _unusable(error: Exception) -> int:
    _complain(f"veilleur modem: {error}")
    return EXIT_USAGE


def _obey(console: Console) -> None:
    """What stdin says; where nobody can ever say anything, until a signal comes."""
    if _somebody_there():
        console.run(_typed(sys.stdin.fileno()))
        return
    while True:
        time.sleep(STAY_S)


def _typed(handle: int) -> Iterator[str]:
    """The lines of an open file until its end; what is no UTF-8 is a bad command, not an end."""
    begun = b""
    while True:
        if not select.select([handle], [], [], STAY_S)[0]:
            continue
        read = os.read(handle, READ_MAX)
        *lines, begun = (begun + read).split(b"\n")
        if not read and begun:
            lines.append(begun)
        yield from (line.decode("utf-8", "replace") for line in lines)
        if not read:
            return


def _rest(seconds: float) -> None:
    """Sleep, as long as it takes, and be woken by any signal."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, STAY_S))


def _somebody_there() -> bool:
    if sys.stdin is None or sys.stdin.closed:
        return False
    found = os.fstat(sys.stdin.fileno())
    return not (stat.S_ISCHR(found.st_mode) and found.st_rdev == os.stat(os.devnull).st_rdev)


def _script_lines(path: str | None) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines() if path else []
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: not UTF-8 text") from error


_SAYING = threading.Lock()


def _say(line: str) -> None:
    with _SAYING:
        print(line, flush=True)


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Console:
    """Carries out command lines on a host."""

    def __init__(
        self,
        host: SimulationHost,
        say: Callable[[str], None],
        complain: Callable[[str], None],
        pause: Callable[[float], None] = _rest,
    ) -> None:
        """`say` gets results, `complain` what was wrong, `pause` waits for seconds."""
        self._host = host
        self._say = say
        self._complain = complain
        self._pause = pause
        self._commands: dict[str, tuple[int, int, Callable[[list[str]], str]]] = {
            "call": (1, 1, self._call),
            "hangup": (0, 1, self._hangup),
            "sms": (2, 2, self._sms),
            "answer": (1, 1, lambda words: host.answer(words[0])),
            "busy": (1, 1, lambda words: host.busy(words[0])),
            "ring": (1, 1, lambda words: host.ring(words[0])),
            "unreachable": (1, 1, lambda words: host.unreachable(words[0])),
            "accept": (1, 2, lambda words: host.accept(*words)),
            "mailbox": (1, 2, lambda words: host.mailbox(*words)),
            "say": (2, 2, lambda words: host.say(words[0], words[1])),
            "record": (2, 2, lambda words: host.record(words[0], words[1])),
            "digit": (2, 2, lambda words: host.digit(words[0], words[1])),
            "unplug": (0, 0, self._unplug),
            "plug": (0, 1, self._plug),
            "fault": (1, 2, self._fault),
            "wait": (1, 1, self._wait),
            "state": (0, 0, self._state),
            "help": (0, 0, lambda _words: HELP),
        }

    def run(self, lines: Iterable[str]) -> bool:
        """Carry out lines until they end (False) or `quit` (True); bad ones are complained of."""
        for line in lines:
            text = line.strip()
            if text == "quit":
                return True
            if not text or text.startswith("#"):
                continue
            try:
                said = self.carry_out(text)
            except (BadCommandError, SiteError, PortError) as error:
                self._complain(f"{text}: {error}")
                continue
            if said:
                self._say(said)
        return False

    def carry_out(self, line: str) -> str:
        """One command; returns what it has to say.

        Raises BadCommandError, SiteError or PortError with one line that tells what is wrong.
        """
        name, *words = line.split(maxsplit=2) if line.startswith("sms ") else line.split()
        if name not in self._commands:
            raise BadCommandError("no such command; `help` lists them")
        fewest, most, action = self._commands[name]
        if not fewest <= len(words) <= most:
            usage = next(each for each in HELP.splitlines() if each.startswith(name))
            raise BadCommandError(f"wrong number of words; usage: {usage}")
        return action(words)

    def _call(self, words: list[str]) -> str:
        self._host.call(words[0])
        return ""

    def _hangup(self, words: list[str]) -> str:
        ended = self._host.hangup(words[0] if words else None)
        if not ended:
            raise BadCommandError("there is no call to end")
        return ""

    def _sms(self, words: list[str]) -> str:
        self._host.sms(words[0], words[1])
        return ""

    def _unplug(self, words: list[str]) -> str:
        self._host.unplug()
        return "unplugged"

    def _plug(self, words: list[str]) -> str:
        self._host.plug(PtyPort(words[0]) if words else None)
        return "plugged in; the modem starts"

    def _fault(self, words: list[str]) -> str:
        if words == ["off"]:
            self._host.ask(_heal)
            return "no faults"
        if words == ["list"]:
            return " ".join(fault.value for kind in (Fault, AudioFault) for fault in kind)
        if words[0] in {fault.value for fault in AudioFault}:
            self._host.ask(lambda site: site.modem.audio.faults.add(AudioFault(words[0])))
            return f"fault {words[0]}"
        try:
            fault = Fault(words[0])
            rate = float(words[1]) if len(words) > 1 else None
            if rate is None:
                self._host.ask(lambda site: site.wire.strike(fault))
            else:
                self._host.ask(lambda site: site.wire.set_rate(fault, rate))
        except ValueError as error:
            raise BadCommandError(f"{error}; `fault list` lists them") from error
        return f"fault {fault.value}" + (" once" if rate is None else f" at {rate}")

    def _wait(self, words: list[str]) -> str:
        try:
            seconds = float(words[0])
        except ValueError as error:
            raise BadCommandError(f"{words[0]!r} is not a number of seconds") from error
        if not 0 <= seconds <= 86_400:
            raise BadCommandError("between 0 and 86400 seconds, please")
        self._pause(seconds)
        return ""

    def _state(self, words: list[str]) -> str:
        return json.dumps(self._host.state(), ensure_ascii=False)
