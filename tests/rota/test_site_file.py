"""The site file: read, written and read again; any text gives faults or a rota."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.rota import Fault, Rota, Site, SiteFileFaults, read_site_file, write_site_file
from tests.rota.sample_site import GOOD, ROTA


def test_every_field_is_read() -> None:
    assert read_site_file(GOOD) == ROTA


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_the_editors_of_windows(ends: str) -> None:
    assert read_site_file("\ufeff" + GOOD.replace("\n", ends)) == ROTA


def test_what_was_written_reads_back_and_writes_again() -> None:
    text = write_site_file(ROTA)
    assert read_site_file(text) == ROTA
    assert write_site_file(read_site_file(text)) == text


def test_the_smallest_file() -> None:
    small = read_site_file('site = { name = "A", time_zone = "UTC" }')
    assert small == Rota(Site("A", "UTC"))
    assert read_site_file(write_site_file(small)) == small


toml_words = st.sampled_from(
    [
        "[site]",
        "[[person]]",
        "[[service]]",
        "[[rotation]]",
        "[[rotation.active]]",
        "[[override]]",
        "[[opening_hours]]",
        "name",
        "mobile",
        "service",
        "people",
        "active",
        "from",
        "to",
        "days",
        "every",
        "=",
        ",",
        "\n",
        "[",
        "]",
        "{",
        "}",
        '"',
        '"""',
        "'",
        "'''",
        "\\",
        "#",
        ".",
        '"x"',
        "1",
        "true",
        "2026-01-05T08:00:00",
        "2026-01-05",
        "08:00:00",
        '"a.b"',
        "\x00",
        "\ud800",
        "🚑",
    ]
)


@settings(deadline=None)
@given(st.text(max_size=300) | st.lists(toml_words, max_size=60).map(" ".join))
@example("a.b = 1\n[a.b.c]")
@example('site = {name="\\ud800"}')
@example("[site]\nname = 1979-05-27T00:32:00-25:00")
def test_any_text_gives_faults_or_a_rota(text: str) -> None:
    check(text)


@settings(deadline=None)
@given(
    st.integers(0, len(GOOD) - 1),
    st.integers(0, 40),
    st.text(string.printable, max_size=8) | toml_words,
)
def test_a_damaged_site_file_gives_faults_or_a_rota(at: int, cut: int, put: str) -> None:
    check(GOOD[:at] + put + GOOD[at + cut :])


def check(text: str) -> None:
    """Nothing but faults with lines of the text, or a rota that can be written and read."""
    faults: tuple[Fault, ...] = ()
    try:
        rota = read_site_file(text)
    except SiteFileFaults as raised:
        faults = raised.faults
    if not faults:
        assert read_site_file(write_site_file(rota)) == rota
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in faults)
    assert all(fault.message for fault in faults)
