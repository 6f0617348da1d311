"""What the data say to an objective of a meeting, beside which a person assesses it."""

from __future__ import annotations

from apiflask import Schema, fields
from flask import Response

from randal.api.furniture import actor, answer, api, shown
from randal.models.meetings import Meeting
from randal.rooms.meetings.answers import answers
from randal.web.attempt import seen


class AnswerOut(Schema):
    objective_id = fields.Integer()
    sentence = fields.String()
    missing = fields.List(fields.String(), metadata={"description": "PPK yang belum"})
    suggests = fields.String(metadata={"description": "met, partly, not_met: penilaian menurut data"})


class AnswersOut(Schema):
    items = fields.List(fields.Nested(AnswerOut))
    next = fields.String(allow_none=True)


@api.get("/meetings/<int:id>/answers")
@shown(
    AnswersOut, "Sasaran yang dapat dijawab data: siapa yang belum melapor, belum membaca paparan", "meetings"
)
def meeting_answers(id: int) -> Response:
    rows = [
        {
            "objective_id": number,
            "sentence": one.sentence,
            "missing": list(one.missing),
            "suggests": one.suggests,
        }
        for number, one in answers(seen(Meeting, id, actor())).items()
    ]
    return answer({"items": rows, "next": None})
