"""The families of modems by the names that profiles use."""

from __future__ import annotations

from collections.abc import Callable

from hw.simulator.models.generic import generic
from hw.simulator.models.model import Model

_FAMILIES: dict[str, Callable[[], Model]] = {"generic": generic}

NAMES = tuple(_FAMILIES)


def model_named(name: str) -> Model:
    """A new model of this family; raises KeyError for an unknown name."""
    return _FAMILIES[name]()
