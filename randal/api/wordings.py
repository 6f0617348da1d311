"""What differs between two wordings of the minutes: /notula/<id>/perubahan as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from flask import Response, request

from randal.api.furniture import Instant, actor, answer, api, caller, described, now, shown
from randal.models.minutes import Minutes
from randal.rooms.minutes import changes
from randal.schemas import forms
from randal.web.attempt import seen


class WordingOut(Schema):
    """A moment whose wording may be compared."""

    name = fields.String()
    label = fields.String()
    at = Instant()


# Names out of `points`; without: since the caller last read, until now.
WordingsQuery = Schema.from_dict({"from": fields.String(), "to": fields.String()}, name="WordingsQuery")


@api.get("/minutes/<int:id>/changes", endpoint="minutes_changes")
@described(WordingsQuery, "query")
@shown(None, "Kata yang ditambah dan dihapus di antara dua naskah notula", "minutes")
def wordings(id: int) -> Response:
    minutes = seen(Minutes, id, actor())
    writes = minutes.lifecycle().wears(minutes, "answer_comment", actor())
    offered = changes.points(minutes, caller(), now(), writes=writes)
    before, after = changes.in_order(
        asked("from", offered, changes.usual(offered)), asked("to", offered, "kini")
    )
    changed, same = changes.compare(minutes, before.at, after.at)
    return answer(
        {
            "from": WordingOut().dump(before),
            "to": WordingOut().dump(after),
            "points": WordingOut(many=True).dump(offered),
            "changed": [changed_json(one) for one in changed],
            "unchanged": same,
        }
    )


def asked(name: str, offered: list[changes.Point], usual: str) -> changes.Point:
    wanted = request.args.get(name) or usual
    found = next((point for point in offered if point.name == wanted), None)
    if found is None:
        raise forms.wrong(name, "Naskah ini tidak ada, atau bukan untuk Anda.")
    return found


def changed_json(one: changes.Changed) -> dict[str, Any]:
    added, removed = one.counts
    pieces = [{"kind": kind, "text": text} for kind, text in one.pieces]
    return {
        "key": one.key,
        "title": one.title,
        "words_added": added,
        "words_removed": removed,
        "pieces": pieces,
    }
