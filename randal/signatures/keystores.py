"""Where the authority of an installation is kept: in its database, so that all its machines have one.

One row is in force. Others are earlier ones: their certificates stay trusted for what was signed under them, their last
revocation list stays, their keys are gone. Who was revoked under the one in force stands with the signers' keys.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from randal.database.base import Model, UTCDateTime
from randal.signatures.authority import Authority, AuthorityError, Kept
from randal.signatures.held_keys import SigningKey

NONE = "Otoritas sertifikat belum ada di basis data; jalankan: flask --app wsgi randal init (atau ca init)."


class Keystore(Model):
    __tablename__ = "keystores"
    __table_args__ = (
        CheckConstraint("in_force IS NULL OR in_force", name="in_force"),
        CheckConstraint("in_force IS NOT NULL OR last_crl IS NOT NULL", name="retired"),
    )
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the root certificate
    in_force: Mapped[bool | None] = mapped_column(unique=True)  # true once at most; null: an earlier one
    name: Mapped[str] = mapped_column(String(200))
    contoh: Mapped[bool]
    salt: Mapped[str] = mapped_column(String(64))
    scrypt: Mapped[dict[str, int]] = mapped_column(JSON)
    certificates: Mapped[dict[str, str]] = mapped_column(JSON)  # PEM by part
    keys: Mapped[dict[str, str]] = mapped_column(
        JSON
    )  # PEM by part, encrypted under the installation's secret
    root_crl: Mapped[bytes]
    last_crl: Mapped[bytes | None]  # of an earlier one: whom it had revoked when it ended (DER)
    # [serial (hex), ISO 8601] of certificates revoked before this table was, whose keys no row of the database holds.
    revoked: Mapped[list[list[str]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    def put(self, kept: Kept) -> None:
        """What is kept of the authority now."""
        self.fingerprint, self.name, self.contoh = kept.fingerprint, kept.name, kept.contoh
        self.salt, self.scrypt, self.root_crl = kept.salt, dict(kept.scrypt), kept.root_crl
        self.certificates, self.keys = dict(kept.certificates), dict(kept.keys)

    def kept(self) -> Kept:
        facts = self.name, self.contoh, self.salt, self.scrypt, self.certificates, self.keys, self.root_crl
        return Kept(*facts)


def added(session: Session, kept: Kept, now: datetime, revoked: list[list[str]] | None = None) -> Keystore:
    """Put an authority in force (flushed). Raises IntegrityError when there is one."""
    row = Keystore(in_force=True, revoked=revoked or [], created_at=now)
    row.put(kept)
    session.add(row)
    session.flush()
    return row


def in_force(session: Any, *, lock: bool = False) -> Keystore | None:
    """As the database has it at this moment; with `lock`, one changes it at a time."""
    query = select(Keystore).where(Keystore.in_force.is_not(None)).execution_options(populate_existing=True)
    found: Keystore | None = session.scalar(query.with_for_update() if lock else query)
    return found


def earlier(session: Any) -> list[Keystore]:
    return list(session.scalars(select(Keystore).where(Keystore.in_force.is_(None))))


def opened(session: Any, secret: str) -> Authority:
    """The authority in force. Raises AuthorityError: none is there, or another secret sealed its keys."""
    row = in_force(session)
    if row is None:
        raise AuthorityError(NONE)
    return Authority(row.kept(), secret, revoked_under(session, row))


def revoked_under(session: Any, row: Keystore) -> list[tuple[int, datetime]]:
    """Serials of the revoked certificates, with the moment of each."""
    query = select(SigningKey.serial, SigningKey.revoked_at).where(SigningKey.revoked_at.is_not(None))
    known = {int(serial, 16): at for serial, at in session.execute(query)}
    before = {int(serial, 16): datetime.fromisoformat(at) for serial, at in row.revoked}
    return list((before | known).items())
