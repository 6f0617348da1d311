"""Who asks in the grid: which hats each of the sixteen wears, and who sees what. Written by hand, from the promises.

"here" is Bangka Belitung and the meeting that it was invited to; "there" Jawa Tengah and another meeting.
"""

from __future__ import annotations

OWN, OTHER = "own", "other"

#: what everybody has who has a role; a former head, a past auditor have none
COLLEAGUE = "colleague"
#: kind → the hats worn everywhere
KINDS: dict[str, str] = {
    "anonymous": "",
    "closed": "",
    "nobody": "",
    "former head": "",
    "past auditor": "",
    "minute-taker": "",
    "admin": "admin colleague",
    "secretariat": "secretariat colleague",
    "evaluator": "evaluator colleague",
    "chair": "leader colleague chair",  # the head of the centre, which organises both meetings
    "acting head": "leader colleague chair",
    "auditor": "auditor colleague",
    "ppk here": "ppk colleague",
    "staff here": "ppk_staff colleague",
    "ppk there": "ppk colleague",
    "ppk nowhere": "ppk colleague",
}
OUT = ("anonymous", "closed")  # who is nobody to the house
#: (kind, where) → the hats of what is there alone. "self", "owner": it is the person, or his
RELATIONS: dict[tuple[str, str], str] = {
    ("minute-taker", OWN): "minute_taker",
    ("ppk here", OWN): "unit_ppk invitee self owner",
    ("staff here", OWN): "unit_staff",
    ("ppk there", OTHER): "unit_ppk invitee self owner",
}
#: hats of one kind of thing only
OF_A_THING: dict[tuple[str, str, str], str] = {
    ("minute-taker", OWN, "signature"): "signer",
    ("minute-taker", OWN, "minutes"): "signer",
    ("chair", OWN, "minutes"): "signer",
}

ALL = "admin secretariat evaluator leader auditor"
UNIT = f"{ALL} unit_ppk unit_staff"
OFFICE = "chair minute_taker"
#: kind of thing → the hats that see it
SIGHT: dict[str, str] = {
    **dict.fromkeys(("finding", "kendala", "follow_up", "evidence", "extension", "progress_report"), f"{UNIT} {OFFICE}"),
    **dict.fromkeys(
        ("meeting", "attendance", "agenda", "objective", "directive", "decision", "session", "photo", "paparan", "summary"),
        f"{UNIT} {OFFICE}",
    ),
    **dict.fromkeys(("area", "activity", "commitment", "readiness_check", "benefit", "benefit_answer", "area_theme"), UNIT),
    **dict.fromkeys(
        ("unit", "province", "theme", "criterion", "area_kind", "formula", "deadline", "policy", "category"), COLLEAGUE
    ),
    "minutes": f"{UNIT} {OFFICE} signer",  # from review on; a draft see those who write it
    "comment": f"{UNIT} {OFFICE} signer",
    "document": f"{UNIT} {OFFICE}",
    "signature": f"{UNIT} {OFFICE} signer",
    "user": f"{ALL} self",
    "draft": f"{ALL} {OFFICE}",
    "drafted": f"{UNIT} {OFFICE}",
    "turn": f"secretariat evaluator {OFFICE} unit_ppk unit_staff",
    "nothing": "",
    **dict.fromkeys(("delivery", "holiday", "key", "text", "checkpoint"), "admin secretariat auditor"),
    "destruction": ALL,
    "import": "admin secretariat self",
    "batch": "admin secretariat self",
    "notice": "self",
    "token": "self",
    "grant": "admin secretariat leader self",
    "identity": "admin leader self",
    "filter": f"{COLLEAGUE} self",  # whoever was given the code
}  # fmt: skip
#: a draft: the minutes of the other meeting
DRAFT = f"{ALL} {OFFICE}"


def hats_of(kind: str, where: str, of: str) -> set[str]:
    """The hats that this person wears before a thing of this kind, there."""
    worn = (KINDS[kind], RELATIONS.get((kind, where), ""), OF_A_THING.get((kind, where, of), ""))
    return set(" ".join(worn).split())


def sees(kind: str, where: str, of: str) -> bool:
    seen_by = DRAFT if of in ("minutes", "comment") and where == OTHER else SIGHT[of]
    return bool(hats_of(kind, where, of) & set(seen_by.split()))
