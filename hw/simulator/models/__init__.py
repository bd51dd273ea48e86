"""The families of modems by the names that profiles use."""

from __future__ import annotations

from collections.abc import Callable

from hw.simulator.models.generic import generic
from hw.simulator.models.huawei import e1550
from hw.simulator.models.model import Model
from hw.simulator.models.quectel import ec21, ec25, eg25
from hw.simulator.models.simcom import a7602, sim7600
from hw.simulator.models.telit import le910c1

_FAMILIES: dict[str, Callable[[], Model]] = {
    "generic": generic,
    "quectel-eg25": eg25,
    "quectel-ec25": ec25,
    "quectel-ec21": ec21,
    "simcom-sim7600": sim7600,
    "simcom-a7602": a7602,
    "huawei-e1550": e1550,
    "telit-le910c1": le910c1,
}

NAMES = tuple(_FAMILIES)


def model_named(name: str) -> Model:
    """A new model of this family; raises KeyError for an unknown name."""
    return _FAMILIES[name]()
