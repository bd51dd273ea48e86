"""What a target of the fuzzer is, and the script of bytes and deeds that two of them read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

DEED, WAIT, LITERAL = 0x0E, 0x0F, 0x10  # no modem sends these control characters
_LITERAL_MASK = 0x40

Features = frozenset[object]


@dataclass(frozen=True, slots=True)
class Target:
    """One piece of the program under fuzzing.

    ``run`` takes any bytes, raises on a broken promise, and gives the features of what happened:
    an input that shows a new one is kept and mutated further. ``tokens`` are words of the input
    language; ``size_max`` bounds an input, in bytes; ``in_test`` is how many inputs `make test`
    tries.
    """

    name: str
    run: Callable[[bytes], Features]
    seeds: Callable[[], list[bytes]]
    tokens: tuple[bytes, ...]
    size_max: int
    in_test: int


class BrokenPromiseError(AssertionError):
    """The code did not raise, yet did what it promises never to do."""


def promise(kept: bool, words: str) -> None:
    """Raise ``BrokenPromiseError`` unless ``kept``; unlike ``assert`` it is never compiled out."""
    if not kept:
        raise BrokenPromiseError(words)


@dataclass(frozen=True, slots=True)
class Deed:
    """Do the deed of this number, 0 to 255; what that is the target decides."""

    number: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass, as much as the target gives to this number, 0 to 255."""

    number: int


def deed(number: int) -> bytes:
    """The bytes of a deed in a script."""
    return bytes((DEED, number))


def wait(number: int) -> bytes:
    """The bytes of a wait in a script."""
    return bytes((WAIT, number))


def script(data: bytes) -> Iterator[bytes | Deed | Wait]:
    """Bytes, cut at deeds and waits; every input is a script, so that no mutation is in vain."""
    plain = bytearray()
    position = 0
    while position < len(data):
        byte = data[position]
        argument = data[position + 1] if position + 1 < len(data) else 0
        position += 2
        if byte in (DEED, WAIT):
            if plain:
                yield bytes(plain)
                plain.clear()
            yield Deed(argument) if byte == DEED else Wait(argument)
        elif byte == LITERAL:
            plain.append(argument ^ _LITERAL_MASK)
        else:
            plain.append(byte)
            position -= 1
    if plain:
        yield bytes(plain)
