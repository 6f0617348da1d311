"""Signers' keys, and the history of the authority that issues them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.core import history
from randal.core.db import Row, UTCDateTime, db
from randal.core.events import Chained
from randal.core.people import Person
from randal.core.transitions import lock, record
from workflows.lifecycle import MACHINE, Actor

#: why a key is revoked → what people read
REASONS = {
    "lost": "Frasa sandi terlupa",
    "compromised": "Frasa sandi atau kunci diketahui orang lain",
    "left": "Tidak lagi menjabat",
    "superseded": "Diganti kunci baru",
}
#: what an event of an authority says it was; the same words in pages and history
USES = {
    "created": "membuat otoritas sertifikat",
    "issued_key_id": "menerbitkan sertifikat penanda tangan",
    "revoked_key_id": "mencabut sertifikat penanda tangan",
    "renewed": "memperbarui sertifikat penerbit dan stempel waktu",
    "root_exported": "menyalin kunci akar ke luar mesin",
    "root_removed": "mengeluarkan kunci akar dari mesin",
    "crl_issued": "menerbitkan daftar pencabutan",
}
history.EDITS |= USES


class SigningKey(Row):
    """A signer's own key, a PKCS#12 under the signer's own passphrase, which is never stored."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        CheckConstraint(f"revoked_why IN {('', *REASONS)}", name="revoked_why"),
        CheckConstraint("revoked_why = '' OR revoked_at IS NOT NULL", name="revoked"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    p12: Mapped[bytes] = mapped_column(deferred=True)
    certificate_pem: Mapped[str] = mapped_column(Text)
    serial: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_after: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_why: Mapped[str] = mapped_column(String(12), default="", server_default="")
    person: Mapped[Person] = relationship()

    @property
    def why_words(self) -> str:
        return REASONS.get(self.revoked_why, "")


class CertificateAuthority(Chained):
    """The authority as history knows it: one row per root certificate; every use of its keys is an event of it.

    Each signature is an event of its own item already, and each checkpoint a row: they are not told twice.
    """

    __tablename__ = "authorities"
    __lifecycle__ = "authority"
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the root certificate
    state: Mapped[str] = mapped_column(String(24), default="active")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def note_use(
    fingerprint: str, what: str, value: int | bool, actor: Actor, now: datetime, reason: str = ""
) -> CertificateAuthority:
    """Write one use of the authority's keys (a name of USES) into its history. Does not commit."""
    row = db.session.scalar(
        select(CertificateAuthority).where(CertificateAuthority.fingerprint == fingerprint)
    )
    if row is None:
        # The authority may be older than the database that tells of it: its making is told at its first use.
        row = CertificateAuthority(fingerprint=fingerprint, state="active", created_at=now)
        db.session.add(row)
        db.session.flush()
        record(row, "edit", MACHINE, now=now, before=None, given={"created": True})
    else:
        lock(row)
    given = {what: value} | ({"reason": reason} if reason else {})
    record(row, "edit", actor, now=now, before=row.state, given=given, kinds={"reason": "reason"})
    return row
