"""Objectives that data can answer: who has not reported, who has not read the paparan; a person still assesses."""

from __future__ import annotations

from randal.rooms.meetings.answers import answers
from tests.evaluation.stories import activity, report
from tests.paparan.test_paparan import added, read
from tests.world import World

OBJECTIVES = (
    "Kebijakan keterpaduan tersosialisasi\nProgres kegiatan teridentifikasi\nSolusi kendala ditemukan"
)


def test_what_the_data_say(world: World) -> None:
    activity(world, "ID-BB")
    activity(world, "ID-JT")
    report(world, "ID-BB", state="submitted")
    meeting = world.meeting(
        "in_session", units=("ID-BB", "ID-JT"), objectives=OBJECTIVES, outputs="Progres keterpaduan bisa dipantau",
        report_period="2026-02",
    )  # fmt: skip
    policy, progress, other, output = sorted(
        meeting.objectives, key=lambda row: (row.kind == "keluaran", row.position)
    )
    found = answers(meeting)
    assert set(found) == {policy.id, progress.id} and found[policy.id].suggests == "not_met"
    assert found[policy.id].whole == "Belum ada paparan yang diunggah."
    assert (found[progress.id].missing, found[progress.id].suggests) == (("Jawa Tengah",), "partly")
    number = added(world, meeting)
    for iso in ("ID-BB", "ID-JT"):
        world.ppk(iso)
        assert read(world, number, iso).status_code == 201
    page = world.sign_in(world.minute_taker).get(f"/rapat/{meeting.id}/langsung").text
    assert "1 dari 2 PPK sudah melapor; belum: Jawa Tengah." in page
    assert "2 dari 2 PPK menyatakan sudah membaca paparan." in page and page.count("Dari data:") == 2
    for part in ("ringkasan", "acara"):  # and whoever opens the meeting, long after
        own = world.sign_in(world.ppk("ID-BB")).get(f"/rapat/{meeting.id}?bagian={part}").text
        assert "1 dari 2 PPK sudah melapor; belum: Jawa Tengah." in own and own.count("Dari data:") == 2
    told = world.api(world.evaluator).get(f"/meetings/{meeting.id}/answers").json["items"]
    assert [(one["suggests"], one["missing"]) for one in told] == [("met", []), ("partly", ["Jawa Tengah"])]
    assert output.id and other.id
