"""`veilleur label`: the code on paper counts until it is used, and no other secret is on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno

from firmware.command.label import sheet
from firmware.store import code_store
from firmware.store.code_store import (
    LABEL,
    SETUP,
    WRONG_MAX,
    CodeStore,
    new_code_for_label,
    new_code_for_setup,
)
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.password import Cost, hashed
from firmware.wording import LANGUAGES, Wording
from tests.command.conftest import Run
from tests.simulation.sites import SAMPLE

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


def code_on(sheet: str) -> str:
    found = re.search(r'<div class="code">(.*?)</div>', sheet)
    assert found is not None
    return found[1]


@pytest.fixture
def data(tmp_path: Path, run: Run) -> Path:
    site = tmp_path / "site.toml"
    assert 'name = "Ambulances Dupont"' in SAMPLE
    site.write_text(SAMPLE.replace("Ambulances Dupont", "Ambulances <Dupont> & Co"))
    assert run("import", str(site), "--data", str(tmp_path)).code == 0
    return tmp_path


def opened(data: Path) -> Database:
    return open_database(data / DATABASE_NAME, create=False)


def test_a_start_of_the_daemon_leaves_the_label_s_code_and_the_first_administrator_ends_it(
    data: Path, run: Run
) -> None:
    printed = run("label", "--data", str(data))
    assert (printed.code, printed.err) == (0, "")
    code = code_on(printed.out)
    with opened(data) as database:
        codes = CodeStore(database)
        shown = new_code_for_setup(database, NOW)   # as at each start
        assert shown is not None
        right = codes.check_setup(code, NOW)
        assert right is not None
        assert right.purpose == LABEL
        with_shown = codes.check_setup(shown, NOW)
        assert with_shown is not None
        assert with_shown.purpose == SETUP
        codes.make_administrator(with_shown, "Dora", "hash", NOW, None)
        assert codes.check_setup(code, NOW) is None
        assert new_code_for_label(database, NOW) is None
    again = run("label", "--data", str(data))
    assert again.code == 0
    assert code_on(again.out) == ""
    assert "administrator already" in again.err


def test_guessing_ends_both_codes(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_store, "hashed", lambda code: hashed(code, Cost(4, 1, 1)))
    with opened(data) as database:
        codes = CodeStore(database)
        both = new_code_for_setup(database, NOW), new_code_for_label(database, NOW)
        for _ in range(WRONG_MAX):
            assert codes.check_setup("AAAA-AAAA", NOW) is None
        assert [codes.check_setup(code or "", NOW) for code in both] == [None, None]


def test_another_label_ends_the_one_before_and_one_without_a_code_none(
    data: Path, run: Run
) -> None:
    first = code_on(run("label", "--data", str(data)).out)
    assert code_on(run("label", "--data", str(data), "--no-code").out) == ""
    with opened(data) as database:
        assert CodeStore(database).check_setup(first, NOW) is not None
    run("label", "--data", str(data))
    with opened(data) as database:
        assert CodeStore(database).check_setup(first, NOW) is None


def test_it_speaks_the_site_s_language_and_needs_no_other_file(data: Path, run: Run) -> None:
    text = run("label", "--data", str(data), "--address", "https://veilleur.local").out
    assert '<html lang="fr">' in text
    assert "Ambulances &lt;Dupont&gt; &amp; Co" in text
    assert "renvoi d’appel conditionnel" in text
    assert re.search(r'(src|href)=|url\(|@import', text) is None
    code = segno.make("https://veilleur.local/setup", micro=False, error="q")
    assert code.svg_inline(omitsize=True) in text
    assert '<html lang="en">' in run("label", "--data", str(data), "--language", "en").out


@pytest.mark.parametrize("address", ["veilleur.local", "ftp://box", "http://", "http://box/setup"])
def test_an_address_that_is_none_is_named(data: Path, run: Run, address: str) -> None:
    ran = run("label", "--data", str(data), "--address", address)
    assert (ran.code, ran.out) == (2, "")
    assert "--address" in ran.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_the_sheet_is_filled(language: str) -> None:
    text = sheet(Wording(language), "S", "http://veilleur.local", None)
    assert "$" not in text
    assert code_on(text) == ""
