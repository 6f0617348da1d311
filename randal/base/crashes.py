"""An error that nobody foresaw: it gets a number, which the person reads and the log has."""

from __future__ import annotations

import re
import secrets

from flask import current_app, g, request
from sqlalchemy import inspect

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read wrongly from a screen


class Died(RuntimeError):
    """Whoever worked on something was ended from outside: by a signal, or for want of memory."""


def note() -> str:
    """Write the present exception to the log under a new number, and answer the number. Of the request it tells what was
    asked and what kind of person asked: no name, no address, and of the path only numbers of things, for all else in a
    path may be a secret."""
    reference = "".join(secrets.choice(LETTERS) for _ in range(8))
    reference = f"{reference[:4]}-{reference[4:]}"
    current_app.logger.exception("error %s: %s %s by %s", reference, request.method, asked(), by())
    return reference


def asked() -> str:
    """The rule of the address, with its numbers: /rapat/12/langkah/<move>."""
    given = request.view_args or {}

    def shown(part: re.Match[str]) -> str:
        value = given.get(part[1])
        return str(value) if isinstance(value, int) else f"<{part[1]}>"

    rule = request.url_rule.rule if request.url_rule else "an address that is none of ours"
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", shown, rule)


def by() -> str:
    """The roles of who asked. The database may be what fails: it is not asked again."""
    if actor := g.get("actor"):
        return ", ".join(sorted(actor.roles)) or "somebody without a role"
    person = getattr(g.get("_login_user"), "person", None)
    if person is None:
        return "a visitor"
    return str(inspect(person).dict.get("role") or "somebody without a role")
