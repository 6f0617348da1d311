"""The evaluation report and a PPK's report card, asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from randal.api.documents import DocumentOut
from randal.api.furniture import actor, answer, api, body, described, now, shown
from randal.api.resources import dump
from randal.database.base import db
from randal.models.meetings import Meeting
from randal.org.places import Unit
from randal.overviews.monitoring import card, filters, papers
from randal.schemas import forms
from randal.web.attempt import seen

FORMATS = {"pdf": "evaluation_report", "xlsx": "evaluation_sheet"}


class ReportForm(forms.Base):
    """`period` defaults to the newest; `meeting_id` means the period that the meeting read, and the units it invited."""

    period = forms.month("Periode", required=False)
    province = forms.text("Provinsi (kode ISO)", required=False, max=5)
    meeting_id = forms.number_of("Rapat", required=False)
    format = forms.choice("Bentuk", {"pdf": "PDF", "xlsx": "XLSX"}, required=False)


NOTHING_YET = "Belum ada laporan PPK yang disampaikan."


def known(given: Mapping[str, Any]) -> str:
    """The period asked for, else the newest; "" while there is none. Refused: one of which nothing was handed in."""
    asked = given.get("period")
    found = filters.read({"periode": asked}, actor()).period
    if asked and found != asked:
        raise forms.wrong("period", NOTHING_YET)
    return found


class CardForm(forms.Base):
    period = forms.month("Periode", required=False)


@api.post("/evaluation-reports")
@described(ReportForm, "json")
@shown(DocumentOut, "Minta laporan evaluasi rapat, provinsi, atau nasional", "documents", status=202)
def evaluation_report() -> Response:
    given = forms.load(ReportForm, body())
    meeting = seen(Meeting, given["meeting_id"], actor()) if given.get("meeting_id") else None
    period = meeting.report_period if meeting else given.get("period")
    if not meeting:
        known(given)
    asked = {
        "periode": period or "",
        "provinsi": given.get("province") or "",
        "rapat": str(meeting.id) if meeting else "",
    }
    document = papers.order(FORMATS[given.get("format") or "pdf"], asked, actor(), now=now())
    db.session.commit()
    return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})


@api.post("/units/<int:id>/report-card")
@described(CardForm, "json")
@shown(DocumentOut, "Minta rapor PPK", "documents", status=202)
def report_card(id: int) -> Response:
    unit = seen(Unit, id, actor())
    card.require(actor(), unit)
    given = forms.load(CardForm, body())
    period = known(given)
    if not period:
        raise forms.wrong("period", NOTHING_YET)
    document = card.order(actor(), unit, period, now=now())
    db.session.commit()
    return answer(dump(document), 202, {"Location": f"/api/v1/documents/{document.id}"})
