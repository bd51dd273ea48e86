"""The administrator's own words for alerts: which ``{names}`` a text may hold, which it must.

Whoever gets the SMS must be able to act on it: without the caller nobody can be rung back, without
the reference and the word OK nobody can answer for it.
"""

from __future__ import annotations

import re

from firmware.rota.grammar import GrammarFault, parse_text

TEXT_KINDS = ("diverted", "missed", "unconfirmed", "sms")
_ALWAYS = ("caller", "reference")
PLACES: dict[str, tuple[str, ...]] = {
    "diverted": ("service", "caller", "clock", "reference"),
    "missed": ("service", "caller", "clock", "reference"),
    "unconfirmed": ("service", "caller", "clock", "reference", "previous"),
    "sms": ("service", "caller", "clock", "reference", "text"),
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "diverted": _ALWAYS,
    "missed": _ALWAYS,
    "unconfirmed": _ALWAYS,
    "sms": (*_ALWAYS, "text"),
}
_PLACE = re.compile(r"\{([a-z]+)\}")
_OK = re.compile(r"\bOK\b")


def parse_alert_text(kind: str, text: str) -> str:
    """A text of one of ``TEXT_KINDS``; empty stands for the built-in one."""
    found = parse_text(text)
    if not found:
        return ""
    named = _PLACE.findall(found)
    for name in named:
        if name not in PLACES[kind]:
            raise GrammarFault(
                "{name} is not known; there are {known}",
                name=f"{{{name}}}",
                known=_listed(PLACES[kind]),
            )
    if set("{}") & set(_PLACE.sub("", found)):
        known = _listed(PLACES[kind])
        raise GrammarFault("braces stand only around the names {known}", known=known)
    missing = [name for name in REQUIRED[kind] if name not in named]
    if missing:
        raise GrammarFault("{missing} must stand in it", missing=_listed(missing))
    if not _OK.search(found):
        raise GrammarFault("the word OK must stand in it: it is what people answer")
    return found


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
