"""Outcomes in a word or two, for the list from which one is chosen."""

from __future__ import annotations

from firmware.record import JournalKind
from web.language import N_

OUTCOME_NAMES: dict[JournalKind, dict[str, str]] = {
    JournalKind.CALL: {
        "ringing": N_("ringing now"),
        "diverted": N_("passed on"),
        "transferred": N_("taken over the telephone"),
        "alerted": N_("alerted by SMS"),
        "voicemail": N_("voice message"),
        "abandoned": N_("gave up early"),
        "refused": N_("refused"),
    },
    JournalKind.SMS_IN: {
        "alerted": N_("from outside"),
        "command": N_("to the box"),
        "not_understood": N_("not understood"),
        "own": N_("own test"),
        "unreadable": N_("unreadable"),
    },
    JournalKind.SMS_OUT: {
        "queued": N_("waiting to leave"),
        "sending": N_("leaving"),
        "sent": N_("sent"),
        "delivered": N_("delivered"),
        "failed": N_("not delivered"),
    },
    JournalKind.DELIVERY: {
        "delivered": N_("delivered"),
        "failed": N_("not delivered"),
    },
    JournalKind.ACK: {
        "acknowledged": N_("answered OK"),
        "declined": N_("answered NO"),
        "taken_care_of": N_("taken care of"),
    },
    JournalKind.ESCALATION: {
        "asked": N_("next person asked"),
        "exhausted": N_("nobody answered"),
    },
    JournalKind.HANDOVER: {
        "starts": N_("comes on duty"),
        "ends": N_("goes off duty"),
    },
    JournalKind.FORWARDING: {
        "verified": N_("verified"),
        "different": N_("not as wanted"),
        "unanswered": N_("not verifiable"),
        "refused": N_("refused"),
        "changed_elsewhere": N_("changed elsewhere"),
    },
    JournalKind.HEALTH: {
        "modem_ready": N_("modem ready"),
        "modem_restarted": N_("modem restarted"),
        "modem_lost": N_("modem gone"),
        "box_started": N_("box started"),
        "box_died": N_("started after a breakdown"),
        "box_was_off": N_("box was off"),
        "alarm": N_("alarm"),
        "recovery": N_("restart tried"),
        "button": N_("button pressed"),
        "setup_code": N_("button held: setup code"),
        "setup_code_refused": N_("button held: no code"),
        "power_off": N_("stopped, battery empty"),
        "recovery_unable": N_("restart not possible"),
        "recovery_failed": N_("restart in vain"),
        "recovered": N_("back in order"),
        "data_repaired": N_("data repaired"),
        "number_refused": N_("number refused"),
        "rehearsal": N_("greeting, being rung"),
        "rehearsal_heard": N_("greeting heard"),
        "rehearsal_unanswered": N_("greeting, no answer"),
        "rehearsal_impossible": N_("greeting not played"),
        "wish_too_old": N_("wish too old"),
    },
    JournalKind.EDIT: {
        "loaded": N_("site file loaded"),
        "changed": N_("rota changed"),
        "relay": N_("duty taken over"),
        "swap": N_("shift swapped"),
        "refused": N_("change refused"),
    },
}
