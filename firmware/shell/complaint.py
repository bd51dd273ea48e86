"""What whoever watches the daemon should read (systemd keeps it in its journal)."""

from __future__ import annotations

import sys


def complain(text: str) -> None:
    print(f"veilleur: {text}", file=sys.stderr, flush=True)
