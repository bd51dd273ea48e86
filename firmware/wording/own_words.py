"""Texts that an administrator wrote, as they are sent: the page shows by this what leaves."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.alphabet.gsm import fold, fold_own


def fill(own: str, values: Mapping[str, str]) -> str:
    """``own`` with its ``{names}`` filled in, as cheap as our own sentences.

    ``text`` is somebody's message and stays as it is. ``KeyError`` for a name without a value.
    """
    shown = {name: value if name == "text" else fold(value) for name, value in values.items()}
    return fold_own(own).format(**shown)
