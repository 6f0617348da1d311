"""The first accounts, before anybody can sign in; tokens; and the last resort when nobody is left to confirm somebody."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime, timedelta

import click
from sqlalchemy import select

from randal.cli.group import Say, group
from randal.database.base import db
from randal.l10n import clock
from randal.l10n.formats import moment
from randal.models.accounts import ApiToken
from randal.org.people import NO_ROLE, Person
from randal.org.places import unit_called
from randal.rooms.accounts import commands, tokens
from randal.signatures import identities
from randal.web import access, passwords
from workflows.lifecycle import ADMIN, REASON_LENGTH, ROLES, Actor

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
    if piped and (said := passwords.complaint(piped, name, email)):
        raise Say(said)
    password = piped or secrets.token_urlsafe(12)
    place = unit_called(unit) if unit else None
    if unit and place is None:
        raise Say(f"Satuan kerja {unit} tidak dikenal.")
    given = {"email": email, "name": name, "role": role, "unit_id": place.id if place else None, "post": post}
    hashed = passwords.hasher.hash(password)
    db.session.rollback()
    person = commands.make_person(OPERATOR, {k: v for k, v in given.items() if v}, clock.now())
    person.password_hash = hashed
    db.session.commit()
    click.echo(f"Akun {person.email} ({ROLES.get(role, 'tanpa peran')}) dibuat.")
    if not piped:
        click.echo(f"Kata sandi: {password}")


@user.command("confirm")
@click.argument("email")
@click.option("--reason", required=True, help="Mengapa dari mesin, dan bagaimana orangnya dikenali.")
def user_confirm(email: str, reason: str) -> None:
    """Pastikan identitas EMAIL dari mesin ini: bila tidak ada Admin Sistem atau pimpinan lain yang dapat melakukannya."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Say(f"Tulis alasan sedikitnya {REASON_LENGTH} karakter.")
    person, now = of_email(email), clock.now()
    row = identities.begin(person, OPERATOR, now, how="shell")
    access.happened(
        person, "identity_confirmed", OPERATOR, now, about=f"dari mesin: {reason.strip()}", identity_id=row.id
    )
    db.session.commit()
    click.echo(
        f"Identitas {person.email} dinyatakan pengelola mesin; pemiliknya dan Admin Sistem diberi tahu."
    )


def of_email(email: str) -> Person:
    person = db.session.scalar(select(Person).where(Person.email == email.lower()))
    if person is None or not person.active:
        raise Say(f"Tidak ada akun aktif {email}.")
    return person


@group.group()
def token() -> None:
    """Token API."""


@token.command("create")
@click.argument("email")
@click.option("--write", is_flag=True, help="Boleh mengubah data; tanpa ini hanya membaca.")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=tokens.TOKEN_LIVES.days,
    show_default=True,
    help="Masa berlaku.",
)
def token_create(email: str, write: bool, days: int) -> None:
    """Buat token untuk EMAIL; dicetak sekali, pada baris terakhir."""
    person, now = of_email(email), clock.now()
    made = tokens.make_token(person, write=write, now=now, lives=timedelta(days=days))
    kind = "baca dan tulis" if write else "hanya baca"
    access.happened(person, "token_made", OPERATOR, now, about=kind)
    db.session.commit()
    click.echo(f"Token {kind} untuk {person.email}, {days} hari; simpan, tidak ditampilkan lagi:")
    click.echo(made)


@token.command("list")
@click.argument("email", required=False)
@click.option("--all", "every", is_flag=True, help="Juga yang dicabut atau kedaluwarsa.")
def token_list(email: str | None, every: bool) -> None:
    """Token yang ada, satu per baris: nomor, pemilik, hak, dibuat, berlaku sampai, terakhir dipakai, keadaan."""
    query, now = select(ApiToken).order_by(ApiToken.id), clock.now()
    if email:
        query = query.where(ApiToken.person_id == of_email(email).id)
    for row in db.session.scalars(query).unique():
        if every or row.opens(now):
            click.echo("\t".join(line_of(row, now)))


def line_of(row: ApiToken, now: datetime) -> list[str]:
    zone = row.person.zone
    until = moment(row.expires_at, zone) if row.expires_at else "tanpa batas"
    used = moment(row.last_used_at, zone) if row.last_used_at else "belum dipakai"
    state = "berlaku" if row.opens(now) else "dicabut" if row.revoked_at else "tidak berlaku"
    kind = "tulis" if row.write else "baca"
    return [str(row.id), row.person.email, kind, moment(row.created_at, zone), until, used, state]


@token.command("revoke")
@click.argument("number", type=click.IntRange(1))
def token_revoke(number: int) -> None:
    """Cabut token nomor NUMBER; tidak dapat dihidupkan lagi."""
    row = db.session.get(ApiToken, number) if number < 2**31 else None
    if row is None:
        raise Say(f"Tidak ada token nomor {number}. Lihat: flask --app wsgi randal token list")
    tokens.revoke_token(row, OPERATOR, clock.now())
    db.session.commit()
    click.echo(f"Token {number} milik {row.person.email} dicabut.")
