"""The alert desk against a model that goes through time second by second.

The model knows the sentence of the specification and nothing of the desk: ask one level after
another, to the end of the list, twice more round it, then the alarm; NON passes on at once, OK
ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.record import AlertCause, AlertState
from firmware.rota import Person, Rota, read_site_file
from tests.alert.bench import Bench
from tests.sms.patience import patient

pytestmark = pytest.mark.usefixtures("modem_family")

WITHIN_S = 10
SECONDS = 120
NAMES = ("Ada", "Bea", "Cid", "Dan", "Eve")


def _rota(levels: list[list[str]]) -> Rota:
    text = f"""
[site]
name = "Dupont"
time_zone = "Europe/Paris"
language = "fr"
holidays = "FR"
country_code = "33"

[[service]]
name = "Ambulance"
mode = "alert"
acknowledge_within_s = {WITHIN_S}
"""
    for number, name in enumerate(NAMES):
        text += f'\n[[person]]\nname = "{name}"\nmobile = "+3360000000{number}"\n'
    for level, people in enumerate(levels, start=1):
        for name in people:
            text += (
                f'\n[[rotation]]\nservice = "Ambulance"\nlevel = {level}\n'
                f'start = "2026-01-05T08:00"\nevery = "1 week"\npeople = ["{name}"]\n'
            )
    return read_site_file(text)


@dataclass
class Model:
    """``asked``: (second, names) of each question; ``end``: how it ended."""

    levels: list[list[str]]
    asked: list[tuple[int, list[str]]] = field(default_factory=list)
    end: str = "open"
    place: int = -1          # in the list of all levels, three times over
    refused: set[str] = field(default_factory=set)

    def start(self) -> None:
        self.next(0)

    def next(self, now: int) -> None:
        while True:
            self.place += 1
            if self.place % len(self.levels) == 0:
                everybody = {name for level in self.levels for name in level}
                if self.place == 3 * len(self.levels) or self.refused >= everybody:
                    self.end = "exhausted"
                    return
                self.refused = set()
            level = self.levels[self.place % len(self.levels)]
            people = [name for name in level if name not in self.refused]
            if people:
                self.asked.append((now, people))
                return

    def second(self, now: int) -> None:
        if self.end == "open" and now - self.asked[-1][0] >= WITHIN_S:
            self.next(now)

    def says(self, name: str, word: str, now: int) -> None:
        if self.end not in ("open", "exhausted"):
            return
        if word == "ok":
            self.end = name
        elif self.end == "open":
            known = {n for level in self._asked_this_round() for n in level}
            if name in known:
                self.refused.add(name)
                if self.refused >= set(self.asked[-1][1]):
                    self.next(now)

    def _asked_this_round(self) -> list[list[str]]:
        return self.levels[: self.place % len(self.levels) + 1]


LEVELS = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True), min_size=1, max_size=3
)
ANSWERS = st.lists(
    st.tuples(
        st.integers(0, SECONDS - 1),
        st.sampled_from(NAMES),
        st.sampled_from(["non", "non", "non", "ok"]),
    ),
    max_size=6,
)


@patient
@given(LEVELS, ANSWERS)
def test_the_desk_asks_whom_the_model_asks_and_when(
    levels: list[list[str]], answers: list[tuple[int, str, str]]
) -> None:
    bench, model = Bench(_rota(levels)), Model(levels)
    alert_id = bench.desk.open(AlertCause.SMS, "Ambulance", cause_id=1, number="+33699887766").id
    bench.settle()
    model.start()
    people = {name: Person(name, f"+3360000000{n}") for n, name in enumerate(NAMES)}
    spoken = {second: (name, word) for second, name, word in answers}
    for second in range(SECONDS):
        if second in spoken:
            name, word = spoken[second]
            _say(bench, alert_id, people[name], word)
            model.says(name, word, second)
        bench.wait(1)
        model.second(second + 1)
    alert = bench.desk.book.get(alert_id)
    assert alert is not None
    times: list[tuple[int, list[str]]] = []
    last_level = 0
    for asked in alert.asked:
        at = int((asked.at - alert.opened_at).total_seconds())
        if times and times[-1][0] == at and asked.level == last_level:
            times[-1][1].append(asked.person)
        else:
            times.append((at, [asked.person]))
        last_level = asked.level
    assert [(at, sorted(names)) for at, names in times] == [
        (at, sorted(names)) for at, names in model.asked
    ]
    ends = {AlertState.OPEN: "open", AlertState.EXHAUSTED: "exhausted"}
    assert ends.get(alert.state, alert.ended_by) == model.end
    assert len(bench.handed_over) >= len(alert.asked)


def _say(bench: Bench, alert_id: int, person: Person, word: str) -> None:
    alert = bench.desk.book.get(alert_id)
    assert alert is not None
    if alert.state in (AlertState.ACKNOWLEDGED, AlertState.CLOSED):
        return
    if word == "ok":
        bench.desk.acknowledge(alert, person)
    else:
        bench.desk.decline(alert, person)
    bench.settle()
