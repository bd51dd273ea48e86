"""The way to each setting."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from web.frame import render_page
from web.language import N_
from web.settings.blueprint import blueprint

# Endpoint, icon, name, what is behind it
PLACES = (
    ("accounts.show", "duty", N_("My account"), N_("Language, password, where I am signed in")),
    ("settings.users", "office", N_("Accounts"), N_("Who may open this page, and as what")),
    ("settings.site", "lantern", N_("Company"), N_("Name, language, time zone, bank holidays")),
    ("settings.health", "alarm", N_("Alarms"), N_("What the box watches over, and its weekly SMS")),
    ("voice.show", "phone", N_("Greeting and voice"), N_("What callers hear, how long it rings")),
    ("settings.sim", "pulse", N_("Modem and SIM"), N_("Their state, and what this SIM can do")),
    ("setup.test", "phone", N_("Try the box"), N_("A test call and a test SMS, watched live")),
    (
        "settings.retention", "clock", N_("What is kept"),
        N_("And for how long: SMS, calls, changes"),
    ),
    ("settings.backup", "forward", N_("Backup"), N_("Take everything away, or bring it back")),
    ("settings.update", "onward", N_("Updates"), N_("Which version this is, and a newer one")),
    ("settings.log", "pencil", N_("Who changed what"), N_("Every change and every sign-in")),
    (
        "settings.support", "forward", N_("Log for support"),
        N_("A file without names, numbers or texts"),
    ),
)  # fmt: skip


@blueprint.get("/settings")
def show() -> ResponseReturnValue:
    return render_page("settings/show.html", active="settings", style="settings", places=PLACES)
