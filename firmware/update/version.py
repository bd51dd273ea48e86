"""Which version this program is: a file beside the package's, the project's own in a checkout."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FILE = Path(__file__).parents[2] / "VERSION"


def own_version() -> str:
    """Empty where nothing tells."""
    try:
        return FILE.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return _of_the_project()


def _of_the_project() -> str:
    try:
        return version("veilleur")
    except PackageNotFoundError:
        return ""
