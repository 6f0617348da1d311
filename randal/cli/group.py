"""The one group that every command joins, and how it says what went wrong."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from randal.database import timeouts
from randal.database.base import db
from randal.org.bootstrap import Newer
from randal.settings import Settings
from randal.signatures.authority import AuthorityError
from workflows.lifecycle import Refused


class Say(click.ClickException):
    """The command cannot go on; the one sentence says why and what to do."""

    def __init__(self, sentence: str, code: int = 1):
        super().__init__(sentence)
        self.exit_code = code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Commands(AppGroup):
    """Says what went wrong in one sentence. A traceback is for an error that nobody foresaw."""

    def invoke(self, ctx: click.Context) -> Any:
        before = timeouts.use(timeouts.COMMAND)
        try:
            return super().invoke(ctx)
        except Refused as refused:
            db.session.rollback()
            raise Say(sentence(refused)) from None
        except (AuthorityError, Newer, FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise Say(str(error)) from None
        except RedisError as error:
            raise Say(f"Redis tidak dapat dihubungi (RANDAL_REDIS_URL): {first_line(error)}") from None
        except DBAPIError as error:
            said = first_line(error.orig or error)
            if "no such table" in said or "does not exist" in said:
                said += ". Jalankan dahulu: flask --app wsgi randal init"
            raise Say(f"Basis data tidak dapat dipakai (RANDAL_DATABASE_URL): {said}") from None
        finally:
            timeouts.use(before)


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def sentence(refused: Refused) -> str:
    """The refusal with its fields, in one line."""
    if not refused.errors:
        return refused.detail
    return "; ".join(
        f"{name}: {' '.join(said)}" if name else " ".join(said) for name, said in refused.errors.items()
    )


def settings() -> Settings:
    found: Settings = current_app.config["RANDAL"]
    return found


group = Commands("randal", help="Perintah operator Randal.")
