"""What a broken promise turns, where one is waited for."""

from __future__ import annotations

import pytest

from tests.simulation.promises import Judge


class Red(Exception):  # noqa: N818 - what a light turns
    """The checker has seen it."""


def watch_for(promise: str, patch: pytest.MonkeyPatch) -> None:
    """`Red` as soon as this promise is broken, whatever else is."""

    def watch(self: Judge, found: str, at_ms: int, what: str) -> None:
        if found == promise:
            raise Red(what)

    patch.setattr(Judge, "breaks", watch)
