"""Which answers to an SMS the checker takes for whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.year import Year


@pytest.mark.parametrize(
    ("chunks", "whole"),
    [
        ((b"\r\n+CMGS: 73\r\n\r\nOK\r\n",), True),
        ((b"\r\n+CMGS: 7", b"3\r\n", b"\r\nOK\r\n"), True),
        ((b"\r\n+CMGS: 73", None, b"\r\nOK\r\n"), False),
        ((b"\r\n+CMGS: 73",), False),
    ],
)
def test_an_answer_that_was_cut_off_is_not_made_whole_by_the_next(
    chunks: tuple[bytes | None, ...], whole: bool, tmp_path: Path
) -> None:
    """USB stumbled behind the reference; the box, which opens the port anew, writes meanwhile."""
    year = Year(tmp_path, 1, 2, 0.0)
    watch = year.outgoing
    watch._last = (80, 1)
    for chunk in chunks:
        if chunk is None:
            watch._wrote(b"\x1b")
        else:
            watch._hears(chunk)
    assert ((80, 1) in watch._told) is whole
    year.box.database.close()
