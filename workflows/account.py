"""Akun: who may make whom able to do what. Four eyes elsewhere (evaluator and PPK, secretariat and scan) hang on this."""

from __future__ import annotations

from collections.abc import Collection

from workflows.lifecycle import (
    ADMIN,
    AUDITOR,
    EVALUATOR,
    LEADER,
    PPK,
    PPK_STAFF,
    SECRETARIAT,
    Actor,
    _,
)

NO_ROLE = "none"
# A role that decides, or that another's four eyes rest on: whoever keeps accounts proposes it, a second person confirms.
WEIGHTY = (ADMIN, SECRETARIAT, EVALUATOR, LEADER)
# Who confirms what a secretariat proposes; an Admin Sistem is confirmed by another one.
SECOND = (ADMIN, LEADER)
SIGNS = (ADMIN, SECRETARIAT, EVALUATOR, PPK, LEADER)  # roles that may be named as a signer
READS = (AUDITOR, PPK_STAFF)  # roles that sign nothing, whatever post is held; only by being named


def gives_alone(actor: Actor, role: str, *, other_admins: bool) -> bool:
    """May this actor give somebody else the role without a second person? `other_admins`: there is another one, who could
    confirm. Giving no role, or one of everyday, is everybody's who keeps accounts."""
    if role == ADMIN:
        return actor.has(ADMIN) and not other_admins
    return actor.has(ADMIN) or (actor.has(SECRETARIAT) and role not in WEIGHTY)


def appoints_alone(actor: Actor, *, weighty: bool) -> bool:
    """May this actor appoint somebody else without a second person? `weighty`: the post heads a unit, leads a meeting or
    signs."""
    return actor.has(ADMIN) or (actor.has(SECRETARIAT) and not weighty)


def may_hold_key(role: str, actor: Actor, *, named: bool) -> bool:
    """Can this person be a signer? By being named (chair, minute-taker, signer), by a role, or by a post held today."""
    if named or role in READS:
        return named
    return actor.has(*SIGNS) or bool(actor.posts)


#: what happens to somebody's access → what the person, and the heads of the unit, read
DEEDS = {
    "created": _("Akun dibuat"),
    "link_made": _("Tautan masuk sekali pakai dibuat"),
    "link_used": _("Tautan masuk dipakai dan kata sandi baru ditetapkan"),
    "password_set": _("Kata sandi diganti"),
    "device_new": _("Masuk dari perangkat yang belum dikenal"),
    "key_enrolled": _("Kunci tanda tangan didaftarkan"),
    "key_revoked": _("Kunci tanda tangan dicabut"),
    "address_changed": _("Alamat surel diubah"),
    "name_changed": _("Nama diubah"),
    "role_changed": _("Peran diubah"),
    "appointed": _("Jabatan dicatat"),
    "post_ended": _("Jabatan diakhiri"),
    "closed": _("Akun dinonaktifkan"),
    "reopened": _("Akun diaktifkan kembali"),
    "token_made": _("Token API dibuat"),
    "token_revoked": _("Token API dicabut"),
    "proposed": _("Wewenang diusulkan"),
    "identity_confirmed": _("Identitas dipastikan"),
    "identity_stopped": _("Pemastian identitas dihentikan"),
}
#: why a link is made
LINK_REASONS = {
    "new": _("Akun baru"),
    "forgotten": _("Kata sandi terlupa"),
    "lost_device": _("Perangkat hilang atau diganti"),
    "suspected": _("Kata sandi mungkin diketahui orang lain"),
}


def may_make_link(actor: Actor, roles: Collection[str]) -> bool:
    """A link opens an account: of an Admin Sistem only another one makes it, and nobody his own."""
    return actor.has(ADMIN) or (actor.has(SECRETARIAT) and ADMIN not in roles)
