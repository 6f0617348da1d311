"""`GET /choices`: every coded field, its codes and labels, by resource and field. Read from where they are judged."""

from __future__ import annotations

from collections.abc import Mapping

from apiflask import Schema, fields
from flask import Response

from randal.api.furniture import answer, api, shown
from randal.documents import model
from randal.l10n.clock import ZONES
from randal.models import areas as areas
from randal.models import follow_ups as follow_ups
from randal.models.kendala import category_names, cause_names
from randal.models.minutes import KINDS
from randal.models.progress import SECTORS, SOURCES, STAGES
from randal.models.unit_items import SEVERITIES
from randal.org import people
from workflows import LIFECYCLES
from workflows.agenda import ASSESSMENTS, OBJECTIVE_KINDS, OUTCOMES, SESSION_KINDS
from workflows.identity import WAYS
from workflows.kendala import LEVELS
from workflows.lifecycle import ROLES

# Where a lifecycle is served; the others are named as they are.
PATHS = {
    "meeting": "meetings",
    "progress_report": "progress-reports",
    "finding": "findings",
    "follow_up": "follow-ups",
    "extension": "extensions",
    "signature": "signatures",
    "grant": "grants",
    "identity": "identities",
}
CHECK_IN_WAYS = {"account": "Akun", "qr": "Kode QR", "table": "Meja penerima"}


def coded() -> dict[str, dict[str, Mapping[str, str]]]:
    """Resource → field → code → label."""
    found: dict[str, dict[str, Mapping[str, str]]] = {
        PATHS.get(name, name): {"state": dict(lifecycle.states)} for name, lifecycle in LIFECYCLES.items()
    }
    found["meetings"]["timezone"] = ZONES
    found["attendance"]["check_in_way"] = CHECK_IN_WAYS
    found["minutes"]["kind"] = {code: kind.title for code, kind in KINDS.items()}
    found["progress-reports"]["source"] = SOURCES
    found["findings"]["severity"] = SEVERITIES
    found["kendala"] |= {
        "category": category_names(all=True),
        "subcategory": cause_names(),
        "severity": SEVERITIES,
        "level": LEVELS,
    }
    found["follow-ups"] |= {"priority": follow_ups.PRIORITIES, "ground": follow_ups.GROUNDS}
    return found | {
        "objectives": {
            "kind": OBJECTIVE_KINDS,
            "assessment": ASSESSMENTS,
        },
        "sessions": {"kind": SESSION_KINDS},
        "agenda": {"outcome": OUTCOMES},
        "evidence": {"verdict": follow_ups.VERDICTS},
        "activities": {"sector": SECTORS, "stage": STAGES},
        "readiness-checks": {"status": areas.STATUSES},
        "commitments": {"kind": areas.COMMITMENTS, "status": areas.PROMISES},
        "benefits": {"step": areas.BENEFITS},
        "documents": {"kind": model.KINDS, "state": model.STAGES},
        "users": {"role": ROLES | {people.NO_ROLE: "Tanpa peran"}},
        "identities": {"state": dict(LIFECYCLES["identity"].states), "how": WAYS},
        "appointments": {"kind": people.KINDS | {"definitive": "Definitif"}},
    }


class ChoicesOut(Schema):
    """Any resource: {field: {code: label}}."""

    findings = fields.Dict()


@api.get("/choices")
@shown(ChoicesOut, "Semua isian berkode: kode dan labelnya", "choices")
def choices() -> Response:
    return answer(coded())
