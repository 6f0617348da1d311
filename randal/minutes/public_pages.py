"""/verifikasi: open to everybody, changes nothing. By a printed code, or by the file itself."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, deque
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from randal.core import clock, web
from randal.core.db import db
from randal.core.files import MAX_BYTES
from randal.core.web import now, wants_json
from randal.minutes.archive import document_by_code, document_of_file, manifest_of, told
from randal.minutes.authority import AuthorityError
from randal.minutes.blueprint import bp
from randal.minutes.installed import open_authority
from randal.minutes.manifest import Manifest
from randal.minutes.verification import Report, Unreadable, verify

web.PUBLIC |= {"minutes.verify", "minutes.verify_code"}
WINDOW, MOST = 300.0, 300  # seconds; questions of one address in them, per process
KEPT = 200
UNKNOWN = "Kode ini tidak dikenal. Periksa lagi: huruf O dan I serta angka 0 dan 1 tidak dipakai di kode."

_asked: dict[str, deque[float]] = {}
_answers: OrderedDict[tuple[Any, ...], Report] = OrderedDict()
_guard = threading.Lock()


@bp.route("/verifikasi", methods=["GET", "POST"], endpoint="verify")
@web.csrf.exempt  # scripts ask, too; nothing is changed here
def verify_file() -> ResponseReturnValue:
    if request.method == "GET":
        code = request.args.get("kode", "").strip().upper()
        return redirect(url_for("minutes.verify_code", code=code)) if code else page()
    file = request.files.get("file")
    if too_many(request.remote_addr or ""):
        return refusal(429, web.SENTENCES[429])
    if file is None or not file.filename:
        return refusal(422, "Pilih berkas PDF yang akan diperiksa.")
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return refusal(413, f"Berkas terlalu besar (maks. {MAX_BYTES // 1024 // 1024} MB).")
    code = request.form.get("code", "")
    document = document_by_code(code) if code else document_of_file(data)
    manifest, facts = (manifest_of(document), told(document)) if document else (None, None)
    db.session.rollback()  # judging takes its time: not inside a transaction
    try:
        report = judge(data, manifest)
    except Unreadable as error:
        if b"%PDF-" not in data[:1024]:
            return refusal(422, str(error))
        report = Report("mismatch", "", [str(error)])  # it was a PDF once: broken is not intact
    return answered(report, facts)


@bp.get("/verifikasi/<code>")
def verify_code(code: str) -> ResponseReturnValue:
    """What a printed code leads to: the document as it is stored now."""
    if too_many(request.remote_addr or ""):
        return refusal(429, web.SENTENCES[429])
    document = document_by_code(code)
    if document is None:
        return refusal(404, UNKNOWN)
    manifest, facts = manifest_of(document), told(document)
    if manifest is None or document.newest is None:
        return answered(Report("noted", "", ["Dokumen ini belum selesai dibuat."]), facts)
    data = document.newest.read()
    db.session.rollback()
    return answered(judge(data, manifest), facts)


def judge(data: bytes, manifest: Manifest | None) -> Report:
    """The verdict, remembered for this process: the same file and the same archive give the same answer."""
    at = now()
    try:
        authority = open_authority(current_app.config["RANDAL"])
        roots, crls = [authority.root_pem()], authority.crls(at)
    except AuthorityError:
        roots, crls = [], []
    # A revocation makes the list longer, a new day may end a certificate: both ask anew.
    mark = (hashlib.sha256(data).hexdigest(), manifest, at.date(), *map(len, crls))
    with _guard:
        if mark in _answers:
            return _answers[mark]
    report = verify(data, roots=roots, manifest=manifest, now=at, crls=crls)
    with _guard:
        _answers[mark] = report
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    return report


def too_many(address: str) -> bool:
    """Has this address asked too often of late? Counted in this process: a brake, not a wall."""
    at = clock.monotonic()
    with _guard:
        if len(_asked) > 5000:
            _asked.clear()
        times = _asked.setdefault(address, deque())
        while times and at - times[0] > WINDOW:
            times.popleft()
        times.append(at)
        return len(times) > MOST


def answered(report: Report, facts: dict[str, Any] | None) -> ResponseReturnValue:
    if wants_json():
        return report.to_dict() | {"document": facts}
    return page(report=report, facts=facts)


def refusal(code: int, sentence: str) -> ResponseReturnValue:
    if wants_json():
        return web.error_page(code, sentence)
    return page(wrong=sentence, status=code)


def page(status: int = 200, **words: Any) -> ResponseReturnValue:
    known: dict[str, Any] = {"report": None, "facts": None, "wrong": ""}
    return render_template("minutes/verify.html", **known | words), status
