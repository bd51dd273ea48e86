"""kill -9 under load: 20 times here, 200 times and another seed each night (`make kill`)."""

from __future__ import annotations

import os
import time

import pytest

from firmware.store.database import DATABASE_NAME, open_database
from tests.daemon.house import House
from tests.daemon.ordeal import Ordeal, ordeal

KILLS = int(os.environ.get("VEILLEUR_KILLS", "20"))
SEED = int(os.environ.get("VEILLEUR_SEED", "7"))


def test_killed_at_any_instant_nothing_is_lost(house: House) -> None:
    began_s = time.monotonic()
    with ordeal(house, SEED) as trial:
        trial.prepare()
        trial.pour()
        for _ in range(KILLS):
            trial.kill_once()
        trial.settle()
        trial.judge()
        it_can_fail(trial, house)
    print(  # for who runs it with -s
        f"seed {SEED}: {trial.kills} kills in {time.monotonic() - began_s:.0f} s, modem's answer"
        f" lost {trial.in_doubt.total()} times, {trial.doubled} SMS came twice"
    )
    assert trial.in_doubt.total() > 0, "no kill fell while an SMS was handed over: no trial at all"


def it_can_fail(trial: Ordeal, house: House) -> None:
    """The same box with one thing of each kind forgotten is found out."""
    for forgotten, verdict in (
        ("DELETE FROM alert WHERE id = (SELECT max(id) FROM alert)", trial.judge),
        ("DELETE FROM incoming_part WHERE message_id = 1", trial.look),
    ):
        with open_database(house.data / DATABASE_NAME, create=False) as database:
            database.connection.execute(forgotten)
        with pytest.raises(AssertionError):
            verdict()
