"""History from the shell: sealing it, proving it, taking it away."""

from __future__ import annotations

import base64
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from randal.audit import checkpoints, examining, exporting
from randal.audit.bends import Record
from randal.audit.reading import File, checkpoints_in, roots_in
from randal.audit.verifying import Report, verify
from randal.cli.group import Say, group
from randal.database.base import db
from randal.l10n import clock

FILE = click.Path(dir_okay=False, path_type=Path)


@group.group()
def audit() -> None:
    """Riwayat: cap harian, pemeriksaan, ekspor."""


@audit.command("checkpoint")
@click.option("--save", type=FILE, help="Simpan cap ini juga ke FILE (.json), untuk saksi di luar.")
def checkpoint(save: Path | None) -> None:
    """Cap seluruh riwayat sekarang (selain cap harian)."""
    made = checkpoints.make(clock.now())
    db.session.commit()
    if save:
        save.write_bytes(exporting.canonical(made.record()) + b"\n")
    click.echo(f"Cap {made.id} dibuat: {made.said['events']} peristiwa tercakup; SHA-256 {made.digest}.")


@audit.command("export")
@click.argument("file", type=FILE)
@click.option("--without-texts", is_flag=True, help="Tanpa teks bebas; rantainya tetap dapat diperiksa.")
def audit_export(file: Path, without_texts: bool) -> None:
    """Tulis seluruh riwayat ke FILE (.jsonl, atau .jsonl.gz)."""
    root = exporting.fingerprint(checkpoints.roots())
    counts = exporting.export(file, now=clock.now(), root=root, texts=not without_texts)
    click.echo(f"{counts['event']} peristiwa dan {counts['checkpoint']} cap ditulis ke {file}.")


@audit.command("verify")
@click.argument("file", type=FILE, required=False)
@click.option("--root", type=FILE, multiple=True, help="Sertifikat akar yang dipercaya (PEM).")
@click.option("--witness", type=FILE, multiple=True, help="Cap atau ekspor lama yang disimpan di luar.")
def audit_verify(file: Path | None, root: tuple[Path, ...], witness: tuple[Path, ...]) -> None:
    """Periksa riwayat, atau FILE ekspornya (tanpa basis data). Keluar 0 utuh, 1 tidak utuh atau tidak terbaca."""
    try:
        roots = [one for path in root for one in roots_in(path)] or own_roots(needed=file is None)
        known = [each for path in witness for each in checkpoints_in(path)]
        report = of_file(file, roots, known) if file else of_database(roots, known)
    except (OSError, ValueError) as error:
        raise Say(f"Berkas tidak dapat dibaca: {error}") from None
    for line in report.lines():
        click.echo(line)
    raise click.exceptions.Exit(report.exit_code)


def own_roots(*, needed: bool) -> list[bytes]:
    """Whom this installation trusts; a file is checked without that where its database is away."""
    try:
        return checkpoints.roots()
    except DBAPIError:
        if needed:
            raise
        return []


def of_file(file: Path, roots: list[bytes], known: list[Record]) -> Report:
    return verify(File(file), roots=roots, witnesses=known)


def of_database(roots: list[bytes], known: list[Record]) -> Report:
    report, seconds = examining.examine(roots=roots, witnesses=known)
    examining.remember(report, seconds, clock.now())
    db.session.commit()
    return report


@audit.command("token")
@click.argument("number", type=int)
@click.argument("file", type=FILE)
def token(number: int, file: Path) -> None:
    """Tulis cap NUMBER sebagai FILE.json (pernyataannya) dan FILE.tsr (cap waktunya), untuk openssl ts -verify."""
    found = db.session.get(checkpoints.Checkpoint, number)
    if found is None:
        raise Say(f"Cap {number} tidak ada.")
    statement, stamp = file.with_suffix(".json"), file.with_suffix(".tsr")
    statement.write_text(found.statement, encoding="utf-8")
    stamp.write_bytes(base64.b64decode(found.token))
    click.echo(f"openssl ts -verify -token_in -in {stamp} -data {statement} -CAfile AKAR.pem")
