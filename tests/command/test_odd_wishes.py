"""A wish of the page that makes no sense comes to nothing, once: the daemon that stumbled over it
would meet it again at each start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.event import RequestsMade
from firmware.record import Request, RequestKind
from tests.simulation.sites import BRUNO, CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NAMES = ("mobile", "code", "alert", "by", "number", "person", "voicemail", "service", "when")
ODD = dict.fromkeys(NAMES, "²")


def test_no_wish_stops_the_daemon(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    wishes = [(kind, values) for kind in RequestKind for values in ({}, ODD)]
    for number, (kind, values) in enumerate(wishes, start=1):
        request = Request(number, world.moment.utc, kind, values)
        world.step(RequestsMade((request,)))
    world.text(CALLER, "Au secours")
    world.run(60)
    assert any("Au secours" in text for text in world.texts(BRUNO))
