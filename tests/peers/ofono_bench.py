"""ofono on a D-Bus of its own, with one modem: its phonesim plug-in, over TCP, driven by gdbus.

ofonod keeps what it learns of a SIM under /var/lib/ofono, and no setting moves that: it runs in a
mount namespace where a folder of the test lies over it. No plug-in but phonesim's and its driver's
is loaded, so that no modem of this machine is touched.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hw.simulator.tcp_port import TcpPort
from tests.peers.bench import Daemon, PeerSite, environment, find, needs, until

NEEDS_OFONO = needs("ofonod", "dbus-daemon", "gdbus", "unshare", "mount")
MODEM = "/phonesim"
STORAGE = "/var/lib/ofono"
CALL_WITHIN_S = 60
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <auth>ANONYMOUS</auth>
  <allow_anonymous/>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
# GVariant text: strings are Python's; the names of types and the marks of variants are not.
_TOKEN = re.compile(
    r"""(?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
    r"|(?P<bool>\b(?:true|false)\b)"
    r"|(?P<type>@[a-z(){}]+|\b(?:objectpath|byte|u?int(?:16|32|64))\b|[<>])"
)


def from_gvariant(text: str) -> Any:
    """The values in what gdbus prints; variants are just their values."""

    def python(match: re.Match[str]) -> str:
        if match["string"]:
            return match["string"]
        return match["bool"].capitalize() if match["bool"] else ""

    return ast.literal_eval(_TOKEN.sub(python, text).strip())


def quoted(text: str) -> str:
    """A text as a GVariant string."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class OfonoError(AssertionError):
    """ofono has answered with an error, or not within CALL_WITHIN_S."""


class Ofono:
    """Asks ofono, and hears its signals."""

    def __init__(self, site: PeerSite, bus: str, daemon: Daemon, signals: Daemon) -> None:
        self.site = site
        self.bus = bus
        self._daemon = daemon
        self._signals = signals

    def call(self, method: str, *arguments: str, path: str = MODEM) -> Any:
        """Call `org.ofono.<method>`; arguments are GVariant texts. Its answer: nothing, one value,
        or a tuple of them. Raises OfonoError."""
        done = subprocess.run(
            [
                str(find("gdbus")),
                *("call", "--address", self.bus, "--timeout", str(CALL_WITHIN_S)),
                *("--dest", "org.ofono", "--object-path", path),
                *("--method", f"org.ofono.{method}", *arguments),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(),
            timeout=2 * CALL_WITHIN_S,
            check=False,
        )
        if done.returncode:
            raise OfonoError(done.stderr.decode("utf-8", "replace") + self.site.witness())
        answer = from_gvariant(done.stdout.decode("utf-8"))
        return answer[0] if len(answer) == 1 else answer or None

    def set(self, interface: str, name: str, value: str) -> None:
        """Set a property to a GVariant text."""
        self.call(f"{interface}.SetProperty", name, f"<{value}>")

    def get(self, interface: str) -> dict[str, Any]:
        """All properties of an interface of the modem."""
        found = self.call(f"{interface}.GetProperties")
        assert isinstance(found, dict)
        return found

    def calls(self) -> dict[str, dict[str, Any]]:
        """The calls by object path."""
        return dict(self.call("VoiceCallManager.GetCalls"))

    def states(self) -> list[str]:
        """The states of the calls, in their order."""
        return [call["State"] for _, call in sorted(self.calls().items())]

    def heard(self, signal: str) -> list[tuple[Any, ...]]:
        """The arguments of every signal `org.ofono.<signal>` so far."""
        mark = f"org.ofono.{signal} "
        lines = self._signals.output.split("\n")[:-1]  # the last may not be whole yet
        return [from_gvariant(each.partition(mark)[2]) for each in lines if mark in each]

    def until(self, *states: str) -> None:
        """Wait until these are the states of the calls."""
        wanted = list(states)
        self._daemon.until(lambda: self.states() == wanted, f"calls {wanted}", self.site)

    def until_true(self, found: Any, what: str) -> None:
        """See `bench.until`."""
        self._daemon.until(found, what, self.site)

    def power_up(self) -> None:
        """Power on, and wait for the messages and the calls of the modem."""
        self.set("Modem", "Powered", "true")
        self.has("MessageManager", "VoiceCallManager", "CallForwarding")

    def go_online(self) -> None:
        """Switch the radio on, and wait for the network."""
        self.set("Modem", "Online", "true")
        self.has("NetworkRegistration", "SupplementaryServices")
        self.until_true(
            lambda: self.get("NetworkRegistration")["Status"] == "registered", "registered"
        )

    def has(self, *interfaces: str) -> None:
        """Wait until the modem offers these."""
        wanted = {f"org.ofono.{each}" for each in interfaces}
        self.until_true(lambda: wanted <= set(self.get("Modem")["Interfaces"]), f"{wanted}")


def _namespace(storage: Path) -> list[str]:
    """What to put before a command that shall see `storage` in STORAGE's place; skips without."""
    mount = f'mount --bind "{storage}" {STORAGE}'
    for flags in (["--mount"], ["--map-root-user", "--mount"]):
        start = [str(find("unshare")), *flags, "sh", "-c"]
        if subprocess.run([*start, mount], check=False, capture_output=True).returncode == 0:
            return [*start, f'{mount} && exec "$0" "$@"']
    pytest.skip(f"no mount namespace here to keep ofonod out of {STORAGE}")


@contextmanager
def ofono(folder: Path, profile: str = "generic", pin: str | None = None) -> Iterator[Ofono]:
    """ofono, with the simulated modem not powered yet."""
    storage = folder / "storage"
    storage.mkdir()
    namespace = _namespace(storage)
    (folder / "bus.conf").write_text(BUS)
    bus_daemon = Daemon(
        ["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address=1"],
        folder / "bus",
    )
    with PeerSite(TcpPort("127.0.0.1", 0), profile, pin=pin) as site, bus_daemon as bus:
        addresses = bus.until(
            lambda: re.findall(r"^(unix:\S+)\n", bus.output, re.MULTILINE), "a bus"
        )
        host, _, port = str(site.port.path).rpartition(":")
        settings = folder / "phonesim.conf"
        settings.write_text(f"[phonesim]\nAddress={host}\nPort={port}\n")
        daemon = Daemon(
            [*namespace, str(find("ofonod")), "-n", "-d", "-p", "phonesim,atmodem"],
            folder / "ofonod",
            DBUS_SYSTEM_BUS_ADDRESS=addresses[0],
            OFONO_PHONESIM_CONFIG=str(settings),
        )
        signals = Daemon(
            ["gdbus", "monitor", "--address", addresses[0], "--dest", "org.ofono"],
            folder / "signals",
        )
        with daemon, signals:
            found = Ofono(site, addresses[0], daemon, signals)
            daemon.until(lambda: _modems(found), "the modem is known", site)
            until(lambda: "is owned by" in signals.output, "signals are heard")
            yield found


def _modems(found: Ofono) -> bool:
    try:
        return MODEM in dict(found.call("Manager.GetModems", path="/"))
    except OfonoError:
        return False
