"""From the empty form to the closed meeting: invitation, answers, reports, the day itself."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

from tests.contract.cast import PASSPHRASE, PROVINCES, REASON, Cast
from tests.contract.outsider import Outsider


class TheMeeting(Cast):
    def invitation(self) -> None:
        local = self.world.now + timedelta(hours=7)
        given = {
            "title": "Contoh Rapat Koordinasi",
            "starts_at": f"{local + timedelta(minutes=30):%Y-%m-%dT%H:%M}",
            "ends_at": f"{local + timedelta(hours=4):%Y-%m-%dT%H:%M}",
            "timezone": "Asia/Jakarta",
            "place": "Contoh Ruang Rapat",
            "chair_id": self.chair.id,
            "minute_taker_id": self.note_taker.id,
            "organiser_id": self.centre,
            "cc": "Contoh Direktur Jenderal",
        }
        meeting = self.secretariat.post("/meetings", given)
        assert meeting["state"] == "draft"
        assert meeting["report_period"] == f"{local:%Y-%m}"  # default: the month of the start
        assert meeting["minutes_id"] is None
        assert meeting["starts_at"].startswith(f"{local - timedelta(hours=6.5):%Y-%m-%dT%H:%M}"), (
            "instants are UTC"
        )
        self.meeting, here = meeting["id"], f"/meetings/{meeting['id']}"
        assert "schedule" not in {m["name"] for m in meeting["moves"]}
        said = self.secretariat.refused(here, "schedule", 422)  # no objective, no agenda, nobody invited
        assert "errors" in said or said["detail"]
        for text, kind in (("Contoh sasaran satu", "sasaran"), ("Contoh keluaran satu", "keluaran")):
            row = self.secretariat.post(f"{here}/objectives", {"text": text, "kind": kind})
            assert self.secretariat.get(f"/objectives/{row['id']}")["kind"] == kind
        for title in ("Pembukaan", "Kemajuan setiap PPK"):
            row = self.secretariat.post(f"{here}/agenda", {"title": title, "duration": 30})
            assert self.secretariat.get(f"/agenda/{row['id']}")["duration"] == 30
        for iso, unit in self.units.items():
            row = self.secretariat.post(f"{here}/attendance", {"unit_id": unit})
            assert row["state"] == "invited"
            self.attendance[iso] = row["id"]
        self.secretariat.post(f"{here}/attendance", {"user_id": self.evaluator.id})
        assert len(self.secretariat.all(f"{here}/attendance")) == 4
        assert self.ppk("ID-BB").ask("GET", here, 404)  # a draft is not yet the invitee's business
        after = self.secretariat.move(here, "schedule")
        assert after["state"] == "scheduled"
        reports = self.secretariat.all(f"/progress-reports?period={meeting['report_period']}")
        assert {(r["unit_id"], r["state"]) for r in reports} == {(u, "draft") for u in self.units.values()}
        self.period = meeting["report_period"]
        self.secretariat.refused(here, "issue_letter", 422)
        self.secretariat.move(here, "issue_letter", number="UM.0102/CONTOH/1", dated_on=self.today)
        self.drain()
        letter = self.ready(self.secretariat, "invitation", "meeting", self.meeting)
        assert self.ppk("ID-BB").get(f"/documents/{letter['id']}")["kind"] == "invitation"
        self.letter_signed_here(here)
        paper = self.secretariat.ask("GET", f"/documents/{letter['id']}/file", 200).data
        signed_elsewhere = {
            "number": "UM.0102/CONTOH/4",
            "dated_on": self.today,
            "file": (io.BytesIO(paper), "surat.pdf"),
        }
        assert (
            self.secretariat.upload(f"{here}/moves/issue_letter", 200, **signed_elsewhere)["state"]
            == "scheduled"
        )

    def letter_signed_here(self, here: str) -> None:
        """Given back once, then signed: until then it is nobody else's to read."""
        self.chair.post("/me/signing-key", {"passphrase": PASSPHRASE}, (200, 201))
        for number, sign in (("UM.0102/CONTOH/2", False), ("UM.0102/CONTOH/3", True)):
            self.secretariat.move(here, "issue_letter", number=number, dated_on=self.today, way="here")
            self.drain()
            assert "sign_letter" not in self.secretariat.moves(here)
            if not sign:
                back = self.chair.move(here, "decline_letter", reason=REASON)
                assert (back["letter_number"], back["letter_signed_at"]) == (None, None)
                self.chair.ask(
                    "POST", f"{here}/moves/sign_letter", (403, 422), json={"passphrase": PASSPHRASE}
                )
                continue
            said = self.chair.refused(here, "sign_letter", 422, passphrase="bukan ini")
            assert "passphrase" in said["errors"]
            assert self.chair.move(here, "sign_letter", passphrase=PASSPHRASE)["letter_signed_at"]
        self.drain()
        signed = self.ready(self.ppk("ID-BB"), "invitation", "meeting", self.meeting)
        assert self.get_verdict(signed["code"])["verdict"] == "intact"

    def get_verdict(self, code: str) -> Any:
        return self.world.dropped(code).json

    def ready(self, who: Outsider, kind: str, subject_type: str, subject: int) -> Any:
        """The document of this kind about this thing, rendered and fetched."""
        found = who.all(f"/documents?kind={kind}&subject_type={subject_type}&subject_id={subject}")
        assert found, f"no {kind} of {subject_type} {subject}"
        document = found[-1]
        assert document["subject"] == {"type": subject_type, "id": subject}
        assert document["state"] == "ready", document
        file = who.ask("GET", f"/documents/{document['id']}/file", 200)
        assert hashlib.sha256(file.data).hexdigest() == document["sha256"]
        return document

    def answers(self) -> None:
        """RSVP by the invitees: will come, sends another, cannot."""
        first, second, third = (f"/attendance/{self.attendance[iso]}" for iso in PROVINCES)
        assert self.ppk("ID-BB").move(first, "accept")["state"] == "accepted"
        assert (
            self.ppk("ID-BA").move(second, "represent", name="Contoh Wakil", post="Staf teknis")["state"]
            == "represented"
        )
        assert (
            self.ppk("ID-PA").move(third, "decline", reason="Contoh: penerbangan dibatalkan.")["state"]
            == "declined"
        )
        self.ppk("ID-BB").ask("POST", f"{second}/moves/accept", (403, 404), json={})
        calendar = self.ppk("ID-BB").ask("GET", f"/meetings/{self.meeting}/calendar", 200)
        assert calendar.mimetype == "text/calendar" and b"BEGIN:VEVENT" in calendar.data

    def reports(self) -> None:
        for iso in PROVINCES[:2]:
            ppk = self.ppk(iso)
            row = ppk.all(f"/progress-reports?unit_id={self.units[iso]}&period={self.period}")[0]
            here = f"/progress-reports/{row['id']}"
            figures = [
                {"activity_id": a, "physical_plan": "40.00", "physical_actual": "36.50", "financial_plan": "30.00",
                 "financial_actual": "24.10"}
                for a in self.activities[iso]
            ]  # fmt: skip
            self.who[f"staff.{iso}"].patch(
                here, {"source": "emon", "as_of": self.today, "figures": figures[:1]}
            )
            ppk.refused(here, "submit", 422)  # the second activity has neither figures nor a reason
            kept_row = ppk.patch(here, {"figures": figures})
            assert [f["physical_actual"] for f in kept_row["figures"]] == ["36.50", "36.50"], (
                "decimals are strings"
            )
            self.who[f"staff.{iso}"].refused(here, "submit", 403)
            assert ppk.move(here, "submit")["state"] == "submitted"
            ppk.ask(
                "PATCH",
                here,
                409,
                json={"source": "satker"},
                headers={"If-Match": f'"{ppk.get(here)["version"]}"'},
            )
            if iso == "ID-BA":
                assert self.evaluator.move(here, "return", reason=REASON)["state"] == "returned"
                ppk.move(here, "submit")
            assert self.evaluator.move(here, "validate")["state"] == "validated"
        own = self.ppk("ID-PA").all("/progress-reports")
        assert {row["unit_id"] for row in own} == {self.units["ID-PA"]}

    def index(self) -> None:
        for path in (f"/areas/{self.areas['ID-BB']}/index", f"/units/{self.units['ID-BB']}/index", "/index"):
            index = self.evaluator.get(f"{path}?period={self.period}")
            assert {"value", "version", "confidence", "parts"} <= set(index)
            assert index["value"] is None or 0 <= float(index["value"]) <= 100
            known = [
                (float(p["weight"]), float(p["value"])) for p in index["parts"] if p["value"] is not None
            ]
            if known:
                mean = sum(w * v for w, v in known) / sum(w for w, _ in known)
                assert abs(mean - float(index["value"])) < 0.06
