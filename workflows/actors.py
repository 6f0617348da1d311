"""Who acts: roles, relations to one item, and the actor who wears them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def _(sentence: str) -> str:
    """Mark a sentence for people. It is shown, and where needed translated, at the entry point."""
    return sentence


# Roles belong to a person; relations to a person and one item. Both are "hats" that a move may ask for.
ADMIN, SECRETARIAT, EVALUATOR, PPK, PPK_STAFF = "admin", "secretariat", "evaluator", "ppk", "ppk_staff"
LEADER, AUDITOR, SYSTEM = "leader", "auditor", "system"
CHAIR, MINUTE_TAKER, INVITEE, SIGNER = "chair", "minute_taker", "invitee", "signer"
WRITER = "writer"
UNIT_PPK, UNIT_STAFF = "unit_ppk", "unit_staff"
OWNER = "owner"

ROLES = {
    ADMIN: _("Admin Sistem"),
    SECRETARIAT: _("Sekretariat"),
    EVALUATOR: _("Tim Monev"),
    PPK: _("PPK"),
    PPK_STAFF: _("Staf PPK"),
    LEADER: _("Pimpinan"),
    AUDITOR: _("Pemeriksa"),
}
RELATIONS = {
    CHAIR: _("Pimpinan Rapat"),
    MINUTE_TAKER: _("Notulis"),
    INVITEE: _("Yang diundang"),
    SIGNER: _("Penanda tangan"),
    WRITER: _("Penyusun"),
    UNIT_PPK: _("PPK yang bersangkutan"),
    UNIT_STAFF: _("Staf PPK yang bersangkutan"),
    OWNER: _("Pemilik akun"),
    SYSTEM: _("Sistem"),
}
HATS = ROLES | RELATIONS
KEEPERS = (ADMIN, SECRETARIAT)  # keep accounts, places, lists, days and settings
TEAM = (*KEEPERS, EVALUATOR)
SEES_ALL = (*TEAM, LEADER, AUDITOR)
UNIT_ROLES = (PPK, PPK_STAFF)
IN_A_UNIT = (*UNIT_ROLES, LEADER)  # an account of these belongs to a unit
OFFICERS = (CHAIR, MINUTE_TAKER)
UNIT_HATS = (UNIT_PPK, UNIT_STAFF)
FOR_THE_CHAIR = (CHAIR, SIGNER)  # who acts under these acts for whoever leads the meeting


@dataclass(frozen=True)
class Actor:
    """Who acts, as of one instant. `posts` are ids of posts held, `heads` ids of units headed, that day; `sure`: known to be
    himself (`workflows.identity`)."""

    id: int | None
    roles: frozenset[str] = frozenset()
    unit_id: int | None = None
    posts: frozenset[int] = frozenset()
    heads: frozenset[int] = frozenset()
    sure: bool = True

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


MACHINE = Actor(id=None, roles=frozenset({SYSTEM}))


def names_of(hats: Iterable[str]) -> str:
    """ "PPK yang bersangkutan, atau Tim Monev": whoever is not the machine, or the machine."""
    named = list(dict.fromkeys(HATS[hat] for hat in hats if hat != SYSTEM)) or [HATS[SYSTEM]]
    return (
        named[0]
        if len(named) == 1
        else f"{', '.join(named[:-1])}, " + _("atau {last}").format(last=named[-1])
    )
