"""The body of a command line taken apart: V.250 5.2 (line), 5.3 (basic), 5.4 (extended)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from hw.simulator.at_errors import AtError

# 27.007 and V.250 5.4.1 begin names with "+"; vendors add these (Huawei ^, Telit #, others).
EXTENDED_MARKS = "+^#%$*"
NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!%-./:_")  # V.250 5.4.1


class Form(Enum):
    """What a command is asked to do: V.250 5.4.2 to 5.4.4."""

    EXECUTE = "execute"
    SET = "set"
    READ = "read"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class AtCommand:
    """One command: `name` in upper case ("E", "&F", "S3", "+CMEE"); `text` is what follows "=",
    the number of a basic command, or a dial string, just as it was written (without spaces)."""

    name: str
    form: Form
    text: str = ""


def parse_command_line(body: str) -> Iterator[AtCommand]:
    """The commands of `body`, which is the line without its AT, one after the other.

    Raises AtError at the place where V.250 has no such form: what stands before it has been given
    out (and carried out) by then. Spaces outside quotation marks do not count (V.250 5.2.2).
    """
    try:
        return iter(_whole(body))
    except AtError:
        return _one_by_one(body)


@lru_cache(maxsize=256)
def _whole(body: str) -> tuple[AtCommand, ...]:
    """Of a line without a fault: programs say the same again and again."""
    return tuple(_one_by_one(body))


def _one_by_one(body: str) -> Iterator[AtCommand]:
    text = _without_spaces(body)
    position = 0
    while position < len(text):
        if text[position] == ";":
            position += 1
            continue
        take = _extended if text[position] in EXTENDED_MARKS else _basic
        command, position = take(text, position)
        yield command


def _without_spaces(body: str) -> str:
    parts = body.split('"')
    parts[::2] = [part.replace(" ", "") for part in parts[::2]]
    return '"'.join(parts)


def _end_of_command(text: str, start: int) -> int:
    """The position of the ";" that ends an extended command, outside quotation marks."""
    quoted = False
    for position in range(start, len(text)):
        if text[position] == '"':
            quoted = not quoted
        elif text[position] == ";" and not quoted:
            return position
    return len(text)


def _extended(text: str, start: int) -> tuple[AtCommand, int]:
    end = _end_of_command(text, start)
    position = start + 1
    while position < end and text[position].upper() in NAME_CHARACTERS:
        position += 1
    name = text[start:position].upper()
    rest = text[position:end]
    if len(name) < 2:
        raise AtError
    if rest == "":
        return AtCommand(name, Form.EXECUTE), end
    if rest == "?":
        return AtCommand(name, Form.READ), end
    if rest == "=?":
        return AtCommand(name, Form.TEST), end
    if rest.startswith("="):
        return AtCommand(name, Form.SET, rest[1:]), end
    raise AtError


def _digits(text: str, start: int) -> int:
    position = start
    while position < len(text) and text[position] in "0123456789":
        position += 1
    return position


def _basic(text: str, start: int) -> tuple[AtCommand, int]:
    letter = text[start].upper()
    if letter == "D":
        end = _end_of_command(text, start)
        voice = ";" if end < len(text) else ""  # V.250 6.3.1: ";" belongs to the dial string
        return AtCommand("D", Form.EXECUTE, text[start + 1 : end] + voice), end
    position = start + 1
    if letter in "&\\" and position < len(text):
        letter += text[position].upper()
        position += 1
    if not letter[-1].isalpha() or not letter.isascii():
        raise AtError
    end = _digits(text, position)
    number = text[position:end]
    if letter == "S":
        return _register(text, number, end)
    if end < len(text) and text[end] == "?" and letter != "I":
        return AtCommand(letter, Form.READ, number), end + 1
    return AtCommand(letter, Form.EXECUTE, number), end


def _register(text: str, number: str, position: int) -> tuple[AtCommand, int]:
    """S-parameters, V.250 5.3.2: S<n>? and S<n>=<value>."""
    name = f"S{int(number or '0')}"
    if text[position : position + 1] == "?":
        return AtCommand(name, Form.READ), position + 1
    if text[position : position + 1] == "=":
        if text[position + 1 : position + 2] == "?":
            return AtCommand(name, Form.TEST), position + 2
        end = _digits(text, position + 1)
        return AtCommand(name, Form.SET, text[position + 1 : end]), end
    raise AtError
