"""What the kawasan of the demonstration stand on: readiness, promises of the Pemda, benefit. All of it is example data."""

from __future__ import annotations

from typing import Any

from randal.demo.player import Player

KINDS = ("KSPN", "Permukiman kumuh", "Perkotaan", "PLBN", "KSK")
SECTORS = ["AM", "PLP", "BPB", "PKP"]
STAGES = ("contracted", "contracted", "tendering", "contracted", "contract_prepared")
STATUSES = ("there", "there", "in_progress", "there", "missing", "there", "not_needed")
PROMISES = ("met", "written", "spoken", "written", "asked")
KINDS_OF_PROMISE = ("ddub", "operator", "maintenance", "handover")
OFFICES = {
    "ddub": ("Contoh Bappeda", "Kepala Bappeda"),
    "operator": ("Contoh Dinas PUPR", "Kepala Dinas"),
    "maintenance": ("Contoh Dinas PUPR", "Kepala Dinas"),
    "handover": ("Contoh Badan Keuangan Daerah", "Kepala Badan"),
}


def of_area(position: int, iso: str) -> dict[str, object]:
    """Fields of one kawasan beside name, province and theme."""
    return {
        "kind": KINDS[position % len(KINDS)],
        "districts": [f"Kabupaten Contoh {iso[3:]}", f"Kota Contoh {iso[3:]}"][: 1 + position % 2],
        "sectors": SECTORS,
    }


def of_activity(position: int, number: int) -> dict[str, object]:
    return {
        "stage": STAGES[(position + number) % len(STAGES)],
        "starts_on": f"2018-0{1 + (position + number) % 4}-15",
        "ends_on": f"2018-{10 + number % 3}-30",
    }


def conditions(player: Player, areas: list[int], works: dict[int, list[int]]) -> None:
    """A few answers for each kawasan, some left open: what is not known is told as such."""
    player.as_("sekretariat")
    criteria = [c for c in player.get("/readiness-criteria?limit=50")["items"] if c["active"]]
    for position, area in enumerate(areas):
        answers: list[tuple[Any, int | None]] = [(c, None) for c in criteria if c["of"] == "area"]
        answers += [(c, works[area][0]) for c in criteria if c["of"] == "activity" and not c["sectors"]]
        for number, (criterion, work) in enumerate(answers[: 5 + position % 3]):
            status = STATUSES[(position * 3 + number * 2) % len(STATUSES)]
            said = {"area_id": area, "criterion_id": criterion["id"], "activity_id": work, "status": status}
            if status == "there":
                said["dated_on"] = f"2018-0{1 + number % 5}-12"
            player.post("/readiness-checks", said)
        for number, kind in enumerate(KINDS_OF_PROMISE[: 2 + position % 3]):
            office, post = OFFICES[kind]
            promise = {"area_id": area, "kind": kind, "office": office, "post": post}
            promise["status"] = PROMISES[(position + number) % len(PROMISES)]
            if kind == "ddub":
                promise["amount"] = str(250_000_000 + 50_000_000 * position)
            player.post("/commitments", promise)
        if position % 4 == 0:
            built = {"activity_id": works[area][-1], "step": "built", "dated_on": "2018-05-28"}
            player.post("/benefits", built | {"note": "Contoh: satu ruas selesai lebih dahulu."})
