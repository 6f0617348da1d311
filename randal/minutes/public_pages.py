"""/verifikasi: open to everybody, changes nothing. By a printed code, or by the file itself."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from randal.core import clock, installation, web
from randal.core.db import db
from randal.core.files import MAX_BYTES
from randal.core.web import now, wants_json
from randal.minutes.archive import document_by_code, document_of_file, manifest_of, told
from randal.minutes.blueprint import bp
from randal.minutes.verdicts import judge
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.installed import open_authority
from randal.signatures.provider import read_provider
from randal.signatures.verification import Report, Unreadable

web.PUBLIC |= {
    "minutes.verify", "minutes.verify_code", "minutes.root_certificate", "minutes.revocation", "minutes.manifest_file",
}  # fmt: skip
WINDOW, MOST = 300.0, 300  # seconds; questions of one address in them, per process
UNKNOWN = "Kode ini tidak dikenal. Periksa lagi: huruf O dan I serta angka 0 dan 1 tidak dipakai di kode."

_asked: dict[str, deque[float]] = {}
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
        report = judge(data, manifest, now(), document.id if document else None)
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
    return answered(judge(data, manifest, now(), document.id), facts)


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
    known |= {"law": installation.setting("law_of_signatures"), "today": now().date().isoformat()}
    known["said"] = sentence_of_provider(words.get("report"))
    return render_template("minutes/verify.html", **known | words), status


def sentence_of_provider(report: Report | None) -> str:
    """The provider's own sentence, only for a file that carries its signature and is as it was signed."""
    provider = read_provider(current_app.config["RANDAL"].provider_file)
    if provider is None or report is None or report.verdict == "mismatch":
        return ""
    theirs = [s for s in report.signatures if s["valid"] and s["origin"] in ("certified", "other")]
    return provider.sentence if theirs else ""


# -- what lets others check without us ----------------------------------------------------------------


@bp.get("/verifikasi/akar.pem", endpoint="root_certificate")
def root_certificate() -> ResponseReturnValue:
    return download(open_here().root_pem(), "application/x-pem-file", "akar-randal.pem")


@bp.get("/verifikasi/pencabutan.crl", endpoint="revocation")
def revocation() -> ResponseReturnValue:
    return download(open_here().crls(now())[0], "application/pkix-crl", "pencabutan-randal.crl")


@bp.get("/verifikasi/<code>/manifest.json", endpoint="manifest_file")
def manifest_file(code: str) -> ResponseReturnValue:
    """What this installation knows of a document: for `flask randal verify FILE --root … --manifest …` elsewhere."""
    document = None if too_many(request.remote_addr or "") else document_by_code(code)
    manifest = manifest_of(document) if document else None
    if document is None or manifest is None:
        return refusal(404, UNKNOWN)
    return download(manifest.to_json().encode(), "application/json", f"{document.code}.json")


def open_here() -> Authority:
    try:
        return open_authority(current_app.config["RANDAL"])
    except AuthorityError as error:
        abort(404, str(error))


def download(data: bytes, mime: str, name: str) -> Response:
    answer = Response(data, content_type=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
