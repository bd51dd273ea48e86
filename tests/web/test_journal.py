"""The journal in words, and no outcome of the daemon without them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.policy import Reason
from firmware.record import (
    WITHDRAWN,
    CallOutcome,
    JournalEntry,
    JournalKind,
    OutgoingState,
    VoiceStep,
)
from firmware.recovery.rungs import Rung
from firmware.voice import rehearsal
from firmware.voice.table import NOTHING
from tests.web.house import ALICE, CALLER, CHLOE, STRANGER, House
from tests.web.visitor import Visitor, words_of
from web.journal.page import LINES_SHOWN
from web.journal.voice_steps import WORDS as STEP_WORDS
from web.journal_words import (
    ANY_OUTCOME,
    KIND_NAMES,
    REASONS,
    REHEARSAL_REASONS,
    RUNGS,
    SENTENCES,
    journal_line,
)

FIRMWARE = Path(__file__).parents[2] / "firmware"


def _literal_outcomes() -> Iterator[tuple[str, str]]:
    """Each ``JournalKind.X`` and the literal ``outcome`` of the same call, all over the daemon."""
    for path in FIRMWARE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            values = [*node.args, *(word.value for word in node.keywords)]
            kinds = [
                value.attr
                for value in values
                if isinstance(value, ast.Attribute)
                and isinstance(value.value, ast.Name)
                and value.value.id == "JournalKind"
            ]
            for word in node.keywords:
                if kinds and word.arg == "outcome":
                    yield from ((kinds[0], text) for text in _literals(word.value))


def _literals(node: ast.expr) -> Iterator[str]:
    """``"a"``, or both of ``"a" if ... else "b"``."""
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_every_outcome_that_the_daemon_writes_has_its_words() -> None:
    written = set(_literal_outcomes())
    assert len(written) > 10, "the daemon's journal calls are not found any more"
    assert {
        (kind, outcome)
        for kind, outcome in written
        if outcome not in SENTENCES[JournalKind[kind]]
    } == set()


def test_the_outcomes_of_calls_and_messages_are_complete() -> None:
    assert set(SENTENCES[JournalKind.CALL]) == {outcome.value for outcome in CallOutcome}
    assert set(SENTENCES[JournalKind.SMS_OUT]) == {state.value for state in OutgoingState}


def test_every_kind_has_words() -> None:
    assert set(SENTENCES) == set(ANY_OUTCOME) == set(KIND_NAMES) == set(JournalKind)


def test_every_step_of_a_spoken_call_has_words() -> None:
    assert set(STEP_WORDS) == set(VoiceStep)


def test_every_reason_of_a_rehearsal_has_words() -> None:
    written = {
        value for name, value in vars(rehearsal).items() if name.isupper() and type(value) is str
    }
    assert set(REHEARSAL_REASONS) == written - {rehearsal.UNDER_WAY, NOTHING}


def test_every_reason_of_the_policy_has_words() -> None:
    assert set(REASONS) == {reason.value for reason in Reason}
    assert set(RUNGS) == {rung.value for rung in Rung}


@pytest.mark.parametrize("kind", JournalKind)
@pytest.mark.parametrize("outcome", ["a new outcome", None])
def test_an_unknown_outcome_still_says_what_it_is_about(
    house: House, visitor: Visitor, kind: JournalKind, outcome: str | None
) -> None:
    house.record(JournalEntry(house.ago(1), kind, number=CALLER, outcome=outcome))
    entry = JournalEntry(house.ago(1), kind, outcome=outcome)
    line = journal_line(1, entry, name_of=str, hidden="?", somebody="?")
    assert line.words is ANY_OUTCOME[kind]
    assert visitor.get(f"/journal?kind={kind.value}").text.count('class="line ') == (
        2 if kind is JournalKind.EDIT else 1  # the sample site was loaded
    )


@pytest.mark.parametrize(
    ("error", "words", "tone"),
    [
        (WITHDRAWN, "non envoyé : plus nécessaire", "quiet"),
        ("ERROR", "non remis", "bad"),
    ],
)
def test_an_sms_that_nobody_needs_any_more_is_no_failure(
    house: House, visitor: Visitor, error: str, words: str, tone: str
) -> None:
    house.record(JournalEntry(house.ago(1), JournalKind.SMS_OUT, number=CALLER, outcome="failed",
                              detail={"error": error}))  # fmt: skip
    page = visitor.get("/journal?kind=sms_out").text
    assert words in words_of(page)
    assert f'class="line tone-{tone}' in page


def test_calls_in_words(house: House, visitor: Visitor) -> None:
    house.call(1, CallOutcome.DIVERTED, 9)
    house.call(2, CallOutcome.ABANDONED, 8, STRANGER)
    house.record(
        JournalEntry(
            house.ago(7),
            JournalKind.CALL,
            "Ambulance",
            outcome="alerted",
            detail={"reason": "forwarding not verified", "target": ALICE},
        )
    )
    page = visitor.read("/journal")
    assert "19:21 Appel : 06 39 98 00 01, transmis à Chloé Durand-Lefèvre Ambulance" in page
    assert "19:22 Appel : 06 39 98 00 02, a raccroché trop tôt" in page
    assert "Appel : numéro masqué, alerte par SMS Ambulance" in page
    assert "Le renvoi d’appel n’était pas vérifié." in page


def test_a_call_passed_on_to_the_office_names_its_number(house: House, visitor: Visitor) -> None:
    house.record(
        JournalEntry(
            house.ago(7),
            JournalKind.CALL,
            number=CALLER,
            outcome="diverted",
            detail={"target": "+33388112233"},
        )
    )
    assert "transmis à 03 88 11 22 33" in visitor.read("/journal")


def lines_of(visitor: Visitor, path: str) -> str:
    """The lines alone: the form above them names every outcome."""
    html = visitor.get(path).text
    return words_of(html[html.index("</details>") :])


def test_a_call_stays_one_line_from_ring_to_outcome(house: House, visitor: Visitor) -> None:
    house.call(1, CallOutcome.RINGING, 1)
    house.call(1, CallOutcome.DIVERTED, 1)
    page = lines_of(visitor, "/journal")
    assert "sonne en ce moment" not in page
    assert page.count("Appel : 06 39 98 00 01") == 1


def test_a_text_is_shown_and_never_becomes_part_of_the_page(
    house: House, visitor: Visitor
) -> None:
    text = "<script>alert(1)</script> %(caller)s {clock} {{ 7*7 }} \u202e👍"
    house.record(
        JournalEntry(
            house.ago(1),
            JournalKind.SMS_IN,
            number='"><img src=x onerror=alert(1)>',
            outcome="alerted",
            detail={"text": text, "complete": False},
        )
    )
    html = visitor.get("/journal").text
    assert "<script>alert" not in html
    assert "<img" not in html
    assert text in visitor.read("/journal")
    assert "Il en manque une partie." in html


def test_the_filter_shows_one_kind(house: House, visitor: Visitor) -> None:
    house.call(1, CallOutcome.DIVERTED, 9)
    assert "Planning chargé par Alice Martin" in visitor.read("/journal")
    calls = visitor.read("/journal?kind=call")
    assert "Planning chargé" not in calls
    assert "transmis à Chloé" in calls


def test_an_unknown_filter_shows_everything(visitor: Visitor) -> None:
    assert "Planning chargé" in visitor.read("/journal?kind=%00nonsense&before=nonsense")


def test_older_lines_are_one_tap_away(house: House, visitor: Visitor) -> None:
    for number in range(LINES_SHOWN + 3):
        at = house.now - timedelta(seconds=90 - number)
        house.record(JournalEntry(at, JournalKind.ACK, person=f"P{number}", outcome="declined"))
    first = visitor.get("/journal").text
    assert first.count('class="line ') == LINES_SHOWN
    assert "Plus anciens" in first
    older = first[first.rindex('href="', 0, first.index("Plus anciens")) + 6 :].split('"')[0]
    second = visitor.read(older.replace("&amp;", "&"))
    assert "Planning chargé" in first
    assert "P3 passe" in second
    assert "P4 passe" not in second
    assert "Plus anciens" not in second


def test_days_are_the_days_of_the_site(house: House, visitor: Visitor) -> None:
    house.record(
        # 23:30 UTC is half past midnight in Paris
        JournalEntry(
            house.now.replace(day=23, hour=23), JournalKind.ACK, person="A", outcome="declined"
        ),
        JournalEntry(
            house.now.replace(day=23, hour=22), JournalKind.ACK, person="B", outcome="declined"
        ),
    )
    page = visitor.read("/journal")
    assert "hier 23:30 B passe" in page
    assert page.index("aujourd’hui 19:30") < page.index("00:30 A passe") < page.index(" hier ")


def test_a_handover_says_the_level(house: House, visitor: Visitor) -> None:
    house.record(
        JournalEntry(
            house.ago(1),
            JournalKind.HANDOVER,
            "Ambulance",
            CHLOE,
            "Chloé Durand-Lefèvre",
            "starts",
            {"level": 2},
        )
    )
    assert "Chloé Durand-Lefèvre prend la garde, niveau 2 Ambulance" in visitor.read("/journal")
