"""A rotation while it is being edited: what was typed, whether it can be taken or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from firmware.rota import Rotation, Window
from firmware.rota.grammar import clock_text, parse_clock, parse_days, parse_step, parse_wall
from firmware.rota.text import TextError
from firmware.rota.values import DUTY_TYPES, DutyType
from firmware.store.rota_history import Sentence
from web import fault_words
from web.duty.blueprint import WALL
from web.language import N_

T = TypeVar("T")

PEOPLE_MAX = 200
WINDOWS_MAX = 14
CHOOSE_PEOPLE = N_("Choose at least one person.")


@dataclass(slots=True)
class DraftWindow:
    """Hours on some days, as typed."""

    days: list[str]
    start: str = "18:00"
    end: str = "08:00"


@dataclass(slots=True)
class Draft:
    """All fields as texts; ``wrong`` holds a sentence for each field that cannot be taken."""

    service: str
    level: str = "1"
    start: str = ""
    count: str = "1"
    unit: str = "week"
    people: list[str] = field(default_factory=list)
    duty_type: str = "astreinte"
    end: str = ""
    windows: list[DraftWindow] = field(default_factory=list)
    together: bool = False
    wrong: dict[str, Sentence] = field(default_factory=dict)

    @classmethod
    def of(cls, rotation: Rotation) -> Draft:
        return cls(
            rotation.service,
            str(rotation.level),
            rotation.start.strftime(WALL),
            str(rotation.every.count),
            rotation.every.unit,
            list(rotation.people),
            rotation.duty_type,
            rotation.end.strftime(WALL) if rotation.end is not None else "",
            [
                DraftWindow(list(each.days), clock_text(each.start), clock_text(each.end))
                for each in rotation.active
            ],
        )

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> Draft:
        """What a form holds, however odd."""
        windows = [
            DraftWindow(
                form.getlist(f"days-{turn}"),
                form.get(f"from-{turn}", ""),
                form.get(f"to-{turn}", ""),
            )
            for turn in range(WINDOWS_MAX)
            if f"from-{turn}" in form
        ]
        return cls(
            form.get("service", ""),
            form.get("level", ""),
            form.get("start", ""),
            form.get("count", ""),
            form.get("unit", ""),
            form.getlist("person")[:PEOPLE_MAX],
            form.get("duty_type", ""),
            form.get("end", ""),
            windows,
            "together" in form,
        )

    def act(self, action: str, at: int, added: str) -> bool:
        """Do what a button of the lists says; False when the button was none of them."""
        if action == "join":
            self.people += [added] if added else []
        elif action == "widen":
            self.windows.append(DraftWindow(["mon", "tue", "wed", "thu", "fri"]))
        elif action == "leave":
            _drop(self.people, at)
        elif action == "narrow":
            _drop(self.windows, at)
        elif action in ("up", "down"):
            self._move(at, at + (1 if action == "down" else -1))
        else:
            return False
        return True

    def _move(self, at: int, to: int) -> None:
        if 0 <= at < len(self.people) and 0 <= to < len(self.people):
            self.people[at], self.people[to] = self.people[to], self.people[at]

    def refuse(self, key: str, sentence: Sentence) -> None:
        """The first fault of a field is the one to be mended first."""
        self.wrong.setdefault(key, sentence)

    def rotation(self) -> Rotation | None:
        """The rotation, or None: then ``wrong`` says why."""
        level = self._read("level", lambda: _level(self.level))
        start = self._read("start", lambda: _wall(self.start))
        every = self._read("every", lambda: parse_step(f"{self.count} {self.unit}"))
        end = self._read("end", lambda: _wall(self.end)) if self.end else None
        windows = [
            self._read(f"window-{turn}", partial(_window, each))
            for turn, each in enumerate(self.windows)
        ]
        if not self.people:
            self.refuse("people", Sentence(CHOOSE_PEOPLE))
        if self.wrong or level is None or start is None or every is None:
            return None
        return Rotation(
            self.service,
            level,
            start,
            every,
            tuple(self.people),
            _duty_type(self.duty_type),
            end,
            tuple(each for each in windows if each is not None),
        )

    def _read(self, key: str, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except TextError as error:
            self.refuse(key, fault_words.words(error.text))
            return None


def _drop(items: list[T], at: int) -> None:
    if 0 <= at < len(items):
        del items[at]


def _level(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 99):
        raise TextError("the number must be from 1 to {highest}", highest=99)
    return int(text)


def _wall(text: str) -> datetime:
    return parse_wall(text).replace(tzinfo=None)


def _duty_type(text: str) -> DutyType:
    return next((known for known in DUTY_TYPES if known == text), DUTY_TYPES[0])


def _window(draft: DraftWindow) -> Window:
    days = parse_days(",".join(draft.days))
    return Window(days, parse_clock(draft.start), parse_clock(draft.end))


def sorted_people(names: Iterable[str], taken: list[str]) -> list[str]:
    """Whom one may add: those who are not in yet first."""
    return sorted(names, key=lambda name: name in taken)

