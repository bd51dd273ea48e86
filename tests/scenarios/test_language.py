"""The language itself: a wrong line is told with its place, and a wrong expectation fails."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import tests.scenarios.daemon_actions
import tests.scenarios.sms.words
import tests.scenarios.voice_actions  # noqa: F401 - enters its sentences
from hw.simulator.models import NAMES
from tests.families import EVERY, one_of
from tests.scenarios.actions import ACTIONS
from tests.scenarios.conditions import CONDITIONS
from tests.scenarios.phrases import SentenceError, seconds
from tests.scenarios.runner import check_words, play_script
from tests.scenarios.script import FOLDER, VOICES, ScriptError, read_scripts

README = (FOLDER / "README.md").read_text(encoding="utf-8")


def _write(folder: Path, *lines: str) -> Path:
    path = folder / "my.scenario"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _play(folder: Path, *lines: str) -> None:
    for script in read_scripts(_write(folder, *lines)):
        play_script(script, "generic", folder)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["title A", "Caller sings"], r"my\.scenario:2: nobody knows this sentence: Caller sings"),
        (["title A", "", "expect rain"], r"my\.scenario:3: nobody knows this sentence: rain"),
        (["title A", "Nobody calls"], r"my\.scenario:2: who is 'Nobody'"),
        (["title A", "at 11:59 unplug"], r"my\.scenario:2: .* is past"),
        (["title A", "at 25:00 unplug"], r"my\.scenario:2: "),
        (["title A", "expect 2 journal call"], r"my\.scenario:2: this does not hold: 0 fit"),
        (["title A", "expect within 3 s Bruno rings"], r"my\.scenario:2: .* within 3 s"),
        (["title A", "expect no modem ready"], r"my\.scenario:2: "),
        (["title A", "expect for 3 s modem absent"], r"my\.scenario:2: "),
        (["title A", 'Bruno texts "OK {ref}"'], r"my\.scenario:2: 0 references have been texted"),
        (["title A", "Caller hangs up"], r"my\.scenario:2: Caller is in no call"),
        (["title A", "expect Caller still waits"], r"my\.scenario:2: Caller has not called"),
        (["title A", "page changes \"x'y\" to \"z\""], r"my\.scenario:2: the site file does not"),
    ],
)
def test_what_is_wrong_when_played(lines: list[str], fault: str, tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=fault):
        _play(tmp_path, *lines)


def test_every_family_has_its_share_of_every_run() -> None:
    """By the titles alone: no family is left to the nights."""
    scripts = [script for path in FOLDER.rglob("*.scenario") for script in read_scripts(path)]
    chosen = Counter(one_of(each.name, each.among) for each in scripts if not each.models)
    assert set(chosen) == set(NAMES)
    assert min(chosen.values()) > sum(chosen.values()) / len(NAMES) / 2, chosen


def test_the_families_of_a_scenario(tmp_path: Path) -> None:
    lines = ["only voices", "title A", "unplug", "title B", "models all", "unplug",
             "title C", "only generic", "unplug"]  # fmt: skip
    one, every, plain = read_scripts(_write(tmp_path, *lines))
    assert (one.among, one.models) == (VOICES, ())
    assert one.played_on == (VOICES if EVERY else (one_of(one.name, VOICES),))
    assert every.played_on == (VOICES if EVERY else tuple(n for n in NAMES if n in VOICES))
    assert plain.played_on == ("generic",)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["title A", "models nokia", "unplug"], r"my\.scenario:2: all, voices"),
        ([""], r"my\.scenario:1: a scenario begins with `title`"),
        (["unplug"], r"my\.scenario:1: before the first `title`"),
        (["title A", "title B", "unplug"], r"my\.scenario:1: there is nothing to play"),
        (["title A", "site nowhere", "unplug"], r"my\.scenario:2: there is no site 'nowhere'"),
        (["title A", "site:", "[site]"], r"my\.scenario:2: `site:` without `end of site`"),
        (["title A", 'change "x" to', "unplug"], r"my\.scenario:2: change \"what"),
        (["title A", 'change "xyz" to "z"', "unplug"], r"my\.scenario:2: the site file does"),
        (["title A", "start tomorrow", "unplug"], r"my\.scenario:2: "),
        (["title A", "seed x", "unplug"], r"my\.scenario:2: "),
        (["title A", "begin warm", "unplug"], r"my\.scenario:2: begin cold"),
    ],
)
def test_what_is_wrong_when_read(lines: list[str], fault: str, tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=fault):
        read_scripts(_write(tmp_path, *lines))


def test_a_text_that_was_expected_is_used_up(tmp_path: Path) -> None:
    lines = ["title A", "Caller calls", "expect within 30 s sms to Bruno"]
    _play(tmp_path, *lines)
    (tmp_path / "b").mkdir()
    with pytest.raises(ScriptError, match=r"my\.scenario:4: "):
        _play(tmp_path / "b", *lines, "expect sms to Bruno")


def test_what_stands_before_the_first_title_holds_for_all(tmp_path: Path) -> None:
    path = _write(tmp_path, "seed 9", "title A", "unplug", "title B", "seed 4", "unplug")
    first, second = read_scripts(path)
    assert (first.title, first.seed, second.title, second.seed) == ("A", 9, "B", 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5 s", 5), ("200 ms", 0.2), ("10min", 600), ("1.5 h", 5400), ("2 days", 172_800)],
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == pytest.approx(value)


def test_a_duration_without_a_unit_is_none() -> None:
    with pytest.raises(SentenceError, match="not a duration"):
        seconds("5")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.scenario")), ids=lambda path: path.stem)
def test_every_line_of_every_scenario_is_a_sentence(path: Path) -> None:
    for script in read_scripts(path):
        check_words(script)


def test_no_sentence_is_there_twice() -> None:
    for book in (ACTIONS, CONDITIONS):
        patterns = [sentence.pattern for sentence in book.sentences]
        assert len(set(patterns)) == len(patterns)


def test_the_example_of_the_readme_plays(tmp_path: Path) -> None:
    example = [line[4:] for line in README.splitlines() if line.startswith("    ")]
    assert example[0].startswith("title ")
    _play(tmp_path, *example)
