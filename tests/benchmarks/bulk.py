"""200 SMS out; and 200 SMS in, each forwarded, while 200 go out: none may be lost or doubled."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.benchmarks.bed import incoming_mark, outgoing_mark, outgoing_text, sender
from tests.benchmarks.contestants.contestant import Contestant, Letter, Turn
from tests.benchmarks.effort import Effort, Progress, folder, present
from tests.benchmarks.figures import Goal, Table, at_most, duration, median, times
from tests.benchmarks.programs import Failed

FIRST_RECIPIENT = 20_000
FIRST_SEND_WITHIN_S = 30.0
GIVE_UP_QUIET_S = 12.0  # beyond the longest wait of any contestant for an answer of the modem
LOOK_EVERY_S = 0.1
OUT_ROUNDS = 2
BOTH_ROUNDS = 1  # it is about what gets lost


@dataclass(frozen=True, slots=True)
class Passed:
    """What went through in `seconds`, from the first `AT+CMGS` to the last answer."""

    seconds: float
    outgoing: int = 0
    outgoing_twice: int = 0
    forwarded: int = 0
    forwarded_twice: int = 0
    lost: int = 0
    waiting: int = 0
    failure: str = ""

    @property
    def each_s(self) -> float:
        """Per SMS that left."""
        sent = self.outgoing + self.forwarded
        return self.seconds / sent if sent else float("nan")


def until(true: Callable[[], bool], within_s: float) -> bool:
    """Look again and again; False when it was never so."""
    deadline_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline_s:
            return False
        select.select([], [], [], LOOK_EVERY_S)
    return True


def letters(count: int) -> list[Letter]:
    """So many, each to somebody else."""
    return [
        Letter(sender(FIRST_RECIPIENT + number), outgoing_text(number)) for number in range(count)
    ]


def drive(contestant: Contestant, out: int, incoming: int, cap_s: float) -> Passed:
    """Start it with `out` letters to send; with its first `AT+CMGS` `incoming` SMS set out."""
    try:
        with folder() as place, Turn(contestant, place, letters(out)) as turn:
            return _follow(turn, out, incoming, cap_s)
    except Failed as fault:
        return Passed(float("nan"), failure=str(fault))


def _follow(turn: Turn, out: int, incoming: int, cap_s: float) -> Passed:
    witness = turn.bed.witness
    first = witness.next(0, "send", FIRST_SEND_WITHIN_S)
    if first is None:
        raise Failed(f"it sent nothing{turn.program.complaint()}")
    if incoming:
        turn.bed.texts(0, incoming)
    patience_s = max(GIVE_UP_QUIET_S, turn.contestant.sweeps_every_s * 1.2)


    def over() -> bool:
        if time.monotonic() > witness.last_s + patience_s:
            return True
        return len(witness.since(0, "sent")) >= out + incoming and _all_in(turn, incoming)

    until(over, cap_s)
    if not turn.contestant.polls:  # else it is about the next one already
        witness.sends_settled(LOOK_EVERY_S, GIVE_UP_QUIET_S)
    answers = witness.since(0, "sent")
    seconds = answers[-1].at_s - first.at_s if answers else float("nan")
    return count(turn, out, incoming, seconds)


def _all_in(turn: Turn, incoming: int) -> bool:
    if not incoming:
        return True
    everything = "\n".join(turn.bed.sent())
    return all(incoming_mark(number) in everything for number in range(incoming))


def count(turn: Turn, out: int, incoming: int, seconds: float) -> Passed:
    """Lost is an SMS that has not been forwarded and that the program will not come back to."""
    everything = "\n".join(turn.bed.sent())
    gone = [everything.count(outgoing_mark(number)) for number in range(out)]
    forwards = {number: everything.count(incoming_mark(number)) for number in range(incoming)}
    kept = turn.contestant.kept(turn.folder)
    missing = [number for number, count in forwards.items() if not count]
    waiting = sum(incoming_mark(number) in kept for number in missing)
    if turn.contestant.polls or turn.contestant.sweeps_every_s:
        waiting = min(len(missing), waiting + turn.bed.stored())
    return Passed(
        seconds,
        sum(count > 0 for count in gone),
        sum(max(count - 1, 0) for count in gone),
        sum(count > 0 for count in forwards.values()),
        sum(max(count - 1, 0) for count in forwards.values()),
        len(missing) - waiting,
        waiting,
    )


def _in_turns(
    effort: Effort,
    progress: Progress,
    what: str,
    task: Callable[[Contestant], Passed],
    rounds_max: int,
) -> dict[str, list[Passed]]:
    """The quick ones in turns, round after round; those that poll side by side, once."""
    contestants = present(effort)
    found: dict[str, list[Passed]] = {
        each.name: [] for each in contestants if effort.everybody or not each.polls
    }
    rounds = min(effort.rounds, rounds_max)
    for number in range(rounds):
        for each in contestants:
            if not each.polls:
                progress.now(f"{what}: round {number + 1} of {rounds}: {each.name}")
                found[each.name].append(task(each))
    pollers = [each for each in contestants if each.polls and effort.everybody]
    progress.now(f"{what}: those that poll, side by side")
    with ThreadPoolExecutor(max(len(pollers), 1)) as pool:
        for each, passed in zip(pollers, pool.map(task, pollers), strict=True):
            found[each.name].append(passed)
    return found


def run_out(effort: Effort, progress: Progress) -> list[Table]:
    """So many SMS out."""
    count = effort.bulk
    found = _in_turns(
        effort,
        progress,
        f"{count} SMS out",
        lambda each: drive(each, count, 0, effort.cap_s),
        OUT_ROUNDS,
    )
    floor = _each_s(found["floor"])
    table = Table(
        f"{count} SMS out",
        ("", "sent", "twice", "an SMS", f"{count} SMS", ": floor"),
        notes=_failures(found),
        headlines={f"{count} out": f"{count} SMS"},
    )
    for name, passed in found.items():
        each_s = _each_s(passed)
        table.rows.append((
            name, _range(passed, "outgoing"), _range(passed, "outgoing_twice"), duration(each_s),
            duration(each_s * count), times(each_s / floor),
        ))  # fmt: skip
    ratio = _each_s(found["Veilleur"]) / floor
    table.goals.append(at_most(f"{count} out within 1.3× of the floor", ratio, 1.3, times(ratio)))
    return [table]


def run_both_ways(effort: Effort, progress: Progress) -> list[Table]:
    """So many in, each to be forwarded, while as many go out."""
    count = effort.bulk
    found = _in_turns(
        effort,
        progress,
        f"{count} SMS in, {count} out",
        lambda each: drive(each, count, count, effort.cap_s),
        BOTH_ROUNDS,
    )
    floor = _each_s(found["floor"])
    table = Table(
        f"{count} SMS in, each forwarded, while {count} go out",
        ("", "out", "forwarded", "lost", "twice", "still waiting", "an SMS out", ": floor"),
        notes=_failures(found),
        headlines={f"lost of {count} in": "lost"},
    )
    for name, passed in found.items():
        each_s = _each_s(passed)
        table.rows.append((
            name, _range(passed, "outgoing"), _range(passed, "forwarded"), _range(passed, "lost"),
            _range(passed, "forwarded_twice"), _range(passed, "waiting"), duration(each_s),
            times(each_s / floor),
        ))  # fmt: skip
    table.goals = _nothing_lost(found["Veilleur"], count)
    return [table]


def _nothing_lost(ours: Sequence[Passed], count: int) -> list[Goal]:
    whole = not any(each.failure for each in ours)
    lost = sum(count - each.forwarded + count - each.outgoing for each in ours)
    doubled = sum(each.forwarded_twice + each.outgoing_twice for each in ours)
    return [
        Goal("0 lost", str(lost), whole and lost == 0),
        Goal("0 doubled", str(doubled), whole and doubled == 0),
    ]


def _each_s(passed: Sequence[Passed]) -> float:
    return median([each.each_s for each in passed if not each.failure and each.each_s > 0])


def _range(passed: Sequence[Passed], name: str) -> str:
    """Of all rounds: one number where they agree."""
    values = sorted({getattr(each, name) for each in passed})
    return "-".join(str(value) for value in {values[0]: 0, values[-1]: 0})


def _failures(found: dict[str, list[Passed]]) -> list[str]:
    return [
        f"{name}: {each.failure}" for name, passed in found.items() for each in passed
        if each.failure
    ]  # fmt: skip
