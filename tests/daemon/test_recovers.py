"""The real loop, store, port and relay: a modem that only its power brings back.

Only the ladder's waits are shorter than in life.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from firmware.attendant import Attendant
from firmware.command.settings import load_profile
from firmware.configuration import Configuration
from firmware.line.usb_port import Candidate
from firmware.pulse import ModemState, Pulse
from firmware.recovery import ladder
from firmware.recovery.hooks import RescueHooks
from firmware.recovery.permits import RecoveryOptions
from firmware.recovery.rungs import CLIMBS, RUNGS, Fault, Rung
from firmware.shell.main_loop import MainLoop
from firmware.shell.system_clock import SystemClock
from firmware.shell.watchdog import Watchdog
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.rota_store import RotaStore
from firmware.store.rota_watch import RotaWatch
from firmware.store.row_store import RowStore
from firmware.wording import LANGUAGES, Wording
from tests.daemon.house import House

END_S = 60.0


def test_the_relay_brings_back_what_nothing_else_does(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = {rung: replace(limit, wait_s=min(limit.wait_s, 0.3)) for rung, limit in RUNGS.items()}
    short[Rung.CUT_POWER] = RUNGS[Rung.CUT_POWER]
    absent = replace(CLIMBS[Fault.ABSENT], patience_s=0.3)
    monkeypatch.setattr(ladder, "RUNGS", short)
    monkeypatch.setattr(ladder, "CLIMBS", {**CLIMBS, Fault.ABSENT: absent})
    house.load()
    modem = house.modem()
    modem.say("unplug")
    modem.await_state(lambda state: not house.port.exists(), "the port is gone")
    relay = house.folder / "relay"
    os.mkfifo(relay)

    def powered() -> None:
        assert relay.read_text() == "cycle"
        modem.say("plug")

    with open_database(house.data / DATABASE_NAME, create=False) as database:
        rows, rotas = RowStore(database), RotaStore(database)
        clock = SystemClock()
        attendant = Attendant(
            Configuration(
                load_profile("generic"),
                {language: Wording(language) for language in LANGUAGES},
                recovery=RecoveryOptions(power=True),
            ),
            rows.load_memory(datetime.now(UTC)), rotas.load_rota(), clock.moment(),
        )  # fmt: skip

        def published(pulse: Pulse) -> None:
            if pulse.modem is ModemState.READY:
                loop.stop()

        loop = MainLoop(
            attendant, rows, RotaWatch(rotas, None), clock, Watchdog(""), published,
            lambda: (Candidate(str(house.port), None),),
            insist=False,
            hooks=RescueHooks(power=("sh", "-c", f"printf cycle > {relay}")),
        )  # fmt: skip
        end = threading.Timer(END_S, loop.stop)
        wire = threading.Thread(target=powered, daemon=True)
        end.start()
        wire.start()
        loop.run()
        end.cancel()
        end.join()
        wire.join(END_S)
    told = [(entry["outcome"], entry["detail"].get("rung")) for entry in house.journal("health")]
    # There is no USB device behind a pseudo-terminal: that rung says so and the next one follows
    assert told[1:4] == [("recovery", "usb"), ("recovery_unable", "usb"), ("recovery", "power")]
    assert ("recovered", "power") in told
    assert ("modem_ready", None) in told
