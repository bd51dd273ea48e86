"""Own words for alerts: refused with a reason, or such that whoever gets them can act."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.rota.grammar import GrammarFault
from firmware.rota.sms_texts import PLACES, REQUIRED, TEXT_KINDS, parse_alert_text
from firmware.wording.alert_texts import ALERT_TEXTS
from firmware.wording.own_words import fill

VALUES = {
    "service": "Ambulance", "caller": "+33699887766 (Mme Lefèvre)", "clock": "12:00",
    "reference": "8F2", "previous": "Zoé", "text": "{caller} 🚑 %s",
}  # fmt: skip
PIECES = st.sampled_from(
    ["{caller}", "{reference}", "{text}", "{clock}", "{previous}", "{", "}", "{0}", "{caller!r}",
     "{caller.x}", "{}", "OK", " ", "ê", "🚑", "\n", "%s", "{{", "}}"]
)  # fmt: skip


@given(
    st.sampled_from(TEXT_KINDS),
    st.booleans(),
    st.lists(PIECES | st.text(max_size=5), max_size=8).map("".join),
)
def test_what_is_taken_can_be_sent(kind: str, whole: bool, text: str) -> None:
    if whole:
        text = " ".join((*(f"{{{name}}}" for name in REQUIRED[kind]), "OK", text))
    try:
        taken = parse_alert_text(kind, text)
    except GrammarFault:
        return
    if taken:
        said = fill(taken, {name: VALUES[name] for name in PLACES[kind]})
        assert "+33699887766" in said
        assert "8F2" in said
        assert "OK" in said
        assert kind != "sms" or "{caller} 🚑 %s" in said, "a caller's words stay as they are"
    assert parse_alert_text(kind, taken) == taken


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_our_own_words_would_be_taken(kind: str) -> None:
    """Whoever begins from the built-in text begins from one that can be saved."""
    assert parse_alert_text(kind, ALERT_TEXTS[kind]) == ALERT_TEXTS[kind]
    assert set(REQUIRED[kind]) <= set(PLACES[kind])
