"""What to do about an alarm, where its own sentence does not say so already."""

from __future__ import annotations

from firmware.wording import messages
from web.language import N_

_TRIES_AGAIN = N_("The box tries again by itself. If this stays, ask the operator.")
_MAY_SEND = N_("Check that the SIM may send SMS and has credit.")
_TOML = N_("Write it into veilleur.toml on the box and start the box again.")

ADVICE: dict[str, str] = {
    messages.NOBODY_ON_DUTY: N_("Put somebody on duty in the rota."),
    messages.FORWARDING_DIFFERENT: _TRIES_AGAIN,
    messages.FORWARDING_LEFT: N_(
        "Correct the rota and save it; if it is right, ask the network for the forwarding under"
        " Settings, Modem and SIM. Then the rota counts again."
    ),
    messages.FORWARDING_UNANSWERED: _TRIES_AGAIN,
    messages.REMINDER_UNANSWERED: N_("Ring them, or put somebody else on duty."),
    messages.ALERT_WITHOUT_RECIPIENT: N_("Ring the caller back, then complete the rota."),
    messages.SIM_MISSING: N_("Put the SIM into the modem, then unplug the modem and plug it in."),
    messages.SIM_PIN_MISSING: _TOML,
    messages.SIM_PIN_REFUSED: N_(
        "Check the PIN in a telephone, correct veilleur.toml, and start the box again."
    ),
    messages.SIM_PIN_GIVEN_UP: N_(
        "If somebody has changed the PIN, correct veilleur.toml, and start the box again. Else wait"
        " for five minutes."
    ),
    messages.SIM_PIN_LAST_TRY: N_(
        "Put the SIM into a telephone and enter its PIN there: that gives all tries back."
    ),
    messages.SIM_PIN_UNWRITTEN: N_(
        "See to the disk first, as its alarm says. Or switch the SIM's PIN off in a telephone."
    ),
    messages.SIM_PUK: N_("Put the SIM into a telephone and unlock it with the operator's PUK."),
    messages.SIM_FAULT: N_("Take the SIM out, clean it, put it back. Else ask for a new one."),
    messages.MODEM_ABSENT: N_("Check the modem's USB cable and its power supply."),
    messages.MODEM_MUTE: N_("If this stays, unplug the modem and plug it in again."),
    messages.MODEM_REFUSES: N_("If this stays, unplug the modem and plug it in again."),
    messages.NETWORK_LOST: N_("Move the antenna. If it lasts, ask the operator about the SIM."),
    messages.SMS_NO_CENTRE: N_(
        "Ask the operator for the number of its SMS centre; set it with the SIM in a telephone."
    ),
    messages.NO_ADMINISTRATOR: N_("Make somebody an administrator, under People."),
    messages.SETTINGS_OLDER: N_(
        "Correct veilleur.toml on the box, or delete it, and start the box again."
    ),
    messages.NETWORK_NO_CALLS: N_(
        "Ask the operator whether calls over 4G (VoLTE) are allowed for this SIM and this modem."
    ),
    messages.SMS_FAILED: N_("Check this person's mobile number, and ring them."),
    messages.ALARMS_UNREACHED: N_("Correct this person's number, under People."),
    messages.SMS_STORE_FULL: N_("Unplug the modem and plug it in again; else delete by telephone."),
    messages.SILENT_CALLS: N_("If your call rings in vain, unplug the modem and plug it in again."),
    messages.SILENT_SMS: N_("If your SMS does not appear here, ask the operator about the SIM."),
    messages.VOICE_FAILED: N_(
        "Under Greeting and voice, try it again and let it ring you. Else restart the modem."
    ),
    messages.VOICE_NOT_JOINED: N_(
        "Ask the operator for conference calls (multiparty); try again under Greeting and voice."
    ),
    messages.VOICE_PORT_GONE: N_("Unplug the modem and plug it in again."),
    messages.VOICE_UNHEARD: N_("Switch the voicemail of the on-call telephones off."),
    messages.CREDIT_UNREAD: N_(
        "Dial the code from a telephone; correct code and words under Alarms."
    ),
    messages.MODEM_HOT: N_("Let air reach the box; move it away from sun and heating."),
    messages.MODEM_VOLTAGE: N_("Give the modem a power supply of its own, and a short cable."),
    messages.SMS_STORE_FILLING: N_("Unplug the modem and plug it in again; else empty the SIM."),
    messages.DISK_SPACE: N_("Delete old backups and downloads, or put in a larger card."),
    messages.BACKUP_FAILED: N_("Make one on the page; if it fails, too, make room on the disk."),
    messages.ROTA_GAPS: N_("Put somebody on duty in the rota."),
    messages.SMS_LOOP_LOST: N_("Text this number from a telephone and watch this page."),
    messages.SMS_LOOP_UNSENT: _MAY_SEND,
    messages.SMS_NOT_TAKEN: _MAY_SEND,
    messages.OWN_NUMBER_UNPROVED: N_("Ring that number: it must be the one of this SIM."),
    messages.OWN_NUMBER: N_("Correct this person's number: it is the one of the SIM itself."),
    messages.NUMBER_REFUSED: N_("Correct that number in the rota."),
    messages.BOX_WAS_OFF: N_("Look at what your telephones have missed, and ring back."),
    messages.NO_SITE: N_("Load one on the box: veilleur import FILE --data DIR"),
    messages.UPDATE_NOT_A_BUNDLE: N_("Download the update again from whoever sold the box."),
    messages.UPDATE_CUT_OFF: N_("Download it again, and wait for the end."),
    messages.UPDATE_SIGNATURE: N_(
        "Download it again. If this stays, tell whoever sold the box: somebody may have meddled"
        " with it."
    ),
    messages.UPDATE_OTHER_KEY: N_("Take updates from whoever sold the box only."),
    messages.UPDATE_CHANGED: N_(
        "Download it again. If this stays, tell whoever sold the box: somebody may have meddled"
        " with it."
    ),
    messages.UPDATE_NO_KEY: N_(
        "Ask whoever sold the box for a package that holds the maker's key."
    ),
    messages.UPDATE_ARCHITECTURE: N_("Ask whoever sold the box for the file of this model."),
    messages.UPDATE_OLDER: N_("There is nothing to do; remove the file from the stick."),
    messages.UPDATE_TOO_FAR: N_("Install the version in between first."),
    messages.UPDATE_NO_ROOM: N_("Delete old backups and downloads, or put in a larger card."),
    messages.UPDATE_NOT_SAVED: N_(
        "Make a backup on the page; if it fails, too, make room on the disk."
    ),
    messages.UPDATE_STICK_GONE: N_("Put the stick in again and leave it in for five minutes."),
    messages.UPDATE_TWO_STICKS: N_("Pull both out and put one in."),
    messages.UPDATE_TWO_FILES: N_("Leave one file that ends in .bundle on the stick."),
    messages.UPDATE_RETURNED: N_("Tell whoever sold the box; do not try the same file again."),
    messages.UPDATE_STUCK: N_(
        "Ring this number now to see whether it answers, and call whoever looks after the box."
    ),
    messages.STICK_FULL: N_("Delete files from the stick, or plug in a larger one."),
    messages.STICK_FAILED: N_("Pull the stick out and plug it in again; else take a new one."),
    messages.STICK_TWO: N_("Pull both out and put one in."),
    messages.CLOCK_UNTRUSTED: N_("It asks the network for the time. Nothing to do if it gets it."),
}
# Their sentence says what to do, or that there is nothing to do
SAYS_ITSELF = frozenset(
    {
        messages.ALERT_UNANSWERED, messages.LOOP, messages.FLOOD, messages.BUDGET,
        messages.FORWARDING_REFUSED, messages.RECOVERY_FAILED, messages.BATTERY_LOW,
        messages.BOX_DIES, messages.MODEM_DIES,
    }
)  # fmt: skip
GENERAL = N_("If this stays, tell whoever looks after the box: veilleur doctor says more there.")


def advice_for(cause: str) -> str | None:
    """What to do about an alarm (a message); also for one that this page has never heard of."""
    return None if cause in SAYS_ITSELF else ADVICE.get(cause, GENERAL)
