"""Chapter three: the meeting itself, and its minutes."""

from __future__ import annotations

from typing import Any

from randal.demo import story
from randal.demo.player import Player
from randal.demo.story import at


def session_day(player: Player, units: dict[str, int], meeting: int) -> dict[str, Any]:
    """The morning: check-in, outcomes, findings, kendala, follow-ups; at noon the meeting is closed."""
    here = f"/meetings/{meeting}"
    player.at(at("2018-06-25", "01:45")).as_("sekretariat")
    rows = {
        row["unit_id"]: row["id"]
        for row in player.get(f"{here}/attendance?limit=200")["items"]
        if row["unit_id"]
    }
    for iso, unit_id in units.items():
        if iso in story.SILENT[1:] or iso in story.DECLINED:
            continue
        player.as_(f"ppk.{iso[3:].lower()}").move(f"/attendance/{rows[unit_id]}", "check_in")
    for row in player.as_("sekretariat").get(f"{here}/attendance?limit=200")["items"]:
        if not row["unit_id"]:
            player.move(f"/attendance/{row['id']}", "check_in")
    for name, post, institution in story.GUESTS:
        player.as_("sekretariat").post(
            f"{here}/attendance", {"guest": {"name": name, "post": post, "institution": institution}}
        )
    player.at(at("2018-06-25", "02:05")).as_("pimpinan").move(here, "open")
    player.at(at("2018-06-25", "03:00")).as_("notulis")
    for text in story.DIRECTIVES:
        player.post(f"{here}/directives", {"text": text, "speaker": "Contoh Pimpinan Rapat"})
    for text in story.DECISIONS:
        player.post(f"{here}/decisions", {"text": text, "speaker": "Contoh Pimpinan Rapat"})
    for name, caption in story.PHOTOS:
        player.show(here, name, caption)
    made: dict[str, Any] = {"findings": [], "kendala": [], "follow_ups": []}
    for iso, severity, text, _answer in story.FINDINGS:
        row = player.post(
            "/findings", {"meeting_id": meeting, "unit_id": units[iso], "text": text, "severity": severity}
        )
        made["findings"].append(row["id"])
    look_at_proposals(player, here)
    player.as_("notulis")
    for iso, category, severity, text, cause, _solution in story.KENDALA:
        fields = {"text": text, "category": category, "cause": cause, "severity": severity}
        made["kendala"].append(
            player.post("/kendala", {"meeting_id": meeting, "unit_id": units[iso]} | fields)["id"]
        )
    text, output, due = story.FOR_ALL
    for_all = {
        "meeting_id": meeting,
        "unit_ids": list(units.values()),
        "text": text,
        "due_on": due,
        "expected_output": output,
    }
    group = player.post("/follow-ups", for_all)
    made["group"] = [row["id"] for row in (group["items"] if isinstance(group, dict) else group)]
    for iso, text, output, due, priority, finding, kendala, _end in story.FOLLOW_UPS:
        promise: dict[str, Any] = {
            "text": text,
            "due_on": due,
            "expected_output": output,
            "priority": priority,
        }
        promise |= {"finding_ids": [made["findings"][finding]]} if finding is not None else {}
        promise |= {"kendala_ids": [made["kendala"][kendala]]} if kendala is not None else {}
        made["follow_ups"].append(
            player.post("/follow-ups", {"meeting_id": meeting, "unit_id": units[iso]} | promise)["id"]
        )
    assess(player, here)
    player.at(at("2018-06-25", "05:50")).as_("pimpinan")
    for number in made["group"]:
        player.move(f"/follow-ups/{number}", "assign", priority="medium")
    for number in made["follow_ups"]:
        player.move(f"/follow-ups/{number}", "assign", priority="high" if number % 3 == 0 else "medium")
    player.at(at("2018-06-25", "06:00")).move(here, "close", confirm=True)
    player.drain()
    answers(player, made)
    return made


def look_at_proposals(player: Player, here: str) -> None:
    """Two of what the thresholds point at are dismissed, each with its reason; the rest waits."""
    path = f"{here}/finding-proposals"
    for one in player.as_("evaluator").get(path)["items"][:2]:
        given = {name: one[name] for name in ("unit_id", "kind", "subject")}
        player.post(
            path, given | {"decision": "dismissed", "reason": "Contoh: sudah dibahas dalam temuan rapat ini."}
        )


def assess(player: Player, here: str) -> None:
    agenda = player.get(f"{here}/agenda?limit=200")["items"]
    notes = {title: note for title, _duration, note in story.AGENDA}
    for row in agenda:
        player.patch(f"/agenda/{row['id']}", {"outcome": "discussed", "note": notes.get(row["title"], "")})
    for position, row in enumerate(player.get(f"{here}/objectives?limit=200")["items"]):
        met = "met" if position % 3 else "partly"
        player.patch(f"/objectives/{row['id']}", {"assessment": met, "note": "Penilaian contoh."})


def answers(player: Player, made: dict[str, Any]) -> None:
    """The PPK answer findings; the evaluator agrees, and agrees solutions of kendala."""
    player.at(at("2018-06-26"))
    for number, (iso, _severity, _text, answer) in zip(made["findings"], story.FINDINGS, strict=True):
        if answer:
            player.as_(f"ppk.{iso[3:].lower()}").move(f"/findings/{number}", "respond", response=answer)
    for number in made["findings"][:3]:
        player.as_("evaluator").move(f"/findings/{number}", "agree")
    for number, (_iso, _category, _severity, _text, _cause, solution) in zip(
        made["kendala"], story.KENDALA, strict=True
    ):
        if solution:
            why_none = (
                {}
                if number in made["kendala"][:2]
                else {"reason": "Ditangani langsung bersama Pemda dalam rapat kecil."}
            )
            player.as_("evaluator").move(
                f"/kendala/{number}", "agree_solution", solution=solution, **why_none
            )
    player.as_("evaluator").move(
        f"/kendala/{made['kendala'][3]}",
        "escalate",
        addressee="Contoh Direktur Keterpaduan",
        answer_by="2018-07-13",
    )


def minutes(player: Player, meeting: int, password: str) -> None:
    """Written, reviewed, agreed to, frozen, signed by note-taker and chair."""
    player.at(at("2018-06-26", "03:00")).as_("notulis").post("/me/signing-key", {"passphrase": password})
    here = f"/minutes/{player.as_('notulis').get(f'/meetings/{meeting}')['minutes_id']}"
    player.move(here, "submit")
    player.at(at("2018-06-27"))
    player.as_("ppk.bb").post(
        f"{here}/comments", {"text": "Mohon disebutkan bahwa jadwal keterpaduan juga dikirim ke Bappeda."}
    )
    player.as_("notulis")
    comment = player.get(f"{here}/comments")["items"][0]
    player._send(
        "PATCH",
        f"{here}/comments/{comment['id']}",
        json={"answer": "Sudah ditambahkan pada bagian tindak lanjut."},
        headers={"If-Match": f'"{comment["version"]}"'},
    )
    for iso in story.UNITS:
        if iso not in story.SILENT:
            player.as_(f"ppk.{iso[3:].lower()}").post(f"{here}/agreements")
    player.at(at("2018-06-28")).as_("pimpinan").move(here, "approve")
    player.drain()
    sign(player, "2018-06-28", password)
    for kind, day in (("record", "2018-06-29"), ("report", "2018-07-02")):
        other_paper(player, meeting, kind, day, password)


def sign(player: Player, day: str, password: str) -> None:
    """The note-taker, then the leader."""
    for box in ("notulis", "pimpinan"):
        player.at(at(day, "04:00" if box == "notulis" else "07:30")).as_(box)
        waiting = player.get("/signatures?state=ready")["items"]
        player.move(f"/signatures/{waiting[0]['id']}", "sign", passphrase=password)
        player.drain()


def other_paper(player: Player, meeting: int, kind: str, day: str, password: str) -> None:
    """The berita acara, or the laporan with its nota dinas, that the secretariat writes after the minutes."""
    made = player.at(at(day, "01:00")).as_("sekretariat").post(f"/meetings/{meeting}/minutes", {"kind": kind})
    here = f"/minutes/{made['id']}"
    player.move(here, "submit")
    player.at(at(day, "02:00")).as_("pimpinan").move(here, "approve")
    player.drain()
    sign(player, day, password)
