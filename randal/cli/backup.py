"""Backup while everything runs, and restore into an empty place."""

from __future__ import annotations

from pathlib import Path

import click
from babel.numbers import format_decimal
from sqlalchemy import Engine

from randal import backup as backups
from randal.backup import last_backup, stored_files
from randal.backup.manifest import FILES, SECRET, listed
from randal.cli.group import Say, group, settings
from randal.database.base import db
from randal.l10n import clock
from randal.org import bootstrap
from randal.signatures import installed
from randal.signatures.authority import AuthorityError
from randal.signatures.keystores import Keystore


@group.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--keep-days",
    type=click.IntRange(1),
    help="Sesudah cadangan ini lengkap, hapus cadangan di sebelahnya yang lebih tua daripada sekian hari.",
)
def backup(folder: Path, keep_days: int | None) -> None:
    """Cadangkan basis data, berkas, dan otoritas ke DIR (baru atau kosong) sementara semuanya berjalan."""
    now = clock.now()
    try:
        made, digest = backups.backup(folder, db.engine, settings(), now)
    except backups.BackupError as error:
        raise Say(str(error)) from None
    rows, kept, size = (
        format_decimal(n, "#,##0", "id")
        for n in (sum(made.tables.values()), len(made.within(FILES)), made.size)
    )
    authority = (
        "dengan otoritas sertifikat"
        if made.tables.get(Keystore.__tablename__)
        else "tanpa otoritas sertifikat"
    )
    click.echo(
        f"Cadangan selesai di {folder}: {made.database}, skema {made.revision}, {rows} baris, {kept} berkas, "
        f"{authority}; {size} byte."
    )
    if not made.has(SECRET):
        click.echo("Kunci rahasia tidak ikut: simpan RANDAL_SECRET_KEY di tempat lain yang aman.")
    click.echo(f"SHA-256 manifest.json: {digest}")
    last_backup.note(now, digest, len(made.lost))
    db.session.commit()
    if made.lost:
        raise Say(
            f"{len(made.lost)} berkas disebut basis data tetapi hilang atau rusak di penyimpanan, selebihnya "
            f"tercadangkan (cadangan lama tidak dihapus): {names(made.lost)}"
        )
    if keep_days and (gone := backups.thin(folder, keep_days, now)):
        click.echo(f"{len(gone)} cadangan yang lebih tua daripada {keep_days} hari dihapus.")


def names(lost: list[str]) -> str:
    """What is missing, as people know it, and by content, as it can be looked for in an older backup."""
    found = stored_files.lost(lost)
    return listed([f"{each} [{each.sha256}]" for each in found])


@group.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--portable", is_flag=True, help="Ke PostgreSQL dari randal.db, bukan dari randal.dump.")
@click.option("--keep-files", is_flag=True, help="Penyimpanan boleh sudah berisi berkas.")
def restore(folder: Path, portable: bool, keep_files: bool) -> None:
    """Pulihkan cadangan di DIR ke tempat yang kosong, juga dari basis data jenis lain. Hentikan proses lain dahulu."""
    where, choices = installed.old_folder(settings()), {"portable": portable, "keep_files": keep_files}

    def take_over(engine: Engine, files: dict[str, bytes]) -> None:
        # The secret key of the backup: `restore` has compared it, or brings it along.
        kept = folder / SECRET
        secret = kept.read_text() if kept.is_file() else settings().secret_key
        installed.take_over_into(engine, files, secret, clock.now())

    try:
        made = backups.restore(folder, db.engine, settings(), where, take_over, **choices)
    except (backups.BackupError, AuthorityError) as error:
        raise Say(str(error)) from None
    migrated = f" (dinaikkan dari {made.revision})" if made.revision != bootstrap.newest_revision() else ""
    click.echo(
        f"Pulih dari cadangan {made.made_at}: {made.database} ke {db.engine.dialect.name}, "
        f"skema {bootstrap.present_revision()}{migrated}, {format_decimal(sum(made.tables.values()), '#,##0', 'id')} "
        f"baris, {len(made.within(FILES))} berkas."
    )
    if made.lost:
        click.echo(f"{len(made.lost)} berkas sudah hilang saat dicadangkan: {names(made.lost)}")
    click.echo("Periksa sekarang: flask --app wsgi randal check; flask --app wsgi randal audit verify")
