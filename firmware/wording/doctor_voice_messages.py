"""The sentences of `veilleur doctor` about the voice: its port, its engine, its last proof."""

from __future__ import annotations

from firmware.wording.wording import N_

L_VOICE = N_("Voice")
UNUSED = N_("not used: no service answers calls by voice.")
PROVED = N_("{path}; sound last went both ways in a call on {since}.")
UNPROVED = N_("{path} is there; no call has proved yet that sound goes both ways.")
UNPROVED_TO_DO = N_(
    "on the page, under Settings, Greeting and voice: choose a greeting and “Call me and let me "
    "hear it”."
)
NO_CHANNEL = N_("this modem has no voice that the box could use: the network passes the calls on.")
NO_CHANNEL_TO_DO = N_(
    "leave it so, or take a modem with voice (Quectel EG25-G, SIMCom SIM7600G-H)."
)
NO_PORT = N_("the modem's sound was not found: the network passes the calls on.")
NO_PORT_TO_DO = N_(
    "unplug the modem, wait 10 seconds, plug it in again; if this line comes back, read it to the "
    "support line."
)
MISSING = N_("{path}, named for the sound, is not there: the network passes the calls on.")
MISSING_TO_DO = N_("take the line audio out of veilleur.toml: the sound is then found by itself.")
DENIED = N_("{path}: user {user} may not use it: the network passes the calls on.")
DENIED_TO_DO = N_(
    "run the same command with sudo before it; for good: sudo usermod -aG dialout,audio {user}, "
    "then log in again."
)
NO_PROGRAM = N_("the programs for a sound card are not installed.")
NO_PROGRAM_TO_DO = N_("install them: sudo apt install alsa-utils")
NO_ENGINE = N_("nothing is installed that can speak: the network passes the calls on.")
NO_ENGINE_TO_DO = N_("install it: sudo apt install espeak-ng")
FAILED = N_("it did not work in two calls in a row: the network passes the calls on.")
FAILED_TO_DO = N_(
    "on the page, under Settings, Greeting and voice: “Try the voice again”. If it fails again, "
    "switch the box off and on."
)
FAILED_NOW = N_("it has just failed in a call; it is tried again within ten minutes.")
FAILED_NOW_TO_DO = N_("run this check again in a quarter of an hour.")
NOT_JOINED = N_("the operator joins no two calls for this SIM: the network passes the calls on.")
NOT_JOINED_TO_DO = N_("ask the operator for call transfer or conference calls on this SIM.")
RECORDING_GONE = N_("the recording of a greeting of {service} is not there: its text is spoken.")
RECORDING_GONE_TO_DO = N_("record or upload it again on the page, or take the greeting away.")
