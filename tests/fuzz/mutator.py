"""Changes bytes by chance: bits, bytes, blocks, numbers, words of the target, other inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

_ODD_BYTES = (0x00, 0x0A, 0x0D, 0x1A, 0x1B, 0x20, 0x22, 0x2C, 0x3E, 0x7F, 0x80, 0xFF)
_ODD_NUMBERS = (b"0", b"-1", b"1", b"9", b"31", b"255", b"256", b"65536", b"99999999999999999999")
_BLOCK_MAX = 24
_CHANGES_MAX = 6

Change = Callable[[bytearray], None]


class Mutator:
    """Draws every change from one seeded generator: the same seed gives the same inputs."""

    def __init__(self, random: Random, tokens: Sequence[bytes], size_max: int) -> None:
        self._random = random
        self._tokens = tokens
        self._size_max = size_max
        self._changes: tuple[Change, ...] = (
            self._flip_bit,
            self._set_byte,
            self._delete,
            self._insert_chance,
            self._repeat,
            self._swap,
            self._replace_number,
            self._insert_token,
            self._insert_token,  # the words of the target's own language lead the furthest
            self._replace_with_token,
        )

    def mutated(self, data: bytes, others: Sequence[bytes]) -> bytes:
        """``data`` with one to six changes, at times crossed with one of ``others`` first."""
        random = self._random
        changed = bytearray(data)
        if others and random.random() < 0.4:
            crossing = random.choice((self._cross, self._take_line))
            crossing(changed, random.choice(others))
        for _ in range(random.randint(1, _CHANGES_MAX)):
            random.choice(self._changes)(changed)
        return bytes(changed[: self._size_max])

    def _place(self, data: bytearray) -> int:
        return self._random.randrange(len(data) + 1)

    def _block(self, data: bytearray) -> slice:
        start = self._place(data)
        return slice(start, start + self._random.randint(1, _BLOCK_MAX))

    def _cross(self, data: bytearray, other: bytes) -> None:
        start = self._random.randrange(len(other) + 1)
        data[self._place(data) :] = other[start:]

    def _take_line(self, data: bytearray, other: bytes) -> None:
        """A line of another input instead of one here, or before it."""
        line = self._random.choice(other.split(b"\n"))
        here = data.split(b"\n")
        place = self._random.randrange(len(here))
        here[place : place + self._random.randrange(2)] = [bytearray(line)]
        data[:] = b"\n".join(here)

    def _flip_bit(self, data: bytearray) -> None:
        place = self._place(data)
        if place < len(data):
            data[place] ^= 1 << self._random.randrange(8)

    def _set_byte(self, data: bytearray) -> None:
        place = self._place(data)
        if place < len(data):
            data[place] = self._random.choice(_ODD_BYTES)

    def _delete(self, data: bytearray) -> None:
        del data[self._block(data)]

    def _insert_chance(self, data: bytearray) -> None:
        place = self._place(data)
        data[place:place] = self._random.randbytes(self._random.randint(1, 6))

    def _repeat(self, data: bytearray) -> None:
        block = data[self._block(data)]
        place = self._place(data)
        data[place:place] = block * self._random.choice((1, 1, 2, 9))

    def _swap(self, data: bytearray) -> None:
        one = self._block(data)
        moved = data[one]
        del data[one]
        place = self._place(data)
        data[place:place] = moved

    def _replace_number(self, data: bytearray) -> None:
        digits = [place for place, byte in enumerate(data) if 0x30 <= byte <= 0x39]
        if digits:
            start = end = self._random.choice(digits)
            while end < len(data) and 0x30 <= data[end] <= 0x39:
                end += 1
            data[start:end] = self._random.choice(_ODD_NUMBERS)

    def _insert_token(self, data: bytearray) -> None:
        place = self._place(data)
        data[place:place] = self._random.choice(self._tokens)

    def _replace_with_token(self, data: bytearray) -> None:
        data[self._block(data)] = self._random.choice(self._tokens)
