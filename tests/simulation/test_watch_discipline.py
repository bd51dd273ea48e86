"""What counts as on disk, of a message that is deleted from the SIM."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.simulation.books import Books
from tests.simulation.watch_discipline import Discipline
from tests.store.samples import part

OK_FROM_THE_STAFF = "040B913316213253F500006220728001554002CF25"


@pytest.mark.parametrize(
    ("read", "recorded"),
    [
        (OK_FROM_THE_STAFF, True),
        (OK_FROM_THE_STAFF[:-2] + "65", True),    # a bit that says nothing: "OK", too
        (OK_FROM_THE_STAFF[:-2] + "24", False),   # "OI"
        (OK_FROM_THE_STAFF.replace("1554", "1555"), False),
        (OK_FROM_THE_STAFF.replace("F50000", "F54000"), True),    # TP-PID
        (OK_FROM_THE_STAFF.replace("F50000", "F50040"), True),    # to be deleted: the same text
        (OK_FROM_THE_STAFF.replace("F50000", "F60000"), False),   # another sender
    ],
)
def test_a_text_that_reads_the_same_is_on_disk(read: str, recorded: bool) -> None:
    books = Books()
    books.take((part(pdu=read),), 0, SimpleNamespace())  # type: ignore[arg-type]
    watch = Discipline.__new__(Discipline)
    watch._box = SimpleNamespace(books=books)  # type: ignore[assignment]
    assert watch._is_recorded(OK_FROM_THE_STAFF) is recorded
