"""The ladder, whatever happens to it: its limits, its calls, its rests, and that it goes on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.recovery.permits import HOUR_S
from firmware.recovery.rungs import CALL_BELIEVED_S, RUNGS, Fault, Rung
from firmware.recovery.table import Happening
from tests.recovery.bench import Bench

pytestmark = pytest.mark.usefixtures("modem_family")

_DEEDS = st.sampled_from(
    ["answers", "mute", "sound", "unsound", "goes", "comes", "call", "no call", "suspect",
     "trust", "refused", "able", "unable", "done"]
)  # fmt: skip


def _play(bench: Bench, deed: str) -> None:
    match deed:
        case "answers" | "mute":
            bench.answers = deed == "answers"
        case "sound" | "unsound":
            bench.sound = deed == "sound"
        case "goes":
            bench.goes()
        case "comes":
            bench.comes()
        case "call" | "no call":
            bench.line.in_call = deed == "call" and bench.line.open
        case "suspect":
            bench.ladder.suspect("deaf", "test call")
        case "trust":
            bench.ladder.trust("deaf")
        case "refused":
            bench.ladder.happen(Happening.REFUSED, "AT")
        case "able" | "unable":
            bench.possible = set(Rung) if deed == "able" else {Rung.ASK, Rung.REOPEN}
        case "done":
            bench.ladder.happen(Happening.DONE)


_STORIES = st.lists(
    st.tuples(_DEEDS, st.sampled_from([0.0, 1.0, 9.0, 70.0, 900.0])), max_size=40
)


@settings(max_examples=120, deadline=None)
@given(_STORIES, st.booleans(), st.booleans())
def test_whatever_happens_it_keeps_its_limits_and_comes_to_rest(
    story: list[tuple[str, float]], power: bool, reboot: bool
) -> None:
    bench = Bench(power=power, reboot=reboot)
    calls: list[bool] = []
    counted: dict[tuple[Rung, bool], list[float]] = {}   # apart while there was no port
    perform = bench.ladder.perform

    def watched(rung: Rung, why: str) -> bool:
        silent_s = bench.line.silent_since_s
        believed = silent_s is None or bench.now_s < silent_s + CALL_BELIEVED_S
        calls.append(bench.line.in_call and believed and rung is not Rung.ASK)
        assert power or rung is not Rung.CUT_POWER
        assert reboot or rung is not Rung.REBOOT
        absent = bench.ladder.fault is Fault.ABSENT and rung is not Rung.REBOOT
        counted.setdefault((rung, absent), []).append(bench.now_s)
        return perform(rung, why)

    bench.ladder.perform = watched
    for deed, seconds in story:
        _play(bench, deed)
        bench.run(seconds)
        assert bench.well() or bench.ladder.at_work
    assert not any(calls), "a rung was taken while a call was up"
    for (rung, _), times in counted.items():
        per_hour = RUNGS[rung].per_hour
        for place in range(len(times) - per_hour):
            assert times[place + per_hour] - times[place] >= HOUR_S
    bench.answers = bench.sound = True
    bench.line.in_call = False
    bench.comes()
    bench.ladder.trust("deaf")
    bench.run(1200)
    assert bench.well()


@settings(max_examples=120, deadline=None)
@given(_STORIES, st.booleans(), st.booleans())
def test_whatever_came_before_a_mute_modem_is_reset_within_the_hour(
    story: list[tuple[str, float]], power: bool, reboot: bool
) -> None:
    """Also where the port came back after all had been tried, and nothing is wired."""
    bench = Bench(power=power, reboot=reboot)
    for deed, seconds in story:
        _play(bench, deed)
        bench.run(seconds)
    bench.answers = bench.sound = bench.line.in_call = False
    bench.comes()
    before = len(bench.done)
    bench.run(HOUR_S + 600)   # what an hour may hold of them may be used up
    later = [rung for rung, _ in bench.done[before:]]
    assert Rung.RESET in later
    assert bench.alarms
