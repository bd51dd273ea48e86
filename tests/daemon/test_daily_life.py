"""What the box is for, on a real pseudo-terminal: calls, texts, edits of the rota and wishes."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime

from firmware.pulse import ModemState
from firmware.record import RequestKind
from firmware.store.daemon_lock import DaemonLock, daemon_is_running
from tests.daemon.house import ALICE, BRUNO, CALLER, SITE, House
from tests.daemon.program import until


def test_a_call_reaches_the_phone_on_duty_and_is_answered_for(house: House) -> None:
    house.load()
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_entry("forwarding", outcome="verified", number=ALICE)
    modem.say(f"call {CALLER}")
    modem.hears(f"{ALICE} rings: {CALLER} (forwarded by +33700000001)")
    call = house.await_entry("call", outcome="diverted")
    assert (call["number"], call["person"], call["service"]) == (
        CALLER, "Alice Martin", "Ambulance",
    )  # fmt: skip
    assert CALLER in modem.hears(f"{ALICE} got a text from")
    modem.say(f"sms {ALICE} ok")
    acknowledged = house.await_entry("ack", person="Alice Martin")
    assert acknowledged["number"] == CALLER
    assert house.page_store().unsettled_alerts() == ()
    assert len(house.journal("call")) == 1
    assert daemon.errors == []


def test_a_text_is_passed_on_until_somebody_answers_for_it(house: House) -> None:
    house.load()
    modem = house.modem(profile="simcom-sim7600")
    daemon = house.daemon("--profile", "simcom-sim7600")
    daemon.line("ready")
    text = "La patiente de 14 h est prête 🚑"
    modem.say(f"sms {CALLER} {text}")
    house.await_entry("sms_in", number=CALLER, outcome="alerted")
    modem.hears(f"{ALICE} got a text from")
    modem.hears(text)
    modem.say(f"sms {ALICE} NON")
    modem.hears(f"{BRUNO} got a text from")
    modem.hears(text)
    modem.say(f"sms {BRUNO} OK")
    house.await_entry("ack", person="Bruno Petit", number=CALLER)
    assert house.page_store().unsettled_alerts() == ()
    modem.await_state(lambda state: state["modem"]["messages_stored"] == 0, "an empty SIM")


def test_sigterm_ends_it_cleanly_and_lets_go_of_everything(house: House) -> None:
    house.load()
    house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    assert daemon_is_running(house.data)
    assert daemon.stop() == 0
    assert daemon.errors == []
    assert not daemon_is_running(house.data)
    with DaemonLock(house.data):
        port = os.open(house.port, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(port)


def test_sigterm_before_there_is_any_modem(house: House) -> None:
    """A port from `veilleur.toml` is waited for; the wait can be ended at any time."""
    house.load()
    settings = house.data / "veilleur.toml"
    settings.write_text(f'port = "{house.port}"\n')
    daemon = house.start("run", "--data", house.data)
    assert "no such port" in daemon.error(str(house.port))
    house.await_pulse(lambda pulse: pulse.modem is ModemState.ABSENT, "absent")
    house.modem()
    daemon.line("ready")
    assert daemon.stop() == 0
    assert len(daemon.errors) == 1, daemon.errors


def test_an_imported_rota_is_seen_while_it_runs(house: House) -> None:
    house.load()
    modem = house.modem()
    house.daemon().line("ready")
    house.await_entry("forwarding", outcome="verified", number=ALICE)
    house.load(SITE.replace('people = ["Alice Martin"]', 'people = ["Bruno Petit"]'))
    until(lambda: modem.forwarding()["busy"]["number"] == BRUNO, "forwarded to Bruno")
    house.await_entry("forwarding", outcome="verified", number=BRUNO)
    registered = {forward["number"] for forward in modem.forwarding().values()}
    assert registered == {BRUNO}


def test_the_page_s_wishes_are_done(house: House) -> None:
    house.load()
    modem = house.modem()
    house.daemon().line("ready")
    page, now = house.page_store(), datetime.now(UTC)
    wish = page.ask(RequestKind.SEND_TEST, {"mobile": BRUNO}, by="Diane", at=now)
    until(lambda: page.is_done(wish), "the wish")
    modem.hears(f"{BRUNO} got a text from")
    modem.say(f"sms {CALLER} bonjour")
    modem.hears(f"{ALICE} got a text from")
    (alert,) = page.unsettled_alerts()
    care = page.ask(RequestKind.TAKE_CARE, {"alert": str(alert.id)}, by="Diane", at=now)
    until(lambda: page.is_done(care), "the wish")
    assert page.unsettled_alerts() == ()
