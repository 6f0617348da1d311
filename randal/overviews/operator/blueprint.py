"""The room's blueprint: pages for the administrator; working days for the secretariat, history for auditors too."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, request, url_for
from flask_login import current_user

from randal.web.pages import actor, login
from workflows.lifecycle import ADMIN, AUDITOR, SECRETARIAT, Refused

# Not a plain Blueprint: APIFlask asks every blueprint with a before_request whether it belongs in the OpenAPI document.
bp = APIBlueprint("operator", __name__, enable_openapi=False)
PAGES = (
    "views",
    "holidays",
    "history",
    "erasure",
    "access",
    "stationery",
    "policy",
    "coming",
)

# (endpoint, label) in the order of the strip; a part that does not exist is left out.
PARTS = (
    ("operator.index", "Ringkasan"),
    ("operator.reactions", "Tanggapan"),
    ("operator.timetable", "Jadwal"),
    ("operator.coming", "Yang akan dikirim"),
    ("operator.policy", "Kebijakan pengingat"),
    ("operator.holidays", "Hari kerja"),
    ("operator.stationery", "Tata surat"),
    ("operator.history", "Riwayat & pemeriksaan"),
    ("operator.access", "Akses data pribadi"),
    ("minutes.authority", "Otoritas sertifikat"),
)


ALSO = {
    "operator.coming": (SECRETARIAT,),
    "operator.policy": (SECRETARIAT,),
    "operator.holidays": (SECRETARIAT,),
    "operator.history": (AUDITOR,),
    "operator.access": (AUDITOR,),
    "minutes.authority": (AUDITOR,),
}


def may_enter(endpoint: str) -> bool:
    part = next((e for e, _ in PARTS if endpoint == e or endpoint.startswith(f"{e}_")), "")
    return actor().has(ADMIN, *ALSO.get(part, ()))


@bp.before_request
def for_admins() -> Any:
    if not current_user.is_authenticated:
        return login.unauthorized()
    if not may_enter(request.endpoint or ""):
        raise Refused("role", "Halaman ini untuk Admin Sistem.")
    return None


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {"operator_parts": parts}


def parts() -> list[tuple[str, str, bool, int]]:
    """The parts of the room for `tab_strip`: (url, label, is here, count)."""
    here = request.endpoint or ""
    return [
        (url_for(endpoint), label, here == endpoint or here.startswith(f"{endpoint}_"), 0)
        for endpoint, label in PARTS
        if endpoint in current_app.view_functions and may_enter(endpoint)
    ]
