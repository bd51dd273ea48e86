"""Signing in and out, one's own account, a lost password."""

from web.accounts import lost, mobile, own, sign_in  # noqa: F401 - they register their views
from web.accounts.blueprint import blueprint
from web.language import N_
from web.page import Page

ACCOUNTS = Page(
    blueprint,
    audit={
        "sign_in": N_("Signed in"),
        "sign_in.failed": N_("A wrong password for %(account)s"),
        "sign_in.unreadable": N_("No way in: the account %(account)s cannot be read"),
        "sign_out": N_("Signed out"),
        "password": N_("Own password changed"),
        "language": N_("Own language changed"),
        "password.at_the_box": N_("New password for %(account)s, given at the box"),
        "lost.asked": N_("Code for a lost password asked for %(account)s"),
        "lost.password": N_("New password by a code"),
        "mobile.asked": N_("Code to the own mobile asked for"),
        "mobile.proved": N_("Own mobile verified"),
        "sign_out.others": N_("Signed out everywhere else"),
    },
)
