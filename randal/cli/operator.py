"""Setting up and looking after an installation."""

from __future__ import annotations

import importlib
import importlib.util

import click
from flask import current_app

from randal.areas.beginning import load_lists
from randal.cli import Say, group, settings
from randal.core import clock, health, outbox, setting_up
from randal.core.db import db
from randal.search import indexing
from randal.signatures import installed


@group.command()
def init() -> None:
    """Siapkan basis data: skema terbaru, 38 provinsi, otoritas sertifikat. Aman diulang."""
    setting_up.make_tables()
    added = setting_up.load_provinces()
    load_lists(clock.now())
    if indexing.is_missing():
        indexing.rebuild()
    db.session.commit()
    made = installed.ensure_authority(settings(), clock.now())
    click.echo(
        f"Basis data siap: skema {setting_up.newest_revision()}"
        + (f", {added} provinsi dimuat" if added else "")
        + (", otoritas sertifikat dibuat" if made else "")
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
def check() -> None:
    """Periksa pengaturan, basis data, berkas, proses, antrean, surel: satu baris masing-masing; 1 bila ada yang rusak."""
    mode = settings().env + (", data contoh boleh dimuat" if settings().demo else "")
    click.echo(f"baik   Pengaturan: {mode}; data di {settings().data_dir}")
    found = health.look(health.CHECKS)
    if all(each.well for each in found[:2]):  # without a database there is nothing more to tell
        found += health.machine(clock.now())
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
