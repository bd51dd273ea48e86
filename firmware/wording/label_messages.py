"""The sentences of the label that lies in the box: read on paper, by whoever unpacks it."""

from __future__ import annotations

from firmware.wording.wording import N_

L_TITLE = N_("Veilleur, the on-call telephone")
L_OPEN = N_("1. Plug in, wait two minutes, open this page in the same network:")
L_CODE = N_("2. Type this setup code. It makes the first administrator, once:")
L_CODE_OF_SCREEN = N_(
    "2. Type the setup code. A screen on the box shows it; hold the button for 10 s for a new one."
)
L_SIM = N_("3. The SIM, before it goes into the modem:")
SIM_CHECKS = (
    N_("PIN switched off, or written into veilleur.toml on the box"),
    N_("calls and SMS in the plan; data not needed"),
    N_("conditional call forwarding allowed (busy, no reply, not reachable)"),
    N_("the operator's voicemail switched off"),
    N_("voice over LTE allowed for modems, where there is no 2G any more"),
    N_("its number, for your notes:"),
)
L_LAMPS = N_("The lamps wink while the box keeps watch:")
LAMPS = (
    N_("green: all is well"),
    N_("amber: look at the page"),
    N_("red: calls may be lost, look at once"),
    N_("blue: a call"),
)
L_STEADY = N_("Steady or dark: nobody keeps watch. Pull the plug, wait ten seconds, plug it in.")
L_BUTTON = N_("Button: a press texts the state to whoever is on duty.")
L_SECRET = N_(
    "Whoever reads the code before you are done can take the page. Keep the label in the office."
)
