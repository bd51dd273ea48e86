"""Whatever is wrong with an update: one word for it, and nothing of the box has changed."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.package.bundle import put_together, sign
from firmware.update import receive as receiving
from firmware.update.bundle import SIGNATURE, Manifest, known_keys
from firmware.update.outcome import Refused, What
from firmware.update.receive import receive
from firmware.wording import LANGUAGES, Wording
from firmware.wording.update_words import SENTENCES
from tests.update.conftest import Made
from tests.update.workshop import NEW, OLD, Box, package, signed

Spoil = Callable[[Made, Path], Path]


def flipped(made: Made, folder: Path, place: int) -> Path:
    data = bytearray(made.bundle.read_bytes())
    data[place] ^= 0x01
    return written(folder, bytes(data))


def written(folder: Path, data: bytes) -> Path:
    path = folder / "spoilt.bundle"
    path.write_bytes(data)
    return path


def cut(share: float) -> Spoil:
    def spoil(made: Made, folder: Path) -> Path:
        data = made.bundle.read_bytes()
        return written(folder, data[: int(len(data) * share)])

    return spoil


def at(octets: int) -> Spoil:
    return lambda made, folder: written(folder, made.bundle.read_bytes()[:octets])


def in_the_package(made: Made, folder: Path) -> Path:
    return flipped(made, folder, len(made.bundle.read_bytes()) - 11_000)


def in_the_manifest(made: Made, folder: Path) -> Path:
    return flipped(made, folder, made.bundle.read_bytes().index(b'"1.1.0"') + 2)


def in_the_signature(made: Made, folder: Path) -> Path:
    """Of its two lines in base64 the first."""
    data = made.bundle.read_bytes()
    line = data.index(b"untrusted comment: ", data.index(SIGNATURE.encode()))
    return flipped(made, folder, data.index(b"\n", line) + 40)


def in_the_signed_comment(made: Made, folder: Path) -> Path:
    return flipped(made, folder, made.bundle.read_bytes().index(b"veilleur 1.1.0 all") + 9)


def by_another_key(made: Made, folder: Path) -> Path:
    return signed(made.new, made.other_key, folder)


def for_another_computer(made: Made, folder: Path) -> Path:
    return signed(package(folder, "1.2.0", architecture="riscv64"), made.key, folder)


def an_older_one(made: Made, folder: Path) -> Path:
    return signed(package(folder, "0.9.0"), made.key, folder)


def the_same(made: Made, folder: Path) -> Path:
    return signed(package(folder, OLD), made.key, folder)


def that_needs_another_first(made: Made, folder: Path) -> Path:
    return signed(made.new, made.key, folder, minimum="1.0.5")


def another_package_than_said(made: Made, folder: Path) -> Path:
    """The manifest and its signature of one, the package of another."""
    data, small = made.bundle.read_bytes(), package(folder, "7.0.0")
    start = data.index(b"{")
    text = data[start : data.index(b"\n}\n") + 3]
    line = data.index(b"untrusted comment", start)
    put_together(
        folder / "mixed.bundle", text, data[line : data.index(b"\0", line)], small.read_bytes()
    )
    return folder / "mixed.bundle"


def no_package_at_all(made: Made, folder: Path) -> Path:
    """Signed by the maker, who has packed something else by mistake."""
    junk = os.urandom(5000)
    manifest = Manifest("2.0.0", "all", OLD, len(junk), hashlib.sha256(junk).hexdigest())
    target = folder / "junk.bundle"
    put_together(target, manifest.text(), sign(manifest, made.key), junk)
    return target


CASES: list[tuple[Spoil, What]] = [
    (lambda made, folder: written(folder, b""), What.CUT_OFF),
    (at(100), What.CUT_OFF),
    (at(700), What.CUT_OFF),
    (at(1100), What.CUT_OFF),
    (cut(0.5), What.CUT_OFF),
    (cut(0.75), What.CUT_OFF),
    (lambda made, folder: written(folder, os.urandom(5000)), What.NOT_A_BUNDLE),
    (lambda made, folder: written(folder, b"#!/bin/sh\nreboot\n"), What.NOT_A_BUNDLE),
    (lambda made, folder: made.new, What.NOT_A_BUNDLE),
    (in_the_package, What.CHANGED),
    (another_package_than_said, What.CHANGED),
    (no_package_at_all, What.CHANGED),
    (in_the_manifest, What.SIGNATURE),
    (in_the_signature, What.SIGNATURE),
    (in_the_signed_comment, What.SIGNATURE),
    (by_another_key, What.OTHER_KEY),
    (for_another_computer, What.ARCHITECTURE),
    (an_older_one, What.OLDER),
    (the_same, What.OLDER),
    (that_needs_another_first, What.TOO_FAR),
]


def name_of(case: Spoil | What) -> str:
    return case.value if isinstance(case, What) else getattr(case, "__name__", "")


@pytest.mark.parametrize(("spoil", "what"), CASES, ids=name_of)
def test_it_is_refused_and_nothing_has_changed(
    made: Made, box: Box, tmp_path: Path, spoil: Spoil, what: What
) -> None:
    bundle, before = spoil(made, tmp_path), box.picture()
    assert box.update(bundle) is what
    assert box.picture() == before
    assert box.outcome is not None
    assert box.outcome.what is what
    for language in LANGUAGES:
        said = Wording(language).say(SENTENCES[what], **box.outcome.values)
        assert ("Nothing was changed" in said) or ("Rien n'a été modifié" in said)


def test_a_box_that_knows_no_maker_takes_nothing(box: Box, made: Made, tmp_path: Path) -> None:
    (tmp_path / "damaged.pub").write_text("no key\n")
    assert Box(box.folder, tmp_path).update(made.bundle) is What.NO_KEY


def test_a_link_or_a_pipe_in_its_place_is_not_followed(box: Box, made: Made) -> None:
    box.where.incoming.symlink_to(made.bundle)
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        box.receive(box.where.incoming)
    box.where.incoming.unlink()
    os.mkfifo(box.where.incoming)
    with pytest.raises(Refused):
        box.receive(box.where.incoming)


class PulledOut(io.BytesIO):
    """A file of a stick that is gone after so many octets."""

    left = 6000

    def read(self, size: int | None = -1) -> bytes:
        self.left -= size or 0
        if self.left < 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().read(size)


def test_a_stick_that_is_pulled_out_in_the_middle(box: Box, made: Made) -> None:
    before = box.picture()
    with pytest.raises(Refused) as refused:
        receive(
            PulledOut(made.bundle.read_bytes()), box.where, box.machine,
            lambda: known_keys(box.public_keys),
        )  # fmt: skip
    assert refused.value.what is What.STICK_GONE
    assert box.picture() == before


@pytest.fixture
def small_disk(box: Box) -> Iterator[Path]:
    """The folder of updates on a disk of 48 KiB."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48k", "none", box.where.folder], check=True
    )
    yield box.where.folder
    subprocess.run(["umount", box.where.folder], check=True)


def test_a_full_disk(
    made: Made, box: Box, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen before anything is written, and, where room is taken meanwhile, when it runs out."""
    before = box.picture()
    assert box.update(made.bundle) is What.NO_ROOM
    assert box.outcome is not None
    assert int(box.outcome.values["needed"]) > int(box.outcome.values["free"])
    assert box.picture() == before
    monkeypatch.setattr(receiving, "check_room", lambda *everything: None)
    large = signed(package(tmp_path, NEW, octets=100_000), made.key, tmp_path)
    assert box.update(large) is What.NO_ROOM
    assert box.picture() == before


def test_room_is_asked_for_where_it_is_needed(
    made: Made, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(f_bavail=1, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda folder: full)
    assert box.update(made.bundle) is What.NO_ROOM
