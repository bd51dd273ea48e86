"""Forms: WTForms through Flask-WTF, worded by our own catalogue.

Flask-WTF's CSRF is off: `guard` checks the token and the origin of every change, whether it came
through a form object or not, and needs no secret key on disk.
"""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import DataRequired, Length

from web.language import N_
from web.reader import languages

# WTForms' own sentences that can come up
REQUIRED = N_("This field is required.")
NOT_A_CHOICE = N_("Not a valid choice.")
TOO_LONG = N_("This is too long: %(max)s characters at most.")


class _Words:
    """The catalogue as WTForms asks for it."""

    def gettext(self, message: str) -> str:
        return languages().gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return languages().ngettext(singular, plural, number)


class Form(FlaskForm):  # type: ignore[misc]
    """The form of this request; what was typed is kept when it cannot be taken."""

    class Meta:
        """WTForms' settings."""

        csrf = False

        def get_translations(self, form: Any) -> _Words:
            return _Words()


def required() -> DataRequired:
    return DataRequired(REQUIRED)


def at_most(characters: int) -> Length:
    return Length(max=characters, message=TOO_LONG)


def stripped(value: str | None) -> str:
    """A filter for names: no blanks around, single ones within, nothing that is not printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in value or "").split())


def described(field: Field, hint: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an input: what is wrong with it and its hint are read out with it."""
    about = [f"{field.id}-wrong-{number}" for number in range(1, len(field.errors) + 1)]
    about += [f"{field.id}-hint"] if hint else []
    found = {name: value for name, value in attributes.items() if value is not False}
    if about:
        found["aria-describedby"] = " ".join(about)
    if field.errors:
        found["aria-invalid"] = "true"
    return found


def fault(field: Field, message: str) -> None:
    """Put a sentence, translated already, beside a field."""
    field.errors = [*field.errors, message]
