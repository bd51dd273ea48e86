"""What a demo telephone hears, taken piece by piece."""

from __future__ import annotations

from firmware.command.demo_sound import KEPT_BYTES, Ear


def test_each_piece_is_given_once_and_old_ones_are_gone() -> None:
    ear = Ear()
    assert ear.since(0) == (0, b"")
    ear.hear(b"abcdef")
    assert ear.since(0) == (3, b"abcdef")
    assert ear.since(2) == (3, b"ef")
    assert ear.since(3) == (3, b"")
    assert ear.since(10**13) == (3, b"")
    ear.hear(bytes(KEPT_BYTES))
    end, kept = ear.since(0)
    assert (end, kept) == (3 + KEPT_BYTES // 2, bytes(KEPT_BYTES))
