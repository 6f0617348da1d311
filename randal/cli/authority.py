"""The installation's own certificate authority, and judging a PDF from the shell."""

from __future__ import annotations

from pathlib import Path

import click

from randal.cli import Say, group, settings
from randal.core import clock
from randal.minutes import installed
from randal.minutes.manifest import Manifest
from randal.minutes.verification import Unreadable
from randal.minutes.verification import verify as judge


@group.group()
def ca() -> None:
    """Otoritas sertifikat pemasangan ini."""


@ca.command("init")
def ca_init() -> None:
    """Buat otoritas sertifikat (sekali)."""
    installed.create_authority(settings(), clock.now())
    click.echo(f"Otoritas sertifikat dibuat di {installed.authority_folder(settings())}.")


@ca.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def ca_export(file: Path) -> None:
    """Tulis sertifikat akar (PEM) ke FILE."""
    file.write_bytes(installed.open_authority(settings()).root_pem())
    click.echo(f"Sertifikat akar ditulis ke {file}.")


@group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="Sertifikat akar yang dipercaya (PEM).")
@click.option("--manifest", type=click.Path(path_type=Path), help="Yang diketahui pemasangan asal (JSON).")
def verify(file: Path, root: Path | None, manifest: Path | None) -> None:
    """Periksa FILE.pdf. Keluar 0 utuh dan cocok, 3 dengan catatan, 1 tidak cocok, 2 tidak terbaca."""
    now = clock.now()
    try:
        data = file.read_bytes()
        known = Manifest.from_json(manifest.read_text()) if manifest else _known_here(data)
        if root:
            roots, crls = [root.read_bytes()], []
        else:
            authority = installed.open_authority(settings())
            roots, crls = [authority.root_pem()], authority.crls(now)
        report = judge(data, roots=roots, manifest=known, now=now, crls=crls)
    except (Unreadable, OSError, ValueError) as error:
        raise Say(f"Berkas tidak dapat dibaca: {error}", 2) from None
    for reason in report.reasons:
        click.echo(reason)
    click.echo(report.label)
    raise click.exceptions.Exit(report.exit_code)


def _known_here(data: bytes) -> Manifest | None:
    """What this installation's database knows of the file, when there is one and it knows it."""
    from randal.minutes import queries

    find = getattr(queries, "manifest_for_file", None)
    found: Manifest | None = find(data) if find else None
    return found
