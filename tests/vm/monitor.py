"""qemu's own channel (QMP): things are plugged in by it, and it says why a machine has stopped."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from typing import Any

SAYS_WITHIN_S = 600.0
# Of its events those that end a machine, or come before an end
TELLING = ("SHUTDOWN", "RESET", "POWERDOWN", "WATCHDOG", "GUEST_PANICKED", "BLOCK_IO_ERROR")


class Monitor:
    """One machine's, from its start until it has stopped."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._left = end, b""
        self.events: list[str] = []
        end.settimeout(SAYS_WITHIN_S)
        assert "QMP" in self._line()
        self.ask("qmp_capabilities")

    def ask(self, what: str, **arguments: object) -> None:
        """Have it done (`-` in a name is `_` here); what qemu refuses fails in its own words."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        wish = {"execute": what, "arguments": named}
        self._end.sendall(json.dumps(wish).encode() + b"\n")
        while True:
            answer = self._line()
            assert "error" not in answer, f"{what}: {answer}"
            if "return" in answer:
                return
            self._note(answer)

    def await_event(self, name: str) -> None:
        while self._note(self._line()) != name:
            pass

    def why(self) -> str:
        """What it has told by now of what ends a machine."""
        self._end.settimeout(0.1)
        with suppress(OSError, AssertionError):
            while True:
                self._note(self._line())
        return "; ".join(self.events) or "nothing"

    def close(self) -> None:
        self._end.close()

    def _note(self, said: dict[str, Any]) -> str:
        name = str(said.get("event"))
        if name in TELLING:
            self.events.append(f"{name} {json.dumps(said.get('data', {}))}")
        return name

    def _line(self) -> dict[str, Any]:
        while b"\n" not in self._left:
            data = self._end.recv(65536)
            assert data, "qemu has closed its channel"
            self._left += data
        line, self._left = self._left.split(b"\n", 1)
        said: dict[str, Any] = json.loads(line)
        return said
