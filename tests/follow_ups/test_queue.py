"""The queue of claims: who works on it, all of one claim in one step, what is kept when it is refused, the list of reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.follow_ups.conftest import Story

NOTE = "Contoh bukti cukup dan sesuai."


def pieces(story: Story, item: dict[str, Any]) -> list[int]:
    return [e["id"] for e in story.evaluator.get(f"/follow-ups/{item['id']}/evidence").json["items"]]


def given(story: Story, item: dict[str, Any], decision: str, verdict: str = "accepted", **more: Any) -> Any:
    return {f"verdict-{n}": verdict for n in pieces(story, item)} | {
        "decision": decision,
        "version": story.evaluator.get(f"/follow-ups/{item['id']}").json["version"],
        **more,
    }


def test_oldest_first_with_age_and_one_after_the_other(story: Story) -> None:
    first = story.submitted(text="Contoh pertama")
    story.world.now += timedelta(days=3)
    second = story.submitted(text="Contoh kedua")
    client = story.world.sign_in(story.world.evaluator)
    page = client.get("/rtl/verifikasi").text
    assert page.index("Contoh pertama") < page.index("Contoh kedua")
    assert "3 hari kerja" in page
    one = client.get(f"/rtl/verifikasi/{first['id']}").text
    assert "Yang dijanjikan" in one
    assert "Contoh sudah dikerjakan" in one
    answer = client.post(f"/rtl/verifikasi/{first['id']}", data=given(story, first, "verify", note=NOTE))
    assert answer.status_code == 303
    assert answer.location == f"/rtl/verifikasi/{second['id']}"
    assert story.ppk.get(f"/follow-ups/{first['id']}").json["state"] == "verified"
    answer = client.post(
        f"/rtl/verifikasi/{second['id']}",
        data=given(story, second, "return", "insufficient", reason="Contoh foto belum memperlihatkan papan."),
    )
    assert answer.location == "/rtl/verifikasi"
    assert story.ppk.get(f"/follow-ups/{second['id']}").json["state"] == "returned"
    assert (
        "Contoh foto belum memperlihatkan papan."
        in story.world.sign_in(story.world.ppk("ID-BB")).get("/rtl").text
    )


@pytest.mark.database("sqlite")
def test_all_or_nothing_and_what_was_typed_stays(story: Story) -> None:
    item = story.submitted()
    client = story.world.sign_in(story.world.evaluator)
    raw = given(story, item, "verify", "unsuitable", note="Contoh catatan yang diketik")
    answer = client.post(f"/rtl/verifikasi/{item['id']}", data=raw)
    assert answer.status_code == 422
    assert "Terima sedikitnya satu bukti" in answer.text
    assert "Contoh catatan yang diketik" in answer.text
    assert story.evaluator.get(f"/evidence/{pieces(story, item)[0]}").json["verdict"] is None
    short = given(story, item, "return", reason="singkat")
    assert "sedikitnya 10" in client.post(f"/rtl/verifikasi/{item['id']}", data=short).text
    odd = given(story, item, "verify", "bagus", note=NOTE)
    assert "Pilih salah satu dari daftar." in client.post(f"/rtl/verifikasi/{item['id']}", data=odd).text


@pytest.mark.database("sqlite")
def test_another_was_quicker(story: Story) -> None:
    item = story.submitted()
    raw = given(story, item, "verify", note="Contoh catatan yang diketik")
    for piece in story.evaluator.get(f"/follow-ups/{item['id']}/evidence").json["items"]:
        story.judge(piece)
    story.move(story.evaluator, item, "return", reason="contoh belum lengkap sama sekali")
    late = story.world.sign_in(story.world.person("evaluator"))
    answer = late.post(f"/rtl/verifikasi/{item['id']}", data=raw)
    assert answer.status_code == 409
    assert "Sudah diubah oleh" in answer.text or "tidak dapat dilakukan sekarang" in answer.text


@pytest.mark.database("sqlite")
def test_who_works_on_it(story: Story) -> None:
    item, world = story.submitted(), story.world
    for person in (world.ppk("ID-BB"), world.secretariat, world.person("leader")):
        client = world.sign_in(person)
        for path in ("/rtl/verifikasi", f"/rtl/verifikasi/{item['id']}"):
            assert client.get(path).status_code == 403
        raw = given(story, item, "verify", note=NOTE)
        assert client.post(f"/rtl/verifikasi/{item['id']}", data=raw).status_code == 403


@pytest.mark.database("sqlite")
def test_reasons_are_a_list_that_people_keep(story: Story) -> None:
    item, world = story.submitted(), story.world
    client = world.sign_in(world.evaluator)
    assert "papan nama" in client.get(f"/rtl/verifikasi/{item['id']}").text
    path = "/rtl/verifikasi/alasan"
    assert client.post(path, data={"reasons": "pendek"}).status_code == 422
    answer = client.post(
        path, data={"reasons": "Contoh alasan satu kalimat.\n\nContoh alasan satu kalimat.\n"}
    )
    assert answer.status_code == 303
    assert client.get(f"/rtl/verifikasi/{item['id']}").text.count("Contoh alasan satu kalimat.") == 1
    assert world.sign_in(world.ppk("ID-BB")).get(path).status_code == 403
