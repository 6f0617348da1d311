"""What proves the history: its checkpoints, the last examination, and all of it to take away."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from randal.audit import checkpoints, examining, exporting
from randal.audit.checkpoints import Checkpoint
from randal.database.base import db
from randal.overviews.operator.blueprint import bp
from randal.web.downloads import given
from randal.web.pages import me, now
from workflows.lifecycle import Refused

UNKNOWN = "application/octet-stream"  # to be saved, whatever it is
MOST = 50_000  # events read within one request; more take longer than a browser should wait
SHOWN = 10


@bp.get("/operator/riwayat")
def history() -> ResponseReturnValue:
    recent = list(db.session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(SHOWN)))
    events = examining.events_written()
    return render_template(
        "operator/history.html",
        checkpoints=recent,
        open=events - (recent[0].said.get("events", 0) if recent else 0),
        events=events,
        last=examining.last(),
        most=MOST,
        sealed=checkpoints.is_ready(),
    )


@bp.post("/operator/riwayat/periksa")
def history_examine() -> ResponseReturnValue:
    refuse_many("flask --app wsgi randal audit verify")
    person_id = me().id
    report, seconds = examining.examine(roots=checkpoints.roots())
    examining.remember(report, seconds, now(), person_id)
    db.session.commit()
    if report.intact:
        flash(f"Diperiksa {report.events} peristiwa: riwayat utuh.", "success")
    else:
        flash(f"Riwayat tidak utuh: {report.count} kejanggalan. Barisnya disebut di bawah.", "danger")
    return redirect(url_for(".history"), 303)


@bp.get("/operator/riwayat/ekspor")
def history_export() -> ResponseReturnValue:
    refuse_many("flask --app wsgi randal audit export riwayat.jsonl.gz")
    at, texts = now(), request.args.get("teks") != "tanpa"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "riwayat.jsonl.gz"
        exporting.export(path, now=at, root=exporting.fingerprint(checkpoints.roots()), texts=texts)
        file = path.open("rb")
    return given(file, UNKNOWN, f"riwayat-{at:%Y%m%d-%H%M}.jsonl.gz")


@bp.get("/operator/riwayat/cap/<int:id>.<kind>")
def history_checkpoint(id: int, kind: str) -> ResponseReturnValue:
    """What a checkpoint says (.json), or the timestamp over it (.tsr): together for `openssl ts -verify`."""
    found = db.session.get(Checkpoint, id)
    if found is None or kind not in ("json", "tsr"):
        abort(404)
    content = found.statement.encode() if kind == "json" else base64.b64decode(found.token)
    return given(content, UNKNOWN, f"cap-{id}.{kind}")


@bp.get("/operator/riwayat/akar.pem")
def history_root() -> ResponseReturnValue:
    roots = checkpoints.roots() or abort(404)
    return given(b"".join(roots), UNKNOWN, "akar.pem")


def refuse_many(command: str) -> None:
    events = examining.events_written()
    if events > MOST:
        raise Refused(
            "state",
            f"Riwayat sudah {events} peristiwa, terlalu banyak untuk halaman ini. Jalankan: {command}",
        )
