"""Findings, kendala and their follow-ups for tests, made by the real commands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from randal.database.base import db
from randal.engine.transitions import make
from randal.models.findings import Finding
from randal.models.follow_ups import Evidence, FollowUp
from randal.models.kendala import Kendala
from randal.models.meetings import Meeting
from randal.rooms.findings import commands as findings
from randal.rooms.kendala import commands as kendala_commands


def body(world: Any, meeting: Meeting, iso: str = "ID-BB", **more: Any) -> dict[str, Any]:
    return {"meeting_id": meeting.id, "unit_id": world.unit(iso).id, "text": "Contoh uraian"} | more


def finding(world: Any, meeting: Meeting | None = None, iso: str = "ID-BB", **more: Any) -> Finding:
    """A finding of this unit; its PPK is there to be told."""
    world.ppk(iso)
    raw = body(world, meeting or world.meeting("in_session", units=(iso,)), iso, severity="high", **more)
    made = findings.make_finding(world.actor(world.evaluator), raw, world.now)
    db.session.commit()
    return made


def kendala(
    world: Any, meeting: Meeting | None = None, iso: str = "ID-BB", by: Any = None, **more: Any
) -> Kendala:
    world.ppk(iso)
    raw = body(world, meeting or world.meeting("in_session", units=(iso,)), iso, **more)
    made = kendala_commands.make_kendala(world.actor(by or world.evaluator), raw, world.now)
    db.session.commit()
    return made


def linked_follow_up(world: Any, item: Finding | Kendala) -> FollowUp:
    """A verified follow-up linked to the item; verified by an evaluator of its own."""
    ppk, judge = world.ppk(item.unit.province.iso), world.person("evaluator")
    row = FollowUp(meeting=item.meeting, unit_id=item.unit_id, text="Contoh tindak lanjut", number=1)
    row.due_on, row.expected_output, row.priority = (
        world.now.date() + timedelta(days=9),
        "Contoh keluaran",
        "high",
    )
    (row.findings if isinstance(item, Finding) else row.kendala).append(item)
    make(row, world.actor(world.secretariat), now=world.now)
    db.session.commit()
    world.fire(row, "assign", world.secretariat, due_on=row.due_on)
    proof = Evidence(follow_up=row, link="https://contoh.example/bukti", added_by_id=ppk.id)
    proof.added_at = proof.updated_at = world.now
    db.session.add(proof)
    db.session.commit()
    world.fire(row, "submit", ppk, note="Contoh: sudah dikerjakan")
    proof.verdict, proof.judged_by_id, proof.judged_at = "accepted", judge.id, world.now
    db.session.commit()
    world.fire(row, "verify", judge, note="Contoh: sesuai")
    return row


def draft_follow_up(world: Any, meeting: Meeting, iso: str = "ID-BB", number: int = 1) -> FollowUp:
    """One that is not assigned yet."""
    row = FollowUp(meeting=meeting, unit_id=world.unit(iso).id, text=f"Contoh draf {number}", number=number)
    make(row, world.actor(world.secretariat), now=world.now)
    db.session.commit()
    return row
