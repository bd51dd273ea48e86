"""Each alarm tells what to do: in its own sentence, or in the advice beside it."""

from __future__ import annotations

import gettext
import inspect
import re

import pytest

from firmware.wording import messages
from web.alarm_advice import ADVICE
from web.language import TRANSLATIONS
from web.settings.show import PLACES

# Of these the sentence says itself what to do, or there is nothing to do
TOLD = {
    "ALERT_UNANSWERED", "RECOVERY_FAILED", "FORWARDING_REFUSED", "REMINDER_ANSWERED_LATE",
    "CREDIT_LOW", "FORWARDING_CHANGED", "FORWARDING_ERASED",
    "LOOP", "FLOOD", "BUDGET", "STORE_BUSY", "STORE_FULL", "STORE_READ_ONLY", "STORE_DAMAGED",
    "STORE_FAILING", "CARD_SLOW", "DATA_MENDED", "DATA_OF_BACKUP", "DATA_LOST",
    "CLOCK_DIFFERS", "BATTERY_LOW", "BOX_DIES", "MODEM_DIES", "SMS_LOOP_LATE", "SMS_TOO_OLD",
}  # fmt: skip
FRAMES = re.compile(
    r"ALARMS?|ALARM_(OVER|STILL|MORE|FEWER_TODAY|LAST_TODAY|LINE|OVER_LINE|STILL_LINE)"
)


def causes() -> list[str]:
    """The names of the alarms' sentences, in the order of the module."""
    source = inspect.getsource(messages)
    begin = source.index("# Alarms to administrators")
    end = source.index("# What an alert is about")
    names = re.findall(r"^([A-Z_]+) = N_", source[begin:end], re.MULTILINE)
    return [name for name in names if FRAMES.fullmatch(name) is None]


@pytest.mark.parametrize("name", causes())
def test_each_alarm_says_what_to_do(name: str) -> None:
    assert (getattr(messages, name) in ADVICE) != (name in TOLD)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_advice_names_a_setting_as_the_page_calls_it(language: str) -> None:
    words = gettext.translation("messages", TRANSLATIONS, [language])
    named = 0
    for advice in ADVICE.values():
        for _, _, name, _ in PLACES:
            if re.search(rf"under (Settings, )?{name}\b", advice, re.IGNORECASE):
                named += 1
                assert words.gettext(name) in words.gettext(advice), advice
    assert named >= 4
