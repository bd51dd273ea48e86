"""Cables pulled, processes killed, a second daemon: nothing is lost, and it says what happened."""

from __future__ import annotations

import signal
from datetime import UTC, datetime

from firmware.pulse import ForwardingState, ModemState
from tests.daemon.house import ALICE, CALLER, House
from tests.daemon.program import until


def test_unplugged_and_plugged_in_again(house: House) -> None:
    house.load()
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_entry("forwarding", outcome="verified")
    for times in (1, 2):
        modem.say("unplug")
        modem.hears("unplugged")
        until(
            lambda: len(house.journal("health")) == 2 * times + 1,  # noqa: B023 - called in this turn
            "the loss in the journal",
        )
        assert house.journal("health")[-1]["outcome"] == "modem_lost"
        plugged_in = datetime.now(UTC)
        modem.say("plug")
        daemon.line("ready")
    pulse = house.await_pulse(
        lambda pulse: (pulse.forwarding_checked_at or pulse.at) > plugged_in
        and pulse.forwarding is ForwardingState.VERIFIED
        and pulse.modem is ModemState.READY,
        "verified again",
    )
    assert (pulse.modem, pulse.port) == (ModemState.READY, str(house.port))
    assert (pulse.forwarding_target, pulse.clock_trusted) == (ALICE, True)
    assert pulse.answered_at is not None
    modem.say(f"call {CALLER}")
    modem.hears(f"{ALICE} rings: {CALLER}")
    house.await_entry("call", outcome="diverted")
    outcomes = [entry["outcome"] for entry in house.journal("health")]
    assert outcomes == ["box_started", "modem_ready", *["modem_lost", "modem_ready"] * 2]


def test_a_modem_that_restarts_by_itself_is_set_up_again(house: House) -> None:
    house.load()
    modem = house.modem(profile="quectel-eg25")
    daemon = house.daemon("--profile", "quectel-eg25")
    daemon.line("ready")
    house.await_entry("forwarding", outcome="verified")
    modem.say("fault reboot")
    modem.hears("fault reboot once")
    modem.say(f"sms {CALLER} bonjour")  # the daemon has to say something to read it
    daemon.line("ready")
    house.await_entry("sms_in", number=CALLER, outcome="alerted")
    modem.hears(f"{ALICE} got a text from")


def test_killed_with_a_message_just_read(house: House) -> None:
    """What came before the kill, in the kill's moment, and while it was dead: all are alerted."""
    house.load()
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_entry("forwarding", outcome="verified")
    modem.say(f"sms {CALLER} premier")
    house.await_entry("sms_in", number=CALLER)
    modem.say(f"sms {CALLER} second")
    assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
    modem.say(f"sms {CALLER} troisième")
    modem.await_state(lambda state: state["modem"]["messages_stored"] >= 1, "one kept by the SIM")
    daemon = house.daemon()
    daemon.line("ready")
    until(lambda: len(house.journal("sms_in")) == 3, "all three received")
    got = [entry["detail"]["text"] for entry in house.journal("sms_in")]
    assert sorted(got) == ["premier", "second", "troisième"]
    for text in ("premier", "second", "troisième"):
        modem.await_state(
            lambda state: any(
                text in heard["text"]  # noqa: B023 - called in this turn
                for phone in state["phones"]
                if phone["number"] == ALICE
                for heard in phone["texts"]
            ),
            f"{text} on Alice's phone",
        )
    references = {alert.reference for alert in house.page_store().unsettled_alerts()}
    assert len(references) == 3
    modem.say(f"sms {ALICE} OK {sorted(references)[0]}")
    house.await_entry("ack", person="Alice Martin")
    assert len(house.page_store().unsettled_alerts()) == 2


def test_killed_while_it_rings(house: House) -> None:
    """The network forwards what nobody answers, and the call stays in the journal."""
    house.load()
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_entry("forwarding", outcome="verified")
    assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
    modem.say(f"call {CALLER}")
    modem.hears("call 1:")
    daemon = house.daemon()
    daemon.line("ready")
    modem.hears(f"{ALICE} rings: {CALLER}")
    daemon.stop()
    modem.say("hangup")
    modem.say(f"call {CALLER}")
    modem.hears(f"{ALICE} rings: {CALLER}")  # with the daemon ended for good, too
    house.daemon().line("ready")
    starts = [entry["outcome"] for entry in house.journal("health")]
    assert [outcome for outcome in starts if str(outcome).startswith("box_")] == [
        "box_started", "box_died", "box_started",   # killed, and then asked to stop
    ]  # fmt: skip


def test_a_second_daemon_is_refused_and_the_first_goes_on(house: House) -> None:
    house.load()
    modem = house.modem()
    first = house.daemon()
    first.line("ready")
    second = house.daemon()
    assert second.ended() == 2
    assert second.output == []
    assert len(second.errors) == 1
    assert f"{house.data} is in use" in second.errors[0]
    assert str(first.process.pid) in second.errors[0]
    house.await_entry("forwarding", outcome="verified")
    modem.say(f"call {CALLER}")
    modem.hears(f"{ALICE} rings")
    house.await_entry("call", outcome="diverted")


def test_a_second_daemon_on_other_data_cannot_have_the_port(house: House) -> None:
    house.load()
    house.modem()
    first = house.daemon()
    first.line("ready")
    house.data = house.folder / "other"
    house.load()
    second = house.daemon()
    assert second.ended() == 2
    assert len(second.errors) == 1
    assert "another program has it" in second.errors[0]
    assert first.process.poll() is None
