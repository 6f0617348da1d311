"""The installation's own certificate authority, and judging a PDF from the shell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from randal.cli import Say, group, settings
from randal.core import clock
from randal.core.db import db
from randal.core.people import Person
from randal.signatures import installed, keys, upkeep
from randal.signatures.authority import Authority
from randal.signatures.held_keys import REASONS, SigningKey
from randal.signatures.key_files import write_whole
from randal.signatures.manifest import Manifest
from randal.signatures.verification import Unreadable
from randal.signatures.verification import verify as judge
from workflows.lifecycle import MACHINE


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


def authority() -> Authority:
    return installed.open_authority(settings())


def secret(confirm: bool = False) -> str:
    """The passphrase over the root key outside: typed, or from RANDAL_ROOT_PASSPHRASE where nobody sits."""
    given = os.environ.get("RANDAL_ROOT_PASSPHRASE")
    return given or str(
        click.prompt("Frasa sandi kunci akar", hide_input=True, confirmation_prompt=confirm, err=True)
    )


@ca.command("status")
def ca_status() -> None:
    """Sertifikat otoritas, sampai kapan berlaku, dan di mana kunci akarnya."""
    found = authority()
    for name, one in (("akar", found.root), ("penerbit", found.issuing), ("stempel waktu", found.tsa)):
        click.echo(f"{name}\tsampai {one.not_valid_after_utc:%Y-%m-%d}\t{one.subject.rfc4514_string()}")
    where = "di mesin ini" if upkeep.has_root_key(found) else "di luar mesin ini"
    click.echo(f"kunci akar {where}; SHA-256 sertifikat akar {found.fingerprint}")


@ca.command("root-out")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--remove", is_flag=True, help="Keluarkan kunci akar dari mesin ini setelah salinannya terbaca."
)
def ca_root_out(file: Path, remove: bool) -> None:
    """Salin kunci akar, di bawah frasa sandinya sendiri, ke FILE untuk disimpan terpisah."""
    found, passphrase = authority(), secret(confirm=True)
    write_whole(file, upkeep.root_key_out(found, passphrase))
    keys.note("root_exported", MACHINE, clock.now())
    if remove:
        upkeep.remove_root_key(found, file.read_bytes(), passphrase)
        keys.note("root_removed", MACHINE, clock.now())
    db.session.commit()
    click.echo(f"Kunci akar ditulis ke {file}{' dan dikeluarkan dari mesin ini' if remove else ''}.")


@ca.command("renew")
@click.option(
    "--root-key", type=click.Path(dir_okay=False, path_type=Path), help="Kunci akar yang disimpan terpisah."
)
def ca_renew(root_key: Path | None) -> None:
    """Perbarui sertifikat penerbit dan stempel waktu. Kunci akar dari luar hanya dibaca, tidak disimpan."""
    found = authority()
    if root_key:
        upkeep.renew(found, clock.now(), root_key.read_bytes(), secret())
    else:
        upkeep.renew(found, clock.now())
    keys.note("renewed", MACHINE, clock.now())
    db.session.commit()
    click.echo(f"Diperbarui; penerbit berlaku sampai {authority().issuing.not_valid_after_utc:%Y-%m-%d}.")


@ca.command("crl")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def ca_crl(file: Path | None) -> None:
    """Terbitkan daftar pencabutan baru (DER, 30 hari); dengan FILE juga ditulis ke sana."""
    path = authority().refresh_crl(clock.now())
    keys.note("crl_issued", MACHINE, clock.now())
    db.session.commit()
    if file:
        file.write_bytes(path.read_bytes())
    click.echo(f"Daftar pencabutan ditulis ke {file or path}.")


@ca.command("revoke")
@click.argument("who")
@click.option("--why", required=True, type=click.Choice([code for code in REASONS if code != "superseded"]))
@click.option("--reason", required=True, help="Keterangan yang tinggal di riwayat.")
def ca_revoke(who: str, why: str, reason: str) -> None:
    """Cabut sertifikat WHO (surel penanda tangan, atau nomor seri)."""
    query = select(SigningKey).join(SigningKey.person).where(SigningKey.revoked_at.is_(None))
    found = db.session.scalar(query.where((Person.email == who.lower()) | (SigningKey.serial == who.lower())))
    if found is None:
        raise Say("Tidak ada sertifikat yang berlaku dengan surel atau nomor seri itu.")
    keys.revoke(found, why, MACHINE, clock.now(), reason)
    db.session.commit()
    click.echo(f"Sertifikat {found.serial} milik {found.person.name} dicabut: {REASONS[why]}.")


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
            trust: dict[str, Any] = {"roots": [root.read_bytes()]}
        else:
            trust = installed.trusted(settings(), now)
        report = judge(data, manifest=known, now=now, **trust)
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
