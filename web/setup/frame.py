"""The steps of the first start: which are done, which comes next, and the page around each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from web.frame import render_page
from web.language import N_
from web.reader import rota
from web.setup.blueprint import blueprint
from web.setup.draft import SetupDraft, load


@dataclass(frozen=True, slots=True)
class SetupStep:
    """``name`` is the end of its address and of its endpoint."""

    name: str
    words: str
    done: bool = False


STEPS = (
    ("site", N_("Company")),
    ("people", N_("People")),
    ("service", N_("Service")),
    ("turns", N_("Rota")),
    ("check", N_("Check")),
    ("doctor", N_("Box")),
    ("test", N_("Try")),
)


def steps(draft: SetupDraft) -> list[SetupStep]:
    loaded = rota() is not None
    done = {
        "site": draft.site is not None,
        "people": bool(draft.people),
        "service": draft.service is not None,
        "turns": draft.turns is not None,
        "check": False,
        "doctor": False,
        "test": False,
    }
    return [SetupStep(name, words, loaded or done[name]) for name, words in STEPS[:-1]] + [
        SetupStep(*STEPS[-1])
    ]


def next_step(draft: SetupDraft) -> str:
    """The address of the first step that is not done."""
    name = next(step.name for step in steps(draft) if not step.done)
    return url_for(f"setup.{name}")


@blueprint.get("/setup/go-on")
def go_on() -> ResponseReturnValue:
    return redirect(next_step(load()), 303)


def turned_away(name: str) -> ResponseReturnValue | None:
    """Where to go instead, when this step has nothing to stand on or the site is loaded already."""
    if rota() is not None:
        return redirect(url_for("setup.test"), 303)
    before = [step for step in steps(load()) if not step.done]
    order = [each for each, _ in STEPS]
    if before and order.index(before[0].name) < order.index(name):
        return redirect(url_for(f"setup.{before[0].name}"), 303)
    return None


def step_page(name: str, code: int = 200, **values: Any) -> Response:
    return render_page(
        f"setup/{name}.html",
        style="setup",
        code=code,
        step=name,
        steps=steps(load()),
        **values,
    )
