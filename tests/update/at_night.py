"""What is too dear for each test run; `make test-update`."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from pathlib import Path

from firmware.command.stick import serve
from firmware.crypto.sealed import unseal_file
from firmware.update.machine import Machine
from firmware.update.sticks import Stick, mounted, read_stick
from tests.crypto.partner import age
from tests.update.conftest import WORDS
from tests.update.workshop import Box


def test_a_full_stick_keeps_the_backup_that_it_has(
    box: Box, machine: Machine, stick: tuple[Stick, Path], tmp_path: Path
) -> None:
    with mounted(stick[0], tmp_path / "mnt", writable=True) as point:
        (point / "veilleur-20260101T000000Z.age").write_bytes(b"the old one")
        with suppress(OSError), (point / "photos").open("wb", buffering=0) as photos:
            while photos.write(bytes(4096)):
                continue
    assert serve(box.where, machine, [stick[0]], at_night=True) == 1
    state = read_stick(box.where.stick)
    assert state is not None
    assert (state.what, state.written_at) == ("full", None)
    with mounted(stick[0], tmp_path / "mnt") as point:
        assert (point / "veilleur-20260101T000000Z.age").read_bytes() == b"the old one"


def test_we_open_what_age_seals(tmp_path: Path) -> None:
    """At its own cost of a key, four times ours."""
    text, back, theirs = tmp_path / "text", io.BytesIO(), tmp_path / "theirs.age"
    text.write_bytes(os.urandom(200_000))
    assert age(WORDS, "-p", "-o", theirs, text) == 0
    with theirs.open("rb") as sealed:
        unseal_file(sealed, back, WORDS)
    assert back.getvalue() == text.read_bytes()
