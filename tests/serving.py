"""A waitress server in a thread, for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from waitress.wasyncore import close_all

from tests.patience import WITHIN_S


@contextmanager
def running(server: Any) -> Iterator[int]:
    """Its port. It is closed from within its own loop, which ends once nothing is left to hear.

    Under the lock of its trigger: a request that ends just then wakes the loop, too, which would
    close the trigger before it is pulled.
    """
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    with server.trigger.lock:
        server.trigger.thunks.append(partial(close_all, server._map))
        server.trigger.pull_trigger()
    thread.join(WITHIN_S)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()
