"""Callers whom the site knows: one by one, or as a list out of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import StringField

from firmware.rota import Contact, Rota
from firmware.rota.grammar import GrammarFault, folded, parse_name
from firmware.rota.number import NumberFault, normalise_number
from firmware.rota.site_tables import parse_note
from web import fault_words
from web.audit import audit
from web.editing import Edit
from web.forms import Form, at_most, fault, required, stripped
from web.frame import render_page
from web.guard import body_max
from web.language import N_
from web.reader import languages
from web.saving import place_faults, present_version, save, the_rota
from web.saying import say
from web.services import contact_list, list_words
from web.services.blueprint import blueprint

SHOWN_MAX = 200
LIST_MAX = 480_000  # octets: 5,000 contacts and their coding in a form
CHANGED, REMOVED = N_("Contact %(number)s changed"), N_("Contact %(number)s removed")
LOADED = N_("%(count)s contacts read from a list")
SAVED, GONE = N_("Saved."), N_("Removed.")
EMPTY = N_("Choose a file or paste the list.")
TOO_LONG = N_("The list is too long: at most 480 kB. Nothing was changed.")


class ContactForm(Form):
    number = StringField(filters=[stripped], validators=[required(), at_most(200)])
    contact_name = StringField(filters=[stripped], validators=[required(), at_most(200)])
    note = StringField(filters=[stripped], validators=[at_most(200)])


@dataclass(frozen=True, slots=True)
class Change:
    """What the list does to one number: ``old`` None is new, ``new`` None goes."""

    old: Contact | None
    new: Contact | None


@blueprint.get("/services/contacts")
def contacts() -> ResponseReturnValue:
    number = request.args.get("number", "")
    known = the_rota().contact(number)
    if known is None:
        return _page(ContactForm(formdata=None))
    form = ContactForm(
        formdata=None, number=known.number, contact_name=known.name, note=known.note
    )
    return _page(form, editing=known)


@blueprint.post("/services/contacts")
def put_contact() -> ResponseReturnValue:
    form = ContactForm()
    contact = _read(form)
    before = request.form.get("before", "")
    if contact is None:
        return _page(form, code=422)
    done = save(_with(contact, before), CHANGED, number=contact.number)
    if done.done:
        audit("services.contact", number=contact.number)
        flash(SAVED)
        return redirect(url_for("services.contacts"), 303)
    fields = {"number": form.number, "name": form.contact_name, "note": form.note}
    return _page(form, done, place_faults(done, fields, form), code=422)


def _with(contact: Contact, before: str) -> Callable[[Rota], Rota]:
    """The contact in place of the one it was, else of the one with its number, else at the end."""

    def changed(rota: Rota) -> Rota:
        old = before if rota.contact(before) is not None else contact.number
        if rota.contact(old) is None:
            return replace(rota, contacts=(*rota.contacts, contact))
        return replace(
            rota,
            contacts=tuple(
                contact if each.number == old else each
                for each in rota.contacts
                if each.number == old or each.number != contact.number
            ),
        )

    return changed


@blueprint.post("/services/contacts/remove")
def remove_contact() -> ResponseReturnValue:
    number = request.form.get("number", "")
    done = save(
        lambda rota: replace(
            rota, contacts=tuple(each for each in rota.contacts if each.number != number)
        ),
        REMOVED,
        number=number,
    )
    if done.done:
        audit("services.contact", number=number)
        flash(GONE)
        return redirect(url_for("services.contacts"), 303)
    form = ContactForm(formdata=None)
    return _page(form, done, place_faults(done, {}, form), code=422)


@blueprint.get("/services/contacts.csv")
def export() -> ResponseReturnValue:
    known = the_rota()
    audit("services.contacts_exported")
    response = Response(contact_list.written(known.contacts, known.site.country_code))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    return response


@blueprint.get("/services/contacts/list")
def choose_list() -> ResponseReturnValue:
    return _list_page()


@blueprint.post("/services/contacts/list")
@body_max(LIST_MAX)
def read_list() -> ResponseReturnValue:
    """First what the list would do; with ``sure`` it is done. One fault, and nothing is."""
    known, text = the_rota(), _given_text()
    if not text.strip():
        return _list_page(text, wrong=languages().gettext(EMPTY), code=422)
    read = contact_list.read_list(text, known.site.country_code)
    if read.faults:
        return _list_page(text, read=read, code=422)
    whole = bool(request.form.get("whole"))
    if not request.form.get("sure"):
        return _list_page(text, changes=_changes(known, read.contacts, whole), whole=whole)
    done = save(
        lambda rota: replace(rota, contacts=_merged(rota, read.contacts, whole)),
        LOADED,
        count=str(len(read.contacts)),
    )
    if done.done:
        audit("services.contacts", count=len(read.contacts))
        flash(SAVED)
        return redirect(url_for("services.contacts"), 303)
    faults = place_faults(done, {}, ContactForm(formdata=None))
    return _list_page(text, done=done, faults=faults, whole=whole, code=422)


@blueprint.errorhandler(413)
def too_long(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The text itself is not sent back: the browser still has it one page back."""
    if request.endpoint == "services.read_list":
        return _list_page(wrong=languages().gettext(TOO_LONG), code=413)
    raise error


def _given_text() -> str:
    file = request.files.get("file")
    if file is not None and file.filename:
        return contact_list.decoded(file.read())
    return request.form.get("text", "")


def _merged(rota: Rota, read: tuple[Contact, ...], whole: bool) -> tuple[Contact, ...]:
    """The list in place of what is there, or what is there with the list's over it."""
    if whole:
        return read
    new = {each.number: each for each in read}
    kept = tuple(new.pop(each.number, each) for each in rota.contacts)
    return (*kept, *new.values())


def _changes(rota: Rota, read: tuple[Contact, ...], whole: bool) -> list[Change]:
    after = {each.number: each for each in _merged(rota, read, whole)}
    before = {each.number: each for each in rota.contacts}
    numbers = dict.fromkeys((*after, *before))
    found = [Change(before.get(number), after.get(number)) for number in numbers]
    return [each for each in found if each.old != each.new]


def _read(form: ContactForm) -> Contact | None:
    """The contact that was entered; None, with each fault beside its field."""
    form.validate()
    found: dict[str, str] = {}
    readers: dict[str, Callable[[str], str]] = {
        "number": lambda text: normalise_number(text, the_rota().site.country_code),
        "contact_name": parse_name,
        "note": parse_note,
    }
    for name, read in readers.items():
        try:
            found[name] = read(form[name].data or "")
        except (GrammarFault, NumberFault) as wrong:
            if not form[name].errors:
                fault(form[name], say(fault_words.words(wrong.text)))
    if form.errors:
        return None
    return Contact(found["number"], found["contact_name"], found["note"])


def _page(
    form: ContactForm,
    done: Edit | None = None,
    faults: list[str] | None = None,
    editing: Contact | None = None,
    code: int = 200,
) -> Response:
    wanted = request.args.get("q", "").strip()
    found = [each for each in the_rota().contacts if _fits(each, wanted)]
    return render_page(
        "services/contacts.html",
        active="services",
        style="services",
        code=code,
        q=wanted,
        found=found[:SHOWN_MAX],
        count=len(found),
        total=len(the_rota().contacts),
        form=form,
        before=request.form.get("before", "") or (editing.number if editing else ""),
        done=done,
        faults=faults or [],
        version=done.version if done is not None else present_version(),
    )


def _fits(contact: Contact, wanted: str) -> bool:
    digits = "".join(c for c in wanted if c.isdigit()).removeprefix("0")
    return folded(wanted) in folded(contact.name + contact.note) or (
        bool(digits) and digits in contact.number
    )


def _list_page(
    text: str = "",
    *,
    wrong: str = "",
    read: contact_list.Read | None = None,
    changes: list[Change] | None = None,
    done: Edit | None = None,
    faults: list[str] | None = None,
    whole: bool = False,
    code: int = 200,
) -> Response:
    lines = read.faults[:SHOWN_MAX] if read is not None else ()
    return render_page(
        "services/contact_list.html",
        active="services",
        style="services",
        code=code,
        text=text,
        wrong=wrong,
        lines=[(each.line, say(list_words.words(each.text))) for each in lines],
        more=len(read.faults) - len(lines) if read is not None else 0,
        changes=changes,
        shown_max=SHOWN_MAX,
        whole=whole,
        done=done,
        faults=faults or [],
        version=done.version if done is not None else present_version(),
    )
