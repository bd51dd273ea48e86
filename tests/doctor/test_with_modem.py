"""`veilleur doctor` on a simulated modem at the end of a real pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
from dataclasses import replace
from pathlib import Path

import pytest

from firmware.at.command import Command
from firmware.command import doctor_modem
from firmware.line.modem_line import Reply
from hw.simulator.causes import SsError
from hw.simulator.faults import Fault
from hw.simulator.models import NAMES
from hw.simulator.subscriber import Coverage
from hw.simulator.terminal import ForwardingReason
from tests.daemon.odd_port import OddPort, echo, garbage, mute
from tests.daemon.program import until
from tests.doctor.clinic import Clinic, forward_to, hosted, hurry, modem
from tests.doctor.samples import ALICE, BRUNO, SIM_NUMBER
from tests.doctor.test_machine import holding


def test_all_is_well(clinic: Clinic) -> None:
    clinic.load()
    with modem(clinic.port) as site:
        forward_to(site)
        before = site.network.subscriber(site.number).as_json()
        report = clinic.box()
        assert report.faults == [], report.text
        assert report.code == 0
        assert report.errors == ""
        assert site.network.subscriber(site.number).as_json() == before
    well = report.lines("OK")
    assert f"Renvoi si occupé : vers {ALICE} (Alice Martin), relu sur le réseau." in well
    assert f"Numéro de la SIM : {SIM_NUMBER}." in well
    assert "Carte SIM : en place et ouverte, numéro 8933208990000000001." in well
    assert any(line.startswith("Modem : il répond : Quectel EG25") for line in well)
    assert report.line("Programme veilleur").startswith("À VOIR  Programme veilleur : il ne tourne")


@pytest.mark.parametrize("profile", NAMES)
def test_every_family_is_understood(clinic: Clinic, profile: str) -> None:
    clinic.load()
    with modem(clinic.port, profile) as site:
        forward_to(site)
        clinic.settings(f'profile = "{profile}"\n')
        report = clinic.box()
    assert report.code == 0, report.text
    for check in ("Modem", "Carte SIM", "Réseau mobile", "Renvoi si éteint", "Mémoire des SMS"):
        assert report.line(check).startswith("OK"), report.text
    assert report.line("Famille du modem").startswith(f"?       Famille du modem : {profile}")
    # Its own character set: the accent is there, or a letter without one; never no letter
    network = "Réseau Sim F" if site.modem.settings.cscs == "GSM" else "Reseau Sim F"
    assert network in report.line("Réseau mobile")


def test_nothing_is_changed_in_the_modem(clinic: Clinic) -> None:
    with modem(clinic.port, pin="4321") as site:
        settings = repr(site.modem.settings)
        tries = site.sim.pin_tries
        assert clinic.examine("--port", clinic.port).faults == ["Carte SIM"]
        assert repr(site.modem.settings) == settings
        assert site.sim.pin_tries == tries


def test_no_sim(clinic: Clinic) -> None:
    clinic.load()
    with modem(clinic.port) as site:
        site.modem.settings.cmee = 1
        site.sim.present = False
        report = clinic.box()
    assert report.code == 1
    assert report.faults == ["Carte SIM"]
    assert "Carte SIM : le modem n'en trouve pas." in report.text
    assert "jusqu'au déclic" in report.text


def test_a_pin_is_needed_and_never_entered(clinic: Clinic) -> None:
    clinic.load()
    with modem(clinic.port, pin="4321") as site:
        asking = clinic.box()
        assert asking.faults == ["Carte SIM"]
        assert "veilleur.toml n'en a pas" in asking.text
        clinic.settings('pin = "4321"\n')
        ready = clinic.box()
        assert ready.faults == []
        assert "le programme veilleur le donnera à son démarrage" in ready.line("Carte SIM")
        assert site.sim.pin_state.value == "SIM PIN"
        assert site.sim.pin_tries == 3
        assert "4321" not in ready.text


@pytest.mark.parametrize(
    ("coverage", "sentence"),
    [
        (Coverage.NONE, "pas inscrit : le modem cherche le réseau."),
        (Coverage.DENIED, "l'opérateur refuse cette SIM."),
    ],
)
def test_not_registered(clinic: Clinic, coverage: Coverage, sentence: str) -> None:
    with hosted(clinic.port) as host:
        host.ask(lambda site: site.network.set_coverage(site.number, coverage))
        report = clinic.examine("--port", clinic.port)
    assert report.faults == ["Réseau mobile"], report.text
    assert f"Réseau mobile : {sentence}" in report.text
    assert report.line("Renvoi d'appel").startswith("?")


def test_forwarding_to_somebody_else(clinic: Clinic) -> None:
    clinic.load()
    with modem(clinic.port) as site:
        forward_to(site)
        register = site.network.subscriber(site.number).forwarding
        register.set(ForwardingReason.NO_REPLY, "888")
        register.set(ForwardingReason.NOT_REACHABLE, BRUNO)
        register.set(ForwardingReason.BUSY, None)
        report = clinic.box()
    assert report.code == 1
    assert report.faults == [
        "Renvoi si occupé", "Renvoi si pas de réponse", "Renvoi si éteint",
    ]  # fmt: skip
    assert f"aucun, au lieu de {ALICE} (Alice Martin)." in report.line("Renvoi si occupé")
    assert f"vers {BRUNO} au lieu de {ALICE}" in report.line("Renvoi si éteint")
    assert f"**62*{ALICE}*11#" in report.text


def test_a_network_that_refuses_to_tell(clinic: Clinic) -> None:
    with modem(clinic.port) as site:
        site.modem.settings.cmee = 1
        conditions = site.network.subscriber(site.number).conditions
        conditions.ss_errors.extend([SsError.SS_SUBSCRIPTION_VIOLATION] * 4)
        report = clinic.examine("--port", clinic.port)
    assert len(report.faults) == 4, report.text
    assert all(fault.startswith("Renvoi") for fault in report.faults)
    assert "renvoi d'appel conditionnel" in report.text


def test_a_call_is_left_in_peace(clinic: Clinic) -> None:
    with hosted(clinic.port) as host:
        host.call("+33699887766")
        until(lambda: bool(host.state()["calls"]), "the call")
        report = clinic.examine("--port", clinic.port)
        assert "un appel est en cours" in report.line("Renvoi d'appel")
        assert report.code == 0
        assert len(host.state()["calls"]) == 1


# The port


def test_a_port_that_is_not_there(clinic: Clinic) -> None:
    report = clinic.examine("--port", clinic.folder / "ttyUSB7")
    assert report.code == 1
    assert report.faults == ["Port du modem"]
    assert "ttyUSB7 n'existe pas" in report.text


def test_a_port_in_the_settings_that_is_not_there(clinic: Clinic) -> None:
    clinic.load()
    clinic.settings('port = "/dev/ttyUSB77"\n')
    report = clinic.examine("--data", clinic.data)
    assert report.faults == ["Port du modem"]
    assert "/dev/ttyUSB77 n'existe pas" in report.text


@pytest.mark.parametrize("kind", ["directory", "file", "null"])
def test_a_port_that_is_none(clinic: Clinic, kind: str) -> None:
    file = clinic.folder / "file"
    file.touch()
    paths = {"directory": clinic.folder, "file": file, "null": Path("/dev/null")}
    report = clinic.examine("--port", paths[kind])
    assert report.faults == ["Port du modem"]
    assert "n'est pas un port série" in report.text


def test_a_port_that_is_locked(clinic: Clinic) -> None:
    with OddPort(mute) as port:
        taken = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
        try:
            fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
            report = clinic.examine("--port", port.path)
        finally:
            os.close(taken)
        assert report.faults == ["Port du modem"]
        assert "est pris par un autre programme" in report.text
        assert port.heard == b""


def test_a_port_that_another_program_has_open_is_not_spoken_to(clinic: Clinic) -> None:
    """Without any lock, as minicom and many scripts do it."""
    with modem(clinic.port), holding(str(clinic.port)) as pid:
        report = clinic.examine("--port", clinic.port)
    assert report.faults == ["Port du modem"]
    assert f"({pid})" in report.line("Port du modem")
    assert "Modem : modem, carte SIM, réseau et renvois n'ont pas été vérifiés" in report.text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("mute", "ne répond pas."),
        ("echo", "aucune réponse de modem."),
        ("garbage", "aucune réponse de modem."),
    ],
)
def test_what_is_no_modem(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    monkeypatch.setattr(doctor_modem, "SYNCHRONISE_S", 2.0)
    behaviour = {"mute": mute, "echo": echo, "garbage": garbage}[name]
    with OddPort(behaviour) as port:
        report = clinic.examine("--port", port.path)
    assert report.code == 1
    assert report.faults == ["Modem"]
    assert sentence in report.line("Modem")


def test_a_modem_that_goes_away_meanwhile(clinic: Clinic) -> None:
    with modem(clinic.port) as site:
        fed = site.wire.feed

        def feed_until_asked_for_its_sim(data: bytes) -> None:
            if b"CPIN" in data:
                site.unplug()
            else:
                fed(data)

        site.wire.feed = feed_until_asked_for_its_sim  # type: ignore[method-assign]
        report = clinic.examine("--port", clinic.port)
    assert report.faults == ["Port du modem"], report.text
    assert "a disparu pendant la vérification" in report.text


def test_an_answer_that_never_comes_is_unknown_and_the_rest_is_told(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with modem(clinic.port) as site:
        ask = doctor_modem.Session.ask

        def ask_deaf(self: doctor_modem.Session, command: Command) -> Reply | None:
            if command.text == "AT+CSQ":
                site.wire.strike(Fault.NO_REPLY)
                command = replace(command, timeout_s=0.5)
            return ask(self, command)

        monkeypatch.setattr(doctor_modem.Session, "ask", ask_deaf)
        report = clinic.examine("--port", clinic.port)
    assert report.line("Réception").startswith("?"), report.text
    assert report.line("Renvoi si éteint").startswith("?")     # no rota to compare with
    assert "ne répond pas" not in report.text
    assert report.code == 0


def test_the_time_for_asking_is_bounded(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch, 2.5)
    with modem(clinic.port, speed=0.2):   # each service of the network takes three seconds or more
        report = clinic.examine("--port", clinic.port)
    assert report.code == 0
    assert report.line("Modem").startswith("OK")
    assert report.line("Double appel") == (
        "?       Double appel : inconnu : le temps a manqué pour le demander."
    )
