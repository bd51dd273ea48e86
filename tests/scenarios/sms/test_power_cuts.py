"""The daemon dies at every single effect of a whole run of one call and one SMS, and starts again.

Nothing may be lost, and nothing may happen twice but for the one SMS whose answer by the modem
was lost with the daemon (*at least once*).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from firmware.effect import Effect, Record, Write
from firmware.event import Event
from hw.simulator.phone import VirtualPhone
from hw.simulator.phone_texts import PhoneText
from tests import families
from tests.simulation.sites import ALICE, BRUNO, CALLER, SAMPLE
from tests.simulation.world import BOX, World

pytestmark = pytest.mark.usefixtures("modem_family")

STRANGER = "+33688776655"
TEXT = "Ma mère est tombée, rappelez-moi"
DEAD_FOR_MS = 3_000
SLICES = 24  # tests that share the effects: enough for any number of workers
_REFERENCE = re.compile(r"Réf (\w{3})\. .*Répondez")


class Mortal(World):
    """A world whose daemon dies before the ``dies_at``-th effect that the world can see."""

    dies_at = 0
    counted = 0
    counting = False
    sending: Counter[tuple[str, str]]
    mains_fail = False  # the modem loses its power with the computer
    unnamed = False  # a call without its number was on disk at the daemon's death
    unknown = False  # the call was not on disk when the mains failed: only the network knows of it

    dead = False

    def step(self, event: Event) -> None:
        if not self.dead:
            super().step(event)

    def perform(self, effect: Effect) -> None:
        if self.counting and isinstance(effect, Record | Write):
            self.counted += 1
            if self.counted == self.dies_at:
                self.kill()
                self.dead = True
                self.sending = self._handed_over()
                self.unnamed = self._has_unnamed_call()
                self.timeline.after(DEAD_FOR_MS, self._back)
                if self.mains_fail:
                    self.unknown = self._count("SELECT count(*) FROM call") == 0
                    self.modem.power_off()
                return
        super().perform(effect)

    def _back(self) -> None:
        self.dead = False
        self.restart()
        if self.mains_fail:
            self.modem.power_on()

    def _handed_over(self) -> Counter[tuple[str, str]]:
        """SMS that were with the modem and whose answer was not on disk at the daemon's death."""
        rows = self.database.connection.execute(
            "SELECT recipient, text FROM outgoing_message WHERE state = 'sending'"
        )
        return Counter((recipient, text) for recipient, text in rows)

    def _has_unnamed_call(self) -> bool:
        return self._count("SELECT count(*) FROM call WHERE number IS NULL") > 0

    def _count(self, query: str) -> int:
        (count,) = self.database.connection.execute(query).fetchone()
        return int(count)


def _play(folder: Path, dies_at: int, *, mains_fail: bool = False) -> Mortal:
    world = Mortal(folder, SAMPLE, start=datetime(2026, 3, 10, 11, 0, tzinfo=UTC))
    world.dies_at, world.sending, world.mains_fail = dies_at, Counter(), mains_fail
    world.phone(BRUNO).on_text = partial(_reply, world)
    world.run(60)
    world.counting = True
    world.call(CALLER, patience_s=25)
    world.timeline.after(8_000, lambda: world.text(STRANGER, TEXT))
    world.timeline.after(20_000, lambda: world.text(ALICE, "QUI"))
    world.run(200)
    world.database.connection.commit()
    return world


def _reply(world: Mortal, phone: VirtualPhone, text: PhoneText) -> None:
    found = _REFERENCE.search(text.text)
    if found is not None:
        world.timeline.after(2_000, lambda: phone.send_text(BOX, f"OK {found[1]}"))


def _texted(world: Mortal) -> Counter[tuple[str, str]]:
    return Counter(
        (phone.number, text.text)
        for phone in world.network.phones.values()
        for text in phone.texts
        if text.sender == BOX
    )


def _faults(world: Mortal) -> Iterator[str]:
    """Every broken promise of the run."""
    calls = world.journal("call")
    outcomes = {str(call["outcome"]) for call in calls}
    if len(calls) != 1 - world.unknown or outcomes - {"diverted", "alerted", "abandoned"}:
        yield f"the call: {calls}"
    received = [entry for entry in world.journal("sms_in") if entry["number"] == STRANGER]
    if len(received) != 1 or received[0]["detail"]["text"] != TEXT:  # type: ignore[index]
        yield f"the SMS: {received}"
    if world.page.unsettled_alerts():
        yield f"open alerts: {world.page.unsettled_alerts()}"
    if world.sim.messages.used or world.modem.own_store.used:
        yield "messages left in the stores"
    rows = world.database.connection.execute(
        "SELECT recipient, text, state FROM outgoing_message"
    ).fetchall()
    if unsent := [tuple(row) for row in rows if row[2] not in ("sent", "delivered")]:
        yield f"not sent: {unsent}"
    wanted = Counter((recipient, text) for recipient, text, _ in rows)
    texted = _texted(world)
    if missing := wanted - texted:
        yield f"never arrived: {missing}"
    twice = texted - wanted
    if twice - world.sending:
        yield f"twice, though the modem's answer was on disk: {twice - world.sending}"
    alerts = Counter(row[0] for row in world.database.connection.execute(
        "SELECT cause || cause_id FROM alert WHERE cause != 'reminder'"
    ))  # fmt: skip
    if len(alerts) != 2 - world.unknown or max(alerts.values()) != 1:
        yield f"the alerts: {alerts}"
    if not any(TEXT in text for number, text in texted if number == BRUNO):
        yield "the person on duty was not told of the SMS"
    # Of a call whose +CLIP died with the daemon the alert knows no number yet.
    about_call = "appel de" if world.unnamed else CALLER
    told = any(about_call in text for number, text in texted if number == BRUNO)
    if not (told or world.unknown):
        yield "the person on duty was not told of the call"
    (call,) = world.network.ledger.calls.values()
    if world.unknown and call.connected_to != BRUNO:
        yield f"the network did not pass it on: {call}"


@cache
def _whole_run(family: str) -> int:
    """How many effects the run has on this family when nobody dies."""
    with TemporaryDirectory() as folder:
        world = _play(Path(folder), 0)
        assert list(_faults(world)) == []
        assert sum(_texted(world).values()) == 5  # two alerts, two answers to OK, one to QUI
        world.database.close()
        return world.counted


@pytest.fixture
def effects(modem_family: str) -> int:
    return _whole_run(families.now)


@pytest.mark.parametrize("slice_", range(SLICES))
def test_the_daemon_dies_before_each_effect(effects: int, slice_: int, tmp_path: Path) -> None:
    _die_at(range(1 + slice_, effects + 1, SLICES), tmp_path, mains_fail=False)


@pytest.mark.parametrize("slice_", range(1, SLICES, 4))
def test_the_mains_fail_before_an_effect(effects: int, slice_: int, tmp_path: Path) -> None:
    """Every fourth one: the modem dies too, and forgets what it was about. Of a call that was not
    on disk yet only the network knows: it passes it on."""
    _die_at(range(1 + slice_, effects + 1, SLICES), tmp_path, mains_fail=True)


def _die_at(deaths: range, folder: Path, *, mains_fail: bool) -> None:
    faults = []
    for dies_at in deaths:
        own = folder / str(dies_at)
        own.mkdir()
        world = _play(own, dies_at, mains_fail=mains_fail)
        faults += [f"death before effect {dies_at}: {fault}" for fault in _faults(world)]
        world.database.close()
    assert not faults, "\n".join(faults)
