"""What will be sent: a dry run of the reminders and escalations of one day."""

from __future__ import annotations

from collections import Counter
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from randal.overviews.operator.blueprint import bp
from randal.schedule import forecast
from randal.schedule.rules import RULES
from randal.web.pages import actor, now
from workflows.lifecycle import SECRETARIAT

SHOWN = 200  # lines on the page; the command shows all


@bp.get("/operator/akan-dikirim")
def coming() -> ResponseReturnValue:
    asked, wrong = request.args.get("hari", ""), ""
    try:
        day = date.fromisoformat(asked) if asked else None
    except ValueError:
        day, wrong = None, "Tanggal itu tidak dikenal; yang ditampilkan hari kerja berikutnya."
    found = forecast.coming(day, now())
    counted = Counter(line.rule for line in found.lines)
    return render_template(
        "operator/coming.html",
        found=found,
        wrong=wrong,
        lines=found.lines[:SHOWN],
        counted=[(RULES[name].label, count) for name, count in counted.most_common()],
        # The administrator keeps the machine; the affairs themselves are not his to open.
        may_open=actor().has(SECRETARIAT),
    )
