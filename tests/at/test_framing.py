"""Bytes to lines and prompts: any split, any byte, a bounded buffer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.at.framing import Framer, Prompt
from firmware.at.framing import Line as FramedLine


def framed(data: bytes, limit_bytes: int = 4096) -> list[FramedLine | Prompt]:
    return Framer(limit_bytes).feed(data)


def texts(data: bytes) -> list[str]:
    return [piece.text for piece in framed(data) if isinstance(piece, FramedLine)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\r\nOK\r\n", ["OK"]),
        (b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n", ["AT+CSQ", "+CSQ: 20,99", "OK"]),
        (b"\r\r\n+RXDTMF: 8\r\r\n", ["+RXDTMF: 8"]),  # SIM7600
        (b"\x00\x00\r\nOK\x00\r\n", ["OK"]),
        (b"0\r", ["0"]),  # ATV0
        (b"\r\nRING\r\n\r\nRING\r\n", ["RING", "RING"]),
        (b"OK\nOK\rOK\r\n", ["OK", "OK", "OK"]),
        (b"\r\n  \t \r\n", []),
        (b"\xff\xfe\xe9OK\r\n", ["\xff\xfe\xe9OK"]),
        (b"0011\x1a\x1b\r\n", ["0011"]),
        (b"\r\n+CSQ: 20,99  \r\n", ["+CSQ: 20,99"]),
        (b"no end", []),
        # A modem whose character set is GSM: its letters below the blank, between quotes alone
        (b'+COPS: 0,0,"R\x05seau Sim F",7\r\n', ['+COPS: 0,0,"Réseau Sim F",7']),
        (b'+CUSD: 0,"Cr\x05dit \x7f ce jour: 3\x02",15\r\n',
         ['+CUSD: 0,"Crédit à ce jour: 3$",15']),
        (b'\x05+CLIP: "0\x00\x1b6","\x1f\x11\x10A"\x05\r\n', ['+CLIP: "06","ÉA"']),
    ],
)
def test_lines(data: bytes, expected: list[str]) -> None:
    assert texts(data) == expected


@pytest.mark.parametrize("before", [b"", b"\r\n", b"AT+CMGS=15\r\r\n", b"\r\nRING\r\n\r\n"])
def test_a_prompt_at_the_start_of_a_line_needs_no_line_end(before: bytes) -> None:
    assert framed(before + b"> ")[-1] == Prompt()


def test_a_greater_than_sign_inside_a_line_is_no_prompt() -> None:
    assert framed(b'+CLIP: "1",129,,,"a> b"\r\n') == [FramedLine('+CLIP: "1",129,,,"a> b"')]


def test_a_hidden_prompt_stays_visible_as_pending() -> None:
    framer = Framer()
    assert framer.feed(b"left over> ") == []
    assert framer.pending == "left over> "
    assert framer.take_pending() == "left over> "
    assert framer.feed(b"\r\nOK\r\n") == [FramedLine("OK")]


def test_the_buffer_is_bounded_and_says_what_it_dropped() -> None:
    framer = Framer(8)
    assert framer.feed(b"x" * 1_000_000) == []
    assert len(framer.pending) == 8
    assert framer.feed(b"\r\nOK\r\n") == [FramedLine("x" * 8, overlong=True), FramedLine("OK")]


def test_a_limit_too_small_for_a_prompt_is_refused() -> None:
    with pytest.raises(ValueError, match="limit_bytes"):
        Framer(1)


_NOISY = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"\r\n", b"> ", b"OK\r\n", b"\r\nRING\r\n", b"\x00", b">", b" ", b"\r",
                         b'"', b"\x05", b"\x7f"]),
    )
).map(b"".join)


@given(_NOISY, st.randoms(use_true_random=False))
def test_any_split_gives_the_same_events(data: bytes, random: object) -> None:
    assert hasattr(random, "randrange")
    at_once = framed(data, 16)
    by_byte = Framer(16)
    assert [piece for byte in data for piece in by_byte.feed(bytes([byte]))] == at_once
    split = Framer(16)
    pieces: list[FramedLine | Prompt] = []
    rest = data
    while rest:
        size = random.randrange(1, len(rest) + 1)
        pieces += split.feed(rest[:size])
        rest = rest[size:]
    assert pieces == at_once
    assert split.pending == by_byte.pending


@given(st.binary())
def test_any_bytes_give_clean_bounded_lines(data: bytes) -> None:
    for piece in framed(data, 32):
        if isinstance(piece, FramedLine):
            assert 1 <= len(piece.text) <= 32
            assert piece.text == piece.text.strip()
            assert not any(c in "\r\n\x00\x1a\x1b" for c in piece.text)
