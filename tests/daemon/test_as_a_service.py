"""What systemd and the page's own user see of the programs."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from tests.daemon.program import VEILLEUR, Program
from tests.patience import WITHIN_S


def test_it_is_up_and_watched_without_a_modem(tmp_path: Path) -> None:
    """A service that never becomes "up" is one that systemd does not watch."""
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(WITHIN_S)
        environ = {"NOTIFY_SOCKET": str(address)}
        with Program("run", "--data", tmp_path / "data", environ=environ) as program:
            said = [systemd.recv(200) for _ in range(3)]
            code = program.stop()
    assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    assert code == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's file: needs root")
def test_the_page_starts_beside_a_file_with_a_pin() -> None:
    """It is the daemon's alone (0600), and the page runs under another user."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "veilleur.toml").write_text('pin = "1234"\nlisten = "nowhere"\n')
        (folder / "veilleur.toml").chmod(0o600)
        nobody = ("setpriv", "--reuid=65534", "--clear-groups", *VEILLEUR)
        with Program(
            "web", "--data", folder, "--listen", "127.0.0.1:0", command=nobody
        ) as page:
            assert "is not for this user" in page.error("veilleur.toml")
            assert page.line("http://127.0.0.1:")
            assert page.stop() == 0
