"""When a meeting was planned and when it was held are two facts: two labels on pages and papers, two keys in JSON; and what
a nota dinas counts is what its table holds."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from randal.database.base import db
from randal.documents.paper_parts import meeting_head
from randal.l10n import formats as words
from randal.models.meetings import Meeting
from randal.rooms.minutes.composing import COMPOSE
from randal.rooms.minutes.facts import facts
from tests import items
from tests.world import World


def held(world: World) -> Meeting:
    """Opened seven minutes late, closed forty minutes late."""
    meeting = world.meeting("closed", units=("ID-BB", "ID-BA"))
    assert meeting.starts_at and meeting.ends_at
    meeting.opened_at = meeting.starts_at + timedelta(minutes=7)
    meeting.closed_at = meeting.ends_at + timedelta(minutes=40)
    db.session.commit()
    return meeting


def test_planned_and_held_are_two_facts(world: World) -> None:
    meeting = held(world)
    zone = meeting.timezone
    planned = words.span(meeting.starts_at, meeting.ends_at, zone)
    real = words.span(meeting.opened_at, meeting.closed_at, zone)
    assert planned != real
    page = world.sign_in(world.secretariat).get(f"/rapat/{meeting.id}").text
    facts_of = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", page))
    assert (facts_of["Jadwal"], facts_of["Pelaksanaan"]) == (planned, real)
    assert not [label for label, said in facts_of.items() if real in said and label != "Pelaksanaan"]
    told = world.api(world.secretariat).get(f"/meetings/{meeting.id}").json
    assert len({told[key] for key in ("starts_at", "opened_at", "ends_at", "closed_at")}) == 4
    head = meeting_head(meeting, real_times=True)
    for key in ("starts_at", "opened_at"):  # to the second
        assert head[key][:19] == told[key][:19]
    for kind, compose in COMPOSE.items():
        said = " ".join(compose(meeting).values())
        for time, ways in ((planned, ("dijadwalkan pukul",)), (real, ("berlangsung pukul",))):
            for found in re.finditer(re.escape(time), said):
                assert said[: found.start()].rstrip().endswith(ways), (kind, said)
        for one, way in ((meeting.opened_at, "dibuka pukul"), (meeting.closed_at, "ditutup pukul")):
            for found in re.finditer(re.escape(words.clock(one, zone)), said.replace(real, "")):
                assert said.replace(real, "")[: found.start()].rstrip().endswith(way), (kind, said)


def test_the_nota_dinas_counts_the_lines_of_its_table(world: World) -> None:
    meeting = held(world)
    promised = [items.draft_follow_up(world, meeting, number=n + 1) for n in range(3)]
    for row in promised[1:]:  # one thing for two PPK is one line
        row.group_key, row.text = "contoh", "Contoh janji bersama"
    db.session.commit()
    rows = facts(meeting)["follow_ups"]
    for key in ("nota_dinas", "hasil"):
        said = COMPOSE["report"](meeting)[key]
        [counted] = re.findall(r"menyepakati (\d+)", said)
        assert "berjumlah 3" in said
        assert int(counted) == len(rows) == 2, (said, json.dumps(rows)[:300])
