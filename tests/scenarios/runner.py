"""Plays a scenario: line by line, in simulated time."""

from __future__ import annotations

import re
from pathlib import Path

import tests.scenarios.daemon_actions
import tests.scenarios.voice_actions  # noqa: F401 - enters its sentences
from tests.scenarios.actions import ACTIONS
from tests.scenarios.conditions import CONDITIONS, Found
from tests.scenarios.phrases import Sentence, SentenceError, seconds
from tests.scenarios.script import Play, Script, ScriptError
from tests.scenarios.stage import Stage

LOOK_EVERY_S = 0.05   # how finely an expectation with a time is watched
LOOKS_MAX = 200
_EXPECT = re.compile(
    r"expect (?:(?P<how>within|for) (?P<time>\d+(?:\.\d+)? ?(?:ms|s|min|h|days?)) )?"
    r"(?:(?P<count>no|not|\d+) )?(?P<rest>.*)"
)


def play_script(script: Script, model: str, folder: Path) -> Stage:
    """Play all lines on this family of modems; raises ScriptError naming the line at fault."""
    try:
        stage = Stage(script, model, folder)
    except SentenceError as fault:
        raise ScriptError(script.path, script.line, str(fault)) from fault
    for play in script.plays:
        try:
            _play(stage, play)
        except SentenceError as fault:
            now = f"{stage.local:%Y-%m-%d %H:%M:%S.%f}"[:-3]
            what = f"{fault} (on {model}, at {now})"
            raise ScriptError(script.path, play.line, what) from fault
    return stage


def check_words(script: Script) -> None:
    """Every line is a sentence of the language; raises ScriptError for the first that is not."""
    for play in script.plays:
        try:
            match = _EXPECT.fullmatch(play.text)
            if match is not None:
                CONDITIONS.read(match["rest"])
            elif play.text:
                ACTIONS.read(play.text)
        except SentenceError as fault:
            raise ScriptError(script.path, play.line, str(fault)) from fault


def _play(stage: Stage, play: Play) -> None:
    if play.clock is not None:
        stage.world.run_to(stage.instant(play.day, play.clock))
    elif play.wait is not None:
        stage.world.run(seconds(play.wait))
    if not play.text:
        return
    match = _EXPECT.fullmatch(play.text)
    if match is None:
        sentence, values = ACTIONS.read(play.text)
        sentence.meaning(stage, **_filled(stage, values))
        return
    condition, values = CONDITIONS.read(match["rest"])
    _Expectation(stage, condition, values, match["count"]).check(
        match["how"], seconds(match["time"]) if match["time"] else 0.0
    )


def _filled(stage: Stage, values: dict[str, object]) -> dict[str, object]:
    return {
        name: stage.filled(value) if isinstance(value, str) else value
        for name, value in values.items()
    }


class _Expectation:
    """One `expect` line."""

    def __init__(
        self, stage: Stage, condition: Sentence[Found], values: dict[str, object], count: str | None
    ) -> None:
        self._stage = stage
        self._condition = condition
        self._values = values
        self._count = count

    def check(self, how: str | None, time_s: float) -> None:
        """Now, at some moment within the time, or at every moment of it."""
        step_s = max(LOOK_EVERY_S, time_s / LOOKS_MAX)
        left_s = time_s
        while True:
            found = self._condition.meaning(self._stage, **self._values)
            holds = self._holds(found)
            if how == "for" and not holds:
                self._fail(found, "")
            if holds and how != "for":
                break
            if left_s <= 0:
                if not holds:
                    self._fail(found, f" within {time_s:g} s" if time_s else "")
                break
            self._stage.world.run(min(step_s, left_s))
            left_s -= step_s
        if found.claimed and self._count not in ("no", "not"):
            many = len(found.fits) if self._count else 1
            self._stage.seen.update(found.fits[:many])

    def _holds(self, found: Found) -> bool:
        if self._count in ("no", "not"):
            return not found.fits
        if self._count is not None:
            return len(found.fits) == int(self._count)
        return bool(found.fits)

    def _fail(self, found: Found, when: str) -> None:
        many = f"{len(found.fits)} fit; " if self._count else ""
        raise SentenceError(f"this does not hold{when}: {many}{found.seen}")
