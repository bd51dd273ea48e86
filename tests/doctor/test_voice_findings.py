"""The voice by a table: where its sound is, whether it is proved, and what to do if it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from firmware.command import doctor_voice
from firmware.command.doctor_voice import voice_facts
from firmware.command.settings import Settings
from firmware.doctor.facts import Facts, SoundProblem, VoiceFacts
from firmware.doctor.finding import Level, anything_wrong
from firmware.doctor.voice import PROVED, WHY
from firmware.policy import Reason
from firmware.rota import Greeting
from firmware.voice import desk
from firmware.wording import doctor_voice_messages as words
from tests.doctor.samples import NOW, RUNNING, SITE, STOPPED, data, found, only, with_data

OK, LOOK, UNKNOWN = Level.OK, Level.ATTENTION, Level.UNKNOWN
TTY = "/dev/ttyUSB1"
SPOKEN = SITE.replace('mode = "divert"', 'mode = "transfer"')
PROVED_NOW: dict[str, object] = {PROVED: NOW.isoformat(), WHY: None}


@dataclass
class Port:
    """What pyserial tells of a port of an EG25-G."""

    device: str
    location: str | None
    vid: int | None = 0x2C7C
    pid: int | None = 0x0125


def box(voice: VoiceFacts, memory: dict[str, object], facts: Facts = RUNNING) -> Facts:
    rota = data(SPOKEN).rota
    return replace(with_data(facts, rota=rota, memory=memory), voice=voice)


@pytest.mark.parametrize(
    ("voice", "memory", "level", "sentence"),
    [
        (VoiceFacts(TTY, engine="piper"), PROVED_NOW, OK, words.PROVED),
        (VoiceFacts(TTY, engine="piper"), {}, UNKNOWN, words.UNPROVED),
        (VoiceFacts(TTY, engine="piper"), {PROVED: "yesterday"}, UNKNOWN, words.UNPROVED),
        (VoiceFacts(TTY), PROVED_NOW, LOOK, words.NO_ENGINE),
        *(
            (VoiceFacts(TTY, problem, "piper"), PROVED_NOW, LOOK, sentence)
            for problem, sentence in {
                SoundProblem.NO_CHANNEL: words.NO_CHANNEL,
                SoundProblem.NOT_FOUND: words.NO_PORT,
                SoundProblem.MISSING: words.MISSING,
                SoundProblem.DENIED: words.DENIED,
                SoundProblem.NO_PROGRAM: words.NO_PROGRAM,
            }.items()
        ),
        *(
            (VoiceFacts(TTY, engine="piper"), {**PROVED_NOW, WHY: why.value}, LOOK, sentence)
            for why, sentence in {
                Reason.NO_CHANNEL: words.NO_CHANNEL,
                Reason.NO_PORT: words.NO_PORT,
                Reason.VOICE_FAILED: words.FAILED,
                Reason.VOICE_FAILED_NOW: words.FAILED_NOW,
                Reason.NOT_JOINED: words.NOT_JOINED,
            }.items()
        ),
    ],
)
@pytest.mark.parametrize("facts", [RUNNING, STOPPED])
def test_how_it_is(
    voice: VoiceFacts, memory: dict[str, object], level: Level, sentence: str, facts: Facts
) -> None:
    spoilt = box(voice, memory, facts)
    finding = only(spoilt, words.L_VOICE)
    assert (finding.level, finding.sentence.msgid) == (level, sentence)
    assert finding.advice is not None or level is OK
    assert not anything_wrong([finding])   # the network stands in


def test_it_is_not_asked_for_where_no_service_answers_by_voice() -> None:
    finding = only(replace(RUNNING, voice=VoiceFacts()), words.L_VOICE)
    assert (finding.level, finding.sentence.msgid) == (OK, words.UNUSED)
    assert found(RUNNING, words.L_VOICE) == ()


def test_a_recording_that_is_not_there_is_told_beside_it() -> None:
    spoilt = box(VoiceFacts(TTY, engine="piper", recordings_gone=("Ambulance",)), PROVED_NOW)
    first, second = found(spoilt, words.L_VOICE)
    assert (first.level, second.level) == (OK, LOOK)
    assert second.sentence.values == {"service": "Ambulance"}


def test_the_facts_have_the_names_under_which_the_box_remembers_them() -> None:
    assert (WHY, PROVED) == (desk.WHY, desk.PROVED)


def test_where_the_sound_of_an_attached_modem_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tty = tmp_path / "ttyUSB1"
    ports = [Port(f"/dev/ttyUSB{n}", f"1-1.3:1.{n}") for n in (0, 2, 3)]
    monkeypatch.setattr(doctor_voice, "attached_cards", dict)
    monkeypatch.setattr(doctor_voice, "attached_ports", lambda: ports)
    assert voice_facts(None, None, Settings()).problem is SoundProblem.NOT_FOUND
    ports.append(Port(str(tty), "1-1.3:1.1"))
    gone = voice_facts(None, None, Settings())
    assert (gone.path, gone.problem) == (str(tty), SoundProblem.MISSING)
    tty.touch()
    assert voice_facts(None, None, Settings()).problem is None
    generic = Settings(profile="telit-le910c1")
    monkeypatch.setattr(doctor_voice, "attached_ports", list)
    assert voice_facts(None, None, generic).problem is SoundProblem.NO_CHANNEL
    monkeypatch.setenv("PATH", str(tmp_path))
    card = voice_facts(None, None, Settings(audio="alsa:plughw:1,0"))
    assert (card.path, card.problem) == ("alsa:plughw:1,0", SoundProblem.NO_PROGRAM)
    assert card.engine == ""


def test_a_greeting_without_its_file(tmp_path: Path) -> None:
    rota = data(SPOKEN).rota
    assert rota is not None
    greetings = tuple(
        Greeting("Ambulance", when, None, f"greeting/{when}") for when in ("always", "holiday")
    )
    kept = tmp_path / "voice/greeting/always.wav"
    kept.parent.mkdir(parents=True)
    kept.touch()
    told = replace(rota, greetings=greetings)
    assert voice_facts(tmp_path, told, Settings()).recordings_gone == ("Ambulance",)
    (kept.parent / "holiday.wav").touch()
    assert voice_facts(tmp_path, told, Settings()).recordings_gone == ()
