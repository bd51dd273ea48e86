"""The journal in words: one sentence for each kind of entry and outcome.

The sentences are messages of the catalogue; their values are filled in by the template, so that a
name or an SMS text is escaped there like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from firmware.record import TOO_OLD, WITHDRAWN, JournalEntry, JournalKind
from firmware.store.journal import UNREADABLE
from web.language import N_


@dataclass(frozen=True, slots=True)
class Words:
    """``icon`` names a symbol of icons.svg; ``tone`` is quiet, good, warning or bad."""

    icon: str
    tone: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal, ready for the template.

    ``text`` is what somebody wrote in an SMS, ``notes`` are messages without values. ``has_story``:
    it is a call or a received SMS, whose further fate the store knows.
    """

    id: int
    at: datetime
    kind: JournalKind
    words: Words
    values: Mapping[str, str]
    service: str | None
    text: str
    notes: tuple[str, ...]
    has_story: bool = False


SENTENCES: dict[JournalKind, dict[str, Words]] = {
    JournalKind.CALL: {
        "ringing": Words("call-in", "warning", N_("Call from %(caller)s, ringing now")),
        "diverted": Words("call-forward", "good", N_("Call from %(caller)s, passed on to %(to)s")),
        "transferred": Words("call-forward", "good", N_("Call from %(caller)s, taken by %(to)s")),
        "alerted": Words("call-in", "warning", N_("Call from %(caller)s, alerted by SMS")),
        "voicemail": Words("call-in", "warning", N_("Call from %(caller)s, left a voice message")),
        "abandoned": Words("call-missed", "warning", N_("Call from %(caller)s, gave up early")),
        "refused": Words(
            "call-missed", "bad", N_("Call from %(caller)s, one of too many: nobody was told")
        ),
    },
    JournalKind.SMS_IN: {
        "alerted": Words("sms-in", "warning", N_("SMS from %(caller)s")),
        "command": Words("sms-in", "quiet", N_("SMS from %(caller)s to the box")),
        "own": Words("sms-in", "quiet", N_("SMS of the box to itself has come back")),
        "not_understood": Words("sms-in", "warning", N_("SMS from %(caller)s, not understood")),
        "unreadable": Words("sms-in", "bad", N_("Unreadable SMS from %(caller)s")),
    },
    JournalKind.SMS_OUT: {
        "queued": Words("sms-out", "quiet", N_("SMS to %(to)s, waiting to leave")),
        "sending": Words("sms-out", "quiet", N_("SMS to %(to)s, leaving")),
        "sent": Words("sms-out", "quiet", N_("SMS to %(to)s, sent")),
        "delivered": Words("sms-out", "good", N_("SMS to %(to)s, delivered")),
        "failed": Words("sms-out", "bad", N_("SMS to %(to)s, could not be delivered")),
    },
    JournalKind.DELIVERY: {
        "delivered": Words("sms-out", "good", N_("The phone of %(to)s has the SMS")),
        "failed": Words("sms-out", "bad", N_("The phone of %(to)s did not get the SMS")),
    },
    JournalKind.ACK: {
        "acknowledged": Words("check", "good", N_("%(person)s answers for %(reference)s")),
        "declined": Words("cross", "warning", N_("%(person)s passes %(reference)s on")),
        "taken_care_of": Words("check", "good", N_("%(reference)s taken care of by %(person)s")),
    },
    JournalKind.ESCALATION: {
        "asked": Words("bell", "warning", N_("%(person)s is asked next for %(reference)s")),
        "exhausted": Words("alarm", "bad", N_("Nobody answered for %(reference)s")),
    },
    JournalKind.HANDOVER: {
        "starts": Words("swap", "quiet", N_("%(person)s comes on duty, level %(level)s")),
        "ends": Words("swap", "quiet", N_("%(person)s goes off duty, level %(level)s")),
    },
    JournalKind.FORWARDING: {
        "verified": Words("forward", "good", N_("Call forwarding to %(to)s verified")),
        "different": Words("forward", "bad", N_("Call forwarding to %(to)s is not set as wanted")),
        "unanswered": Words("forward", "warning", N_("Call forwarding to %(to)s not verifiable")),
        "refused": Words("forward", "bad", N_("The network refuses forwarding to %(to)s")),
        "changed_elsewhere": Words(
            "forward", "warning", N_("Call forwarding was changed elsewhere")
        ),
    },
    JournalKind.HEALTH: {
        "modem_ready": Words("pulse", "good", N_("The modem is ready")),
        "modem_restarted": Words("pulse", "warning", N_("The modem has restarted")),
        "modem_lost": Words("pulse", "bad", N_("The modem is gone")),
        "box_started": Words("pulse", "quiet", N_("The box has started")),
        "box_died": Words(
            "alarm", "bad",
            N_("The box has started: it had lost its power, or its program broke off"),
        ),
        "box_was_off": Words("alarm", "bad", N_("The box was off")),
        "alarm": Words("alarm", "bad", N_("Alarm")),
        "button": Words("pulse", "quiet", N_("The button was pressed: the state went by SMS")),
        "setup_code": Words("pulse", "warning", N_("The button was held: a new setup code")),
        "setup_code_refused": Words(
            "pulse", "warning",
            N_("The button was held: no setup code, there is an administrator already"),
        ),
        "power_off": Words("alarm", "bad", N_("The battery is almost empty: the box stops")),
        "network_time": Words("pulse", "quiet", N_("The network has told the time")),
        "recovery": Words("pulse", "warning", N_("The box tries to bring the modem back")),
        "recovery_unable": Words("pulse", "quiet", N_("This attempt was not possible")),
        "recovery_failed": Words("alarm", "bad", N_("The modem could not be brought back")),
        "recovered": Words("check", "good", N_("The modem is back in order")),
        "self_check": Words("check", "quiet", N_("The daily self-check found nothing wrong")),
        "self_check_faults": Words("alarm", "warning", N_("The daily self-check found something")),
        "own_number_proved": Words("check", "good", N_("The number of the box is proved: %(to)s")),
        "sms_loop_lost": Words("pulse", "bad", N_("SMS of the box to itself has not come back")),
        "rehearsal": Words("pulse", "quiet", N_("The box rings %(to)s to play a greeting")),
        "rehearsal_heard": Words("check", "good", N_("%(to)s was rung and has heard the greeting")),
        "rehearsal_unanswered": Words(
            "pulse", "warning", N_("%(to)s did not answer: the greeting was not played")
        ),
        "rehearsal_impossible": Words(
            "pulse", "warning", N_("The greeting could not be played to %(to)s")
        ),
        "number_refused": Words("pulse", "warning", N_("%(to)s cannot be the number of the box")),
        "store_trouble": Words("alarm", "bad", N_("The disk takes nothing: going on from memory")),
        "card_slow": Words("alarm", "bad", N_("The memory card takes seconds to write")),
        "store_good": Words("pulse", "good", N_("Everything is on the disk again")),
        "backup_made": Words("pulse", "quiet", N_("The nightly backup is made")),
        "backup_failed": Words("pulse", "bad", N_("The nightly backup could not be made")),
        "update_installed": Words("check", "good", N_("A new version is installed")),
        "update_returned": Words("alarm", "bad", N_("A new version was taken back")),
        "update_stuck": Words("alarm", "bad", N_("A new version could not be taken back")),
        "update_refused": Words("pulse", "warning", N_("A file for an update was refused")),
        "wish_too_old": Words(
            "pulse", "warning", N_("A wish of %(person)s on the page was too old: not carried out")
        ),
        "data_repaired": Words("pulse", "bad", N_("The damaged data were rebuilt from a backup")),
    },
    JournalKind.EDIT: {
        "loaded": Words("pencil", "quiet", N_("Rota loaded by %(person)s")),
        "changed": Words("pencil", "quiet", N_("Rota changed by %(person)s")),
        "relay": Words("swap", "quiet", N_("%(person)s takes the duty over")),
        "swap": Words("swap", "quiet", N_("%(person)s takes a shift over, as agreed")),
        "restored": Words("pencil", "warning", N_("A backup was brought back by %(person)s")),
        "refused": Words("pencil", "warning", N_("Change of the rota by %(person)s not possible")),
    },
}
SMS_WITHDRAWN = Words("sms-out", "quiet", N_("SMS to %(to)s, not sent: no longer needed"))
LINE_UNREADABLE = Words(
    "alarm", "bad", N_("A line of the journal cannot be read: the data are damaged here")
)
# For an outcome that this page does not know: it still says what it was about
ANY_OUTCOME: dict[JournalKind, Words] = {
    JournalKind.CALL: Words("call-in", "quiet", N_("Call from %(caller)s")),
    JournalKind.SMS_IN: Words("sms-in", "quiet", N_("SMS from %(caller)s")),
    JournalKind.SMS_OUT: Words("sms-out", "quiet", N_("SMS to %(to)s")),
    JournalKind.DELIVERY: Words("sms-out", "quiet", N_("Status report from the phone of %(to)s")),
    JournalKind.ACK: Words("check", "quiet", N_("Answer of %(person)s for %(reference)s")),
    JournalKind.ESCALATION: Words("bell", "quiet", N_("Escalation of %(reference)s")),
    JournalKind.HANDOVER: Words("swap", "quiet", N_("Handover: %(person)s")),
    JournalKind.FORWARDING: Words("forward", "quiet", N_("Call forwarding")),
    JournalKind.HEALTH: Words("pulse", "quiet", N_("State of the box")),
    JournalKind.EDIT: Words("pencil", "quiet", N_("Change of the rota")),
}
KIND_NAMES: dict[JournalKind, str] = {
    JournalKind.CALL: N_("Calls"),
    JournalKind.SMS_IN: N_("SMS received"),
    JournalKind.SMS_OUT: N_("SMS sent"),
    JournalKind.DELIVERY: N_("Status reports"),
    JournalKind.ACK: N_("Answers"),
    JournalKind.ESCALATION: N_("Escalations"),
    JournalKind.HANDOVER: N_("Handovers"),
    JournalKind.FORWARDING: N_("Forwarding"),
    JournalKind.HEALTH: N_("Box"),
    JournalKind.EDIT: N_("Edits"),
}
NOT_SENT = N_("It had waited for more than a day: it was not sent.")
PART_MISSING = N_("A part of it is missing.")
LED_ON_MEANWHILE = "led on by the network meanwhile"
# The reasons of `firmware/policy.py`; a test compares the two lists
REASONS: dict[str, str] = {
    "mode alert": N_("This service is set to alerts by SMS."),
    "nobody to pass it on to": N_("Nobody was there to pass it on to."),
    "clock not trusted": N_("The box did not know the time."),
    "the caller is the person on duty": N_("The caller was the person on duty."),
    "forwarding not verified": N_("Call forwarding was not verified."),
    "forwarding refused": N_("The network had refused call forwarding."),
    "another call is under way": N_("Another call was under way."),
    LED_ON_MEANWHILE: N_(
        "Another call was under way: the network passed it on by itself, and told the box of it."
    ),
    # Why the box did not answer by voice; the page of the voice says the same
    "no voice channel": N_("This modem has no voice that the box could use."),
    "no audio port": N_("The sound of the modem was not found: its second port or its sound card."),
    "no speech": N_("Nothing is installed that can speak (espeak-ng)."),
    "voice failed twice": N_("The voice did not work in two calls in a row."),
    "voice failed a moment ago": N_("The voice has just failed; it is tried again soon."),
    "the network joins no calls": N_("This SIM can neither transfer a call nor make a conference."),
}
# The reasons of `firmware/voice/rehearsal.py`; a test compares the two lists
REHEARSAL_REASONS: dict[str, str] = {
    "not a number of the staff": N_("This number is no longer in the staff list."),
    "number may not be rung": N_("The box may not ring this number."),
    "no such greeting": N_("This service or time is no longer there."),
    "too many calls": N_("The box has placed too many calls; it waits before the next."),
    "the modem did not dial": N_("The modem did not place the call."),
    "no sound in the call": N_("There was no sound in the call."),
    "hung up before the end": N_("The call was ended before the greeting was over."),
    "a caller went first": N_("Somebody called the box, and callers go first."),
    "broken off": N_("It was broken off: the box, the modem or the call did not hold out."),
}
# The rungs of `firmware/recovery/rungs.py`; a test compares the two lists
RUNGS: dict[str, str] = {
    "ask": N_("It was asked again."),
    "reopen": N_("Its port was opened anew."),
    "second_port": N_("Its second port was tried."),
    "reset": N_("It was told to restart."),
    "usb": N_("Its USB connection was made anew."),
    "power": N_("Its power was cut for some seconds."),
    "reboot": N_("The whole box restarts."),
}


def journal_line(
    number: int,
    entry: JournalEntry,
    *,
    name_of: Callable[[str], str],
    hidden: str,
    somebody: str,
) -> Line:
    """The words for an entry. ``name_of`` gives a staff number its name and any other its form;
    ``hidden`` stands for a withheld number, ``somebody`` for a person who is not known."""
    outcome = entry.outcome or ""
    words = SENTENCES[entry.kind].get(outcome) or ANY_OUTCOME[entry.kind]
    if outcome == UNREADABLE:
        words = LINE_UNREADABLE
    detail = entry.detail
    if entry.kind is JournalKind.SMS_OUT and detail.get("error") == WITHDRAWN:
        words = SMS_WITHDRAWN
    shown = name_of(entry.number) if entry.number else hidden
    target = detail.get("target")
    target_name = name_of(target) if isinstance(target, str) and target else somebody
    to = target_name if entry.kind is JournalKind.CALL else shown
    return Line(
        id=number,
        at=entry.at,
        kind=entry.kind,
        words=words,
        values={
            "caller": shown,
            "to": entry.person or to,
            "person": entry.person or somebody,
            "reference": str(detail.get("reference", "")),
            "level": str(detail.get("level", 1)),
        },
        service=entry.service,
        text=_text(entry),
        notes=_notes(entry),
        has_story=_has_story(entry),
    )


def _has_story(entry: JournalEntry) -> bool:
    if entry.key is None:
        return False
    from_outside = entry.kind is JournalKind.SMS_IN and entry.outcome in ("alerted", "unreadable")
    return entry.kind is JournalKind.CALL or from_outside


def _text(entry: JournalEntry) -> str:
    text = entry.detail.get("text") or entry.detail.get("what")
    return text if isinstance(text, str) else ""


def _notes(entry: JournalEntry) -> tuple[str, ...]:
    reason = entry.detail.get("reason")
    known = REASONS | REHEARSAL_REASONS
    note = known.get(reason) if isinstance(reason, str) else None
    rung = entry.detail.get("rung")
    tried = RUNGS.get(rung) if isinstance(rung, str) else None
    voice = REASONS.get(str(entry.detail.get("voice")))
    unsent = NOT_SENT if entry.detail.get("error") == TOO_OLD else None
    notes = tuple(each for each in (note, voice, tried, unsent) if each is not None)
    return (*notes, PART_MISSING) if entry.detail.get("complete") is False else notes


def instant(text: object) -> datetime | None:
    """An instant of a line's detail, None for what is none."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
