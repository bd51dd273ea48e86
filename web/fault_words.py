"""What is wrong with an edit, in words that stand beside a field.

The site file's faults speak of lines, tables and keys to somebody with an editor. On a page the
field is known: only the reason is said. Keys are the templates of `firmware.rota`; a test compares
the two.
"""

from __future__ import annotations

from firmware.rota.text import Text
from firmware.store.rota_history import Sentence
from web.language import N_

ANY = N_("This cannot be taken (%(reason)s).")
WORDS: dict[str, str] = {
    # a table as a whole
    "{table}: it needs out, in or both": N_("Choose who is out, who comes in, or both."),
    "{table}: out and in are the same person": N_("The same person cannot go and come."),
    "{table}: {first} to {key} lies in a skipped hour": N_(
        "These times do not exist: the clock goes forward over them."
    ),
    "{table}: {key} must be after {first}": N_("The end must come after the start."),
    "{table}: {key} has more than {highest} names": N_("At most %(highest)s names."),
    "{table}: {key} is an empty list": N_("Choose at least one."),
    "{table}: {key} is missing": N_("Please fill this in."),
    "{table}: {key} is wall-clock time and takes no offset": N_("Enter a date and a time."),
    "{table}: {key} must be from {lowest} to {highest}": N_(
        "Enter a number from %(lowest)s to %(highest)s."
    ),
    "{table}: {key} must be one of {choices}, not {value}": N_("Choose one from the list."),
    "{table}: {key} {value} is the same as on line {first}": N_("%(value)s is used already."),
    "{table}: {key}: no {what} {name}": N_("There is no %(name)s."),
    "{table}: {key}: no {what} {name}; did you mean {near}?": N_(
        "There is no %(name)s; did you mean %(near)s?"
    ),
    "{table}: it needs text, recording or both": N_("Write a text, or choose a recording."),
    "expected the name of a recording, such as greeting/3": N_("Choose a recording from the list."),
    # names, times, numbers of rota.grammar
    "expected {days} or a range such as mon-fri": N_("Choose at least one day."),
    "holiday and not-holiday exclude one another": N_(
        "Bank holidays cannot be both included and left out."
    ),
    "not-holiday needs the days that it restricts": N_("Choose at least one day."),
    "expected a number and hours, days, weeks or months, such as 1 week": N_(
        "Enter a number of hours, days, weeks or months."
    ),
    "the number must be from 1 to {highest}": N_("Enter a number from 1 to %(highest)s."),
    "expected a clock time such as 08:00": N_("Enter a time such as 08:00."),
    "expected a date and a time such as 2026-01-05T08:00": N_("Enter a date and a time."),
    "there is no such date or time": N_("There is no such date or time."),
    "fractions of a second are not allowed": N_("Enter a date and a time."),
    "the year must be from {lowest} to {highest}": N_(
        "The year must be from %(lowest)s to %(highest)s."
    ),
    "it is empty": N_("Please fill this in."),
    "it has more than {highest} characters": N_("At most %(highest)s characters."),
    "it holds the control character {code}": N_(
        "It holds a character that cannot be seen (%(code)s). Type it anew."
    ),
    # telephone numbers of rota.number and rota.dialling
    "the country code {code} is not one to three digits": N_(
        "The country code is one to three digits, such as 33."
    ),
    "it begins neither with + nor with 0": N_("The number must begin with 0 or with +."),
    "it holds something that is no digit": N_("The number holds something that is no digit."),
    "it must have 7 to 15 digits after the +, the first of them not 0": N_(
        "The number must have 7 to 15 digits."
    ),
    "there is no country with this code": N_("There is no country with this code."),
    "calls to that country are not allowed": N_("Calls to that country are not allowed."),
    "it is an emergency or short number": N_("This is an emergency number or a short number."),
    "it is a premium-rate number": N_("This is a premium-rate number."),
    "it is a shared-cost number": N_("This is a shared-cost number."),
    "it is a pager": N_("This is a pager."),
    "it is a voicemail": N_("This is a voicemail."),
    "{table}: {key} has more than {highest} numbers": N_("At most %(highest)s numbers."),
    # texts of SMS, credit of the SIM
    "braces stand only around the names {known}": N_(
        "Braces may stand only around these names: %(known)s."
    ),
    "{name} is not known; there are {known}": N_("%(name)s is not known; there are %(known)s."),
    "{missing} must stand in it": N_("%(missing)s must stand in it."),
    "the word OK must stand in it: it is what people answer": N_(
        "The word OK must stand in it: it is what people answer."
    ),
    "expected a code such as *100# or #123#": N_("Enter a code such as *100# or #123#."),
    "it must hold {amount} once, in the place of the sum": N_(
        "%(amount)s must stand in it once, in the place of the sum."
    ),
    "it needs a word beside {amount}, such as EUR": N_(
        "It needs a word beside %(amount)s, such as EUR."
    ),
    "it would change a service of the SIM, not ask for its credit": N_(
        "This code would change a service of the SIM instead of asking for its credit."
    ),
    "{table}: {key} needs credit_code, too": N_("Fill in the code that asks for the credit, too."),
    "{table}: {key} needs credit_pattern, too": N_("Fill in what the answer looks like, too."),
    # the PIN for the telephone
    "a PIN has {lowest} to {highest} digits": N_("A PIN has %(lowest)s to %(highest)s digits."),
    "this PIN is the first that somebody would try: no 0000, no 1234": N_(
        "This PIN is one of the first that somebody would try."
    ),
    # the site
    "expected a time zone such as Europe/Paris": N_("Enter a time zone such as Europe/Paris."),
    "there is no such time zone; did you mean {near}?": N_(
        "There is no such time zone; did you mean %(near)s?"
    ),
    "expected one to three digits without + or 0 in front, such as 33": N_(
        "The country code is one to three digits, such as 33."
    ),
    "expected one key from 0 to 9": N_("Choose one key from 0 to 9."),
}


def words(text: Text) -> Sentence:
    """The sentence for a fault of the site file, without its table and key."""
    values = dict(text.values)
    reason = values.get("reason")
    if isinstance(reason, Text):
        return words(reason)
    plain = {
        key: value.render() if isinstance(value, Text) else value for key, value in values.items()
    }
    message = WORDS.get(text.template)
    return Sentence(ANY, {"reason": text.render()}) if message is None else Sentence(message, plain)
