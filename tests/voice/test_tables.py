"""Both tables are complete, and every word in them is something that is done."""

from __future__ import annotations

from itertools import product

import pytest

from firmware.voice import dictation_table, mailbox, rehearsal_table, seek_table, talk_table
from firmware.voice.dictation import Dictation
from firmware.voice.rehearsal import Rehearsal
from firmware.voice.seek import Seek
from firmware.voice.table import NOTHING, table
from firmware.voice.talk import Talk


def test_every_cell_of_the_conversation_is_there() -> None:
    assert set(talk_table.TABLE) == set(product(talk_table.Stage, talk_table.Sign))


def test_every_cell_of_the_search_is_there() -> None:
    assert set(seek_table.TABLE) == set(product(seek_table.Stage, seek_table.Sign))


def test_every_cell_of_the_rehearsal_is_there() -> None:
    assert set(rehearsal_table.TABLE) == set(product(rehearsal_table.Stage, rehearsal_table.Sign))


def test_every_cell_of_the_dictation_is_there() -> None:
    assert set(dictation_table.TABLE) == set(product(dictation_table.Stage, dictation_table.Sign))


def test_a_greeting_is_kept_by_a_key_of_its_review_alone() -> None:
    """Nothing else leads there: no time, no end of a recording."""
    deciding = {cell for cell, word in dictation_table.TABLE.items() if word == "decide"}
    assert deciding == {(dictation_table.Stage.REVIEW, dictation_table.Sign.DIGIT)}


def test_a_rehearsal_makes_way_for_a_caller_wherever_it_is() -> None:
    at_rest = {rehearsal_table.Stage.IDLE, rehearsal_table.Stage.DROPPING}
    for stage in set(rehearsal_table.Stage) - at_rest:
        assert rehearsal_table.TABLE[stage, rehearsal_table.Sign.CALLER] == "yield"


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (Talk, set(talk_table.TABLE.values())),
        (Seek, set(seek_table.TABLE.values())),
        (Rehearsal, set(rehearsal_table.TABLE.values())),
        (Dictation, set(dictation_table.TABLE.values())),
        (mailbox.Mailbox, set(mailbox.TABLE.values())),
    ],
)
def test_every_word_is_a_method(machine: type, words: set[str]) -> None:
    assert [word for word in words - {NOTHING} if not hasattr(machine, f"_{word}")] == []


def test_a_row_with_a_hole_is_refused() -> None:
    columns = tuple(talk_table.Sign)
    with pytest.raises(ValueError, match="2 cells for 11 signs"):
        table(columns, {talk_table.Stage.OVER: "- -"})


def test_only_the_key_joins() -> None:
    """CHLD=4 and CHLD=3 are reached by way of `accept` alone, and that by the key alone."""
    accepts = {cell for cell, word in seek_table.TABLE.items() if word == "accept"}
    assert accepts == {(seek_table.Stage.WHISPERING, seek_table.Sign.YES)}
    joining = {seek_table.Stage.TRANSFERRING, seek_table.Stage.CONFERENCING}
    for (stage, _), word in seek_table.TABLE.items():
        if word in ("refuse4", "late", "refuse3", "both", "away", "joined"):
            assert stage in joining | {seek_table.Stage.EXCUSING}


def test_every_wait_ends() -> None:
    """Each stage in which something is awaited has a cell for its time being up."""
    at_rest = {talk_table.Stage.SEEKING, talk_table.Stage.OVER}
    for stage in set(talk_table.Stage) - at_rest:
        assert talk_table.TABLE[stage, talk_table.Sign.DUE] != NOTHING
    for search in set(seek_table.Stage) - {seek_table.Stage.IDLE}:
        assert seek_table.TABLE[search, seek_table.Sign.DUE] != NOTHING
    for rehearsed in set(rehearsal_table.Stage) - {rehearsal_table.Stage.IDLE}:
        assert rehearsal_table.TABLE[rehearsed, rehearsal_table.Sign.DUE] != NOTHING
    for dictated in set(dictation_table.Stage) - {dictation_table.Stage.IDLE}:
        assert dictation_table.TABLE[dictated, dictation_table.Sign.DUE] != NOTHING
    for listening in set(mailbox.Stage):
        assert mailbox.TABLE[listening, talk_table.Sign.DUE] != NOTHING
