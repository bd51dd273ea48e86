"""What the doctor finds of the modem's sound; no port is opened, the daemon may be in a call."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from firmware.at.profile import ModemProfile
from firmware.command.ports import attached_cards, attached_ports
from firmware.command.settings import Settings, load_profile, profile_names
from firmware.doctor.facts import SoundProblem, VoiceFacts
from firmware.line.usb_port import ALSA, Candidate, candidates
from firmware.rota import Rota
from firmware.speech.engine import find_engine


def voice_facts(data_dir: Path | None, rota: Rota | None, settings: Settings) -> VoiceFacts:
    path, problem = _sound(settings)
    engine = find_engine()
    gone = () if data_dir is None or rota is None else _gone(data_dir, rota)
    return VoiceFacts(path, problem, "" if engine is None else engine.name, gone)


def _sound(settings: Settings) -> tuple[str | None, SoundProblem | None]:
    """As the daemon finds it: what the settings name, else what USB shows beside the modem."""
    if settings.audio is not None:
        return settings.audio, _problem(settings.audio)
    names = [name for name in profile_names() if name != "generic"]
    chosen = [settings.profile] if settings.profile is not None else names
    profiles = [load_profile(name) for name in chosen]
    found = candidates(attached_ports(), profiles, attached_cards())
    path = next((each.audio for each in found if each.audio is not None), None)
    if path is not None:
        return path, _problem(path)
    return None, _missing(found, profiles[0] if settings.profile is not None else None)


def _missing(found: Iterable[Candidate], chosen: ModemProfile | None) -> SoundProblem:
    seen = [each.profile for each in found if each.profile is not None]
    if chosen is not None:
        seen.append(chosen)
    voiceless = bool(seen) and not any(profile.voices for profile in seen)
    return SoundProblem.NO_CHANNEL if voiceless else SoundProblem.NOT_FOUND


def _problem(path: str) -> SoundProblem | None:
    if path.startswith(ALSA):
        programs = (shutil.which(name) for name in ("arecord", "aplay"))
        return None if all(programs) else SoundProblem.NO_PROGRAM
    if not os.path.exists(path):
        return SoundProblem.MISSING
    return None if os.access(path, os.R_OK | os.W_OK) else SoundProblem.DENIED


def _gone(data_dir: Path, rota: Rota) -> tuple[str, ...]:
    """Services with a greeting whose recording is not there, each once."""
    lost = (
        each.service
        for each in rota.greetings
        if each.recording is not None
        and not (data_dir / "voice" / f"{each.recording}.wav").is_file()
    )
    return tuple(dict.fromkeys(lost))
