"""The queue of claims: what waits for an evaluator, one claim with all its evidence judged in one step, reasons to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from randal.database.base import db
from randal.engine.transitions import require_version
from randal.models.follow_ups import Evidence, FollowUp
from randal.org import app_settings
from randal.rooms.follow_ups import proof
from randal.schedule import workdays
from randal.schemas import forms
from randal.web.attempt import attempt, seen
from workflows.follow_up import SUBMITTED
from workflows.lifecycle import EVALUATOR, REASON_LENGTH, TEAM, Actor, Refused

DECISIONS = ("verify", "return")


def queue(actor: Actor) -> Select[Any]:
    """What this evaluator may judge, the longest waiting first: nobody judges what he handed in himself."""
    mine = or_(FollowUp.submitted_by_id.is_(None), FollowUp.submitted_by_id != actor.id)
    query = FollowUp.visible_to(actor).where(FollowUp.state == SUBMITTED, mine)
    return query.order_by(FollowUp.submitted_at, FollowUp.id)


def require(actor: Actor) -> None:
    if not actor.has(EVALUATOR):
        raise Refused("role", "Antrean verifikasi dikerjakan Tim Monev.")


def waiting(actor: Actor, after: FollowUp | None = None, limit: int = 100) -> Sequence[FollowUp]:
    """A page of the queue, from behind `after` on."""
    query = queue(actor).options(
        selectinload(FollowUp.all_evidence), selectinload(FollowUp.findings), selectinload(FollowUp.kendala)
    )
    if after:
        query = query.where(_behind(after))
    return list(db.session.scalars(query.limit(limit)).unique())


def _behind(item: FollowUp) -> Any:
    return or_(
        FollowUp.submitted_at > item.submitted_at,
        and_(FollowUp.submitted_at == item.submitted_at, FollowUp.id > item.id),
    )


def how_many(actor: Actor) -> int:
    ids = queue(actor).with_only_columns(FollowUp.id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def next_after(item: FollowUp, actor: Actor) -> int | None:
    """The claim behind this one, else the first that is left."""
    others = queue(actor).with_only_columns(FollowUp.id).where(FollowUp.id != item.id).limit(1)
    behind = db.session.scalar(others.where(_behind(item))) if item.submitted_at else None
    return behind or db.session.scalar(others)


def waited(item: FollowUp, days: workdays.Calendar, now: datetime) -> str:
    """ "3 hari kerja", in the province that handed it in."""
    since = item.local_today(item.submitted_at or now)
    count = days.between(since, item.local_today(now))
    return f"{count} hari kerja" if count else "hari ini"


def decide(id: int, raw: Mapping[str, Any], actor: Actor, now: datetime, version: int | None) -> FollowUp:
    """The verdict on each piece and the decision on the claim, in one transaction: all of it or nothing.

    `raw`: verdict-<piece>, note-<piece>, decision, note (verify) or reason (return).
    """
    item: FollowUp = seen(FollowUp, id, actor)
    require(actor)
    move = raw.get("decision", "")
    if move not in DECISIONS:
        raise forms.wrong("decision", "Pilih verifikasi atau kembalikan.")
    item.lifecycle().row_for(item, move, actor)
    require_version(item, version)
    for piece in item.evidence:
        _judge(piece, raw, actor, now)
    done: FollowUp = attempt(FollowUp, id, move, raw, actor, now=now, version=version).item
    return done


def _judge(piece: Evidence, raw: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    verdict, note = raw.get(f"verdict-{piece.id}") or "", (raw.get(f"note-{piece.id}") or "").strip()
    if not verdict or (verdict, note) == (piece.verdict, piece.verdict_note):
        return
    try:
        proof.judge_evidence(piece, actor, {"verdict": verdict, "note": note}, now)
    except Refused as refused:
        named = {f"{field}-{piece.id}": said for field, said in refused.errors.items() if field}
        raise Refused(refused.kind, refused.detail, named or refused.errors) from None


# -- reasons to choose from ----------------------------------------------------------------------------


def reasons() -> list[str]:
    return list(app_settings.setting("return_reasons"))


def change_reasons(text: str, actor: Actor) -> None:
    """One reason a line. Refused: role, fields."""
    if not actor.has(*TEAM):
        raise Refused("role", "Daftar alasan diubah oleh Tim Monev, Sekretariat, atau Admin Sistem.")
    lines = list(dict.fromkeys(line.strip() for line in forms.plain(text).splitlines() if line.strip()))
    if short := [line for line in lines if not REASON_LENGTH <= len(line) <= 300]:
        raise forms.wrong("reasons", f"Tulis 10 sampai 300 karakter: «{short[0][:60]}».")
    if len(lines) > 20:
        raise forms.wrong("reasons", "Paling banyak 20 alasan.")
    app_settings.change("return_reasons", lines)
