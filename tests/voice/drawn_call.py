"""One call that is drawn as a whole: how the box is set, who answers how, what goes wrong when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from hw.simulator.faults import Fault
from hw.simulator.terminal import LineError
from tests.simulation.sites import ALICE, BRUNO, CALLER, CHLOE, with_mode
from tests.simulation.watch_voice import VoiceWatch, out_of_order
from tests.simulation.world import BOX, World
from tests.voice.random_calls import PROFILES

START = datetime(2026, 3, 10, 11, tzinfo=UTC)
LASTS_S = 240.0
GREETING = """
[[greeting]]
service = "Ambulance"
recording = "greeting/1"
"""
SECOND_SERVICE = """
[[service]]
name = "Dialyse"
digit = "2"
mode = "transfer"

[[rotation]]
service = "Dialyse"
level = 1
start = "2026-01-05T08:00"
every = "1 week"
people = ["Chloé Durand"]
"""


@dataclass(frozen=True)
class DrawnCall:
    """``answers_ms``: after how long each of the staff answers, None for never; ``pressed`` by
    whoever calls, ``mishaps`` by name, both with the ms since the call was placed."""

    profile: str
    menu: bool
    greeting_s: int
    ring_s: int
    accept_s: int
    voicemail: bool
    transfer: bool
    conference: bool
    answers_ms: tuple[int | None, ...]
    keys: str
    pressed: tuple[tuple[int, str], ...]
    mishaps: tuple[tuple[int, str], ...]

    @property
    def site(self) -> str:
        digit = {"digit": '"1"'} if self.menu else {}
        voice = f"ring_s = {self.ring_s}\naccept_s = {self.accept_s}\nrounds = 3\n"
        return "".join((
            with_mode("transfer", **digit), SECOND_SERVICE if self.menu else "",
            GREETING if self.greeting_s else "",
            f"\n[voice]\n{voice}voicemail = {str(self.voicemail).lower()}\n",
        ))  # fmt: skip

    def play(self, folder: Path) -> tuple[list[str], VoiceWatch]:
        """What was broken, and how long they waited."""
        broken: list[str] = []
        world = World(folder, self.site, start=START, profile=self.profile, voice=True)

        def excused() -> bool:
            return out_of_order(world) or not world.attendant._line.quiet

        def breaks(promise: str, what: str) -> None:
            broken.append(f"{promise}: {what}")

        watch = VoiceWatch(world, breaks, excused)
        world.voice.recordings_ms["greeting/1"] = self.greeting_s * 1000
        world.run(40)
        self._prepare(world)
        caller = world.phone(CALLER)
        caller.talk_ms, caller.keys_as_caller = None, self.pressed
        watch.placed(world.call(CALLER, patience_s=600))
        for at_ms, name in self.mishaps:
            world.timeline.after(at_ms, _mishap(world, name))
        world.run(LASTS_S)
        world.database.close()
        return broken, watch

    def _prepare(self, world: World) -> None:
        subscriber = world.network.subscriber(BOX)
        subscriber.profile = replace(
            subscriber.profile, explicit_transfer=self.transfer, multiparty=self.conference
        )
        for number, answer_ms in zip((ALICE, BRUNO, CHLOE), self.answers_ms, strict=True):
            phone = world.phone(number)
            phone.answer_after_ms, phone.keys_on_answer = answer_ms, self.keys
            phone.keys_after_ms, phone.talk_ms = 2_000, None


def _mishap(world: World, name: str) -> Callable[[], object]:
    return lambda: MISHAPS[name](world)


def _restart(world: World) -> None:
    world.kill()
    world.timeline.after(4_000, world.restart)


def _second(world: World) -> None:
    with suppress(LineError):   # they are in a call already
        world.call("+33688776655", patience_s=20)


def _slow(world: World) -> None:
    """Each OK comes a second late, for half a minute."""
    world.delayed_ms["OK"] = 1_000
    world.timeline.after(30_000, world.delayed_ms.clear)


MISHAPS: dict[str, Callable[[World], object]] = {
    "the sound breaks": lambda world: world.voice.lose(),
    "an answer never comes": lambda world: world.wire.strike(Fault.NO_REPLY),
    "an answer comes late": lambda world: world.wire.strike(Fault.LATE_REPLY),
    "CHLD=4 is refused": lambda world: world.wire.strike(Fault.REFUSE_CHLD4),
    "CHLD=3 is refused": lambda world: world.wire.strike(Fault.REFUSE_CHLD3),
    "USB stumbles": lambda world: world.drop_port(),
    "the modem restarts": lambda world: world.modem.restart(orderly=False),
    "the modem is slow": _slow,
    "the daemon dies": _restart,
    "a second caller": _second,
}

_early_ms = st.integers(500, 150_000)
drawn_calls = st.builds(
    DrawnCall,
    profile=st.sampled_from(PROFILES),
    menu=st.booleans(),
    greeting_s=st.sampled_from((0, 0, 5, 20, 60, 120)),
    ring_s=st.integers(10, 30),
    accept_s=st.integers(5, 30),
    voicemail=st.booleans(),
    transfer=st.booleans(),
    conference=st.booleans(),
    answers_ms=st.tuples(*[st.sampled_from((None, None, 2_000, 9_000, 19_000, 28_000))] * 3),
    keys=st.sampled_from(("1", "2", "", "51")),
    pressed=st.lists(st.tuples(st.integers(0, 60_000), st.sampled_from("1279*#")), max_size=2).map(
        tuple
    ),
    mishaps=st.lists(st.tuples(_early_ms, st.sampled_from(sorted(MISHAPS))), max_size=4).map(tuple),
)
