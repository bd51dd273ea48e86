from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.store.database import DATABASE_NAME, Database
from tests.store.fresh import made_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / DATABASE_NAME


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with made_database(path) as opened:
        yield opened
