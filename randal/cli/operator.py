"""Setting up and looking after an installation."""

from __future__ import annotations

import importlib
import importlib.util
import json

import click
from flask import current_app

from randal.cli.group import Say, group, settings
from randal.database.base import db
from randal.jobs import outbox
from randal.l10n import clock
from randal.operations import checks
from randal.org import bootstrap
from randal.rooms.areas.beginning import load_lists
from randal.search import indexing
from randal.signatures import installed


@group.command()
def init() -> None:
    """Siapkan basis data: skema terbaru, 38 provinsi, otoritas sertifikat. Aman diulang."""
    bootstrap.make_tables()
    bootstrap.take_turns()
    added = bootstrap.load_provinces()
    load_lists(clock.now())
    if indexing.is_missing():
        indexing.rebuild()
    made = installed.ensure_authority(settings(), clock.now())
    db.session.commit()
    installed.set_aside(settings())
    click.echo(
        f"Basis data siap: skema {bootstrap.newest_revision()}"
        + (f", {added} provinsi dimuat" if added else "")
        + (f", {made}" if made else "")
        + "."
    )


@group.command()
def reindex() -> None:
    """Susun ulang indeks pencarian dari isi basis data."""
    counted = indexing.rebuild()
    db.session.commit()
    click.echo("Indeks pencarian: " + ", ".join(f"{kind} {count}" for kind, count in counted.items()) + ".")


@group.command()
def demo() -> None:
    """Muat data contoh (rakor 2018) sekali; mencetak akun-akunnya."""
    if importlib.util.find_spec("randal.demo") is None:
        raise Say("Data contoh tidak ada dalam pemasangan ini.")
    module = importlib.import_module("randal.demo")
    for line in module.load(current_app._get_current_object()):  # type: ignore[attr-defined]
        click.echo(line)


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Untuk mesin: satu objek JSON.")
@click.option("--files", "every_byte", is_flag=True, help="Baca isi setiap berkas, berapa pun banyaknya.")
def check(as_json: bool, every_byte: bool) -> None:
    """Periksa pengaturan, basis data, berkas, mesin, antrean, surel: satu baris masing-masing; 1 bila perlu orang."""
    now = clock.now()
    found = checks.whole(now, every_byte=every_byte)
    if as_json:
        click.echo(json.dumps(checks.as_json(found, now), ensure_ascii=False))
    else:
        for each in found:
            click.echo(f"{'baik  ' if each.well else 'RUSAK '} {each.name}: {each.said}")
    if not all(each.well for each in found):
        raise click.exceptions.Exit(1)


@group.command()
@click.option("--retry", is_flag=True, help="Coba lagi semuanya dari awal.")
def stuck(retry: bool) -> None:
    """Pekerjaan latar yang gagal berulang kali, dengan sebabnya."""
    rows = outbox.stuck()
    for row in rows:
        about = f"peristiwa {row.event_id}" if row.event_id else f"dokumen {row.document_id}"
        about = f"pratinjau {row.trial_id}" if row.trial_id else about
        click.echo(f"{row.id}\t{row.consumer}\t{about}\tsejak {row.stuck_at:%Y-%m-%d %H:%M} UTC\t{row.error}")
    if retry:
        outbox.retry([row.id for row in rows], clock.now())
        db.session.commit()
    click.echo(f"{len(rows)} macet" + (", dicoba lagi." if retry and rows else "."))
