"""Fields of an information response: comma-separated, quoted strings, lists in parentheses."""

from __future__ import annotations

from typing import Final

MESSAGE_STORAGES: Final = ("SM", "ME", "MT", "SR")  # 27.005 3.2.2
MESSAGE_INDEX_MAX: Final = 65_535  # 27.005 3.1 sets no bound; no card or modem has as many


class AnswerFault(ValueError):  # noqa: N818 - named by who is at fault
    """An information response whose form is unknown; the caller counts it and goes on."""


def split_fields(text: str) -> tuple[str, ...]:
    """Cut at the commas outside quotes and parentheses; outer blanks go, quotes stay.

    Never raises: an unclosed quote or parenthesis runs to the end (27.007 4, V.250 5.4.2).
    """
    fields: list[str] = []
    start = depth = 0
    quoted = False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character == "," and depth == 0:
            fields.append(text[start:position].strip())
            start = position + 1
    fields.append(text[start:].strip())
    return tuple(fields)


def unquote(field: str) -> str:
    """The field without one pair of outer quotes, if it has one."""
    if len(field) >= 2 and field[0] == field[-1] == '"':
        return field[1:-1]
    return field


def party(field: str, line: str) -> str:
    """The number of the other party. ``AnswerFault`` where its quotes do not close: another line
    has cut this one in two, and half a number would be somebody else."""
    if field.count('"') % 2:
        raise AnswerFault(f"a number cut short: {line!r}")
    return unquote(field)


def field_or_empty(fields: tuple[str, ...], position: int) -> str:
    """The unquoted field at ``position``, or an empty string where the line is shorter."""
    return unquote(fields[position]) if position < len(fields) else ""


def number_or_none(field: str) -> int | None:
    """A decimal field as a number, ``None`` where it is empty or not a plain ASCII number."""
    bare = unquote(field).strip()
    negative = bare.startswith("-")
    digits = bare[1:] if negative else bare
    if not digits or len(digits) > 18 or not (digits.isascii() and digits.isdigit()):
        return None
    return -int(digits) if negative else int(digits)


def number(field: str, line: str) -> int:
    """A decimal field as a number; raises ``AnswerFault`` naming the line."""
    value = number_or_none(field)
    if value is None:
        raise AnswerFault(f"a number was expected, found {field!r} in {line!r}")
    return value


def message_index(field: str, line: str) -> int:
    """The place of a message (27.005 3.1 <index>) that a command can name again.

    A garbled number must end here, not in our own command; raises ``AnswerFault``.
    """
    value = number(field, line)
    if not 0 <= value <= MESSAGE_INDEX_MAX:
        raise AnswerFault(f"not the index of a message: {line!r}")
    return value


def message_storage(field: str, line: str) -> str:
    """The name of a store that +CPMS can select (27.005 3.2.2); raises ``AnswerFault``."""
    name = unquote(field)
    if name not in MESSAGE_STORAGES:
        raise AnswerFault(f"not a message storage: {line!r}")
    return name


def hex_or_none(field: str) -> int | None:
    """A hexadecimal field, quoted or not, ``None`` where it is empty or something else."""
    bare = unquote(field).strip()
    if not 1 <= len(bare) <= 16 or any(c not in "0123456789abcdefABCDEF" for c in bare):
        return None
    return int(bare, 16)


def after_prefix(line: str, *prefixes: str) -> str:
    """What follows the first of ``prefixes`` that fits; raises ``AnswerFault`` when none does."""
    for prefix in prefixes:
        if line.startswith(prefix):
            return line[len(prefix) :].strip()
    raise AnswerFault(f"{' or '.join(prefixes)} was expected, found {line!r}")


def number_ranges(field: str) -> frozenset[int]:
    """``(0,1,4-7)`` or ``0-3`` as a set of numbers; raises ``AnswerFault`` (V.250 5.7.3)."""
    values: set[int] = set()
    bare = field.strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    for part in bare.split(","):
        low_text, dash, high_text = part.strip().partition("-")
        low = number(low_text, field)
        high = number(high_text, field) if dash else low
        if not 0 <= low <= high <= 100_000:
            raise AnswerFault(f"not a range of numbers: {field!r}")
        values.update(range(low, high + 1))
    return frozenset(values)
