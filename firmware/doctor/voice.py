"""The voice: whether calls are answered by it, by which port, and when it was last proved.

Never `wrong`: where there is none, the network passes the calls on as before.
"""

from __future__ import annotations

from datetime import datetime

from firmware.doctor.facts import Facts, SoundProblem, VoiceFacts
from firmware.doctor.finding import Finding, attention, good, say, unknown
from firmware.policy import Reason
from firmware.wording import doctor_voice_messages as words

CHECK = words.L_VOICE
WHY, PROVED = "voice:why", "voice:proved"   # facts of `firmware/voice/desk.py`
_REASONS = {
    Reason.NO_CHANNEL: (words.NO_CHANNEL, words.NO_CHANNEL_TO_DO),
    Reason.NO_PORT: (words.NO_PORT, words.NO_PORT_TO_DO),
    Reason.NO_SPEECH: (words.NO_ENGINE, words.NO_ENGINE_TO_DO),
    Reason.VOICE_FAILED: (words.FAILED, words.FAILED_TO_DO),
    Reason.VOICE_FAILED_NOW: (words.FAILED_NOW, words.FAILED_NOW_TO_DO),
    Reason.NOT_JOINED: (words.NOT_JOINED, words.NOT_JOINED_TO_DO),
}


def check_voice(facts: Facts) -> tuple[Finding, ...]:
    voice, rota = facts.voice, facts.rota
    if voice is None or rota is None:
        return ()
    if all(service.mode != "transfer" for service in rota.services):
        return (good(CHECK, words.UNUSED),)
    lost = tuple(
        attention(
            CHECK, say(words.RECORDING_GONE, service=service), say(words.RECORDING_GONE_TO_DO)
        )
        for service in voice.recordings_gone
    )
    return (_sound(facts, voice), *lost)


def _sound(facts: Facts, voice: VoiceFacts) -> Finding:
    """What this look has found comes before what the program has last remembered."""
    memory = facts.data.memory if facts.data is not None else {}
    if voice.problem is not None:
        return _problem(facts, voice, voice.problem)
    if not voice.engine:
        return _told(Reason.NO_SPEECH)
    why = next((each for each in _REASONS if each.value == memory.get(WHY)), None)
    if why is not None and (why is not Reason.NO_SPEECH):
        return _told(why)
    path, since = voice.path or "?", _instant(memory.get(PROVED))
    if since is None:
        return unknown(CHECK, say(words.UNPROVED, path=path), say(words.UNPROVED_TO_DO))
    return good(CHECK, words.PROVED, path=path, since=since)


def _told(why: Reason) -> Finding:
    sentence, advice = _REASONS[why]
    return attention(CHECK, say(sentence), say(advice))


def _problem(facts: Facts, voice: VoiceFacts, problem: SoundProblem) -> Finding:
    path = voice.path or "?"
    match problem:
        case SoundProblem.NO_CHANNEL:
            return _told(Reason.NO_CHANNEL)
        case SoundProblem.NOT_FOUND:
            return _told(Reason.NO_PORT)
        case SoundProblem.MISSING:
            return attention(CHECK, say(words.MISSING, path=path), say(words.MISSING_TO_DO))
        case SoundProblem.DENIED:
            denied = say(words.DENIED, path=path, user=facts.user)
            return attention(CHECK, denied, say(words.DENIED_TO_DO, user=facts.user))
        case SoundProblem.NO_PROGRAM:
            return attention(CHECK, say(words.NO_PROGRAM), say(words.NO_PROGRAM_TO_DO))


def _instant(fact: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(fact))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
