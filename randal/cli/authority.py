"""The installation's own certificate authority, and judging a PDF from the shell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from randal.base import durable
from randal.cli.group import Say, group, settings
from randal.database.base import db
from randal.l10n import clock
from randal.org.people import Person
from randal.signatures import folders, installed, keys, keystores, succession, upkeep
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import REASONS, SigningKey
from randal.signatures.judging import judge
from randal.signatures.manifest import Manifest
from randal.untrusted.limited.errors import ELSEWHERE, TooComplex, Unreadable
from randal.untrusted.limited.limits import MB, PATIENT
from workflows.lifecycle import MACHINE


@group.group()
def ca() -> None:
    """Otoritas sertifikat pemasangan ini."""


@ca.command("init")
@click.option(
    "--replace", is_flag=True, help="Akhiri otoritas yang ada; yang sudah ditandatangani tetap dipercaya."
)
def ca_init(replace: bool) -> None:
    """Buat otoritas sertifikat (sekali)."""
    make = succession.replace if replace else installed.create_authority
    made = make(settings(), clock.now())
    db.session.commit()
    click.echo(f"Otoritas sertifikat dibuat; SHA-256 sertifikat akar {made.fingerprint}.")


@ca.command("adopt")
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
def ca_adopt(folder: Path) -> None:
    """Akui otoritas di FOLDER (folder ca mesin lain): yang ditandatanganinya dipercaya, tidak dipakai lagi.

    Rahasianya, bila lain dari mesin ini, dibaca dari RANDAL_OLD_SECRET_KEY.
    """
    secret_key = os.environ.get("RANDAL_OLD_SECRET_KEY") or settings().secret_key
    found = succession.adopt(settings(), folders.files_in(folder), secret_key, clock.now())
    db.session.commit()
    click.echo(f"Otoritas {found} diakui; penanda tangan di bawahnya perlu mendaftarkan kunci baru.")


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
    where = "di basis data" if upkeep.has_root_key(found) else "di luar pemasangan ini"
    click.echo(f"kunci akar {where}; SHA-256 sertifikat akar {found.fingerprint}")


@ca.command("root-out")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--remove", is_flag=True, help="Keluarkan kunci akar dari mesin ini setelah salinannya terbaca."
)
def ca_root_out(file: Path, remove: bool) -> None:
    """Salin kunci akar, di bawah frasa sandinya sendiri, ke FILE untuk disimpan terpisah."""
    found, passphrase = authority(), secret(confirm=True)
    durable.write(file, upkeep.root_key_out(found, passphrase))
    keys.note("root_exported", MACHINE, clock.now())
    if remove:
        upkeep.store(upkeep.without_root_key(found, file.read_bytes(), passphrase), found.kept)
        keys.note("root_removed", MACHINE, clock.now())
    db.session.commit()
    if remove:
        folders.wipe_root_key(installed.old_folder(settings()))
    click.echo(f"Kunci akar ditulis ke {file}{' dan dikeluarkan dari pemasangan ini' if remove else ''}.")


@ca.command("renew")
@click.option(
    "--root-key", type=click.Path(dir_okay=False, path_type=Path), help="Kunci akar yang disimpan terpisah."
)
def ca_renew(root_key: Path | None) -> None:
    """Perbarui sertifikat penerbit dan stempel waktu. Kunci akar dari luar hanya dibaca, tidak disimpan."""
    found = authority()
    outside = (root_key.read_bytes(), secret()) if root_key else ()
    upkeep.store(upkeep.renewed(found, clock.now(), *outside), found.kept)
    keys.note("renewed", MACHINE, clock.now())
    db.session.commit()
    click.echo(f"Diperbarui; penerbit berlaku sampai {authority().issuing.not_valid_after_utc:%Y-%m-%d}.")


@ca.command("reseal")
def ca_reseal() -> None:
    """Sandikan kunci otoritas dengan RANDAL_SECRET_KEY yang baru; yang lama dibaca dari RANDAL_OLD_SECRET_KEY."""
    row = keystores.in_force(db.session, lock=True)
    if row is None:
        raise AuthorityError(keystores.NONE)
    kept = row.kept()
    resealed = upkeep.resealed(kept, os.environ.get("RANDAL_OLD_SECRET_KEY", ""), settings().secret_key)
    upkeep.store(resealed, kept)
    keys.note("resealed", MACHINE, clock.now())
    db.session.commit()
    click.echo(
        "Kunci otoritas kini tersandi dengan RANDAL_SECRET_KEY yang baru; buat cadangan baru sekarang."
    )


@ca.command("crl")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def ca_crl(file: Path | None) -> None:
    """Terbitkan daftar pencabutan baru (DER, 30 hari); dengan FILE juga ditulis ke sana."""
    path = file or settings().data_dir / "pencabutan.crl"
    durable.write(path, authority().crls(clock.now())[0], mode=0o644)
    keys.note("crl_issued", MACHINE, clock.now())
    db.session.commit()
    click.echo(f"Daftar pencabutan ditulis ke {path}.")


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
        db.session.rollback()  # judging takes its time
        report = judge(data, manifest=known, now=now, trust=trust, limits=PATIENT, patience=PATIENT.wall)
    except TooComplex as refused:
        said = str(refused).replace(ELSEWHERE, "").strip()
        raise Say(
            f"{said} Batas di sini {PATIENT.cpu // 60} menit dan {PATIENT.memory // MB} MB.", 2
        ) from None
    except (Unreadable, OSError, ValueError) as error:
        raise Say(f"Berkas tidak dapat dibaca: {error}", 2) from None
    for reason in report.reasons:
        click.echo(reason)
    click.echo(report.label)
    raise click.exceptions.Exit(report.exit_code)


def _known_here(data: bytes) -> Manifest | None:
    """What this installation's database knows of the file, when there is one and it knows it."""
    from randal.rooms.minutes import queries

    find = getattr(queries, "manifest_for_file", None)
    found: Manifest | None = find(data) if find else None
    return found
