"""The voice: what callers hear, and what they have left."""

from web.language import N_
from web.page import Page
from web.voice import greeting, mail, show, sound
from web.voice.blueprint import blueprint

__all__ = ["VOICE", "greeting", "mail", "show", "sound"]

VOICE = Page(
    blueprint,
    audit={
        "voice.greeting": N_("Greeting of %(service)s changed"),
        "voice.greeting_removed": N_("Greeting of %(service)s taken away"),
        "voice.recorded": N_("Greeting of %(service)s recorded by telephone"),
        "voice.played": N_("Greeting of %(service)s played on %(number)s"),
        "voice.again": N_("The voice is to be tried again"),
        "voicemail.heard": N_("Heard the message of %(caller)s, left %(left)s"),
        "voicemail.deleted": N_("Deleted the message of %(caller)s, left %(left)s"),
    },
)
