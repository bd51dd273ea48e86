"""Settings: the audit log, and the log for support."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware.record import AlertCause, CallOutcome, JournalEntry, JournalKind
from firmware.store.account_values import AuditEntry
from firmware.update import version
from tests.web.house import STRANGER, House
from tests.web.visitor import Visitor
from web.page import Page
from web.pages import DEMO_PAGES, PAGES

WEB = Path(__file__).parents[2] / "web"

def test_each_line_of_the_audit_log_has_its_words(visitor: Visitor) -> None:
    """Every ``audit("...")`` in the program is worded by its page, and none twice."""
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(WEB.rglob("*.py"))
    )
    written = set(re.findall(r'audit\(\s*"([\w.]+)"', sources))
    written |= {"user.role", "user.disabled", "user.enabled"}  # given to a function that audits
    pages: tuple[Page, ...] = (*PAGES, *DEMO_PAGES)
    worded = [what for page in pages for what in page.audit]
    assert len(worded) == len(set(worded))
    assert written - set(worded) == set()


def test_a_line_of_another_version_is_shown_as_it_stands(house: House, visitor: Visitor) -> None:
    for what, values in (("future.thing", {"x": "y"}), ("user.added", {}), ("<b>", {"a": "<i>"})):
        visitor.box.accounts.audit(AuditEntry(house.now, "Zoé", what, values=values))
    page = visitor.get("/settings/log").text
    assert "future.thing y" in page
    assert "<i>" not in page


def test_the_log_is_read_page_by_page(house: House, visitor: Visitor) -> None:
    for number in range(120):
        visitor.box.accounts.audit(AuditEntry(house.now, f"Nobody {number}", "sign_in"))
    seen: list[str] = []
    path: str | None = "/settings/log"
    while path is not None:
        html = visitor.get(path).text
        seen += re.findall(r"Nobody \d+", html)
        older = re.search(r'id="older" href="([^"]+)"', html)
        path = older[1] if older else None
    assert seen == [f"Nobody {number}" for number in reversed(range(120))]


def test_the_log_for_support_names_nobody(
    house: House, visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy site, with a secret in every place where a person may have put one."""
    monkeypatch.setattr(version, "FILE", tmp_path / "VERSION")
    (tmp_path / "VERSION").write_text("7.8.9\n")
    house.call(1, CallOutcome.DIVERTED, 9)
    house.call(2, CallOutcome.ALERTED, 8, caller=STRANGER)
    house.alert(1, cause=AlertCause.SMS, text="Mme Leroy, 4 rue des Lilas, 0388112233")
    house.alarm("reminder:3", "{person} has not answered", person="Bruno Petit")
    house.alarm("sms:+33601020304", "An SMS to {person} failed", person="Alice Martin")
    for kind in JournalKind:
        house.record(
            JournalEntry(
                house.now, kind, "Ambulance", STRANGER, "Chloé Durand-Lefèvre", "Mme Leroy",
                {"text": "Mme Leroy", "what": "rue des Lilas", "why": "+33601020304 Leroy",
                 "reference": "8F1", "level": 2, "reason": "Leroy!", "cause": "sms:0388112233",
                 "to": {"name": "Leroy"}, "key": "Lilas", "state": "denied"},
            )
        )  # fmt: skip
    answer = visitor.get("/settings/support.txt")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.text
    assert text.startswith("veilleur 7.8.9\n")
    for secret in (
        "Leroy", "Lilas", "Martin", "Alice", "Bruno", "Petit", "Chloé", "Durand", "Dupont",
        "Ambulance ", "Taxi", "33601020304", "0601020304", "0388112233", "639980", "609101112",
        "Sophie",
    ):  # fmt: skip
        assert secret not in text, secret
    assert not re.search(r"(?<![\d.:T-])\+?\d{7,}", text)
    assert "level=2" in text
    assert "state=denied" in text
    assert "reason=-" in text
    # Who was asked after whom can still be followed
    assert re.search(r"call diverted S1 N1 P\d ", text)
    assert re.search(r"call alerted S1 N2 - ", text)
    assert "modem: ready" in text
