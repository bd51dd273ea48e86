"""PDUs that others captured or wrote, each with its source, read and written by our codec."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from firmware.sms.tpdu import (
    Concatenation,
    DeliveredMessage,
    ReportOutcome,
    StatusReport,
    StoredSubmit,
    decode_tpdu,
    encode_submit,
)

CASES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "captured.toml").read_text(encoding="utf-8")
)


def cases(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES[kind], ids=[c["source"] for c in CASES[kind]])


def part_of(case: dict[str, Any]) -> Concatenation | None:
    if "part" not in case:
        return None
    reference, total, number = case["part"]
    return Concatenation(reference, total, number, case.get("wide", False))


@cases("deliver")
def test_delivered(case: dict[str, Any]) -> None:
    message = decode_tpdu(case["pdu"])
    assert isinstance(message, DeliveredMessage)
    assert message.service_centre == case["service_centre"]
    assert message.sender.text == case["sender"]
    assert message.sender.kind.name == case["kind"]
    assert message.sent_at == datetime.fromisoformat(case["sent_at"])
    assert message.sent_at.utcoffset() == datetime.fromisoformat(case["sent_at"]).utcoffset()
    assert message.text == case.get("text")
    assert message.data == (bytes.fromhex(case["data"]) if "data" in case else None)
    assert message.message_class == case.get("message_class")
    assert message.concatenation == part_of(case)


@cases("report")
def test_status_report(case: dict[str, Any]) -> None:
    report = decode_tpdu(case["pdu"])
    assert isinstance(report, StatusReport)
    assert (report.reference, report.recipient) == (case["reference"], case["recipient"])
    assert report.sent_at == datetime.fromisoformat(case["sent_at"])
    assert report.done_at == datetime.fromisoformat(case["done_at"])
    assert report.status == case["status"]
    assert report.outcome is ReportOutcome[case["outcome"]]


@cases("stored")
def test_stored_submit(case: dict[str, Any]) -> None:
    stored = decode_tpdu(case["pdu"])
    assert isinstance(stored, StoredSubmit)
    assert stored.recipient.text == case["recipient"]
    assert stored.text == case["text"]
    assert stored.wants_report == case["wants_report"]


@cases("submit")
def test_written_as_others_write(case: dict[str, Any]) -> None:
    (part,) = encode_submit(
        case["recipient"],
        case["text"],
        reference=0,
        request_report=case.get("request_report", False),
        flash=case.get("flash", False),
        validity_minutes=case.get("validity_minutes"),
    )
    assert part.pdu_hex == case["pdu"]
    assert part.length == len(case["pdu"]) // 2 - 1
    assert part.text == case["text"]
