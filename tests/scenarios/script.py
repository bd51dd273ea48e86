"""A scenario file as values: the head that sets the scene, and the lines that are played."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from hw.simulator.models import NAMES
from tests.families import EVERY, one_of
from tests.scenarios.phrases import SentenceError

FOLDER = Path(__file__).parent
VOICES = ("quectel-eg25", "quectel-ec25", "quectel-ec21", "simcom-sim7600", "huawei-e1550")
# `makers` is one family of each, for what differs by maker if it differs at all
MODELS = {
    "all": NAMES,
    "voices": VOICES,
    "voiceless": tuple(name for name in NAMES if name not in VOICES),
    "makers": ("generic", "quectel-eg25", "simcom-sim7600", "huawei-e1550", "telit-le910c1"),
}
DEFAULT_START = datetime.fromisoformat("2026-03-10 12:00")   # the site's wall clock
_TEXTS = {"subscription": "subscription", "pin": "sim_pin", "box-pin": "box_pin"}
_CHANGE = re.compile(r'change "(.*)" to "(.*)"')
_WHEN = re.compile(
    r"(?:at (?P<day>\d{4}-\d\d-\d\d )?(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"|after (?P<wait>\d+(?:\.\d+)? ?(?:ms|s|min|h|days?)))(?: (?P<rest>.*))?"
)


class ScriptError(Exception):
    """What is wrong with a scenario, and where: `FILE:LINE: what`."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path.name}:{line}: {what}")

# How the box can help itself: a relay in the modem's supply, its second port, leave to reboot, no
# better clock than the network's
EQUIPMENT = frozenset({"relay", "second-port", "reboot", "network-time", "voice"})


@dataclass(frozen=True, slots=True)
class Play:
    """One line: when, and what. ``day`` and ``clock`` are the site's wall clock."""

    line: int
    text: str
    day: str | None = None
    clock: str | None = None
    wait: str | None = None


@dataclass(slots=True)
class Script:
    """One scenario. ``among`` are the families of modems on which it makes sense, ``models`` those
    of them on which every run plays it: without, one is chosen by its title."""

    path: Path
    line: int = 0
    title: str = ""
    site: str = ""
    start: datetime = DEFAULT_START
    among: tuple[str, ...] = NAMES
    models: tuple[str, ...] = ()
    subscription: str = "full"
    sim_pin: str | None = None
    box_pin: str | None = None
    seed: int = 1
    cold: bool = False
    untrusted: bool = False
    equipment: frozenset[str] = frozenset()
    unproved: bool = False
    calm: bool = False
    names: dict[str, str] = field(default_factory=dict)
    plays: list[Play] = field(default_factory=list)

    @property
    def played_on(self) -> tuple[str, ...]:
        """The families of this run."""
        chosen = tuple(name for name in self.models if name in self.among)
        return self.among if EVERY else chosen or (one_of(self.name, self.among),)

    @property
    def name(self) -> str:
        """The file's and its own, as tests are named."""
        slug = re.sub(r"\W+", "-", self.title.lower()).strip("-")[:70]
        return f"{self.path.stem}-{slug}"


def read_scripts(path: Path) -> list[Script]:
    """All scenarios of a file; raises ScriptError naming the line.

    What stands before the first `title` holds for all of them.
    """
    shared = Script(path, site=(FOLDER / "sites" / "dupont.toml").read_text(encoding="utf-8"))
    scripts: list[Script] = []
    script = shared
    lines = path.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        number += 1
        text = lines[number - 1].strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("title "):
            script = replace(
                shared, line=number, title=text[6:], names=dict(shared.names), plays=[]
            )
            scripts.append(script)
        elif text == "site:":
            number = _inline_site(script, lines, number)
        else:
            _take(script, number, text)
    if not scripts:
        raise ScriptError(path, 1, "a scenario begins with `title` and what it shows")
    for each in scripts:
        if not each.plays:
            raise ScriptError(path, each.line, "there is nothing to play")
    return scripts


def _take(script: Script, number: int, text: str) -> None:
    try:
        if not script.plays and _head(script, text):
            return
        if not script.title:
            raise SentenceError(f"before the first `title` only the scene is set: {text}")
        script.plays.append(_play(number, text))
    except (SentenceError, ValueError) as fault:
        raise ScriptError(script.path, number, str(fault)) from fault


def _inline_site(script: Script, lines: list[str], number: int) -> int:
    """The lines from `site:` to `end of site` are a site file."""
    begin = number
    while number < len(lines) and lines[number].strip() != "end of site":
        number += 1
    if number == len(lines):
        raise ScriptError(script.path, begin, "`site:` without `end of site`")
    script.site = "\n".join(lines[begin:number])
    return number + 1


def _head(script: Script, text: str) -> bool:
    """Take a line that sets the scene; False when the text is to be played."""
    word, _, rest = text.partition(" ")
    match word:
        case "site":
            named = FOLDER / "sites" / f"{rest}.toml"
            if not named.is_file():
                raise SentenceError(f"there is no site {rest!r} in tests/scenarios/sites")
            script.site = named.read_text(encoding="utf-8")
        case "change":
            _change(script, text)
        case "start":
            script.start = datetime.fromisoformat(rest)
        case "models":
            script.models = _families(rest)
        case "only":
            script.among = _families(rest)
        case "subscription" | "pin" | "box-pin":
            setattr(script, _TEXTS[word], rest)
        case "seed":
            script.seed = int(rest)
        case "who":
            name, _, number = rest.partition(" is ")
            script.names[name] = number
        case "begin":
            _begin(script, rest)
        case "with":
            script.equipment = _equipment(rest)
        case _:
            return False
    return True


def _families(rest: str) -> tuple[str, ...]:
    names = MODELS.get(rest, tuple(rest.split()))
    if not set(names) <= set(NAMES):
        raise SentenceError(f"{', '.join(MODELS)}, or families of modems: {' '.join(NAMES)}")
    return names


def _begin(script: Script, rest: str) -> None:
    words = set(rest.split(" and "))
    if not words <= {"cold", "clock untrusted", "unproved", "calm"}:
        raise SentenceError("begin cold, clock untrusted, unproved, calm; several joined by `and`")
    script.cold, script.untrusted = "cold" in words, "clock untrusted" in words
    script.unproved, script.calm = "unproved" in words, "calm" in words


def _equipment(rest: str) -> frozenset[str]:
    things = frozenset(rest.split(" and "))
    if not things <= EQUIPMENT:
        raise SentenceError(f"with {', '.join(sorted(EQUIPMENT))}, joined by `and`")
    return things


def _change(script: Script, text: str) -> None:
    match = _CHANGE.fullmatch(text)
    if match is None:
        raise SentenceError('change "what the site file says" to "what it is to say"')
    old, new = (part.replace("\\n", "\n").replace("'", '"') for part in match.groups())
    if old not in script.site:
        raise SentenceError(f"the site file does not say {old!r}")
    script.site = script.site.replace(old, new)


def _play(number: int, text: str) -> Play:
    match = _WHEN.fullmatch(text)
    if match is None:
        return Play(number, text)
    return Play(
        number, match["rest"] or "", (match["day"] or "").strip() or None,
        match["clock"], match["wait"],
    )  # fmt: skip
