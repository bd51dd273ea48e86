"""The table ``[health]`` of the site file: what is watched, and what is told when."""

from __future__ import annotations

import re

from firmware.rota.fields import Table
from firmware.rota.grammar import GrammarFault
from firmware.rota.values import SMS_LOOPS, Health
from firmware.rota.window import WEEKDAYS

CREDIT_BELOW_MAX = 1_000_000   # whole units of the SIM's currency; francs of the Pacific are small
PATTERN_MAX = 100              # characters; a USSD text has 182 at most
AMOUNT = "{amount}"

# Three digits or more after one * or #, or any question *#...#
_CREDIT_CODE = re.compile(r"(?:\*#[0-9]{2,8}|[*#]([0-9]{3,8}))(?:\*[0-9]{1,8}){0,4}#")
# 22.030 Annex B: the supplementary services of three digits and more. A code that is sent each
# day must never switch one on or off; those of two digits the pattern above lets ask only.
_SERVICES = frozenset({
    "002", "004", "042", "052", "214", "300", "330", "331", "332", "333", "351", "353", "360",
    "361", "362", "363", "375", "591", "592", "593", "594",
})  # fmt: skip


def read_health(table: Table) -> Health:
    """``[health]``; every key may be left out."""
    standard = Health()
    health = Health(
        self_check=table.clock("self_check", standard.self_check),
        silence_alarm=table.flag("silence_alarm", standard.silence_alarm),
        weekly_sms=table.flag("weekly_sms", standard.weekly_sms),
        weekly_day=table.choice("weekly_day", WEEKDAYS, standard.weekly_day),
        weekly_at=table.clock("weekly_at", standard.weekly_at),
        sms_loop=table.choice("sms_loop", SMS_LOOPS, standard.sms_loop),
        credit_code=table.parsed("credit_code", parse_credit_code, "", "") or None,
        credit_pattern=table.parsed("credit_pattern", parse_credit_pattern, "", "") or None,
        credit_below=table.whole("credit_below", 0, CREDIT_BELOW_MAX, standard.credit_below),
    )
    if table.sound("credit_code", "credit_pattern"):
        if health.credit_code is not None and health.credit_pattern is None:
            table.fault("credit_code", "{table}: {key} needs credit_pattern, too")
        if health.credit_pattern is not None and health.credit_code is None:
            table.fault("credit_pattern", "{table}: {key} needs credit_code, too")
    table.finish()
    return health


def parse_credit_code(text: str) -> str:
    """``*100#``, ``#123#``, ``*#100#``: a question, never a code that changes a service."""
    code = text.strip()
    match = _CREDIT_CODE.fullmatch(code)
    if match is None:
        raise GrammarFault("expected a code such as *100# or #123#")
    if match[1] in _SERVICES:
        raise GrammarFault("it would change a service of the SIM, not ask for its credit")
    return code


def parse_credit_pattern(text: str) -> str:
    """``credit: {amount} EUR``: words of the answer, with one ``{amount}`` between them."""
    pattern = " ".join(text.split())
    if len(pattern) > PATTERN_MAX:
        raise GrammarFault("it has more than {highest} characters", highest=PATTERN_MAX)
    if pattern.count(AMOUNT) != 1:
        raise GrammarFault("it must hold {amount} once, in the place of the sum", amount=AMOUNT)
    if not any(c.isalpha() for c in pattern.replace(AMOUNT, "")):
        raise GrammarFault("it needs a word beside {amount}, such as EUR", amount=AMOUNT)
    return pattern
