"""One call after another, each with people, a network and mishaps that a seed draws.

    python -m tests.voice.random_calls --calls 400   # what broke, and how long callers waited
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

from firmware.record import AlertCause, Call, CallOutcome
from firmware.recovery.permits import RecoveryOptions
from hw.simulator.faults import Fault
from hw.simulator.terminal import CallView, LineError
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, with_mode
from tests.simulation.watch_voice import VoiceWatch, out_of_order
from tests.simulation.world import BOX, World

PROFILES = ("quectel-eg25", "simcom-sim7600", "huawei-e1550")
START = datetime(2026, 3, 10, 11, tzinfo=UTC)
LASTS_S = 420.0   # the longest call: two rounds, a message, and the alert's first SMS
MENDING_MS = 900_000
BIN_S = 5
FINAL = frozenset(CallOutcome) - {CallOutcome.RINGING}


def _people(world: World, random: Random) -> None:
    for number in (ALICE, BRUNO, CHLOE, ADMIN):
        phone = world.phone(number)
        phone.answer_after_ms = random.choice((1_500, 4_000, 9_000, 16_000, None))
        phone.refuse_after_ms = random.choice((None, None, None, 3_000))
        phone.machine_after_ms = random.choice((None, None, 14_000))
        phone.keys_on_answer = random.choice(("1", "1", "1", "2", "", "51", "*"))
        phone.keys_after_ms = random.choice((200, 2_000, 6_000, 14_000))
        phone.talk_ms = random.choice((3_000, 30_000, None))
        phone.busy = random.random() < 0.1


def _network(world: World, random: Random) -> None:
    subscriber = world.network.subscriber(BOX)
    subscriber.profile = replace(
        subscriber.profile,
        explicit_transfer=random.random() < 0.6,
        multiparty=random.random() < 0.7,
        hold=random.random() < 0.95,
    )


def _mishap(world: World, random: Random) -> Callable[[], object]:
    caller = world.phone(CALLER)

    def restart() -> None:
        world.kill()
        world.timeline.after(4_000, world.restart)

    def second_caller() -> None:
        with suppress(LineError):   # they are in a call already
            world.call("+33688776655", patience_s=20)

    keys = random.choice("0123456789#*")
    mishaps: tuple[Callable[[], object], ...] = (
        lambda: caller.hang_up(),
        lambda: caller.hang_up(),
        lambda: caller.press(keys),
        lambda: caller.press("1"),
        world.voice.lose,
        restart,
        world.drop_port,
        lambda: world.modem.restart(),
        lambda: world.wire.strike(Fault.REFUSE_CHLD4),
        lambda: world.wire.strike(Fault.REFUSE_CHLD3),
        lambda: world.wire.strike(random.choice(list(Fault))),
        second_caller,
    )
    return random.choice(mishaps)


def play(folder: Path, seed: int, mishaps: int = 2) -> tuple[list[str], VoiceWatch]:
    """One call, to its end; what was broken."""
    random = Random(f"call {seed}")
    broken: list[str] = []
    world = World(
        folder, with_mode("transfer"), start=START, seed=seed, voice=True,
        profile=random.choice(PROFILES), recovery=RecoveryOptions(power=True),
    )  # fmt: skip

    def excused() -> bool:
        return out_of_order(world) or not world.attendant._line.quiet

    watch = VoiceWatch(world, lambda promise, what: broken.append(f"{promise}: {what}"), excused)
    world.run(120)
    _people(world, random)
    _network(world, random)
    caller = world.phone(CALLER)
    caller.talk_ms = random.choice((None, None, 45_000, 90_000))
    if random.random() < 0.3:
        caller.keys_as_caller = ((random.randrange(2_000, 60_000), random.choice("1259#")),)
    watch.placed(world.call(CALLER, withheld=random.random() < 0.1, patience_s=600))
    for _ in range(random.randrange(mishaps + 1)):
        world.timeline.after(random.randrange(500, 90_000), _mishap(world, random))
    world.run(LASTS_S)
    if _listed(world):
        world.run(MENDING_MS / 1000)   # a modem that fell silent is mended by the ladder
    broken += _left(world)
    world.database.close()
    return [f"seed {seed}: {each}" for each in broken], watch


def _listed(world: World) -> tuple[CallView, ...]:
    line = world.modem.line
    return line.calls() if line is not None else ()


def _left(world: World) -> list[str]:
    """Whatever happened, in the end there is one outcome, and nobody is forgotten."""
    listed = _listed(world)
    with_people = [call for call in listed if call.multiparty]
    broken = [f"still up: {call}" for call in listed if call not in with_people]
    attendant = world.attendant
    journal = world.journal("call")
    for entry in journal:
        outcome = str(entry["outcome"])
        if outcome not in {each.value for each in FINAL}:
            broken.append(f"no outcome: {entry}")
    memory = world.recorder.load_memory(world.moment.utc)
    broken += [f"in hand for ever: {call}" for call in memory.calls if not with_people]
    alerts = sum(alert.cause in (AlertCause.CALL, AlertCause.DIVERTED) for alert in memory.alerts)
    taken = sum(entry["outcome"] == "transferred" for entry in journal)
    if alerts + taken != memory.last_ids.get(Call.__name__, 0):
        broken.append(f"{alerts} alerts and {taken} taken for {memory.last_ids}: {journal}")
    if not attendant.alive():
        broken.append("the daemon does not go on")
    return broken


def chart(human: list[float], choice: list[float]) -> list[str]:
    """How many waits ended with a human or a choice, by stretches of five seconds."""
    rows = [(name, Counter(int(wait // BIN_S) for wait in waits), max(len(waits), 1))
            for name, waits in (("human", human), ("choice", choice))]  # fmt: skip
    lines = []
    for place in range(max((max(found, default=0) for _, found, _ in rows), default=0) + 1):
        for name, found, total in rows:
            share = found[place] / total
            label = f"{place * BIN_S:>3} to {(place + 1) * BIN_S:>2} s"
            lines.append(f"{label}  {name:<6} {found[place]:>5} {'#' * round(60 * share)}".rstrip())
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    human: list[float] = []
    choice: list[float] = []
    broken: list[str] = []
    for seed in range(options.first, options.first + options.calls):
        with tempfile.TemporaryDirectory() as folder:
            found, watch = play(Path(folder), seed)
        broken += found
        human += watch.waits.human_s
        choice += watch.waits.choice_s
        for each in found:
            print(each, file=sys.stderr)
    for name, times in (("until a human", human), ("until a clear choice", choice)):
        if times:
            longest, middle = max(times), median(times)
            print(f"{name}: {len(times)} times, median {middle:.0f} s, longest {longest:.1f} s")
    print("\n".join(chart(human, choice)))
    print(f"{options.calls} calls, {len(broken)} promises broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
