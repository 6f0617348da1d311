"""/verifikasi: open to everybody, changes nothing. By a printed code, or by the file itself; a file whose turn has not come
waits without anybody's thread (turns.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, abort, current_app, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from randal.base.personal import redacted
from randal.database.base import db, will_write
from randal.l10n.clock import DEFAULT_ZONE
from randal.models.verifications import Turn
from randal.org import app_settings
from randal.rooms.minutes import listed, turns
from randal.rooms.minutes.blueprint import bp
from randal.rooms.minutes.verdicts import judge
from randal.signatures.provider import read_provider
from randal.signatures.report import Report
from randal.storage.files import MAX_BYTES, LostFile
from randal.untrusted.limited.errors import Busy, TooComplex, Unreadable
from randal.verification.registry import document_by_code, document_of_file, manifest_of, told
from randal.web import pages, rate_limit, tries
from randal.web.pages import now, wants_json

pages.PUBLIC |= {
    "minutes.verify", "minutes.verify_code", "minutes.first_page", "minutes.turn",
}  # fmt: skip
#: A brake, not a wall: how many are judged at once is bounded elsewhere (turns.py).
FILES = tries.Limit("verified file", free=300, first=timedelta(seconds=1), most=timedelta(seconds=10),
                    rest=timedelta(minutes=5))  # fmt: skip
AGAIN = 3  # seconds after which the page of a turn asks again
UNKNOWN = "Kode ini tidak dikenal. Periksa lagi: huruf O dan I serta angka 0 dan 1 tidak dipakai di kode."


@bp.route("/verifikasi", methods=["GET", "POST"], endpoint="verify")
@pages.csrf.exempt  # scripts ask, too; nothing is changed here
def verify_file() -> ResponseReturnValue:
    if request.method == "GET":
        code = request.args.get("kode", "").strip().upper()
        return redirect(url_for("minutes.verify_code", code=code)) if code else page()
    file = request.files.get("file")
    if tries.take(FILES, request.remote_addr, now()):
        return refusal(429, pages.SENTENCES[429])
    if file is None or not file.filename:
        return refusal(422, "Pilih berkas PDF yang akan diperiksa.")
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return refusal(413, f"Berkas terlalu besar (maks. {MAX_BYTES // 1024 // 1024} MB).")
    code = request.form.get("code", "")
    try:
        return answered(look(data, code))
    except Busy:
        turn = turns.take(data, code, request.remote_addr or "", now())
        db.session.commit()
        return waiting(turn) if turn else refusal(503, turns.FULL)


def look(data: bytes, code: str) -> dict[str, Any]:
    """What is said of a file: {report, facts}, or {wrong, status} of one that cannot be judged. Ends the transaction;
    raises Busy."""
    document = document_by_code(code) if code else document_of_file(data)
    manifest, facts = (manifest_of(document), told(document)) if document else (None, None)
    document_id = document.id if document else None
    if document and not listed.is_pdf(document):
        return {"report": listed.compared(document, data).to_dict(), "facts": facts}
    db.session.rollback()  # judging takes its time: not inside a transaction
    try:
        report = judge(data, manifest, now(), document_id)
    except Busy:
        raise
    except Unreadable as error:
        if isinstance(error, TooComplex) or error.locked or b"%PDF-" not in data[:1024]:
            return {"wrong": str(error), "status": 422}
        report = Report("mismatch", "", [str(error)])  # it was a PDF once: broken is not intact
    return {"report": report.to_dict(), "facts": facts}


@bp.get("/verifikasi/antrean/<token>", endpoint="turn")
def my_turn(token: str) -> ResponseReturnValue:
    """Asks whether it is his turn; when it is, the file is judged now."""
    turn = turns.find(token, now())
    if turn is None:
        return refusal(404, turns.OVER)
    if turn.answer is None:
        if not turns.may_try(turn, now()) or turn.file is None:
            return waiting(turn)
        id, data, code = turn.id, turn.file, turn.code
        try:
            found = look(data, code)
        except Busy:
            return waiting(turns.find(token, now()))
        will_write()
        turns.keep(id, found)
        db.session.commit()
    else:
        found = turn.answer
    if request.headers.get("HX-Request"):  # the waiting page asks: it shows the answer as a page of its own
        return Response(headers={"HX-Refresh": "true"})
    return answered(found)


def waiting(turn: Turn | None) -> ResponseReturnValue:
    """His place in the queue, and where to ask again."""
    if turn is None:
        return refusal(404, turns.OVER)
    place, url = turns.place(turn), url_for("minutes.turn", token=turn.token)
    if wants_json():
        answer = Response(
            json.dumps({"state": "waiting", "place": place, "url": url}), 202, content_type="application/json"
        )
        answer.headers["Location"], answer.headers["Retry-After"] = url, str(AGAIN)
        return answer
    if request.method == "POST":
        return redirect(url, 303)
    part = bool(request.headers.get("HX-Request"))
    template = "minutes/turn_part.html" if part else "minutes/turn.html"
    return render_template(template, place=place, url=url, again=AGAIN), 200


@bp.get("/verifikasi/<code>")
def verify_code(code: str) -> ResponseReturnValue:
    """What a printed code leads to. No file is compared, so nothing is called intact."""
    document = document_by_code(code)
    if document is None:
        return unknown()
    listing = redacted(listed.listing(document, told(document)))
    if wants_json():
        return listing
    return page(listing=listing, facts=listing["document"], pictured=listed.has_picture(document))


@bp.get("/verifikasi/<code>/halaman-1.png", endpoint="first_page")
def first_page(code: str) -> ResponseReturnValue:
    """The first page as far as strangers may see it, to compare a sheet with."""
    document = document_by_code(code)
    if document is None:
        return unknown()
    if not listed.has_picture(document):
        abort(404)
    try:
        drawn = listed.picture(document, told(document))
    except Busy as busy:
        abort(503, str(busy))
    except (Unreadable, LostFile):
        abort(404)
    return Response(drawn, content_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def unknown() -> ResponseReturnValue:
    """A code that was never printed: mistyped, or guessed."""
    if rate_limit.too_many(request.remote_addr or "", now()):
        return refusal(429, pages.SENTENCES[429])
    return refusal(404, UNKNOWN)


def answered(found: dict[str, Any]) -> ResponseReturnValue:
    found = redacted(found)
    if "wrong" in found:
        return refusal(found["status"], found["wrong"])
    if wants_json():
        return found["report"] | {"document": found["facts"]}
    return page(report=Report.from_dict(found["report"]), facts=found["facts"])


def refusal(code: int, sentence: str) -> ResponseReturnValue:
    if wants_json():
        return pages.error_page(code, sentence)
    return page(wrong=sentence, status=code)


def page(status: int = 200, **words: Any) -> ResponseReturnValue:
    known: dict[str, Any] = {"report": None, "listing": None, "facts": None, "wrong": ""}
    known |= {"law": app_settings.setting("law_of_signatures"), "today": now().date().isoformat()}
    known["zone"] = words["facts"]["timezone"] if words.get("facts") else DEFAULT_ZONE
    known["said"] = sentence_of_provider(words.get("report"))
    return render_template("minutes/verify.html", **known | words), status


def sentence_of_provider(report: Report | None) -> str:
    """The provider's own sentence, only for a file that carries its signature and is as it was signed."""
    provider = read_provider(current_app.config["RANDAL"].provider_file)
    if provider is None or report is None or report.verdict == "mismatch":
        return ""
    theirs = [s for s in report.signatures if s["valid"] and s["origin"] in ("certified", "other")]
    return provider.sentence if theirs else ""
