"""What the guide of an older version reads of a newer one: these must stay as they are."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.pulse import Lamp, ModemState
from firmware.update.machine import Machine
from firmware.update.services import Pulse, Services
from tests.web.house import House


class Page(http.server.BaseHTTPRequestHandler):
    code = 303

    def do_GET(self) -> None:
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def page() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


class Started(Services):
    """In the place of systemd: what each start makes of the box."""

    def restart(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Nothing starts."""


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int) -> Started:
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(tmp_path))
    settings = tmp_path / "default"
    settings.write_text(f"# comment\nVEILLEUR_LISTEN=0.0.0.0:{page}\n")
    return Started(tmp_path / "data", tmp_path, settings, look_every_s=0.01)


def test_the_pulse_of_this_version_is_understood(services: Started, tmp_path: Path) -> None:
    assert services.pulse() is None
    with House(tmp_path / "data") as house:
        house.wake()
        found = services.pulse()
        assert found is not None
        assert found.modem_ready
        assert found.process.isdigit()
        house.wake(modem=ModemState.SEARCHING)
        later = services.pulse()
        assert later is not None
        assert not later.modem_ready
        assert later.beat > found.beat


def test_nothing_is_started_anew_while_somebody_speaks(
    services: Started, tmp_path: Path
) -> None:
    """Nor put off for ever."""
    begun: list[bool] = []
    looks = services.in_call

    def in_call() -> bool:
        if (speaks := looks()) and services.calm_s > 1.0:
            house.wake(lamps=(Lamp.GREEN,))   # until the next look
        return speaks

    with House(tmp_path / "data") as house:
        services.begin = lambda: begun.append(looks())   # type: ignore[method-assign]
        services.in_call = in_call   # type: ignore[method-assign]
        services.ready_s = 0.0
        house.wake(lamps=(Lamp.GREEN, Lamp.BLUE))
        services.become_ready(with_modem=True)
        assert begun == [False]
        services.calm_s = 0.05
        house.wake(lamps=(Lamp.GREEN, Lamp.BLUE))
        services.become_ready(with_modem=True)
        assert begun == [False, True]
        os.utime(services._path, (0, 0))
        assert not looks(), "whoever has died speaks no more"


def test_the_page_has_to_answer(services: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    assert services.page_answers()
    monkeypatch.setattr(Page, "code", 500)
    assert not services.page_answers()
    services.settings = services.settings.with_name("none")
    assert services._address() == ("127.0.0.1", 80)


@pytest.mark.parametrize(
    ("pulses", "with_modem", "is_ready"),
    [
        ([("2", 1, True), ("2", 2, True)], True, True),
        ([("1", 1, True), ("1", 2, True)], True, False),      # still the old process
        ([("2", 1, True)], True, False),                      # one sign of life and no more
        ([("2", 1, True), ("3", 2, True), ("4", 3, True)], True, False),   # dies and dies again
        ([("2", 1, False), ("2", 2, False)], True, False),    # the modem was ready before
        ([("2", 1, False), ("2", 2, False)], False, True),    # it was not
        ([], True, False),
    ],
)
def test_ready_is_two_pulses_of_one_new_process(
    services: Started, monkeypatch: pytest.MonkeyPatch, pulses: list[tuple[str, int, bool]],
    with_modem: bool, is_ready: bool,
) -> None:  # fmt: skip
    seen = [Pulse("1", 0, True), *(Pulse(*each) for each in pulses)]
    monkeypatch.setattr(Started, "pulse", lambda self: seen.pop(0) if len(seen) > 1 else seen[0])
    services.ready_s = 60.0 if is_ready else 0.2
    assert services.become_ready(with_modem=with_modem) is is_ready


def test_dpkg_is_told_of_no_root_but_another_s() -> None:
    """`dpkg --root=/` calls chroot, which systemd's filter does not allow an update."""
    assert Machine().elsewhere() == ()
    assert Machine(root=Path("/mnt")).elsewhere() == ("--root=/mnt",)
