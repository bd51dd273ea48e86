"""Inputs to begin with, read from what the project has captured and written anyway."""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

from firmware.sms.tpdu import encode_submit
from tests.at.support import TRANSCRIPTS
from tests.sms.service_centre_pdus import delivered, named

TESTS = Path(__file__).resolve().parents[1]


@cache
def transcript_answers() -> tuple[bytes, ...]:
    """Every captured answer and unsolicited code, the lines of one joined by LF."""
    found: list[str] = []
    for name in ("answers", "events"):
        cases = tomllib.loads((TRANSCRIPTS / f"{name}.toml").read_text("utf-8"))["case"]
        found += ["\n".join(case["lines"]) for case in cases]
    results = tomllib.loads((TRANSCRIPTS / "results.toml").read_text("utf-8"))["case"]
    found += [case["line"] for case in results]
    return tuple(dict.fromkeys(text.encode("latin-1") for text in found))


@cache
def transcript_lines() -> tuple[bytes, ...]:
    """Every single line of them."""
    lines = chain.from_iterable(text.split(b"\n") for text in transcript_answers())
    return tuple(dict.fromkeys(line for line in lines if line))


@cache
def pdus() -> tuple[bytes, ...]:
    """PDUs of real networks, and texts that we would send, as our phone and theirs see them."""
    cases = tomllib.loads((TESTS / "sms" / "cases" / "captured.toml").read_text("utf-8"))
    found = [case["pdu"] for kind in cases.values() for case in kind]
    for text in ("Bonjour @", "é€" * 100, "ça va 🚑" * 20):
        for part in encode_submit("+33601020304", text, reference=3, request_report=True):
            found += [part.pdu_hex, delivered(part.pdu_hex), delivered(part.pdu_hex, named("SAMU"))]
    return tuple(bytes.fromhex(pdu) for pdu in found)


@cache
def site_files() -> tuple[bytes, ...]:
    """The site files of the rota's tests and of the scenarios."""
    folders = (TESTS / "rota" / "sites", TESTS / "scenarios" / "sites")
    paths = sorted(path for folder in folders for path in folder.glob("*.toml"))
    return tuple(path.read_bytes() for path in paths)
