"""A caller's number in the forms in which networks and modems tell it: whoever is to ring back must
get one that can be dialled, and +CLIP and +CLCC of one caller are one call."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import BRUNO, CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TOLD = b'"+33699887766",145'
FORMS = (
    b'"33699887766",145',      # some modems leave the + out: the type says it (27.007 7.6)
    b'"0033699887766",145',
    b'"0033699887766",129',
    b'"0699887766",129',
    b'"0699887766",161',       # national, with the 0 that is dialled ...
    b'"699887766",161',        # ... and without (24.008 10.5.4.7)
    b'"33699887766",129',      # a roaming network that has forgotten what it is
)


class Telling(World):
    """Tells the caller's number in one form with +CLIP, in another in the list."""

    told = listed = TOLD

    def _from_modem(self, data: bytes) -> None:
        form = self.told if b"+CLIP" in data else self.listed
        super()._from_modem(data.replace(TOLD, form))


@pytest.mark.parametrize("listed", [TOLD, FORMS[0]])
@pytest.mark.parametrize("told", FORMS)
def test_one_caller_is_one_call_whose_number_can_be_rung(
    tmp_path: Path, told: bytes, listed: bytes
) -> None:
    world = Telling(tmp_path, SAMPLE, start=START)
    world.told, world.listed = told, listed
    world.run(60)
    assert CALLER == "+33699887766"
    world.call(CALLER)
    world.run(60)
    (call,) = world.journal("call")
    assert call["number"] == CALLER
    assert call["outcome"] == "diverted"
    assert [CALLER in text for text in world.texts(BRUNO)] == [True]


@pytest.mark.parametrize("word", ["anonymous", "Restricted", "unavailable"])
def test_a_word_in_place_of_a_number_is_no_number(tmp_path: Path, word: str) -> None:
    """As IMS names whoever withholds it: two such callers are not one."""
    world = Telling(tmp_path, SAMPLE, start=START)
    world.told = world.listed = b'"%s",128' % word.encode()
    world.run(60)
    world.call(CALLER)
    world.run(60)
    (call,) = world.journal("call")
    assert call["number"] is None
    assert call["outcome"] == "diverted"
    assert any("masqu" in text for text in world.texts(BRUNO))
