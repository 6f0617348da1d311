"""The authority lives in the database: one for all machines, however many data directories there are

What an earlier version keeps in the folder `ca` is taken over by `randal init`, which has the secret that opens it. On
the way back the authority in force returns to that folder; others (adopted, replaced) are not known there.

Revision 0042, after 0041.
"""

import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op
from flask import current_app, has_app_context

from randal.base import durable

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "keystores",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contoh", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("scrypt", sa.JSON(), nullable=False),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("root_crl", sa.LargeBinary(), nullable=False),
        sa.Column("last_crl", sa.LargeBinary(), nullable=True),
        sa.Column("revoked", sa.JSON(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.CheckConstraint("in_force IS NULL OR in_force", name=op.f("ck_keystores_in_force")),
        sa.CheckConstraint("in_force IS NOT NULL OR last_crl IS NOT NULL", name=op.f("ck_keystores_retired")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_keystores")),
        sa.UniqueConstraint("in_force", name=op.f("uq_keystores_in_force")),
    )


def downgrade() -> None:
    _back_into_its_folder()
    op.drop_table("keystores")


def _back_into_its_folder() -> None:
    names = ("name", "contoh", "salt", "scrypt", "certificates", "keys", "root_crl", "revoked")
    types = {"contoh": sa.Boolean, "root_crl": sa.LargeBinary, "name": sa.String, "salt": sa.String}
    kept = sa.table(
        "keystores", *(sa.column(n, types.get(n, sa.JSON)()) for n in names), sa.column("in_force")
    )
    row = op.get_bind().execute(sa.select(kept).where(kept.c.in_force.is_not(None))).one_or_none()
    if row is None:
        return
    if not has_app_context():
        raise RuntimeError("the authority returns to the data directory: downgrade inside the application")
    folder = current_app.config["RANDAL"].data_dir / "ca"
    durable.make_folder(folder, 0o700)
    for part, pem in row.certificates.items():
        durable.write(folder / f"{part}.pem", pem.encode(), mode=0o644)
    for part, pem in row.keys.items():
        durable.write(folder / f"{part}.key", pem.encode())
    durable.write(folder / "root.crl", row.root_crl, mode=0o644)
    keys = sa.table("signing_keys", sa.column("serial"), sa.column("revoked_at", AT))
    query = sa.select(keys.c.serial, keys.c.revoked_at).where(keys.c.revoked_at.is_not(None))
    listed = {
        serial: at.replace(tzinfo=at.tzinfo or UTC).isoformat() for serial, at in op.get_bind().execute(query)
    }
    state = {name: getattr(row, name) for name in ("name", "contoh", "salt", "scrypt")}
    state["revoked"] = [{"serial": s, "at": at} for s, at in (dict(row.revoked) | listed).items()]
    durable.write(folder / "authority.json", json.dumps(state, indent=1).encode())
