"""Everything that is set once and looked at now and then."""

from firmware.store.account_store import UNREADABLE
from web.language import N_
from web.page import Entry, Page
from web.settings import (
    backup,
    health,
    log,
    retention,
    show,
    sim,
    site,
    stick,
    support,
    update,
    users,
)
from web.settings.blueprint import blueprint

__all__ = [
    "SETTINGS",
    "backup",
    "health",
    "log",
    "retention",
    "show",
    "sim",
    "site",
    "stick",
    "support",
    "update",
    "users",
]

SETTINGS = Page(
    blueprint,
    Entry("settings", "settings.show", N_("Settings")),
    audit={
        UNREADABLE: N_("This line cannot be read: the data are damaged here"),
        "user.added": N_("Account for %(account)s made"),
        "user.role": N_("Another role for %(account)s"),
        "user.password": N_("New password for %(account)s"),
        "user.disabled": N_("%(account)s may not sign in any more"),
        "user.enabled": N_("%(account)s may sign in again"),
        "user.removed": N_("Account of %(account)s removed"),
        "backup.taken": N_("Backup downloaded"),
        "backup.brought": N_("Backup of %(made_at)s laid ready"),
        "backup.cancelled": N_("The backup that waited was dropped"),
        "update.brought": N_("Update to %(version)s brought"),
        "update.refused": N_("A file for an update was refused: %(cause)s"),
        "stick.passphrase": N_("Passphrase of the backups on a stick set"),
        "stick.forgotten": N_("Passphrase of the backups on a stick removed"),
        "sim.check": N_("Forwarding checked on demand"),
        "sim.number": N_("Number of the box told"),
        "support": N_("Log for support taken"),
    },
)
