"""The day of the meeting: check-in, notes, findings, kendala, promises, the close."""

from __future__ import annotations

from tests.contract.cast import PROVINCES
from tests.contract.the_meeting import TheMeeting


class TheDay(TheMeeting):
    def session(self) -> None:
        here = f"/meetings/{self.meeting}"
        code = self.secretariat.get(f"{here}/check-in")
        assert set(code) >= {"url", "expires_at"} and "/hadir/" in code["url"]
        self.ppk("ID-BB").ask("GET", f"{here}/check-in", 403)
        assert (
            self.ppk("ID-BB").move(f"/attendance/{self.attendance['ID-BB']}", "check_in")["state"]
            == "present"
        )
        stand_in = self.secretariat.move(
            f"/attendance/{self.attendance['ID-BA']}", "check_in", name="Contoh Wakil", post="Staf teknis"
        )
        assert stand_in["state"] == "present"
        guest = {"name": "Contoh Tamu", "post": "Kepala Bidang", "institution": "Contoh Pemda"}
        assert self.secretariat.post(f"{here}/attendance", {"guest": guest})["state"] == "present"
        assert self.chair.move(here, "open")["state"] == "in_session"
        note_taker = self.note_taker
        for part in ("directives", "decisions"):
            row = note_taker.post(f"{here}/{part}", {"text": f"Contoh {part}.", "speaker": "Contoh Pimpinan"})
            assert row["text"] == f"Contoh {part}."
            assert len(note_taker.all(f"{here}/{part}")) == 1
        agenda = note_taker.all(f"{here}/agenda")
        row = agenda[-1]
        note_taker.ask(
            "PATCH", f"{here}/agenda/{row['id']}", 200, json={"outcome": "discussed", "note": "Contoh."},
            headers={"If-Match": f'"{row["version"]}"'},
        )  # fmt: skip
        assert note_taker.patch(f"/agenda/{row['id']}", {"note": "Contoh catatan."})["outcome"] == "discussed"
        first = note_taker.all(f"{here}/objectives")[0]
        assert (
            note_taker.patch(f"/objectives/{first['id']}", {"assessment": "met", "note": "Contoh."})[
                "assessment"
            ]
            == "met"
        )
        self.things_seen()
        self.promises()

    def things_seen(self) -> None:
        for iso, severity in (("ID-BB", "high"), ("ID-BA", "low")):
            given = {
                "meeting_id": self.meeting,
                "unit_id": self.units[iso],
                "text": "Contoh temuan.",
                "severity": severity,
            }
            finding = self.note_taker.post("/findings", given)
            assert finding["state"] == "recorded"
            self.findings.append(finding["id"])
        given = {"meeting_id": self.meeting, "unit_id": self.units["ID-BB"], "text": "Contoh kendala."}
        kendala = self.ppk("ID-BB").post("/kendala", given)
        assert kendala["state"] == "raised"
        self.kendala.append(kendala["id"])
        self.kendala.append(self.note_taker.post("/kendala", given | {"unit_id": self.units["ID-PA"]})["id"])
        self.ppk("ID-BA").get(f"/findings/{self.findings[0]}", 404)  # of their own unit only
        self.ppk("ID-BA").get(f"/kendala/{kendala['id']}", 404)
        assert {r["unit_id"] for r in self.ppk("ID-BA").all("/findings")} == {self.units["ID-BA"]}
        assert len(self.auditor.all("/findings")) == 2

    def promises(self) -> None:
        given = {
            "meeting_id": self.meeting,
            "unit_id": self.units["ID-BB"],
            "text": "Contoh tindak lanjut.",
            "due_on": self.day(10),
            "expected_output": "Contoh laporan.",
        }
        linked = self.note_taker.post(
            "/follow-ups", given | {"finding_ids": [self.findings[0]], "kendala_ids": [self.kendala[0]]}
        )
        assert linked["state"] == "draft"
        assert (linked["finding_ids"], linked["kendala_ids"]) == ([self.findings[0]], [self.kendala[0]])
        for_all = {k: v for k, v in given.items() if k != "unit_id"} | {"unit_ids": list(self.units.values())}
        several = self.note_taker.post("/follow-ups", for_all)
        rows = several["items"] if isinstance(several, dict) else several
        assert [r["unit_id"] for r in rows] == list(self.units.values())
        single = self.note_taker.post("/follow-ups", given | {"unit_id": self.units["ID-BA"]})
        after = self.note_taker.patch(f"/follow-ups/{single['id']}", {"finding_ids": [self.findings[1]]})
        assert after["finding_ids"] == [self.findings[1]]
        self.follow_ups = [linked["id"], single["id"], *(r["id"] for r in rows)]
        self.chair.refused(f"/follow-ups/{linked['id']}", "assign", 422)
        for number in self.follow_ups:
            assert self.chair.move(f"/follow-ups/{number}", "assign", priority="high")["state"] == "assigned"

    def closing(self) -> None:
        here = f"/meetings/{self.meeting}"
        assert self.chair.moves(here)["close"]["fields"][0]["name"] == "confirm"
        said = self.chair.refused(here, "close", 422)
        told = " ".join(sentence for several in said["errors"].values() for sentence in several)
        assert "Pembukaan" in told  # an agenda item without outcome
        assert "Contoh keluaran satu" in told  # an objective without assessment
        assert "Tidak melapor" in told
        assert self.chair.move(here, "close", confirm=True)["state"] == "closed"
        meeting = self.secretariat.get(here)
        self.minutes = meeting["minutes_id"]
        assert self.minutes, "minutes opened: there in the answer"
        states = {r["id"]: r["state"] for r in self.secretariat.all(f"{here}/attendance")}
        assert [states[self.attendance[iso]] for iso in PROVINCES] == ["present", "present", "excused"]
        late = self.secretariat.all(f"/progress-reports?unit_id={self.units['ID-PA']}&period={self.period}")
        assert late[0]["state"] == "missing"
        self.drain()
        self.ready(self.secretariat, "attendance_list", "meeting", self.meeting)
