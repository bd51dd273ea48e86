"""100,000 random and mutated PDUs: a message or :class:`TpduError`, and nothing else."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.sms.tpdu import (
    DeliveredMessage,
    StatusReport,
    StoredSubmit,
    TpduError,
    decode_tpdu,
    encode_submit,
)
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import delivered, named

COUNT = 100_000
CHUNKS = 4


def corpus() -> list[bytes]:
    cases = tomllib.loads((Path(__file__).parent / "cases" / "captured.toml").read_text("utf-8"))
    pdus = [case["pdu"] for kind in cases.values() for case in kind]
    for text in ("Bonjour @", "é€" * 100, "ça va 🚑" * 20):
        for part in encode_submit("+33601020304", text, reference=3, request_report=True):
            pdus += [part.pdu_hex, delivered(part.pdu_hex), delivered(part.pdu_hex, named("SAMU"))]
    return [bytes.fromhex(pdu) for pdu in pdus]


def mutated(source: random.Random, seeds: list[bytes]) -> bytes:
    octets = bytearray(source.choice(seeds))
    for _ in range(source.randint(1, 4)):
        position = source.randrange(len(octets) + 1)
        match source.randrange(5):
            case 0 if position < len(octets):
                octets[position] ^= 1 << source.randrange(8)
            case 1 if position < len(octets):
                octets[position] = source.randrange(256)
            case 2:
                del octets[position : position + source.randint(1, 8)]
            case 3:
                octets[position:position] = source.randbytes(source.randint(1, 8))
            case _:
                other = source.choice(seeds)
                octets[position:] = other[source.randrange(len(other)) :]
    return bytes(octets)


def tried(pdu_hex: str) -> str:
    try:
        decoded = decode_tpdu(pdu_hex)
    except TpduError:
        return "TpduError"
    if isinstance(decoded, DeliveredMessage):
        assert (decoded.text is None) != (decoded.data is None)
        (decoded.text or "").encode()
        decoded.sender.text.encode()
        if decoded.sent_at is not None:
            assert decoded.sent_at.utcoffset() is not None
    return type(decoded).__name__


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_and_mutated(chunk: int) -> None:
    source, seeds = random.Random(chunk), corpus()
    seen: Counter[str] = Counter()
    for _ in range(COUNT // CHUNKS):
        if source.random() < 0.2:
            octets = source.randbytes(source.randint(0, 180))
        else:
            octets = mutated(source, seeds)
        seen[tried(octets.hex())] += 1
    assert sum(seen.values()) == COUNT // CHUNKS
    kinds = [kind.__name__ for kind in (DeliveredMessage, StatusReport, StoredSubmit, TpduError)]
    assert sorted(seen) == sorted(kinds)
    assert all(seen[kind] > 100 for kind in kinds), seen  # the mutations reach everything


@patient
@given(st.text())
def test_any_text_instead_of_a_pdu(text: str) -> None:
    tried(text)


@patient
@given(st.binary(max_size=60).map(bytes.hex), st.sampled_from(["0004", "0044", "0006", "0051"]))
def test_any_octets_after_a_likely_beginning(rest: str, beginning: str) -> None:
    tried(beginning + rest)
