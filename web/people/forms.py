"""The forms of these pages. ``name`` is the hidden field of whom a form is about."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from firmware.rota.values import ROLES
from web.forms import Form, at_most, required, stripped
from web.language import N_

CHOICES = {"staff": N_("Staff"), "admin": N_("Administrator: gets the box's alarms by SMS")}
TYPED_MAX = 200  # far above what is taken: the check of the rota says what is too long


class PersonForm(Form):
    person_name = StringField(filters=[stripped], validators=[required(), at_most(TYPED_MAX)])
    role = SelectField(choices=[SelectChoice(role) for role in ROLES])


class NewPersonForm(PersonForm):
    mobile = StringField(filters=[stripped], validators=[required(), at_most(TYPED_MAX)])


class NumberForm(Form):
    number = StringField(filters=[stripped], validators=[required(), at_most(TYPED_MAX)])


class CodeForm(Form):
    code = StringField(filters=[stripped], validators=[required(), at_most(TYPED_MAX)])


class AbsenceForm(Form):
    start = StringField(validators=[required(), at_most(TYPED_MAX)])
    end = StringField(validators=[required(), at_most(TYPED_MAX)])
    # When the form was made: a start that passes while it is read is no mistake
    made = HiddenField(validators=[at_most(TYPED_MAX)])
