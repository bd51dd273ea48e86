"""The editing core: written once or not at all, conflicts told, history kept, undo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from firmware.record import JournalKind
from firmware.rota import Override, Person, Rota
from firmware.rota.site_file import read_site_file
from firmware.store import rota_history
from firmware.store.rota_history import Sentence
from tests.web.house import NOW, SITE, House
from web import create_app, fault_words
from web.box import box
from web.editing import Edit, Refused, check, edit, undo
from web.saying import say

ROTA = read_site_file(SITE)
ABSENT = Sentence("%(out)s is absent", {"out": "Alice Martin", "from": "2026-12-01T08:00"})
NEW = Override(
    "Ambulance",
    1,
    NOW.replace(tzinfo=None) + timedelta(days=5),
    NOW.replace(tzinfo=None) + timedelta(days=6),
    "Alice Martin",
    "Bruno Petit",
)


def adding(override: Override = NEW) -> object:
    return lambda rota: replace(rota, overrides=(*rota.overrides, override))


@pytest.fixture
def app(house: House) -> Iterator[Flask]:
    app = create_app(house.data_dir, clock=house.clock)
    with app.test_request_context("/"):
        yield app


def save(change: object, version: int = 1, by: str = "Dora") -> Edit:
    return edit(change, version=version, sentence=ABSENT, by=by)  # type: ignore[arg-type]


@pytest.mark.usefixtures("app")
class TestEdit:
    def test_it_is_written_with_its_history_and_its_line(self) -> None:
        done = save(adding())
        assert (done.saved, done.done, done.version) == (True, True, 2)
        assert box().rota() == replace(ROTA, overrides=(*ROTA.overrides, NEW))
        last = box().versions()[0]
        assert (last.number, last.by, last.at, last.sentence) == (2, "Dora", NOW, ABSENT)
        (line,) = box().journal(1, JournalKind.EDIT)
        assert (line.entry.person, line.entry.detail["sentence"]) == ("Dora", ABSENT.what)

    def test_the_same_again_is_done_and_leaves_no_trace(self) -> None:
        done = save(lambda rota: rota)
        assert (done.done, done.saved, done.version) == (True, False, 1)
        assert len(box().versions()) == 1

    def test_somebody_else_was_quicker(self) -> None:
        """Both opened the page at version 1: the second sees what the first did."""
        assert save(adding(), by="Dora").saved
        refused = save(lambda rota: replace(rota, overrides=()), by="Émile")
        assert not refused.done
        assert (refused.version, [each.by for each in refused.meanwhile]) == (2, ["Dora"])
        assert box().rota() == replace(ROTA, overrides=(*ROTA.overrides, NEW))
        again = save(lambda rota: replace(rota, overrides=(NEW,)), refused.version, "Émile")
        assert (again.saved, again.version) == (True, 3)

    @pytest.mark.parametrize(
        ("changes", "key"),
        [
            ({"end": NEW.start}, "to"),
            ({"out": None, "in_": None}, ""),
            ({"in_": "Alice Martin"}, "in"),
            ({"in_": "Zoé"}, "in"),
            ({"service": "Soins"}, "service"),
            ({"level": 0}, "level"),
        ],
    )
    def test_a_fault_names_its_field_and_nothing_is_written(
        self, changes: dict[str, object], key: str
    ) -> None:
        done = save(adding(replace(NEW, **changes)))  # type: ignore[arg-type]
        assert not done.done
        (fault,) = done.faults
        assert (fault.table, fault.index, fault.key) == ("override", len(ROTA.overrides), key)
        assert say(fault.sentence)
        assert (box().rota(), len(box().versions())) == (ROTA, 1)

    def test_faults_of_people_are_told_with_their_place(self) -> None:
        people = (*ROTA.people, Person("Zoé", "0899"), Person("alice  martin", "+33601020399"))
        done = save(lambda rota: replace(rota, people=people))
        assert [(f.table, f.index, f.key) for f in done.faults] == [
            ("person", 3, "mobile"),
            ("person", 4, "name"),
        ]

    def test_a_person_who_still_has_shifts_cannot_be_taken_out(self) -> None:
        done = save(lambda rota: replace(rota, people=rota.people[1:]))
        assert {fault.table for fault in done.faults} == {"rotation", "override"}
        assert {fault.key for fault in done.faults} == {"people", "out"}

    def test_the_past_stays_as_it_was(self) -> None:
        done = save(adding(replace(NEW, start=NEW.start - timedelta(days=20))))
        (fault,) = done.faults
        assert "past" in fault.sentence.what
        assert box().rota() == ROTA

    def test_a_page_may_refuse_by_itself(self) -> None:
        def change(rota: Rota) -> Rota:
            raise Refused("%(name)s is on duty.", key="name", name="Alice")

        (fault,) = save(change).faults
        assert (fault.key, say(fault.sentence)) == ("name", "Alice is on duty.")

    def test_a_text_that_would_not_come_back_as_it_was_is_refused(self) -> None:
        people = (*ROTA.people, Person(" Zoé ", "+33601020399"))
        assert save(lambda rota: replace(rota, people=people)).faults
        assert box().rota() == ROTA


@pytest.mark.usefixtures("app")
class TestUndo:
    def test_it_is_a_version_of_its_own(self) -> None:
        save(adding())
        done = undo(2, version=2, by="Émile")
        assert (done.saved, done.version) == (True, 3)
        assert box().rota() == ROTA
        last = box().versions()[0]
        assert (last.by, last.undoes) == ("Émile", 2)
        assert say(last.sentence).endswith("Alice Martin is absent")

    def test_twice_is_told_and_the_undo_can_be_undone(self) -> None:
        save(adding())
        undo(2, version=2, by="Dora")
        assert "already" in undo(2, version=3, by="Dora").faults[0].sentence.what
        assert undo(3, version=3, by="Dora").saved
        assert box().rota() == replace(ROTA, overrides=(*ROTA.overrides, NEW))

    def test_what_others_did_meanwhile_is_a_conflict_and_then_stands(self) -> None:
        save(adding())
        other = replace(NEW, level=2)
        save(adding(other), version=2, by="Émile")
        assert [each.by for each in undo(2, version=2, by="Dora").meanwhile] == ["Émile"]
        assert undo(2, version=3, by="Dora").saved
        assert box().rota() == replace(ROTA, overrides=(*ROTA.overrides, other))

    def test_what_was_changed_again_is_told(self) -> None:
        save(adding())
        save(lambda rota: replace(rota, overrides=ROTA.overrides), version=2)
        assert "changed again" in undo(2, version=3, by="Dora").faults[0].sentence.what

    def test_what_is_past_stays(self, house: House) -> None:
        save(adding())
        house.now = NOW + timedelta(days=10)
        assert "past" in undo(2, version=2, by="Dora").faults[0].sentence.what

    def test_the_first_version_has_nothing_before_it(self) -> None:
        assert undo(1, version=1, by="Dora").faults
        assert undo(17, version=1, by="Dora").faults


def test_a_box_without_a_site_file_says_so(tmp_path: Path) -> None:
    with House(tmp_path / "empty", site=None) as house:
        app = create_app(house.data_dir, clock=house.clock)
        with app.test_request_context("/"):
            assert save(adding(), version=0).faults


def test_a_large_rota_is_checked_without_reading_its_old_overrides_again() -> None:
    """The faults of the new ones are still found at their own place."""
    days = [timedelta(days=day) for day in range(400)]
    old = tuple(replace(NEW, start=NEW.start + d, end=NEW.end + d) for d in days)
    before = replace(ROTA, overrides=old)
    after = replace(before, overrides=(*old, replace(NEW, end=NEW.start)))
    (fault,) = check(before, after, NOW)
    assert (fault.table, fault.index, fault.key) == ("override", 400, "to")


def test_values_of_a_sentence_are_said_in_the_readers_manner(app: Flask) -> None:
    values = {"in": "B", "out": "A", "service": "Taxi", "from": "2026-11-29T14:00"}
    taken = Sentence(rota_history.TAKEN_OVER, {**values, "to": "2026-11-29T13:30Z"})
    assert "dimanche 29 novembre 14:00" in say(taken).replace("\N{NO-BREAK SPACE}", " ")
    assert "14:30" in say(taken)
    assert say(Sentence("100 % sure %(x)s", {})) == "100 % sure %(x)s"


def test_each_fault_of_the_site_file_has_its_words() -> None:
    """Those that a form can never make (a list where a text belongs) need none."""
    sources = (Path(fault_words.__file__).parents[1] / "firmware" / "rota").glob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    raised = set(re.findall(r'(?:GrammarFault|NumberFault)\(\s*"([^"]+)"', text))
    at_keys = set(re.findall(r'"(\{table\}[^"]+)"', text))
    never = re.compile(r"unknown|must be (a list|\{ex)|reason|fractions")
    of_files = {each for each in at_keys if never.search(each)}
    assert len(raised) > 15
    assert (raised | at_keys) - of_files - set(fault_words.WORDS) == set()
