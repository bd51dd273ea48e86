"""Numbers of rows as addresses and forms bring them: one that no row can have is none."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, ValidationError

ROW_MAX = 2**63 - 1  # SQLite's; a larger one cannot even be asked for


def row_number(text: str) -> int:
    """For ``request.args.get(..., type=row_number)``. Raises ``ValueError``."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= number <= ROW_MAX:
        raise ValueError(f"no row has the number {text[:20]!r}")
    return number


class RowConverter(IntegerConverter):
    """``<int:number>`` in an address."""

    def to_python(self, value: str) -> int:
        try:
            return row_number(value)
        except ValueError:
            raise ValidationError from None
