"""(c) SQL statements of the meeting's room with 14 and with 500 participants. Aim: equal, at most 15."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event, select

from bench.stage import stage, table
from randal.database.base import db
from randal.engine.transitions import make
from randal.l10n import clock
from randal.models.attendance import Attendance
from randal.models.meetings import Meeting
from randal.org.people import Person, actor_of
from randal.org.places import Unit
from randal.web import sign_ins


def main() -> None:
    counts = {}
    with stage() as app, app.app_context():
        secretariat = db.session.scalars(
            select(Person).where(Person.email == "sekretariat@contoh.example")
        ).one()
        meeting = db.session.scalars(select(Meeting).order_by(Meeting.id)).first()
        assert meeting is not None
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = sign_ins.begin(secretariat, clock.now()), True
        for wanted in (14, 500):
            more(meeting, secretariat, wanted)
            db.session.commit()
            for part in ("ringkasan", "kehadiran"):
                client.get(f"/rapat/{meeting.id}?bagian={part}")
                counts[(part, wanted)] = counted(client, f"/rapat/{meeting.id}?bagian={part}")
    rows = [("part of the room", "14 participants", "500 participants")]
    rows += [(part, str(counts[(part, 14)]), str(counts[(part, 500)])) for part in ("ringkasan", "kehadiran")]
    table([*rows, ("aim", "≤ 15", "equal")])


def more(meeting: Meeting, secretariat: Person, wanted: int) -> None:
    """Let the meeting have this many participants, the further ones from units made for it."""
    now = clock.now() + timedelta(seconds=1)
    for number in range(len(meeting.invitees), wanted):
        unit = Unit(name=f"Contoh satker {number}", code=f"BENCH-{number}")
        db.session.add(unit)
        db.session.flush()
        row = Attendance(meeting_id=meeting.id, unit_id=unit.id, position=number + 1)
        make(row, actor_of(secretariat, now), now=now)
    db.session.expire_all()


def counted(client, url: str) -> int:  # type: ignore[no-untyped-def]
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([s for s in seen if not s.startswith(("BEGIN", "PRAGMA"))])


if __name__ == "__main__":
    main()
