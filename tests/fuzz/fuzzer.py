"""The engine: tries inputs, keeps those that show something new, shrinks those that break.

No tracing: a target tells the features of what happened (states passed, faults met, kinds of
values read), and an input that shows a new one joins the pool. README.md compares the ways.
"""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.mutator import Mutator
from tests.fuzz.target import Features, Target

FUZZ: Path = Path(__file__).parent
CORPUS = FUZZ / "corpus"
CRASHES = CORPUS / "crashes"
INPUT_CPU_S = 20.0  # the slowest honest input takes a hundredth of it
_ROOMS = ("/firmware/", "/hw/", "/tests/")
_SHRINK_TRIES = 3_000
_RECENT = 64


class HangError(Exception):
    """An input took more CPU than any honest one."""


@dataclass(frozen=True, slots=True)
class Crash:
    """An input that broke something. ``place`` tells one defect from another."""

    data: bytes
    place: str
    words: str


@dataclass(slots=True)
class Findings:
    """What a run has found: how many inputs it tried, the features seen, crashes by place."""

    tried: int = 0
    features: set[object] = field(default_factory=set)
    crashes: dict[str, Crash] = field(default_factory=dict)


def _hang(_number: int, _frame: FrameType | None) -> None:
    raise HangError(f"more than {INPUT_CPU_S:.0f} s of CPU for one input")


@contextmanager
def limited() -> Iterator[None]:
    """CPU time, not wall time: a busy machine makes no hang."""
    before = signal.signal(signal.SIGVTALRM, _hang)
    signal.setitimer(signal.ITIMER_VIRTUAL, INPUT_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def attempt(target: Target, data: bytes) -> Features | Crash:
    """Run one input; whatever it raises is a crash."""
    try:
        with limited():
            return target.run(data)
    except Exception as fault:  # a target lets pass nothing but its own broken promises
        return Crash(data, _place(fault), "".join(traceback.format_exception(fault)))


def _place(fault: Exception) -> str:
    """The kind of fault and the innermost line of ours; a broken promise is named by its words."""
    if isinstance(fault, AssertionError | HangError):
        return f"{type(fault).__name__}: {str(fault).partition(':')[0]}"
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if any(room in frame.filename for room in _ROOMS)]
    last = ours[-1]
    return f"{type(fault).__name__} in {Path(last.filename).name} {last.name}"


class Fuzzer:
    """One run over one target from one seed; the same seed tries the same inputs."""

    def __init__(self, target: Target, seed: int, start: list[bytes]) -> None:
        self._target = target
        self._random = Random(seed)
        self._mutator = Mutator(self._random, target.tokens, target.size_max)
        self._start = start
        self.pool: list[tuple[bytes, Features]] = []
        self.findings = Findings()

    def run(self, go_on: Callable[[int], bool]) -> Findings:
        """Try the starting inputs, then mutations, as long as ``go_on(tried)``."""
        for data in self._start:
            if not go_on(self.findings.tried):
                return self.findings
            self._try(data)
        while go_on(self.findings.tried):
            self._try(self._mutator.mutated(self._chosen(), self._start))
        return self.findings

    def _chosen(self) -> bytes:
        if self._start and (not self.pool or self._random.random() < 0.5):
            return self._random.choice(self._start)  # the pool alone would forget most seeds
        if not self.pool:
            return b""
        recent = self.pool[-_RECENT:] if self._random.random() < 0.5 else self.pool
        return self._random.choice(recent)[0]

    def _try(self, data: bytes) -> None:
        self.findings.tried += 1
        outcome = attempt(self._target, data)
        if isinstance(outcome, Crash):
            self.findings.crashes.setdefault(outcome.place, outcome)
        elif not outcome <= self.findings.features:
            self.findings.features |= outcome
            self.pool.append((data, outcome))


def shrunk(target: Target, crash: Crash) -> Crash:
    """The same crash with as few bytes as leaving out blocks, ever smaller, can reach."""
    best, tries = crash, 0
    block = max(len(crash.data) // 2, 1)
    while block >= 1 and tries < _SHRINK_TRIES:
        start, smaller = 0, False
        while start < len(best.data) and tries < _SHRINK_TRIES:
            tries += 1
            shorter = best.data[:start] + best.data[start + block :]
            outcome = attempt(target, shorter)
            if isinstance(outcome, Crash) and outcome.place == best.place:
                best, smaller = outcome, True
            else:
                start += block
        if not smaller:
            block //= 2
    return best


def distilled(pool: list[tuple[bytes, Features]], known: set[object]) -> list[bytes]:
    """Few inputs of the pool, short ones first, that show together all features not ``known``."""
    kept: list[bytes] = []
    left = set().union(*(features for _, features in pool)) - known if pool else set()
    for data, features in sorted(pool, key=lambda entry: (len(entry[0]), entry[0])):
        if left & features:
            kept.append(data)
            left -= features
    return kept


def kept_inputs(target: Target) -> list[bytes]:
    """The inputs that earlier runs have kept."""
    return [path.read_bytes() for path in sorted((CORPUS / target.name).glob("*"))]


def crash_inputs(target: Target) -> list[Path]:
    """The inputs that once broke the target."""
    return sorted((CRASHES / target.name).glob("*"))


def starting_inputs(target: Target) -> list[bytes]:
    """Seeds, kept inputs and old crashes, each once."""
    crashes = [path.read_bytes() for path in crash_inputs(target)]
    return list(dict.fromkeys([*target.seeds(), *kept_inputs(target), *crashes]))
