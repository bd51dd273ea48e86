"""What a page package hands to the frame: its blueprint, its entry among the pages, its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint

from firmware.store.account_values import Role

EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page's entry at the top of every page, for those ``roles`` and for administrators.

    ``name`` is what the page gives as ``active`` and the end of the link's id. ``words`` is a
    message. ``count`` names one of `reader.shared`'s counts, which is shown behind it
    while it is not 0.
    """

    name: str
    endpoint: str
    words: str
    roles: frozenset[Role] = frozenset()
    count: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page package, named in `pages.py`. ``audit`` words what it writes into the audit log."""

    blueprint: Blueprint
    entry: Entry | None = None
    audit: Mapping[str, str] = field(default_factory=dict)
