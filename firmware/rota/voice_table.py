"""The tables ``[voice]`` and ``[[greeting]]``: how a call is answered, and what is said."""

from __future__ import annotations

import re
from collections.abc import Callable

from firmware.rota.fields import Table
from firmware.rota.grammar import GrammarFault, parse_text
from firmware.rota.values import GREETING_TIMES, Greeting, VoiceRules

RINGS = (0, 5)
RING_S = (10, 30)        # a voicemail of the network's takes over after 20 to 30 s
ACCEPT_S = (5, 30)
ROUNDS = (1, 5)
MESSAGE_S = (30, 300)

EMERGENCY_NUMBERS = ("15", "112")
# The file DIR/voice/<name>.wav; nothing that could lead out of that folder
_RECORDING = re.compile(r"greeting/[a-z0-9][a-z0-9-]{0,39}")


def read_voice(table: Table) -> VoiceRules:
    """``[voice]``; every key may be left out."""
    standard = VoiceRules()
    voice = VoiceRules(
        rings=table.whole("rings", *RINGS, standard.rings),
        ring_s=table.whole("ring_s", *RING_S, standard.ring_s),
        accept_s=table.whole("accept_s", *ACCEPT_S, standard.accept_s),
        rounds=table.whole("rounds", *ROUNDS, standard.rounds),
        message_s=table.whole("message_s", *MESSAGE_S, standard.message_s),
        voicemail=table.flag("voicemail", standard.voicemail),
        emergency=table.parsed("emergency", parse_emergency, "", "") or None,
    )
    table.finish()
    return voice


def read_greeting(
    table: Table, service: str, once: Callable[[Table, str, str, int, str, str], None]
) -> Greeting:
    """``[[greeting]]`` of a ``service`` that was looked up; ``once`` tells a second one."""
    greeting = Greeting(
        service=service,
        when=table.choice("when", GREETING_TIMES, "always"),
        text=table.parsed("text", parse_text, "", "") or None,
        recording=table.parsed("recording", parse_recording, "", "") or None,
    )
    if greeting.text is None and greeting.recording is None and table.sound("text", "recording"):
        table.fault("", "{table}: it needs text, recording or both")
    if table.sound("service", "when"):
        key = "when" if "when" in table.values else ""
        line, kind = table.place.of(key).line, f"greeting of {greeting.service}"
        once(table, "when", greeting.when, line, kind, greeting.when)
    table.finish()
    return greeting


def parse_emergency(text: str) -> str:
    """The sentence for life-threatening emergencies: reworded perhaps, never without the numbers.

    Empty stands for the built-in one.
    """
    found = parse_text(text)
    if not found:
        return ""
    missing = [each for each in EMERGENCY_NUMBERS if not re.search(rf"\b{each}\b", found)]
    if missing:
        raise GrammarFault("{missing} must stand in it", missing=", ".join(missing))
    return found


def parse_recording(text: str) -> str:
    """``greeting/3``: a sound of this site, and nothing else of the disk."""
    found = text.strip()
    if found and not _RECORDING.fullmatch(found):
        raise GrammarFault("expected the name of a recording, such as greeting/3")
    return found
