"""What is wrong with a list of contacts, in the reader's language."""

from __future__ import annotations

from firmware.rota.text import Text
from firmware.store.rota_history import Sentence
from web import fault_words
from web.language import N_
from web.services import contact_list

WORDS = {
    contact_list.NO_COLUMNS: N_("The list needs a column “numero” and a column “nom”."),
    contact_list.NO_NAME: N_("The line has no name."),
    contact_list.NO_LIST: N_("This is no list that can be read."),
    contact_list.TWICE: N_("%(number)s is on line %(first)s already."),
    contact_list.TOO_MANY: N_("More than %(highest)s contacts."),
}


def words(text: Text) -> Sentence:
    message = WORDS.get(text.template)
    if message is None:
        return fault_words.words(text)
    plain = {key: v.render() if isinstance(v, Text) else v for key, v in text.values}
    return Sentence(message, plain)
