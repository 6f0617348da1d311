"""Sessions, devices and tries as rows; tokens and links with an end; roles that a second person gives; who is known to be himself

Everybody signs in once more: what a cookie held until now is worth nothing. Accounts that are there count as known to be
themselves, as they did. Revision 0045, after 0044.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
NOTHING = "0" * 64
ROLES = ("", "admin", "secretariat", "evaluator", "ppk", "ppk_staff", "leader", "auditor", "none")
KINDS = ("", "definitive", "plt", "plh", "pj", "an", "ub")
WAYS = ("", "made", "shell", "met", "video", "phone", "key")
WHY = ("", "new", "forgotten", "lost_device", "suspected")


def foreign(table: str, column: str, of: str, **more: object) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"), **more)


def item(table: str, *columns: sa.Column, checks: dict[str, str]) -> None:
    """A table of things with a lifecycle."""
    people = [
        c.name for c in columns if c.name.endswith("_by_id") or c.name in ("person_id", "link_maker_id")
    ]
    op.create_table(
        table,
        *columns,
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("head", sa.String(64), nullable=False, server_default=NOTHING),
        sa.Column("id", ID, nullable=False),
        *(foreign(table, name, "people") for name in [*people, "created_by_id"]),
        *([foreign(table, "unit_id", "units")] if any(c.name == "unit_id" for c in columns) else []),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}")) for name, sql in checks.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for name in ("person_id", "state", "updated_at"):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("last", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index("ix_tries_last", "tries", ["last"])
    op.create_table(
        "devices",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        foreign("devices", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.create_index(op.f("ix_devices_person_id"), "devices", ["person_id"])
    op.create_table(
        "sign_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("device_id", ID, nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_why", sa.String(12), nullable=False),
        foreign("sign_ins", "person_id", "people"),
        foreign("sign_ins", "device_id", "devices", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index("ix_sign_ins_person_id_ended_at", "sign_ins", ["person_id", "ended_at"])
    op.drop_table("sign_in_attempts")
    item(
        "grants",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("reopens", sa.Boolean(), nullable=False),
        sa.Column("post", sa.String(200), nullable=False),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        checks={
            "role": f"role IN {ROLES}",
            "kind": f"kind IN {KINDS}",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> created_by_id",
            "not_oneself": "decided_by_id IS NULL OR decided_by_id <> person_id",
        },
    )
    item(
        "identities",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("link_maker_id", ID, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("how", sa.String(8), nullable=False),
        sa.Column("confirmed_by_id", ID, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("counts_from", INSTANT, nullable=True),
        checks={
            "how": f"how IN {WAYS}",
            "confirmed": "(state <> 'confirmed') OR (counts_from IS NOT NULL AND how <> '')",
            "second_person": "confirmed_by_id IS NULL OR confirmed_by_id <> link_maker_id OR how = 'made'",
        },
    )
    with op.batch_alter_table("people") as table:
        table.drop_column("sessions")
        table.add_column(sa.Column("former_email", sa.String(254), nullable=False, server_default=""))
        table.add_column(sa.Column("email_changed_at", INSTANT, nullable=True))
        table.add_column(sa.Column("sure_from", INSTANT, nullable=True))
    with op.batch_alter_table("api_tokens") as table:
        table.add_column(sa.Column("expires_at", INSTANT, nullable=True))
        table.add_column(sa.Column("last_used_at", INSTANT, nullable=True))
    with op.batch_alter_table("one_time_links") as table:
        table.add_column(sa.Column("why", sa.String(12), nullable=False, server_default=""))
        table.add_column(sa.Column("ended_at", INSTANT, nullable=True))
        table.create_check_constraint(op.f("ck_one_time_links_why"), f"why IN {WHY}")
    with op.batch_alter_table("signing_keys") as table:
        table.add_column(sa.Column("identity_id", ID, nullable=True))
        table.create_foreign_key(
            op.f("fk_signing_keys_identity_id_identities"), "identities", ["identity_id"], ["id"]
        )
    with op.batch_alter_table("mails") as table:
        table.add_column(sa.Column("secret", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("presences") as table:
        table.add_column(sa.Column("ticket", sa.String(16), nullable=True))
    op.create_index("uq_presences_ticket", "presences", ["ticket"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_presences_ticket", "presences")
    with op.batch_alter_table("presences") as table:
        table.drop_column("ticket")
    with op.batch_alter_table("mails") as table:
        table.drop_column("secret")
    with op.batch_alter_table("signing_keys") as table:
        table.drop_constraint(op.f("fk_signing_keys_identity_id_identities"), type_="foreignkey")
        table.drop_column("identity_id")
    with op.batch_alter_table("one_time_links") as table:
        table.drop_constraint(op.f("ck_one_time_links_why"), type_="check")
        table.drop_column("ended_at")
        table.drop_column("why")
    with op.batch_alter_table("api_tokens") as table:
        table.drop_column("last_used_at")
        table.drop_column("expires_at")
    with op.batch_alter_table("people") as table:
        table.drop_column("sure_from")
        table.drop_column("email_changed_at")
        table.drop_column("former_email")
        table.add_column(sa.Column("sessions", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("people") as table:
        table.alter_column("sessions", server_default=None)
    for name in ("identities", "grants", "sign_ins", "devices", "tries"):
        op.drop_table(name)
    op.create_table(
        "sign_in_attempts",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    for name in ("account", "address"):
        op.create_index(f"ix_sign_in_attempts_{name}_at", "sign_in_attempts", [name, "at"])
