"""Backup while everything runs, and restore into an empty place."""

from __future__ import annotations

from pathlib import Path

import click
from babel.numbers import format_decimal

from randal.cli import Say, group, settings
from randal.core import backups, clock, setting_up
from randal.core.backups.manifest import AUTHORITY, FILES, SECRET, listed
from randal.core.db import db
from randal.signatures import installed


@group.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Cadangkan basis data, berkas, dan otoritas ke DIR (baru atau kosong) sementara semuanya berjalan."""
    where = installed.authority_folder(settings())
    try:
        made, digest = backups.backup(folder, db.engine, settings(), where, clock.now())
    except backups.BackupError as error:
        raise Say(str(error)) from None
    rows, kept, size = (
        format_decimal(n, "#,##0", "id")
        for n in (sum(made.tables.values()), len(made.within(FILES)), made.size)
    )
    authority = "dengan otoritas sertifikat" if made.within(AUTHORITY) else "tanpa otoritas sertifikat"
    click.echo(
        f"Cadangan selesai di {folder}: {made.database}, skema {made.revision}, {rows} baris, {kept} berkas, "
        f"{authority}; {size} byte."
    )
    if not made.has(SECRET):
        click.echo("Kunci rahasia tidak ikut: simpan RANDAL_SECRET_KEY di tempat lain yang aman.")
    click.echo(f"SHA-256 manifest.json: {digest}")
    if made.lost:
        raise Say(
            f"{len(made.lost)} berkas disebut basis data tetapi hilang atau rusak di penyimpanan, selebihnya "
            f"tercadangkan: {listed(made.lost)}"
        )


@group.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--portable", is_flag=True, help="Ke PostgreSQL dari randal.db, bukan dari randal.dump.")
@click.option("--keep-files", is_flag=True, help="Penyimpanan boleh sudah berisi berkas.")
def restore(folder: Path, portable: bool, keep_files: bool) -> None:
    """Pulihkan cadangan di DIR ke tempat yang kosong, juga dari basis data jenis lain. Hentikan proses lain dahulu."""
    where = installed.authority_folder(settings())
    try:
        made = backups.restore(folder, db.engine, settings(), where, portable=portable, keep_files=keep_files)
    except backups.BackupError as error:
        raise Say(str(error)) from None
    migrated = f" (dinaikkan dari {made.revision})" if made.revision != setting_up.newest_revision() else ""
    click.echo(
        f"Pulih dari cadangan {made.made_at}: {made.database} ke {db.engine.dialect.name}, "
        f"skema {setting_up.present_revision()}{migrated}, {format_decimal(sum(made.tables.values()), '#,##0', 'id')} "
        f"baris, {len(made.within(FILES))} berkas."
    )
    if made.lost:
        click.echo(f"{len(made.lost)} berkas sudah hilang saat dicadangkan: {listed(made.lost)}")
    click.echo("Periksa sekarang: flask --app wsgi randal check; flask --app wsgi randal audit verify")
