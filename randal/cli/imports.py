"""Spreadsheets from the shell."""

from __future__ import annotations

from pathlib import Path

import click

from randal.cli.group import Say, group
from randal.database.base import db
from randal.l10n import clock
from randal.rooms.imports.checking import check
from randal.rooms.imports.template import template
from randal.rooms.imports.writing import lines, write
from randal.spreadsheets.importing import KINDS, Desk
from randal.spreadsheets.reader import Unreadable
from workflows.lifecycle import KEEPERS, Actor

OPERATOR = Actor(id=None, roles=frozenset(KEEPERS))


@group.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Periksa saja, tidak menyimpan.")
@click.option("--meeting", type=int, help="Nomor rapat (untuk invitees dan follow_ups).")
@click.option("--template", "blank", is_flag=True, help="Tulis templat kosong ke FILE.")
def import_(kind: str, file: Path, dry_run: bool, meeting: int | None, blank: bool) -> None:
    """Impor FILE (XLSX atau CSV). KIND: units, people, posts, invitees, figures, follow_ups.

    Semua baris tersimpan, atau tidak satu pun."""
    found = KINDS.get(kind)
    if found is None:
        raise Say(f"Jenis impor {kind} tidak dikenal. Pilihan: {', '.join(KINDS)}.", 2)
    if blank:
        file.write_bytes(template(found, Desk(OPERATOR, clock.now())))
        click.echo(f"Templat «{found.title}» ditulis ke {file}.")
        return
    try:
        outcome = check(
            found, file.read_bytes(), Desk(OPERATOR, clock.now(), meeting, file.name, writing=not dry_run)
        )
    except Unreadable as unreadable:
        raise Say(str(unreadable)) from None
    for line in lines(outcome):
        click.echo(line)
    if outcome.wrong:
        raise Say(f"{outcome.wrong} sel harus diperbaiki; tidak ada yang disimpan.")
    if not dry_run:
        write(outcome)
        db.session.commit()
    counts = outcome.counts
    click.echo(
        f"{outcome.total} baris {'diperiksa' if dry_run else 'diimpor'}: {counts['created']} baru, "
        f"{counts['updated']} berubah, {counts['unchanged']} sama."
        + (" Tidak ada yang disimpan." if dry_run else "")
    )
