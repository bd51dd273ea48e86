"""A simulated site on a bench: type a line, let time pass, read the bytes."""

from __future__ import annotations

from hw.simulator.models import NAMES
from hw.simulator.network import Timings
from hw.simulator.virtual_site import VirtualSite

QUICK = Timings(
    registration_ms=(100, 100),
    setup_ms=(50, 50),
    paging_ms=(50, 50),
    ss_ms=(200, 200),
    sms_ms=(200, 200),
    in_call_ms=(50, 50),
    forward_ms=(50, 50),
)
FAMILIES = NAMES
STEP_MS = 20  # people and phones are looked after at least this often while something happens
CALLER = "+33699000001"
DUTY = "+33612345678"


class Bench:
    """One modem that has been running for a while, with echo off unless told otherwise."""

    def __init__(
        self,
        profile: str = "generic",
        *,
        echo: bool = False,
        pin: str | None = None,
        subscription: str = "full",
        slots: int = 20,
    ) -> None:
        self.site = VirtualSite(
            profile, pin=pin, subscription=subscription, timings=QUICK, slots=slots
        )
        self.site.start()
        self.wait(1000)
        if not echo:
            self.at("ATE0")

    @property
    def now_ms(self) -> int:
        return self.site.timeline.now_ms

    def wait(self, ms: int) -> bytes:
        """Let time pass (phones appear on the way) and give what the modem said."""
        until = self.now_ms + ms
        out = b""
        while True:
            due = self.site.timeline.next_ms()
            step = until if due is None else max(due, self.now_ms + STEP_MS)
            self.site.timeline.run_until(min(until, step))
            self.site.events()
            out += self.site.wire.take_output()
            if self.now_ms >= until:
                return out

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.site.wire.feed(data)

    def at(self, line: str, ms: int = 1000) -> bytes:
        """A command line and what the modem says within `ms`."""
        self.send(line.encode("latin-1") + b"\r")
        return self.wait(ms)

    def lines(self, line: str, ms: int = 1000) -> list[str]:
        """The same, as lines without the empty ones."""
        return text_lines(self.at(line, ms))


def text_lines(data: bytes) -> list[str]:
    """Non-empty lines of what a modem said."""
    return [each for each in data.decode("latin-1").replace("\r", "\n").split("\n") if each]


def ringing(profile: str = "generic", subscription: str = "full") -> Bench:
    bench = Bench(profile, subscription=subscription)
    bench.at("AT+CLIP=1;+CMEE=1")
    bench.site.call(CALLER)
    return bench
