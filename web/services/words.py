"""What the settings of a service are called, and what each means."""

from __future__ import annotations

from web.language import N_

MODES = {
    "divert": (
        N_("Pass on by the network"),
        N_("The caller is put through to the mobile on duty at once, even if the box is off."),
    ),
    "alert": (
        N_("Alert by SMS"),
        N_("The caller is not put through: the person on duty gets an SMS and rings back."),
    ),
    "transfer": (
        N_("Answer and transfer"),
        N_("The box answers, asks who takes the call and connects them. It needs a modem with "
           "voice; without, the network passes the call on."),
    ),
}
TEXTS = {
    "diverted": N_("A call that was passed on"),
    "missed": N_("A call that was not passed on"),
    "unconfirmed": N_("A call after somebody else did not answer"),
    "sms": N_("A text from a caller"),
}
DAYS = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
    "holiday": N_("Bank holidays too"),
    "not-holiday": N_("Not on bank holidays"),
}
