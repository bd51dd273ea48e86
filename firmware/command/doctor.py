"""`veilleur doctor`: everything that can be wrong with a box, in words for the support line.

It changes nothing: a port that the daemon or another program has is left alone, the modem gets
queries only, no PIN is entered.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.doctor_data import daemon_facts, data_facts, settings_of
from firmware.command.doctor_machine import clock_facts, pins_facts, rivals, throttled, user_name
from firmware.command.doctor_modem import Interviewer, modem_and_ports
from firmware.command.doctor_ports import PortsInSight, ports_in_sight
from firmware.command.doctor_report import Progress, print_report, report
from firmware.command.doctor_voice import voice_facts
from firmware.command.settings import Settings, SettingsFault
from firmware.doctor.examine import examine
from firmware.doctor.facts import DaemonFacts, DataFacts, Facts, ModemFacts, PortFacts
from firmware.doctor.finding import anything_wrong
from firmware.shell.system_clock import SystemClock
from firmware.store.report_file import Report
from firmware.wording import LANGUAGES, Wording

ASKING_S = 40.0   # for all that a modem is asked; the rest of the examination takes a few seconds


def examine_for_page(data_dir: Path) -> tuple[Report, ...]:
    """The same examination beside a daemon that runs, in each language."""
    progress = Progress()
    settings, settings_facts = settings_of(data_dir)
    data = data_facts(data_dir, settings_facts, datetime.now(UTC), progress)
    facts = _gather(data_dir, data, settings, None, progress)
    findings = examine(facts)
    return tuple(report(findings, facts, Wording(language)) for language in LANGUAGES)


def doctor(data_dir: Path | None, port: str | None) -> int:
    """Print what was found; 1 if anything is wrong. Raises `SettingsFault` for no directory."""
    if data_dir is not None and not _is_directory(data_dir):
        raise SettingsFault(f"{data_dir}: no such data directory")
    data, settings, progress = None, Settings(), Progress()
    try:
        if data_dir is not None:
            settings, settings_facts = settings_of(data_dir)
            data = data_facts(data_dir, settings_facts, datetime.now(UTC), progress)
        rota = data.rota if data is not None else None
        wording = Wording(rota.site.language if rota is not None else "fr")
        progress.wording = wording
        facts = _gather(data_dir, data, settings, port, progress)
    finally:
        progress.over()
    findings = examine(facts)
    print_report(findings, facts, wording)
    return 1 if anything_wrong(findings) else 0


def _is_directory(path: Path) -> bool:
    """True as well where it may not be looked at: that is a finding, no wrong usage."""
    try:
        return path.is_dir()
    except PermissionError:
        return True


def _gather(
    data_dir: Path | None,
    data: DataFacts | None,
    settings: Settings,
    port: str | None,
    progress: Progress,
) -> Facts:
    daemon = daemon_facts(data_dir) if data_dir is not None else None
    in_sight = ports_in_sight(port, settings)
    modem, ports = _modem(daemon, in_sight, progress)
    zone = data.rota.site.time_zone if data is not None and data.rota is not None else None
    return Facts(
        moment=SystemClock().moment(),
        user=user_name(os.geteuid()),
        clock=clock_facts(zone),
        data=data,
        daemon=daemon,
        port_asked=port,
        ports=ports,
        known_usb=in_sight.known_usb,
        rivals=rivals(),
        modem=modem,
        throttled=throttled(),
        pins=pins_facts(settings.pins),
        voice=voice_facts(data_dir, data.rota if data is not None else None, settings),
    )


def _modem(
    daemon: DaemonFacts | None, in_sight: PortsInSight, progress: Progress
) -> tuple[ModemFacts | None, tuple[PortFacts, ...]]:
    """A daemon that runs has the port for itself."""
    if daemon is not None and daemon.running:
        return None, ()
    return modem_and_ports(in_sight.to_try, Interviewer(ASKING_S, progress))
