"""Figures in Prometheus' text exposition format, version 0.0.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Sample:
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure that can go up and down; without samples it was not measured."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def gauge(name: str, help_: str, value: float | None) -> Gauge:
    """A figure without labels; None was not measured."""
    return Gauge(name, help_, () if value is None else (Sample(value),))


def one_of(name: str, help_: str, state: StrEnum) -> Gauge:
    """A sample for each state there is, 1 for the one that holds."""
    samples = (Sample(state is each, {"state": each.value}) for each in type(state))
    return Gauge(name, help_, tuple(samples))


def exposition(gauges: Iterable[Gauge]) -> str:
    """The page. What was not measured does not appear: an old value would look like a new one."""
    lines: list[str] = []
    for each in gauges:
        if not NAME.fullmatch(each.name):
            raise ValueError(f"no name of a figure: {each.name!r}")
        if each.samples:
            lines.append(f"# HELP {each.name} {_escaped(each.help)}")
            lines.append(f"# TYPE {each.name} gauge")
            lines += [f"{each.name}{_labels(s.labels)} {_number(s.value)}" for s in each.samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(value, quote=True)}"' for name, value in labels.items())
    return f"{{{','.join(pairs)}}}"


def _escaped(text: str, *, quote: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
