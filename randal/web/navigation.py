"""The places of the menu, for whom they are."""

from __future__ import annotations

from flask import current_app, request, url_for

from workflows.lifecycle import KEEPERS, SEES_ALL, TEAM, Actor

# (endpoint, label, icon, who sees it; empty: everybody). Rooms without pages yet are left out.
PLACES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("home.index", "Beranda", "home", ()),
    ("meetings.index", "Rapat", "calendar-event", ()),
    ("evaluation.index", "Laporan PPK", "report-analytics", ()),
    ("follow_ups.index", "Tindak lanjut", "checklist", ()),
    ("follow_ups.tracker", "Pelacak", "list-search", ()),
    ("findings.index", "Temuan", "zoom-question", ()),
    ("kendala.index", "Kendala", "alert-octagon", ()),
    ("monitoring.national", "Pemantauan", "chart-dots", ()),
    ("minutes.signing_list", "Tanda tangan", "signature", ()),
    ("minutes.index", "Notula", "notes", ()),
    ("documents.index", "Dokumen", "files", ()),
    ("evaluation.areas", "Kawasan", "map-2", ()),
    ("archive.register", "Arsip", "archive", SEES_ALL),
    ("accounts.people", "Pengguna", "users", KEEPERS),
    ("imports.index", "Impor", "file-import", TEAM),
    ("home.workflows", "Alur kerja", "route", ()),
    ("operator.index", "Operator", "activity-heartbeat", ("admin",)),
    ("operator.holidays", "Hari kerja", "calendar-off", ("secretariat",)),
    ("operator.stationery", "Tata surat", "template", ("secretariat",)),
    ("operator.history", "Riwayat", "history", ("auditor",)),
)

# Rooms whose pages stand below the place of another: room → endpoint of that place.
BELOW = {"deadlines": "evaluation.index", "areas": "evaluation.areas"}


def navigation(actor: Actor) -> list[tuple[str, str, str, bool, int]]:
    """The places of this actor: (url, label, icon, is here, count)."""
    here = request.endpoint or ""
    # The operator's pages stand in several rooms (the authority in that of the minutes): their address says whose they are.
    room = "operator" if request.path.startswith("/operator/") else here.split(".")[0]
    if room in BELOW:
        here, room = BELOW[room], BELOW[room].split(".")[0]
    mine = {
        endpoint: url_for(endpoint)
        for endpoint, _, _, who in PLACES
        if endpoint in current_app.view_functions and (not who or actor.has(*who))
    }
    # A page stands below the place whose address its own begins with (/pelacak/matriks), else with its room.
    above = [
        endpoint for endpoint, url in mine.items() if f"{request.path}/".startswith(f"{url.rstrip('/')}/")
    ]
    above = [endpoint for endpoint in above if mine[endpoint] != "/" or request.path == "/"]
    first = next((e for e, *_ in PLACES if e.split(".")[0] == room), "")
    lit = here if here in mine else max(above, key=lambda e: len(mine[e]), default=first)
    return [(mine[e], label, icon, e == lit, 0) for e, label, icon, _ in PLACES if e in mine]
