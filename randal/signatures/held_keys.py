"""Signers' keys, and the history of the authority that issues them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from randal.database.base import Row, UTCDateTime, db, is_sqlite
from randal.engine.transitions import lock, record
from randal.history.events import Chained
from randal.org.people import Person
from randal.signatures.certificates import notice_of_pem
from randal.web import timeline
from workflows.lifecycle import MACHINE, Actor

#: why a key is revoked → what people read
REASONS = {
    "lost": "Frasa sandi terlupa",
    "compromised": "Frasa sandi atau kunci diketahui orang lain",
    "left": "Tidak lagi menjabat",
    "superseded": "Diganti kunci baru",
}
#: the uses of the authority's keys, named as their events are → what people read; the data of each says of what
USES = {
    "create": "Otoritas sertifikat dibuat.",
    "issue": "Sertifikat penanda tangan diterbitkan.",
    "revoke": "Sertifikat penanda tangan dicabut.",
    "renew": "Sertifikat penerbit dan stempel waktu diperbarui.",
    "export_root": "Kunci akar disalin ke luar mesin.",
    "remove_root": "Kunci akar dikeluarkan dari mesin.",
    "issue_crl": "Daftar pencabutan diterbitkan.",
    "reseal": "Kunci otoritas disandikan dengan rahasia instalasi yang baru.",
    "adopt": "Otoritas yang dibuat mesin lain diakui.",
}
NAMED = {
    "issued_key_id": "issue",
    "revoked_key_id": "revoke",
    "renewed": "renew",
    "root_exported": "export_root",
    "root_removed": "remove_root",
    "crl_issued": "issue_crl",
    "resealed": "reseal",
    "adopted": "adopt",
}
timeline.DEEDS["authority"] = USES


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
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("identities.id"))  # how its owner was known
    person: Mapped[Person] = relationship()

    @property
    def identity_words(self) -> str:
        """How its owner was known to be himself, as the certificate says it."""
        return notice_of_pem(self.certificate_pem).removeprefix("Identitas: ") or "belum dicatat"

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


def one_at_a_time() -> None:
    """Until the end of this transaction nobody else begins the history of an authority: people who enrol at the same
    moment, and the first of them tells of its making."""
    if not is_sqlite():  # there one writes at a time anyway
        db.session.execute(
            text(f"LOCK TABLE {CertificateAuthority.__tablename__} IN SHARE ROW EXCLUSIVE MODE")
        )


def note_use(
    fingerprint: str, what: str, value: int | bool, actor: Actor, now: datetime, reason: str = ""
) -> CertificateAuthority:
    """Write one use of the authority's keys (a name in NAMED) into its history. Does not commit."""
    query = select(CertificateAuthority).where(CertificateAuthority.fingerprint == fingerprint)
    row = db.session.scalar(query)
    if row is None:
        one_at_a_time()
        row = db.session.scalar(query)
    if row is None:
        # The authority may be older than the database that tells of it: its making is told at its first use.
        row = CertificateAuthority(fingerprint=fingerprint, state="active", created_at=now)
        db.session.add(row)
        db.session.flush()
        record(row, "create", MACHINE, now=now, before=None, given={"created": True})
    else:
        lock(row)
    given = {what: value} | ({"reason": reason} if reason else {})
    record(row, NAMED[what], actor, now=now, before=row.state, given=given, kinds={"reason": "reason"})
    return row
