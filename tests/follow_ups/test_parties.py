"""Papers for the Pemda: a letter that asks and the berita acara of what was agreed, drawn for real."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from randal.database.base import db
from randal.documents.model import Document
from tests.follow_ups.conftest import Story

pytestmark = pytest.mark.database("sqlite")
LETTER = {
    "number": "UM.01/CONTOH/3",
    "dated_on": "2026-03-02",
    "city": "Pangkal Pinang",
    "office": "Contoh Dinas PUPR",
    "post": "Kepala Dinas PUPR",
    "subject": "Permohonan dukungan",
    "points": "Contoh penyerahan lahan\nContoh surat hibah",
}
DEAL = LETTER | {"place": "Contoh Ruang Rapat", "party_name": "Contoh Pejabat Dinas"}


def words(kind: str) -> str:
    document = db.session.scalars(
        select(Document).where(Document.kind == kind).order_by(Document.id.desc())
    ).first()
    assert document is not None and document.stage == "ready", document and document.error
    data = document.newest.read()  # type: ignore[union-attr]
    if folder := os.environ.get("RANDAL_PAPERS"):
        Path(folder, f"{kind}.pdf").write_bytes(data)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_a_letter_and_an_agreement(story: Story, drain: Callable[[], int]) -> None:
    world, item = story.world, story.assigned(waits_for="Contoh Dinas PUPR", waits_post="Kepala Dinas PUPR")
    client = world.sign_in(world.ppk("ID-BB"))
    here = f"/rtl/{item['id']}/surat"
    page = client.get(f"{here}/permintaan").text
    assert "Kepala Dinas PUPR" in page
    assert "Contoh menyelesaikan pembebasan lahan" in page
    assert client.post(f"{here}/permintaan", data=LETTER | {"points": " "}).status_code == 422
    assert "belum tiba" in client.post(f"{here}/kesepakatan", data=DEAL | {"dated_on": "2026-03-09"}).text
    assert client.post(f"{here}/permintaan", data=LETTER).status_code == 303
    assert client.post(f"{here}/kesepakatan", data=DEAL).status_code == 303
    drain()
    letter, deal = words("party_request"), words("party_agreement")
    for said in (
        "UM.01/CONTOH/3",
        "Kepala Dinas PUPR",
        "Contoh surat hibah",
        "Pangkal Pinang, 2 Maret 2026",
        "RTL-1",
    ):
        assert said in letter, said
    for said in (
        "Senin, tanggal dua bulan Maret tahun dua ribu dua puluh enam",
        "PIHAK KEDUA",
        "Contoh Pejabat Dinas",
    ):
        assert said in deal, said
    assert "Berita Acara Kesepakatan" in client.get(f"/rtl/{item['id']}").text
    foreign = world.sign_in(world.ppk("ID-PA"))
    assert foreign.get(f"{here}/permintaan").status_code == 404
    kinds = {d["kind"] for d in world.api(world.ppk("ID-PA")).get("/documents").json["items"]}
    assert not kinds & {"party_request", "party_agreement"}
    assert world.sign_in(world.person("auditor")).post(f"{here}/permintaan", data=LETTER).status_code == 403


def test_without_a_number_it_is_a_draft(story: Story, drain: Callable[[], int]) -> None:
    item, client = story.assigned(), story.world.sign_in(story.world.ppk("ID-BB"))
    client.post(f"/rtl/{item['id']}/surat/permintaan", data=LETTER | {"number": ""})
    drain()
    assert "DRAF" in words("party_request")
