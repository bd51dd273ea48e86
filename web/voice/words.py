"""What greetings and the voice's states are called."""

from __future__ import annotations

from firmware.speech.convert import (
    NO_TOOL,
    NOT_SOUND,
    SILENT,
    TOO_LARGE,
    TOO_LONG,
    TOO_SHORT,
)
from web.journal_words import REASONS
from web.language import N_

TIMES = {
    "always": (N_("Always"), N_("Whenever no other greeting applies.")),
    "open": (N_("In opening hours"), N_("While calls go to the office telephone.")),
    "closed": (N_("Outside opening hours"), N_("While the rota takes the calls.")),
    "holiday": (N_("On bank holidays"), N_("The whole day, before the others.")),
}
# What the daemon says about the voice in the fact `voice:why`
STATES = {
    why: REASONS[why]
    for why in (
        "no voice channel", "no audio port", "no speech", "voice failed twice",
        "voice failed a moment ago", "the network joins no calls",
    )
}  # fmt: skip
ANY_STATE = N_("The voice does not work now (%(why)s).")
MEANS = N_("Calls in the mode “answer and transfer” are passed on by the network instead.")
UPLOAD_FAULTS = {
    TOO_LARGE: N_("The file is larger than 8 MB."),
    NOT_SOUND: N_("This is no sound file that can be read. WAV, MP3 and OGG can."),
    TOO_SHORT: N_("The recording is shorter than half a second."),
    TOO_LONG: N_("The recording is longer than two minutes."),
    SILENT: N_("There is nothing to hear in this recording."),
    NO_TOOL: N_("Only WAV files can be read on this box: sndfile-convert is not installed."),
}
