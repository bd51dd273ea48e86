from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.store.database import DATABASE_NAME, Database, open_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / DATABASE_NAME


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with open_database(path, create=True) as opened:
        yield opened
