"""A box on a network that may tell of second callers, for the stories about whom it tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hw.simulator.subscriber import PROFILES
from tests.simulation.sites import BRUNO, with_mode
from tests.simulation.world import World

CALLER_2 = "+33688776655"
OK, NOTICE = b"\r\nOK\r\n", b"\r\n+CSSU: 10\r\n"
TELLS = replace(PROFILES["full"], forwarding_notices=True)


def watching(folder: Path, mode: str, *, tells: bool = False) -> World:
    """It has run for a minute: the modem is ready, and forwarding is proved."""
    network = TELLS if tells else PROFILES["full"]
    start = datetime(2026, 3, 10, 11, tzinfo=UTC)
    world = World(folder, with_mode(mode), start=start, subscription=network)
    world.run(60)
    return world


def deafen(world: World) -> None:
    """The box sends an SMS that no network answers: the modem hears nothing for 40 s from now."""
    conditions = world.network.subscriber(world.number).conditions
    conditions.submit_answers_lost = 1
    world.phone(BRUNO).send_text(world.number, "QUI")
    while conditions.submit_answers_lost:
        world.run(1)


def let_ring(world: World) -> None:
    """No call can be refused: it rings on."""
    world.refused |= {"AT+CHLD=0": 9, "AT+CHUP": 9, "ATH": 9}


def notices(world: World) -> int:
    """How many second callers somebody is asked about."""
    return sum(alert.number is None for alert in world.page.unsettled_alerts())
