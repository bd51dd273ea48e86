"""Some seconds of the fuzzer, the same each time, and every input that once broke something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.fuzzer import (
    CORPUS,
    CRASHES,
    Crash,
    Fuzzer,
    HangError,
    attempt,
    crash_inputs,
    shrunk,
    starting_inputs,
)
from tests.fuzz.target import (
    BrokenPromiseError,
    Deed,
    Features,
    Target,
    Wait,
    deed,
    promise,
    script,
    wait,
)
from tests.fuzz.targets import TARGETS

SLICES = 4  # of one target, so that parallel runners share the work
SEED = 2026


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_a_promise(name: str, part: int) -> None:
    target = TARGETS[name]
    tries = target.in_test // SLICES
    fuzzer = Fuzzer(target, SEED + part, starting_inputs(target)[part::SLICES])
    findings = fuzzer.run(lambda tried: tried < tries)
    assert [crash.words for crash in findings.crashes.values()] == []
    assert findings.tried == tries
    assert len(fuzzer.pool) > 5


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name in TARGETS for path in crash_inputs(TARGETS[name])],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_what_once_broke_is_mended(name: str, path: Path) -> None:
    outcome = attempt(TARGETS[name], path.read_bytes())
    assert not isinstance(outcome, Crash), outcome


def test_the_corpus_belongs_to_targets() -> None:
    assert {path.name for path in CORPUS.iterdir()} <= {*TARGETS, "crashes"}
    assert {path.name for path in CRASHES.glob("*")} <= {*TARGETS}


def _fragile(data: bytes) -> Features:
    """Breaks on what only a chain of discoveries finds."""
    promise(b"RING" not in data or b"\x00" not in data, "two together")
    return frozenset(step for step in (b"R", b"RI", b"RIN", b"RING", b"\x00") if step in data)


FRAGILE = Target("fragile", _fragile, lambda: [b"nothing"], (b"R", b"I", b"N", b"G"), 60, 0)


def test_the_engine_finds_and_shrinks_a_defect() -> None:
    fuzzer = Fuzzer(FRAGILE, 1, FRAGILE.seeds())
    crashes = fuzzer.run(lambda tried: tried < 20_000 and not fuzzer.findings.crashes).crashes
    (crash,) = crashes.values()
    assert "BrokenPromiseError: two together" in crash.place
    assert sorted(shrunk(FRAGILE, crash).data) == sorted(b"RING\x00")


def test_the_same_seed_tries_the_same_inputs() -> None:
    def pool(seed: int) -> list[tuple[bytes, Features]]:
        fuzzer = Fuzzer(FRAGILE, seed, FRAGILE.seeds())
        fuzzer.run(lambda tried: tried < 500)
        return fuzzer.pool

    assert pool(3) == pool(3)
    assert pool(3) != pool(4)


def test_an_input_that_never_ends_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(data: bytes) -> Features:
        while True:
            data = data[::-1]

    monkeypatch.setattr("tests.fuzz.fuzzer.INPUT_CPU_S", 0.05)
    outcome = attempt(Target("endless", endless, list, (b"x",), 10, 0), b"abc")
    assert isinstance(outcome, Crash)
    assert outcome.place.startswith(HangError.__name__)


def test_every_input_is_a_script() -> None:
    assert list(script(b"ab" + deed(3) + b"c" + wait(9) + b"\x10\x4e")) == [
        b"ab", Deed(3), b"c", Wait(9), b"\x0e",
    ]  # fmt: skip
    assert list(script(b"\x0e")) == [Deed(0)]


def test_a_promise_is_kept_or_broken() -> None:
    promise(True, "never said")
    with pytest.raises(BrokenPromiseError, match="said"):
        promise(False, "said")
