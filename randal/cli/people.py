"""The first accounts, before anybody can sign in."""

from __future__ import annotations

import secrets
import sys

import click
from sqlalchemy import select

from randal.accounts import commands
from randal.cli import Say, group
from randal.core import clock
from randal.core.db import db
from randal.core.people import NO_ROLE, Person
from randal.core.places import unit_called
from workflows.lifecycle import ADMIN, ROLES, Actor

OPERATOR = Actor(id=None, roles=frozenset({ADMIN}))


@group.group()
def user() -> None:
    """Akun orang."""


@user.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([*ROLES, NO_ROLE]), help="Peran.")
@click.option("--unit", help="Kode satuan kerja atau kode ISO provinsinya (ID-BB).")
@click.option("--post", help="Jabatan (wajib untuk leader).")
def user_add(email: str, name: str, role: str, unit: str | None, post: str | None) -> None:
    """Buat akun EMAIL bernama NAME. Kata sandi dibaca dari masukan bila disalurkan, jika tidak dibuatkan dan dicetak."""
    piped = "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if piped and len(piped) < commands.MIN_PASSWORD:
        raise Say(f"Kata sandi sedikitnya {commands.MIN_PASSWORD} karakter.")
    password = piped or secrets.token_urlsafe(12)
    place = unit_called(unit) if unit else None
    if unit and place is None:
        raise Say(f"Satuan kerja {unit} tidak dikenal.")
    given = {"email": email, "name": name, "role": role, "unit_id": place.id if place else None, "post": post}
    hashed = commands.hasher.hash(password)
    db.session.rollback()
    person = commands.make_person(OPERATOR, {k: v for k, v in given.items() if v}, clock.now())
    person.password_hash = hashed
    db.session.commit()
    click.echo(f"Akun {person.email} ({ROLES.get(role, 'tanpa peran')}) dibuat.")
    if not piped:
        click.echo(f"Kata sandi: {password}")


@group.group()
def token() -> None:
    """Token API."""


@token.command("create")
@click.argument("email")
@click.option("--write", is_flag=True, help="Boleh mengubah data; tanpa ini hanya membaca.")
def token_create(email: str, write: bool) -> None:
    """Buat token untuk EMAIL; dicetak sekali, pada baris terakhir."""
    person = db.session.scalar(select(Person).where(Person.email == email.lower()))
    if person is None or not person.active:
        raise Say(f"Tidak ada akun aktif {email}.")
    made = commands.make_token(person, write=write, now=clock.now())
    db.session.commit()
    click.echo(
        f"Token {'baca dan tulis' if write else 'hanya baca'} untuk {person.email}; simpan, tidak ditampilkan lagi:"
    )
    click.echo(made)
