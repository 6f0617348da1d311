"""What lets others check a paper without this installation: root, revocation list, and what is known of a document."""

from __future__ import annotations

from flask import abort, current_app
from flask.typing import ResponseReturnValue

from randal.rooms.minutes.blueprint import bp
from randal.rooms.minutes.public_pages import UNKNOWN, refusal, unknown
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.installed import open_authority
from randal.verification.registry import document_by_code, manifest_of
from randal.web import pages
from randal.web.downloads import given
from randal.web.pages import now

pages.PUBLIC |= {"minutes.root_certificate", "minutes.revocation", "minutes.manifest_file"}


@bp.get("/verifikasi/akar.pem", endpoint="root_certificate")
def root_certificate() -> ResponseReturnValue:
    return given(open_here().root_pem(), "application/x-pem-file", "akar-randal.pem")


@bp.get("/verifikasi/pencabutan.crl", endpoint="revocation")
def revocation() -> ResponseReturnValue:
    return given(open_here().crls(now())[0], "application/pkix-crl", "pencabutan-randal.crl")


@bp.get("/verifikasi/<code>/manifest.json", endpoint="manifest_file")
def manifest_file(code: str) -> ResponseReturnValue:
    """What this installation knows of a document: for `flask randal verify FILE --root … --manifest …` elsewhere."""
    document = document_by_code(code)
    if document is None:
        return unknown()
    manifest = manifest_of(document)
    if manifest is None:
        return refusal(404, UNKNOWN)
    return given(manifest.to_json().encode(), "application/json", f"{document.code}.json")


def open_here() -> Authority:
    try:
        return open_authority(current_app.config["RANDAL"])
    except AuthorityError as error:
        abort(404, str(error))
