"""Forms: WTForms through Flask-WTF, worded by our own catalogue.

Flask-WTF's CSRF is off: `guard` checks the token and the origin of every change, whether it came
through a form object or not, and needs no secret key on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import DataRequired, ValidationError

from web.language import N_
from web.reader import languages

# WTForms' own sentences that can come up
REQUIRED = N_("This field is required.")
WORDED_BY_WTFORMS = (
    REQUIRED,
    N_("Not a valid choice."),
    N_("Not a valid integer value."),
    N_("Not a valid date value."),
    N_("Not a valid time value."),
)
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
    """WTForms' own sentence, which it translates; one given to it would stay as it is."""
    return DataRequired()


def at_most(characters: int) -> Callable[[Any, Field], None]:
    """A validator for the length of a text."""

    def check(_: Any, field: Field) -> None:
        if len(field.data or "") > characters:
            raise ValidationError(languages().gettext(TOO_LONG) % {"max": characters})

    return check


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
