from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.cheap_scrypt import make_scrypt_cheap
from tests.web.compiled_once import compile_once
from tests.web.house import House
from tests.web.visitor import Visitor
from web import create_app

compile_once()


@pytest.fixture(autouse=True)
def _cheap_scrypt(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.path.name != "test_password_rules.py":
        make_scrypt_cheap(monkeypatch)


@pytest.fixture(autouse=True)
def _own_runtime_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A box that is well, with the sample site."""
    with House(tmp_path / "data") as house:
        house.wake()
        yield house


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(create_app(house.data_dir, clock=house.clock))
