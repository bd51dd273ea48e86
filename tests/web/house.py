"""A box for the page to look at: real database file, real pulse file, real lock, no daemon.

`House` writes what the daemon would have written. The page cannot tell the difference.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.pulse import ForwardingState, ModemState, Pulse
from firmware.record import (
    Alarm,
    Alert,
    AlertCause,
    AlertState,
    Asked,
    Call,
    CallOutcome,
    JournalEntry,
    JournalKind,
    Row,
)
from firmware.rota.site_file import read_site_file
from firmware.store.daemon_lock import DaemonLock
from firmware.store.database import DATABASE_NAME
from firmware.store.pulse_file import runtime_dir, write_pulse
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from tests.store.fresh import fresh_database

ALICE, BRUNO, CHLOE = "+33601020304", "+33605060708", "+33609101112"
CALLER, STRANGER = "+33639980001", "+33639980002"
BOX_NUMBER = "+33700112233"
# Tuesday 24 November 2026, 19:30 in Paris
NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)

SITE = """
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"
language = "fr"

[[person]]
name = "Alice Martin"
mobile = "+33601020304"
role = "admin"
[[person]]
name = "Bruno Petit"
mobile = "+33605060708"
[[person]]
name = "Chloé Durand-Lefèvre"
mobile = "+33609101112"

[[service]]
name = "Ambulance"
[[service]]
name = "Taxi conventionné"
mode = "alert"

[[rotation]]
service = "Ambulance"
level = 1
start = "2026-11-02T08:00"
every = "1 week"
people = ["Alice Martin", "Bruno Petit", "Chloé Durand-Lefèvre"]
[[rotation]]
service = "Ambulance"
level = 2
start = "2026-11-02T08:00"
every = "1 week"
people = ["Bruno Petit", "Chloé Durand-Lefèvre", "Alice Martin"]
[[rotation]]
service = "Taxi conventionné"
level = 1
start = "2026-11-02T08:00"
every = "1 day"
people = ["Bruno Petit", "Alice Martin"]
[[override]]
service = "Taxi conventionné"
level = 1
from = "2026-11-29T14:00"
to = "2026-11-29T18:00"
out = "Bruno Petit"
[[override]]
service = "Taxi conventionné"
level = 1
from = "2026-11-29T14:00"
to = "2026-11-29T18:00"
out = "Alice Martin"
[[opening_hours]]
service = "Taxi conventionné"
days = "mon-fri"
from = "08:00"
to = "18:00"
number = "+33388112233"
"""


TEXT = "Bonjour, pouvez-vous me rappeler pour demain 7 h ?"


class House:
    """A data directory and the instant that it is. Close it, or use it in a ``with``."""

    def __init__(self, data_dir: Path, site: str | None = SITE, now: datetime = NOW) -> None:
        self.data_dir = data_dir
        self.now = now
        data_dir.mkdir(parents=True, exist_ok=True)
        self._database = fresh_database(data_dir / DATABASE_NAME)
        self._rows = RowStore(self._database)
        self._lock: DaemonLock | None = None
        if site is not None:
            self.load(site)

    def clock(self) -> datetime:
        return self.now

    def load(self, site: str) -> None:
        """As `veilleur import` does."""
        rota = read_site_file(site)
        RotaStore(self._database).replace_rota(rota, "Alice Martin", self.now, vouched=True)

    def enter(self, site: str) -> None:
        """A rota whose numbers nobody has proved, as a page would leave it."""
        RotaStore(self._database).replace_rota(read_site_file(site), "Alice Martin", self.now)

    def record(self, *rows: Row) -> None:
        """Rows as the daemon writes them."""
        self._rows.record(rows)

    def wishes(self) -> list[dict[str, str]]:
        """What the page asked of the daemon and nobody has done yet."""
        return [request.values for request in self._rows.open_requests()]

    # The daemon's signs of life

    def wake(self, **changes: object) -> None:
        """The daemon runs and has measured everything just now."""
        if self._lock is None:
            self._lock = DaemonLock(self.data_dir)
        pulse = Pulse(
            at=self.now,
            modem=ModemState.READY,
            port="/dev/ttyUSB2",
            model="EG25",
            operator="Orange F",
            technology="4G",
            signal_dbm=-71,
            answered_at=self.now - timedelta(seconds=8),
            forwarding=ForwardingState.VERIFIED,
            forwarding_target=ALICE,
            forwarding_checked_at=self.now - timedelta(minutes=12),
            own_number="+33700000001",
            own_number_proved_at=self.now - timedelta(days=20),
            last_call_at=self.now - timedelta(minutes=43),
            last_sms_at=self.now - timedelta(hours=3),
        )
        write_pulse(runtime_dir(self.data_dir), replace(pulse, **changes))  # type: ignore[arg-type]

    def stop(self) -> None:
        """The daemon ends; its last pulse stays where it is."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # What happened

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def call(self, number: int, outcome: CallOutcome, minutes: float, caller: str = CALLER) -> None:
        """A call of so many minutes ago, with its line in the journal."""
        at = self.ago(minutes)
        self.record(
            Call(number, at, "Ambulance", caller, outcome=outcome, target=CHLOE, ended_at=at),
            JournalEntry(
                at,
                JournalKind.CALL,
                "Ambulance",
                caller,
                "Chloé Durand-Lefèvre" if outcome is CallOutcome.DIVERTED else None,
                outcome.value,
                {"target": CHLOE},
                key=f"call:{number}",
            ),
        )

    def alert(
        self,
        number: int,
        minutes: float = 4,
        cause: AlertCause = AlertCause.SMS,
        state: AlertState = AlertState.OPEN,
        text: str | None = None,
        caller: str | None = STRANGER,
    ) -> Alert:
        at = self.ago(minutes)
        alert = Alert(
            id=number,
            reference=f"8F{number}",
            cause=cause,
            cause_id=number,
            service="Ambulance",
            opened_at=at,
            number=caller,
            text=text or (TEXT if cause is AlertCause.SMS else ""),
            state=state,
            due_at=self.now + timedelta(minutes=1) if state is AlertState.OPEN else None,
            asked=(Asked("Chloé Durand-Lefèvre", CHLOE, 1, at),),
        )
        self.record(alert)
        return alert

    def alarm(self, key: str, cause: str, **values: str) -> None:
        self.record(Alarm(key, self.ago(20), cause, values))

    def close(self) -> None:
        self.stop()
        self._database.close()

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
