"""What a check finds, and running several of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from randal.database.base import db

Checks = dict[str, tuple[str, Callable[[], str]]]  # code → name for people, and what answers how it is
NEEDED = ("database", "migrations")  # without them there is nothing to tell of the others …
ALONE = (*NEEDED, "redis", "storage", "reader", "room", "fonts")  # … but of these


class Trouble(Exception):
    """Something is not as it should be; the text is for the operator."""


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at (`code` for machines, `name` for people), whether it is well, and the words for it."""

    code: str
    name: str
    well: bool
    said: str


def look(checks: Checks) -> list[Finding]:
    """Run the checks; one that breaks is a finding, not an error. What needs the database waits until it is well."""
    found: list[Finding] = []
    for code, (name, check) in checks.items():
        if code not in ALONE and any(not each.well and each.code in NEEDED for each in found):
            found.append(Finding(code, name, False, "tidak diketahui selama basis data tidak siap"))
            continue
        try:
            found.append(Finding(code, name, True, check()))
        except Trouble as trouble:
            found.append(Finding(code, name, False, str(trouble)))
        except RedisError:
            found.append(Finding(code, name, False, "Redis tidak menjawab; periksa RANDAL_REDIS_URL"))
        except Exception as error:
            said = str(error).splitlines() or [""]
            found.append(Finding(code, name, False, f"{type(error).__name__}: {said[0][:200]}"))
        finally:
            db.session.rollback()
    return found
