"""Findings are answered; the minutes are written, reviewed, frozen, signed and verified."""

from __future__ import annotations

import io
from typing import Any

from tests.contract.cast import PASSPHRASE, PROVINCES, REASON
from tests.contract.the_day import TheDay


class TheMinutes(TheDay):
    def settled(self) -> None:
        finding, other = (f"/findings/{n}" for n in self.findings)
        ppk = self.ppk("ID-BB")
        assert ppk.move(finding, "respond", response="Contoh tanggapan unit.")["state"] == "responded"
        assert self.evaluator.move(finding, "return", reason=REASON)["state"] == "returned"
        ppk.move(finding, "respond", response="Contoh tanggapan kedua.")
        assert self.evaluator.move(finding, "agree")["state"] == "agreed"
        self.evaluator.refused(
            finding, "close", 422, evaluation="Contoh evaluasi."
        )  # its follow-up has not ended
        assert self.evaluator.move(other, "withdraw", reason=REASON)["state"] == "withdrawn"
        kendala, raised = (f"/kendala/{n}" for n in self.kendala)
        self.evaluator.refused(kendala, "agree_solution", 422, solution="Contoh solusi.")
        category = next(iter(self.evaluator.get("/choices")["kendala"]["category"]))
        self.evaluator.patch(kendala, {"category": category, "cause": "Contoh sebab.", "severity": "medium"})
        assert (
            self.evaluator.move(kendala, "agree_solution", solution="Contoh solusi.")["state"]
            == "solution_agreed"
        )
        up = self.evaluator.move(raised, "escalate", addressee="Contoh Direktur", answer_by=self.day(14))
        assert up["state"] == "raised"
        assert self.chair.move(raised, "accept", reason=REASON)["state"] == "accepted"

    def writing(self) -> None:
        here = f"/minutes/{self.minutes}"
        minutes = self.note_taker.get(here)
        assert {"id", "state", "sections", "signers", "documents"} <= set(minutes)
        assert minutes["state"] == "drafting"
        assert [s["user_id"] for s in minutes["signers"]] == [self.note_taker.id, self.chair.id]
        again = self.note_taker.get(f"/meetings/{self.meeting}/minutes")
        assert (again["id"] if "id" in again else again["items"][0]["id"]) == self.minutes
        sections = {s["key"]: s["html"] for s in minutes["sections"]}
        assert {"key", "title", "html"} <= set(minutes["sections"][0])
        key = list(sections)[-1]
        self.note_taker.ask("PATCH", here, 428, json={"sections": {key: "<p>x</p>"}})
        dirty = {key: "<p>Contoh <b>penutup</b>.</p><script>alert(1)</script>"}
        after = self.note_taker.patch(here, {"sections": dirty})
        html = {s["key"]: s["html"] for s in after["sections"]}[key]
        assert "Contoh" in html and "script" not in html
        stale = minutes["version"]
        self.note_taker.patch(here, {"sections": {key: "<p>lama</p>"}}, 409, version=stale)
        self.open_assessments()
        self.note_taker.ask(
            "PUT", f"{here}/signers", 200, json=[{"user_id": self.note_taker.id}, {"user_id": self.chair.id}],
            headers={"If-Match": f'"{self.note_taker.get(here)["version"]}"'},
        )  # fmt: skip
        assert self.note_taker.move(here, "submit")["state"] == "in_review"

    def open_assessments(self) -> None:
        """Nothing may stay "Belum dinilai"."""
        here = f"/minutes/{self.minutes}"
        waiting = [o for o in self.note_taker.all(f"/meetings/{self.meeting}/objectives") if not o["assessment"]
                   or o["assessment"] not in ("met", "partly", "not_met")]  # fmt: skip
        if waiting:
            self.note_taker.refused(here, "submit", 422)
        for row in waiting:
            self.note_taker.patch(f"/objectives/{row['id']}", {"assessment": "partly", "note": "Contoh."})

    def review(self) -> None:
        here = f"/minutes/{self.minutes}"
        comment = self.ppk("ID-BB").post(f"{here}/comments", {"text": "Contoh usul perbaikan."})
        self.chair.refused(here, "approve", 422)  # a comment waits for its answer
        row = self.note_taker.all(f"{here}/comments")[0]
        assert row["id"] == comment["id"]
        self.note_taker.ask(
            "PATCH", f"{here}/comments/{row['id']}", 200, json={"answer": "Contoh jawaban."},
            headers={"If-Match": f'"{row["version"]}"'},
        )  # fmt: skip
        for iso in PROVINCES[:2]:
            self.ppk(iso).post(f"{here}/agreements", {}, (200, 201))
        assert self.chair.move(here, "return", reason=REASON)["state"] == "drafting"
        self.note_taker.move(here, "submit")
        for who in (self.note_taker, self.chair):
            who.post("/me/signing-key", {"passphrase": PASSPHRASE}, (200, 201))
        assert self.chair.move(here, "approve")["state"] == "approved"
        self.drain()
        assert self.chair.get(here)["state"] == "signing"
        self.document = self.ready(self.chair, "minutes", "minutes", self.minutes)["id"]

    def signing(self) -> None:
        assert self.chair.all("/signatures?state=ready") == []
        [mine] = self.note_taker.all("/signatures?state=ready")
        assert (mine["minutes_id"], mine["document_id"]) == (self.minutes, self.document)
        before = self.note_taker.get(f"/documents/{self.document}")
        here = f"/signatures/{mine['id']}"
        said = self.note_taker.refused(here, "sign", 422, passphrase="bukan ini")
        assert "passphrase" in said["errors"]
        assert self.note_taker.move(here, "sign", passphrase=PASSPHRASE)["state"] == "signed"
        after = self.note_taker.get(f"/documents/{self.document}")
        assert after["id"] == before["id"] and after["sha256"] != before["sha256"], (
            "a version of the same document"
        )
        [his] = self.chair.all("/signatures?state=ready")  # the next signer is called: there in the answer
        self.chair.move(f"/signatures/{his['id']}", "sign", passphrase=PASSPHRASE)
        assert self.chair.get(f"/minutes/{self.minutes}")["state"] == "signed"
        assert self.chair.get(f"/meetings/{self.meeting}")["state"] == "concluded"
        self.drain()

    def verified(self) -> None:
        document = self.chair.get(f"/documents/{self.document}")
        file = self.chair.ask("GET", f"/documents/{self.document}/file", 200).data
        anyone = self.world.client()
        said = self.verdict(anyone, file)
        assert said["verdict"] == "intact", said
        assert said["kind"] and said["superseded_by"] is None, said
        assert len(said["signatures"]) == 2
        told = anyone.get(f"/verifikasi/{document['code']}", headers={"Accept": "application/json"})
        assert told.status_code == 200 and told.json["verdict"] == "listed", told.json
        assert (
            len(told.json["signers"]) == 2
            and told.json["title"]
            and told.json["number"]
            and told.json["pages"]
        )
        at = file.rindex(b"startxref") - 40
        tampered = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
        assert self.verdict(anyone, tampered)["verdict"] == "mismatch"
        assert self.verdict(anyone, file + b"\n% tambahan")["verdict"] == "mismatch"

    @staticmethod
    def verdict(anyone: Any, file: bytes) -> Any:
        answer = anyone.post(
            "/verifikasi", data={"file": (io.BytesIO(file), "notula.pdf")}, content_type="multipart/form-data",
            headers={"Accept": "application/json"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert set(answer.json) >= {"verdict", "reasons", "kind", "signatures", "superseded_by"}
        assert answer.json["verdict"] in ("intact", "noted", "mismatch")
        return answer.json

    def addendum(self) -> None:
        """A ralat takes the place of signed minutes; the old paper says so."""
        old = self.chair.get(f"/documents/{self.document}")
        here = f"/minutes/{self.minutes}"
        self.chair.move(here, "amend", reason=REASON)
        assert "amend" not in self.chair.moves(here), "one addendum at a time"
        items = self.note_taker.all(f"/meetings/{self.meeting}/minutes")
        newer = next(row["id"] for row in items if row["id"] != self.minutes)
        addendum = f"/minutes/{newer}"
        key = self.note_taker.get(addendum)["sections"][-1]["key"]
        self.note_taker.patch(addendum, {"sections": {key: "<p>Contoh pembetulan.</p>"}})
        self.note_taker.move(addendum, "submit")
        self.chair.move(addendum, "approve")
        self.drain()
        for who in (self.note_taker, self.chair):
            [mine] = who.all("/signatures?state=ready")
            who.move(f"/signatures/{mine['id']}", "sign", passphrase=PASSPHRASE)
        assert self.chair.get(addendum)["state"] == "signed"
        assert self.chair.get(here)["state"] == "superseded"
        self.drain()
        anyone = self.world.client()
        told = anyone.get(f"/verifikasi/{old['code']}", headers={"Accept": "application/json"}).json
        assert told["verdict"] == "listed" and told["superseded_by"], told
        assert self.world.dropped(old["code"]).json["verdict"] == "noted"

    def report(self) -> None:
        """The laporan with its nota dinas: the head returns it with a reason, agrees, and both sign. The minutes stay
        what they are."""
        where = f"/meetings/{self.meeting}/minutes"
        minutes = self.secretariat.get(where)["id"]
        self.ppk("ID-BB").ask("POST", where, 403, json={"kind": "report"})
        self.secretariat.ask("POST", where, 422, json={"kind": "minutes"})
        made = self.secretariat.post(where, {"kind": "report"})
        assert (made["kind"], made["state"], made["addressee_id"]) == ("report", "drafting", self.chair.id)
        self.secretariat.ask("POST", where, 409, json={"kind": "report"})
        here = f"/minutes/{made['id']}"
        assert self.secretariat.move(here, "submit")["state"] == "in_review"
        self.ppk("ID-BB").ask("GET", here, 404)
        assert self.chair.move(here, "return", reason=REASON)["state"] == "drafting"
        self.secretariat.move(here, "submit")
        assert "/ND/" in self.chair.move(here, "approve")["number"]
        self.drain()
        for who in (self.note_taker, self.chair):
            [mine] = who.all("/signatures?state=ready")
            assert mine["minutes_id"] == made["id"]
            who.move(f"/signatures/{mine['id']}", "sign", passphrase=PASSPHRASE)
        assert self.chair.get(here)["state"] == "signed"
        self.ready(self.chair, "meeting_report", "minutes", made["id"])
        assert self.chair.get(where)["id"] == minutes
        assert made["id"] not in [row["id"] for row in self.chair.all("/minutes")]
        assert [row["id"] for row in self.chair.all("/minutes?kind=report")] == [made["id"]]
