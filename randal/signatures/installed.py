"""The authority of this installation: how it comes to be at the first start, and whom the installation trusts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from randal.audit.checkpoints import Checkpoint
from randal.database.base import db
from randal.settings import Settings
from randal.signatures import folders, keystores
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import CertificateAuthority, SigningKey
from randal.signatures.keystores import Keystore
from randal.signatures.provider import read_provider
from randal.web.fitness import Unfit

NAME = "Otoritas Randal"
# The demonstration signs in June 2018: its authority must have been there by then.
BEFORE_THE_STORY = datetime(2018, 1, 1, tzinfo=UTC)


def old_folder(settings: Settings) -> Path:
    """Where the authority lay before the database kept it; what lies there is taken over once."""
    return settings.data_dir / "ca"


def open_authority(settings: Settings) -> Authority:
    """The authority of this installation; AuthorityError when there is none, or another secret made it."""
    return keystores.opened(db.session, settings.secret_key)


def fits(settings: Settings) -> str:
    """May this machine serve with these settings? In words what is in force. Raises Unfit."""
    try:
        found = only_authority(settings)
    except AuthorityError as error:
        raise Unfit(str(error)) from None
    return f"SHA-256 {found.fingerprint[:16]}…, berlaku sampai {found.issuing.not_valid_after_utc:%Y-%m-%d}"


def only_authority(settings: Settings) -> Authority:
    """The authority, where the data directory does not hold another one than the database. Raises AuthorityError."""
    authority, folder = open_authority(settings), old_folder(settings)
    if files := folders.files_in(folder):
        other = folders.read(files)[0].fingerprint
        if db.session.get(Keystore, other) is None:
            raise AuthorityError(
                f"Folder {folder} memuat otoritas sertifikat lain ({other[:16]}…) daripada basis data "
                f"({authority.fingerprint[:16]}…). Bila keduanya pernah menandatangani untuk pemasangan ini, jalankan: "
                f"flask --app wsgi randal ca adopt {folder}; bila tidak, pindahkan folder itu dari sini."
            )
    return authority


def trusted(settings: Settings, now: datetime) -> dict[str, Any]:
    """Whom this installation trusts, as `verification.verify` takes it; nobody of its own without an authority."""
    provider = read_provider(settings.provider_file)
    theirs: tuple[bytes, ...] = provider.roots if provider else ()
    before = keystores.earlier(db.session)
    try:
        crls = open_authority(settings).crls(now)
    except AuthorityError:
        crls = []
    certified = bool(provider and provider.certified)
    return {
        "roots": own_roots(),
        "crls": crls + [crl for row in before for crl in (row.last_crl or b"", row.root_crl)],
        "certified": theirs if certified else (),
        "other": () if certified else theirs,
        "stamps": stamp_roots(settings),
    }


def own_roots() -> list[bytes]:
    """The root certificates (PEM) of this installation: the one in force first, then earlier ones."""
    rows = db.session.scalars(select(Keystore).order_by(Keystore.in_force.is_(None), Keystore.created_at))
    return [row.certificates["root"].encode() for row in rows]


def ensure_authority(settings: Settings, now: datetime) -> str:
    """Make it, or take it over from the folder of an earlier version, unless the database has it. What was done, as a
    clause for the operator ("" for nothing). No commit. Raises AuthorityError."""
    folder, done = old_folder(settings), ""
    if keystores.in_force(db.session) is None:
        if files := folders.files_in(folder):
            folders.take_over(db.session(), files, settings.secret_key, now)
            done = f"otoritas sertifikat dipindahkan dari {folder} ke basis data"
        else:
            create_authority(settings, now)
            done = "otoritas sertifikat dibuat"
    only_authority(settings)
    return done


def set_aside(settings: Settings) -> None:
    """Rename the folder whose content the database holds (committed): nobody takes it for the one in force."""
    folder = old_folder(settings)
    if folders.files_in(folder):
        folder.rename(folder.with_name(folder.name + folders.TAKEN))


def create_authority(settings: Settings, now: datetime, *, contoh: bool | None = None) -> Authority:
    """Make it; AuthorityError when there is one. No commit; see `new_authority` for `contoh`."""
    if keystores.in_force(db.session) is not None:
        raise AuthorityError("Otoritas sertifikat sudah ada di basis data.")
    _nothing_known(settings)
    return new_authority(settings, now, contoh=contoh)


def new_authority(settings: Settings, now: datetime, *, contoh: bool | None = None) -> Authority:
    """Make one and put it in force (IntegrityError when there is one). With `contoh` (default: where a demonstration
    may be loaded) all its names begin with CONTOH, and it holds since before the story. No commit."""
    contoh = settings.demo if contoh is None else contoh
    start = min(now, BEFORE_THE_STORY) if contoh else now
    authority = Authority.make(settings.secret_key, NAME, start, contoh=contoh)
    keystores.added(db.session(), authority.kept, now)
    return authority


def stamp_roots(settings: Settings) -> tuple[bytes, ...]:
    """PEM certificates that an external timestamp may end at."""
    return _roots(settings.tsa_roots) if settings.tsa_url else ()


@lru_cache(maxsize=4)
def _roots(path: str) -> tuple[bytes, ...]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_pem_x509_certificates(Path(path).read_bytes())
    return tuple(one.public_bytes(Encoding.PEM) for one in found)


def take_over_into(engine: Engine, files: Mapping[str, bytes], secret: str, now: datetime) -> None:
    """Put the authority of an older backup into a database just restored. Raises AuthorityError."""
    with Session(engine) as session, session.begin():
        folders.take_over(session, files, secret, now)


def _nothing_known(settings: Settings) -> None:
    """An installation that has signed must not get another authority because its folder lies on another machine."""
    for model in (CertificateAuthority, SigningKey, Checkpoint):
        if db.session.scalar(select(model.id).limit(1)) is not None:
            raise AuthorityError(
                "Pemasangan ini sudah mempunyai otoritas sertifikat, tetapi belum di basis data: jalankan init di mesin "
                f"yang folder datanya memuat ca/, atau salin folder itu ke {old_folder(settings)} di mesin ini. Bila "
                "sudah hilang: ca init --replace."
            )
