"""waitress serves the page; a taken address is one clear line."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
import waitress.server

from firmware.store.account_values import Role
from tests.patience import WITHIN_S
from tests.web.house import House
from tests.web.visitor import admit
from web import create_app, server
from web.sessions import COOKIE


def test_it_serves_over_a_socket(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    create: Callable[..., Any] = waitress.server.create_server

    def kept(*args: Any, **values: Any) -> Any:
        made.append(create(*args, **values))
        listening.set()
        return made[-1]

    listening = threading.Event()
    monkeypatch.setattr(server, "create_server", kept)
    app = create_app(house.data_dir, clock=house.clock)
    # Daemonic: waitress's own way out is a signal to the process
    threading.Thread(target=server.serve, args=(app, "127.0.0.1", 0), daemon=True).start()
    assert listening.wait(10)
    port = made[0].effective_port
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", headers={"Cookie": f"{COOKIE}={admit(app, Role.READER)}"}
    )
    with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:  # noqa: S310 - our own
        assert "Alice Martin" in answer.read().decode()
        assert answer.headers.get("Server") in (None, "waitress", "")


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no such name"])
def test_an_address_that_cannot_be_had_is_one_line(house: House, host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        app = create_app(house.data_dir)
        with pytest.raises(server.ListenFault, match=f"{port} cannot be listened on") as fault:
            server.serve(app, host, port)
    assert "\n" not in str(fault.value)
