"""A caller waits sixty seconds at the most before a human or a clear choice: whatever the company
has set, however its people and its network behave, and whenever something goes wrong."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.voice.patience import CHOICE_WITHIN_S, RETURN_S, RING_MIN_S, Patience
from tests.voice.drawn_call import DrawnCall, drawn_calls

# Each is a call of some minutes; at night a thousand are drawn
FEW = settings() if "VEILLEUR_EXAMPLES" in os.environ else settings(max_examples=6)


@settings(max_examples=50)
@given(st.floats(0, 1e6), st.floats(0, 90), st.integers(10, 30), st.integers(5, 30))
def test_who_may_still_be_rung_is_let_go_in_time(
    since_s: float, later_s: float, ring_s: int, accept_s: int
) -> None:
    patience, now_s = Patience(since_s), since_s + later_s
    rings_s = patience.ring_s(now_s, ring_s, accept_s)
    assert RING_MIN_S <= rings_s <= ring_s
    if patience.suffices(now_s, ring_s, accept_s):
        assert now_s + rings_s + accept_s <= since_s + CHOICE_WITHIN_S - RETURN_S


@FEW
@given(drawn_calls)
def test_nobody_waits_for_longer_than_a_minute(call: DrawnCall) -> None:
    with tempfile.TemporaryDirectory() as folder:
        broken, _ = call.play(Path(folder))
    assert broken == []


def test_a_greeting_that_is_cut_by_its_time_is_followed_by_15_and_112(tmp_path: Path) -> None:
    call = DrawnCall(
        profile="quectel-eg25", menu=True, greeting_s=120, ring_s=20, accept_s=15, voicemail=True,
        transfer=True, conference=True, answers_ms=(2_000, 2_000, 2_000), keys="1", pressed=(),
        mishaps=(),
    )  # fmt: skip
    broken, watch = call.play(tmp_path)
    said = [heard.words for heard in watch.heard]
    assert broken == []
    assert any("le 15 ou le 112" in words for words in said)
    assert watch.waits.human_s
