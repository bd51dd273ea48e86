"""The choices of a site in words: zones, holidays, modes; for the first start and the settings."""

from __future__ import annotations

from collections.abc import Iterable

from web.language import N_
from web.reader import languages

Choices = tuple[tuple[str, str], ...]

# Where French ambulances drive; any other zone can be given in a site file
ZONES: Choices = (
    ("Europe/Paris", N_("mainland France")), ("America/Guadeloupe", N_("Guadeloupe")),
    ("America/Martinique", N_("Martinique")), ("America/Cayenne", N_("French Guiana")),
    ("Indian/Reunion", N_("Réunion")), ("Indian/Mayotte", N_("Mayotte")),
    ("America/Miquelon", N_("Saint-Pierre and Miquelon")), ("Pacific/Noumea", N_("New Caledonia")),
    ("Pacific/Tahiti", N_("Tahiti")), ("Europe/Brussels", N_("Belgium")),
    ("Europe/Luxembourg", N_("Luxembourg")), ("Europe/Zurich", N_("Switzerland")),
)  # fmt: skip
HOLIDAYS: Choices = (
    ("FR", N_("France")), ("FR-57", N_("Moselle")), ("FR-67", N_("Bas-Rhin")),
    ("FR-68", N_("Haut-Rhin")),
)  # fmt: skip


def said(choices: Iterable[tuple[str, str]], present: str | None = None) -> list[tuple[str, str]]:
    """The choices in the reader's language; a ``present`` one of another kind is kept."""
    found = [(value, languages().gettext(text)) for value, text in choices]
    if present is not None and all(value != present for value, _ in found):
        found.append((present, present))
    return found
