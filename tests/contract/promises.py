"""Promises kept: evidence, extensions, what cannot be done, the tracker, the history."""

from __future__ import annotations

from typing import Any

from tests.contract.cast import REASON
from tests.contract.outsider import Outsider, picture
from tests.contract.the_minutes import TheMinutes


class Promises(TheMinutes):
    def proof(self) -> None:
        ppk, number = self.ppk("ID-BB"), self.follow_ups[0]
        here = f"/follow-ups/{number}"
        self.later(days=1)
        ppk.refused(here, "submit", 422, note="Contoh selesai.")  # no evidence yet
        self.who["staff.ID-BB"].move(here, "note_progress", note="Contoh kemajuan.")
        file = ppk.upload(f"{here}/evidence", file=picture(), note="Contoh foto.", dated_on=self.today)
        link = ppk.post(
            f"{here}/evidence",
            {"link": "https://www.pu.go.id/contoh", "note": "Contoh.", "dated_on": self.today},
        )
        assert [e["id"] for e in ppk.all(f"{here}/evidence")] == [file["id"], link["id"]]
        ppk.get(f"/evidence/{file['id']}")
        ppk.move(here, "submit", note="Contoh selesai.")
        self.evaluator.refused(here, "verify", 422, note="Contoh.")  # evidence not judged
        self.evaluator.patch(f"/evidence/{file['id']}", {"verdict": "insufficient", "note": "Kurang jelas."})
        assert self.evaluator.move(here, "return", reason=REASON)["state"] == "returned"
        ppk.refused(here, "submit", 422, note="Contoh.")  # nothing new since the return
        more = ppk.upload(
            f"{here}/evidence", file=picture("foto2.png", "#a3261d"), note="Lebih jelas.", dated_on=self.today
        )
        ppk.move(here, "submit", note="Contoh selesai.")
        for row in (file["id"], link["id"], more["id"]):
            if self.evaluator.get(f"/evidence/{row}")["verdict"] is None or row == more["id"]:
                self.evaluator.patch(f"/evidence/{row}", {"verdict": "accepted", "note": "Sesuai."})
        ppk.ask("POST", f"{here}/moves/verify", 403, json={"note": "Contoh."})
        assert self.evaluator.move(here, "verify", note="Contoh cukup.")["state"] == "verified"
        self.kendala_and_finding_end()

    def kendala_and_finding_end(self) -> None:
        finding = f"/findings/{self.findings[0]}"
        self.evaluator.refused(
            finding, "close", 422, evaluation="Contoh."
        )  # he verified its follow-up himself
        assert (
            self.evaluator2.move(finding, "close", evaluation="Contoh evaluasi akhir.")["state"] == "closed"
        )
        done = self.evaluator.move(f"/kendala/{self.kendala[0]}", "resolve", result="Contoh hasil.")
        assert done["state"] == "resolved"
        reopened = self.evaluator.move(f"/follow-ups/{self.follow_ups[0]}", "reopen", reason=REASON)
        assert reopened["state"] == "in_progress"
        assert self.evaluator.get(finding)["state"] == "agreed"
        assert self.evaluator.get(f"/kendala/{self.kendala[0]}")["state"] == "solution_agreed"

    def extensions(self) -> None:
        ppk, number = self.ppk("ID-BA"), self.follow_ups[1]
        here = f"/follow-ups/{number}"
        given = {"new_due_on": self.day(30), "reason": REASON}
        first = ppk.post(f"{here}/extensions", given)
        assert first["state"] == "requested"
        assert ppk.move(f"/extensions/{first['id']}", "withdraw")["state"] == "withdrawn"
        second = ppk.post(f"{here}/extensions", given)
        ppk.ask("POST", f"{here}/extensions", (409, 422), json=given)  # one open request at a time
        ppk.ask("POST", f"/extensions/{second['id']}/moves/grant", 403, json={})
        assert self.evaluator.move(f"/extensions/{second['id']}", "grant")["state"] == "granted"
        assert ppk.get(here)["due_on"] == given["new_due_on"]
        assert [e["id"] for e in ppk.all(f"{here}/extensions")] == [first["id"], second["id"]]
        why = "Contoh: lahan masih dalam perkara di pengadilan."
        ppk.refused(here, "propose_infeasible", 422, ground="bosan", reason=why)
        ppk.move(here, "propose_infeasible", ground="legal_process", reason=why)
        assert self.chair.move(here, "refuse_infeasible", reason=REASON)["state"] == "in_progress"
        ppk.move(here, "propose_infeasible", ground="force_majeure", reason=why)
        assert self.chair.move(here, "accept_infeasible", reason=REASON)["state"] == "infeasible"

    def tracker(self) -> None:
        who = self.evaluator
        assert {r["id"] for r in who.all("/tracker")} >= set(self.follow_ups)
        own = self.ppk("ID-BB").all("/tracker")
        assert {r["unit_id"] for r in own} == {self.units["ID-BB"]}
        unit = self.units["ID-BA"]
        assert {r["unit_id"] for r in who.all(f"/tracker?unit_id={unit}")} == {unit}
        assert {r["id"] for r in who.all("/tracker?state=infeasible")} == {self.follow_ups[1]}
        assert len(who.all(f"/tracker?meeting_id={self.meeting}")) == len(self.follow_ups)
        assert who.all("/tracker?q=tidakadakata") == []
        assert who.all("/tracker?overdue=true") == []
        before = {r["id"]: r["state"] for r in who.all(f"/tracker?as_of={self.meeting_day}")}
        assert before[self.follow_ups[1]] == "assigned"
        self.later(days=20)
        late = {r["id"] for r in who.all("/tracker?overdue=true")}
        assert late == set(self.follow_ups) - {self.follow_ups[1]}
        assert all(r["days_late"] == 11 for r in who.all("/tracker?overdue=true"))
        for kind in ("application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):
            answer = who.ask("GET", f"/tracker?unit_id={unit}", 202, headers={"Accept": kind})
            number = answer.json["id"]
            assert answer.headers["Location"].endswith(f"/api/v1/documents/{number}")
            self.drain()
            assert who.get(f"/documents/{number}")["state"] == "ready"
            file = who.ask("GET", f"/documents/{number}/file", 200)
            assert file.mimetype == kind
            assert file.data[:4] == (b"%PDF" if "pdf" in kind else b"PK\x03\x04")

    def history(self) -> None:
        here = f"/follow-ups/{self.follow_ups[0]}/events"
        rows = self.evaluator.all(here)
        assert {"id", "move", "from", "to", "actor", "at", "data"} <= set(rows[0])
        assert [r["id"] for r in rows] == sorted(r["id"] for r in rows), "oldest first"
        moves = [r["move"] for r in rows]
        wanted = ["assign", "note_progress", "submit", "return", "submit", "verify", "reopen"]
        assert [m for m in moves if m in wanted] == wanted
        told = next(r for r in rows if r["move"] == "return")
        assert REASON in str(told["data"]) and (told["from"], told["to"]) == ("submitted", "returned")
        feed = self.feed(self.evaluator)
        assert [e["id"] for e in feed] == sorted({e["id"] for e in feed})
        assert {r["id"] for r in rows} <= {e["id"] for e in feed}
        theirs = {e["id"] for e in self.feed(self.ppk("ID-PA"))}
        assert theirs < {e["id"] for e in feed}
        assert not theirs & {r["id"] for r in rows}, "the feed shows what the caller may see"

    @staticmethod
    def feed(who: Outsider) -> list[Any]:
        found: list[Any] = []
        while True:
            page = who.get(f"/events?after={found[-1]['id'] if found else 0}")["items"]
            if not page:
                return found
            found += page

    def settled_halfway(self) -> None:
        """Every kind of item is there: evidence that waits for its judge, an extension that waits for its answer."""
        ppk, here = self.ppk("ID-BB"), f"/follow-ups/{self.follow_ups[0]}"
        ppk.upload(f"{here}/evidence", file=picture(), note="Contoh.", dated_on=self.today)
        ppk.post(f"{here}/extensions", {"new_due_on": self.day(30), "reason": REASON})
        self.note_taker.post(f"/minutes/{self.minutes}/comments", {"text": "Contoh."}, (201, 409))
