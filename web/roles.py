"""Who may open what: denied by default.

A view without a declaration is for administrators. ``@allow(Role.STAFF)`` opens it to others and
``@public`` to whoever reaches the page; both stand next to the function, under its route.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from firmware.store.account_values import Role

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "veilleur_roles"


def allow(*roles: Role) -> Callable[[View], View]:
    """Open a view to these roles, beside administrators."""

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(roles) | {Role.ADMIN})
        return view

    return mark


def signed_in(view: View) -> View:
    """Open a view to everybody who is signed in."""
    return allow(*Role)(view)


def public(view: View) -> View:
    """Open a view to whoever reaches the page, signed in or not."""
    setattr(view, _MARK, None)
    return view


def roles_of(view: Callable[..., Any]) -> frozenset[Role] | None:
    """Who may open this view; None: everybody, without an account."""
    found: frozenset[Role] | None = getattr(view, _MARK, frozenset({Role.ADMIN}))
    return found
