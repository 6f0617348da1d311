"""Where the grid of rights is asked: sixteen kinds of people, and of every kind of thing one of "their own" meeting and
unit (Bangka Belitung) and one of another's (Jawa Tengah)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from randal import create_app
from randal.audit import checkpoints
from randal.audit.checkpoints import Checkpoint
from randal.database.base import db
from randal.engine.transitions import make
from randal.history.events import EventText
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.l10n import clock
from randal.models.accounts import ApiToken, Grant
from randal.models.archive import Destruction
from randal.models.imports import Import
from randal.models.meeting_parts import Session
from randal.models.meetings import Meeting
from randal.models.minutes_parts import MinutesComment
from randal.models.saved_filters import SavedFilter
from randal.notifications.notices import Notice
from randal.org.people import Person
from randal.overviews.summaries.commands import start
from randal.schedule.workdays import DayOverride
from randal.signatures import identities
from randal.signatures.held_keys import SigningKey
from tests.conftest import furnish, settings_for
from tests.contract.chain import Chain
from tests.contract.outsider import Outsider, picture
from tests.world import START, World

HERE, THERE, NOWHERE = "ID-BB", "ID-JT", "ID-BE"  # invited here, invited there, invited nowhere


@dataclass
class Stage:
    world: World
    people: dict[str, Person]
    own: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)


def drain(world: World) -> int:
    db.session.commit()
    made = outbox.drain(world.now)
    db.session.expire_all()
    return made


def furnished(world: World) -> Stage:
    chain = Chain(world, lambda: drain(world)).play("review")
    people = cast(world, chain)
    stage = Stage(world, people)
    stage.own = own_things(world, chain)
    stage.other = other_things(world, chain)
    house = of_the_house(world, chain)
    stage.own, stage.other = stage.own | house, stage.other | house
    return stage


def cast(world: World, chain: Chain) -> dict[str, Person]:
    """Who asks: role, unit, dates, and accounts that are closed."""

    def known(key: str) -> Person:
        return db.session.get_one(Person, chain.who[key].id)

    centre = db.session.get_one(Person, chain.chair.id).appointments[0].post.unit
    day = world.now.date()
    closed = world.person("admin")
    closed.active = False
    past = world.person("auditor")
    past.until = day - timedelta(days=2)
    former, acting = world.person("none"), world.person("none")
    former.role = "leader"
    world.appoint(former, centre, "Contoh Mantan", is_head=True, until=day - timedelta(days=2))
    world.appoint(acting, centre, "Contoh Pelaksana Tugas", kind="plt", is_head=True)
    db.session.commit()
    return {
        "closed": closed,
        "nobody": world.person("none"),
        "admin": db.session.get_one(Person, chain.admin.id),
        "secretariat": known("secretariat"),
        "evaluator": known("evaluator"),
        "chair": known("chair"),
        "acting head": acting,
        "former head": former,
        "auditor": known("auditor"),
        "past auditor": past,
        "minute-taker": known("note_taker"),
        "ppk here": known(f"ppk.{HERE}"),
        "staff here": known(f"staff.{HERE}"),
        "ppk there": world.person("ppk", THERE),
        "ppk nowhere": world.person("ppk", NOWHERE),
    }


def own_things(world: World, chain: Chain) -> dict[str, Any]:
    """What belongs to Bangka Belitung, or to the meeting that it was invited to; its minutes wait for signatures."""
    found = {
        "meeting": chain.meeting,
        "unit": chain.units[HERE],
        "area": chain.areas[HERE],
        "activity": chain.activities[HERE][0],
        "user": chain.who[f"ppk.{HERE}"].id,
        "finding": chain.findings[0],
        "kendala": chain.kendala[0],
        "follow_up": chain.follow_ups[0],
        "minutes": chain.minutes,
        "document": chain.document,
        "attendance": chain.attendance[HERE],
    }
    found["signature"] = chain.note_taker.all("/signatures")[0]["id"]
    found["comment"] = chain.note_taker.all(f"/minutes/{chain.minutes}/comments")[0]["id"]
    more = things_of(world, chain, chain.ppk(HERE), found)
    return found | more


def other_things(world: World, chain: Chain) -> dict[str, Any]:
    """The same of Jawa Tengah, whose meeting has just been closed: its minutes are a draft."""
    office, unit = chain.secretariat, world.unit(THERE)
    writer, chair = Outsider(world, world.person("none")), Outsider(world, world.person("leader", THERE))
    ppk = Outsider(
        world, db.session.scalars(select(Person).where(Person.role == "ppk", Person.unit_id == unit.id)).one()
    )
    local = world.now + timedelta(hours=7)
    given = {
        "title": "Contoh Rapat Lain", "place": "Contoh Ruang", "timezone": "Asia/Jakarta", "organiser_id": chain.centre,
        "starts_at": f"{local:%Y-%m-%dT%H:%M}", "ends_at": f"{local + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "chair_id": chair.id, "minute_taker_id": writer.id,
    }  # fmt: skip
    meeting = office.post("/meetings", given)["id"]
    here = f"/meetings/{meeting}"
    office.post(f"{here}/objectives", {"text": "Contoh sasaran", "kind": "sasaran"})
    office.post(f"{here}/agenda", {"title": "Contoh acara", "duration": 30})
    attendance = office.post(f"{here}/attendance", {"unit_id": unit.id})["id"]
    area = office.post("/areas", {"name": "Contoh Kawasan Lain", "province": THERE, "theme": "wisata"})["id"]
    activity = office.post(
        "/activities",
        {"unit_id": unit.id, "area_id": area, "name": "Contoh", "sector": "AM", "budget": "1000.00"},
    )["id"]
    office.move(here, "schedule")
    office.move(here, "issue_letter", number="UM.0102/CONTOH/9", dated_on=chain.today)
    drain(world)
    chair.move(here, "open")
    for part in ("directives", "decisions"):
        writer.post(f"{here}/{part}", {"text": "Contoh.", "speaker": "Contoh"})
    due = {"meeting_id": meeting, "unit_id": unit.id, "text": "Contoh."}
    made = {
        "finding": chain.evaluator.post("/findings", due | {"severity": "low"})["id"],
        "kendala": chain.evaluator.post("/kendala", due)["id"],
        "follow_up": chain.evaluator.post(
            "/follow-ups", due | {"due_on": chain.day(20), "expected_output": "Contoh.", "priority": "low"}
        )["id"],
    }
    office.move(f"/follow-ups/{made['follow_up']}", "assign", due_on=chain.day(20), expected_output="Contoh.",
                priority="low")  # fmt: skip
    chair.move(here, "close", confirm=True)
    drain(world)
    found = {"meeting": meeting, "unit": unit.id, "area": area, "activity": activity, "user": ppk.id} | made
    found["attendance"] = attendance
    found["minutes"] = writer.all(f"{here}/minutes")[0]["id"]
    found["document"] = office.all(
        f"/documents?kind=attendance_list&subject_type=meeting&subject_id={meeting}"
    )[0]["id"]
    said = MinutesComment(minutes_id=found["minutes"], author_id=ppk.id, text="Contoh.", at=world.now)
    db.session.add(said)
    db.session.commit()
    return found | {"comment": said.id} | things_of(world, chain, ppk, found)


def things_of(world: World, chain: Chain, ppk: Outsider, found: dict[str, Any]) -> dict[str, Any]:
    """What hangs on a meeting, a follow-up, a kawasan."""
    office, evaluator, day, later = chain.secretariat, chain.evaluator, chain.today, chain.day(40)
    here, task = f"/meetings/{found['meeting']}", f"/follow-ups/{found['follow_up']}"
    more = {part: office.all(f"{here}/{path}")[0]["id"] for part, path in PARTS.items()}
    reports = office.all(f"/progress-reports?unit_id={found['unit']}")
    more["progress_report"] = reports[0]["id"]
    more["evidence"] = ppk.upload(f"{task}/evidence", file=picture(), note="Contoh.", dated_on=day)["id"]
    more["extension"] = ppk.post(
        f"{task}/extensions", {"new_due_on": later, "reason": "Contoh alasan yang cukup panjang."}
    )["id"]
    more["photo"] = office.upload(f"{here}/photos", file=picture(), caption="Contoh")["items"][0]["id"]
    paper = (io.BytesIO(b"%PDF-1.4\n% Contoh\n%%EOF\n"), "paparan.pdf")
    more["paparan"] = office.upload(f"{here}/paparan", title="Contoh", speaker="Contoh", file=paper)["id"]
    place, work = {"area_id": found["area"]}, {"activity_id": found["activity"]}
    more["commitment"] = office.post(
        "/commitments", place | {"kind": first(office, "commitments", "kind"), "office": "Contoh Dinas",
                                 "post": "Contoh Kepala", "status": first(office, "commitments", "status")}
    )["id"]  # fmt: skip
    more["readiness_check"] = office.post(
        "/readiness-checks",
        place | {"criterion_id": 1, "status": first(office, "readiness-checks", "status")},
    )["id"]
    more["benefit_answer"] = evaluator.post("/benefit-answers", work | {"period": day[:7]})["id"]
    step = {"step": first(office, "benefits", "step"), "dated_on": day}
    more["benefit"] = office.post("/benefits", work | step)["id"]
    more["area_theme"] = office.all(f"/area-themes?area_id={found['area']}")[0]["id"]
    return {**more, **written(world, chain, ppk, found)}


def written(world: World, chain: Chain, ppk: Outsider, found: dict[str, Any]) -> dict[str, Any]:
    """What no route of the API makes, and what belongs to one person."""
    summary = start(
        db.session.get_one(Meeting, found["meeting"]),
        world.actor(db.session.get_one(Person, chain.secretariat.id)),
        world.now,
    )
    notice = Notice(person_id=ppk.id, key=f"contoh {ppk.id}", text="Contoh", url="/", created_at=world.now)
    kept = SavedFilter(
        code=f"contoh{ppk.id}",
        name="Contoh",
        owner_id=ppk.id,
        params={"state": "draft"},
        created_at=world.now,
    )
    brought = Import(kind="figures", name="contoh.xlsx", sha256="0" * 64, problem="Contoh.", digest="0" * 64, made_at=world.now,
                     made_by_id=ppk.id, rows=0, wrong=0, created=0, updated=0, unchanged=0, batch=f"contoh{ppk.id}")  # fmt: skip
    meeting = db.session.get_one(Meeting, found["meeting"])
    session = Session(meeting_id=meeting.id, title="Contoh sesi", starts_at=meeting.starts_at, ends_at=meeting.ends_at,
                      updated_at=world.now)  # fmt: skip
    token = ApiToken(person_id=ppk.id, token_hash=f"contoh {ppk.id}", created_at=world.now)
    admin, person = (
        world.actor(db.session.get_one(Person, chain.admin.id)),
        db.session.get_one(Person, ppk.id),
    )
    grant = Grant(person=person, role="evaluator", created_by_id=chain.secretariat.id)
    make(grant, world.actor(db.session.get_one(Person, chain.secretariat.id)), now=world.now)
    identity = identities.begin(person, admin, world.now, how="made")
    rows = {
        "grant": grant,
        "identity": identity,
        "token": token,
        "summary": summary,
        "notice": notice,
        "import": brought,
        "session": session,
    }
    db.session.add_all([*rows.values(), kept])
    db.session.commit()
    over = world.now.date() - timedelta(days=2)  # a post that gives nothing any more
    held = world.appoint(person, person.unit or world.centre, f"Contoh Jabatan {person.id}", until=over)
    return {name: row.id for name, row in rows.items()} | {
        "filter": kept.code,
        "appointment": held.id,
        "batch": brought.batch,
        "slug": summary.slug,
    }


def of_the_house(world: World, chain: Chain) -> dict[str, Any]:
    """What is nobody's own: lists, numbers of the operator, deadlines. It stands here and there alike."""
    office, admin = chain.secretariat, chain.admin
    day = world.now.date()
    deadline = office.post("/deadlines", {
        "name": "Contoh laporan", "who": "evaluator", "met_by": "mark", "anchor": "month",
        "working_days": 5, "remind_before": 1, "since": chain.today[:7], "active": True,
    })  # fmt: skip
    rows = {
        "holiday": DayOverride(day=day + timedelta(days=9), working=False, name="Contoh", created_at=world.now),
        "destruction": Destruction(number="CONTOH/1", dated_on=day, reason="Contoh", proposed_at=world.now,
                                   proposed_by_id=office.id),
    }  # fmt: skip
    db.session.add_all(rows.values())
    checkpoints.make(world.now)
    db.session.commit()
    newest = {"delivery": Delivery, "checkpoint": Checkpoint, "key": SigningKey, "text": EventText}
    return {
        "deadline": deadline["id"],
        **{name: row.id for name, row in rows.items()},
        **{name: db.session.scalars(select(model.id).order_by(model.id.desc())).first() for name, model in newest.items()},
        **dict.fromkeys(("province", "theme", "criterion", "area_kind", "formula"), 1),
        "category": first(admin, "kendala", "category"),
    }  # fmt: skip


def first(who: Outsider, resource: str, name: str) -> str:
    return next(iter(who.get("/choices")[resource][name]))


PARTS = {"agenda": "agenda", "objective": "objectives", "directive": "directives", "decision": "decisions"}


@contextmanager
def alone(folder: Path) -> Iterator[tuple[World, Stage, Path]]:
    """An application of its own on SQLite, furnished, for what is run by a command: the world, the stage, its file."""
    file = folder / "randal.db"
    settings = settings_for(f"sqlite:///{file}", folder, "redis://127.0.0.1:1")
    furnish(settings)
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    clock.start_at(START)
    with app.app_context():
        world = World(app)
        yield world, furnished(world), file
        db.session.remove()
        db.engine.dispose()
    clock.start_at(None)
