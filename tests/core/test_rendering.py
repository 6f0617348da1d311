"""The papers: complete, the same each time, and closed to whatever a person typed into them."""

import hashlib
import http.server
import json
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader, UndefinedError
from pypdf import PdfReader

from randal.documents import snapshots
from randal.documents.rendering import Attachment, OwnAssets, Rendered, html, render, warm
from tests.conforming import faults
from tests.core import paper_samples as samples

ENV = Environment(loader=FileSystemLoader(Path(__file__).parents[2] / "templates"), autoescape=True)
MINUTES, LETTER = "minutes/minutes.pdf.html", "meetings/invitation.pdf.html"
ATTENDANCE, TRACKER = "attendance/attendance_list.pdf.html", "follow_ups/tracker.pdf.html"
ALL = [
    (MINUTES, samples.minutes),
    (LETTER, samples.invitation),
    (ATTENDANCE, samples.attendance_list),
    (TRACKER, samples.tracker),
]


def read(done: Rendered) -> PdfReader:
    return PdfReader(BytesIO(done.pdf))


def words(done: Rendered) -> str:
    return " ".join("\n".join(page.extract_text() for page in read(done).pages).split())


def from_text(body: str, **paper: Any) -> Rendered:
    """A paper whose template is ``body``, on the real page."""
    base = (Path(__file__).parents[2] / "templates" / "documents" / "base.pdf.html").read_text()
    env = Environment(
        loader=DictLoader(
            {
                "documents/base.pdf.html": base,
                "t": '{% extends "documents/base.pdf.html" %}{% block content %}' + body + "{% endblock %}",
            }
        )
    )
    return render("t", samples.paper("Uji", **paper), jinja_env=env)


@pytest.mark.parametrize(("template", "sample"), ALL)
def test_every_paper_is_pdf_a_tagged_marked_and_the_same_twice(template, sample) -> None:
    paper = sample()
    attachments = [Attachment("minutes.json", snapshots.canonical(paper), "Isi")]
    fields = template == MINUTES
    done = render(template, paper, jinja_env=ENV, attachments=attachments, signature_fields=fields)
    if fields:
        warm(ENV)  # as a worker does before it forks: it leaves no trace in what is drawn
        time.sleep(1.1)  # font files hold a time in seconds
    assert (
        render(
            template,
            json.loads(json.dumps(paper)),
            jinja_env=ENV,
            attachments=attachments,
            signature_fields=fields,
        ).pdf
        == done.pdf
    )
    reader = read(done)
    assert done.pages == len(reader.pages)
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"] == "id"
    metadata = catalog["/Metadata"].get_data()
    assert b'pdfaid:part="3"' in metadata or b"<pdfaid:part>3<" in metadata
    assert reader.metadata.title == paper["title"]
    assert reader.metadata.creation_date.isoformat().startswith("2018-06-26T03:00:00")
    for page in reader.pages:
        text = page.extract_text()
        assert "CONTOH" in text and "K7QM-4XPA-92TD" in text
    for face in (face for page in reader.pages for face in page["/Resources"]["/Font"].values()):
        assert "Arimo" in face["/BaseFont"]
    assert done.versions["weasyprint"] and done.versions["typeface"].startswith("@fontsource/arimo ")


def test_without_the_demonstration_no_mark() -> None:
    done = render(LETTER, samples.invitation(contoh=False), jinja_env=ENV)
    assert "CONTOH" not in words(done).replace("UM 0201-Dc/CONTOH", "")
    assert "tidak berlaku" not in words(done)
    assert "DRAF" in words(render(LETTER, samples.invitation(draft=True), jinja_env=ENV))


def test_the_sentence_claims_no_provider() -> None:
    said = words(render(MINUTES, samples.minutes(), jinja_env=ENV))
    assert "Disetujui secara elektronik melalui aplikasi Randal; periksa keaslian di" in said
    assert "BSrE" not in said and "Sertifikasi Elektronik" not in said


def test_the_minutes_say_what_was_there() -> None:
    paper = samples.minutes()
    attached = snapshots.canonical(paper)
    done = render(
        MINUTES,
        paper,
        jinja_env=ENV,
        signature_fields=True,
        attachments=[Attachment("minutes.json", attached, "Isi notula")],
    )
    said = words(done)
    for part in (
        "NOTULA RAPAT",
        "Nomor: 12/NOT/CONTOH/2018",
        "Senin, 25 Juni 2018",
        "09.00–15.30 WIB",
        "Temuan monev",
        "Kendala dan solusi",
        "Satu metrik kegiatan",
        "−5,76",
        "Tidak melapor",
        "31/07/2018",
        "Pangkal Pinang, 26 Juni 2018",
        "Plt. Direktur Keterpaduan",
        "NIP 00000000 000000 0 000",
        "- 2 -",
    ):
        assert part in said, part
    assert "temuan pemeriksaan" not in said.lower()
    assert hashlib.sha256(attached).hexdigest() in said.replace(" ", "")
    assert "- 1 -" not in said
    first, second = (page.extract_text() for page in read(done).pages[:2])
    assert "KEMENTERIAN PEKERJAAN UMUM" in first and "KEMENTERIAN PEKERJAAN UMUM" not in second
    [(name, [content])] = read(done).attachments.items()
    assert (name, content) == ("minutes.json", attached)
    assert read(done).trailer["/Root"]["/AF"][0].get_object()["/AFRelationship"] == "/Data"


def test_signature_fields_are_empty_visible_and_large_enough() -> None:
    reader = read(render(MINUTES, samples.minutes(), jinja_env=ENV, signature_fields=True))
    form = reader.trailer["/Root"]["/AcroForm"]
    assert "/NeedAppearances" not in form
    fields = [field.get_object() for field in form["/Fields"]]
    assert [field["/T"] for field in fields] == ["tte-1", "tte-2"]
    for field in fields:
        assert field["/FT"] == "/Sig" and "/V" not in field and field["/AP"]["/N"]
        x1, y1, x2, y2 = (float(edge) / 72 * 25.4 for edge in field["/Rect"])
        assert x2 - x1 >= 60 and y2 - y1 >= 22 and 0 < x1 < x2 < 210 and 27 < y1 < y2 < 297
        assert field["/P"].get_object() in [page.get_object() for page in reader.pages]
        assert "/StructParent" in field
    assert "/AcroForm" not in read(render(MINUTES, samples.minutes(), jinja_env=ENV)).trailer["/Root"]


@pytest.mark.parametrize(
    ("template", "paper", "pages"),
    [
        (MINUTES, samples.minutes(empty=True), 2),
        (MINUTES, samples.minutes(34), 12),
        (LETTER, samples.invitation(3), 1),
        (LETTER, samples.invitation(1), 1),
        (LETTER, samples.invitation(34), 3),
        (ATTENDANCE, samples.attendance_list(0, 0), 1),
        (TRACKER, samples.tracker(0), 1),
        (TRACKER, samples.tracker(34, 1), 9),
    ],
)
def test_few_and_many(template, paper, pages) -> None:
    assert 1 <= render(template, paper, jinja_env=ENV).pages <= pages


def test_five_hundred_participants() -> None:
    said = words(render(ATTENDANCE, samples.attendance_list(500), jinja_env=ENV))
    assert "Contoh Peserta 500" in said and "Diundang 500" in said


@pytest.mark.parametrize("field", ["title", "place"])
def test_what_a_person_typed_stays_text(field: str) -> None:
    paper = samples.minutes()
    paper["meeting"][field] = '<script>x</script><img src="file:///etc/passwd">{{ 7*7 }}'
    said = words(render(MINUTES, paper, jinja_env=ENV))
    assert "<script>x</script>" in said and "{{ 7*7 }}" in said


@pytest.fixture
def listener():
    """A server on this machine that counts who asks."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_nothing_is_read_and_nothing_fetched(listener, tmp_path: Path) -> None:
    address, asked = listener
    secret = tmp_path / "secret.css"
    secret.write_text("body::after { content: 'RAHASIA' }")
    svg = (
        "data:image/svg+xml,"
        + f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='{address}/s'/></svg>"
    )
    hostile = "".join(
        f'<img alt="x" src="{url}"><link rel="stylesheet" href="{url}"><link rel="attachment" href="{url}">'
        f'<object data="{url}"></object><embed src="{url}"><a rel="attachment" href="{url}">x</a>'
        f'<style>@import url("{url}"); p{{background: url("{url}") }} @font-face {{ font-family: z; src: url("{url}") }}</style>'
        for url in (
            f"{address}/a",
            secret.as_uri(),
            "//127.0.0.1/b",
            "/etc/passwd",
            "ftp://127.0.0.1/x",
            "paper:../secret",
            "font:../../package.json",
            "data:text/css,p::after{content:'RAHASIA'}",
        )
    )
    done = from_text(hostile + f'<img alt="x" src="{svg}"><p>Isi</p>')
    assert asked == []
    assert "RAHASIA" not in words(done) and "Isi" in words(done)
    assert not read(done).attachments


def test_words_of_the_minutes_are_cleaned_again_on_the_way_in(listener) -> None:
    address, asked = listener
    paper = samples.minutes()
    paper["sections"][0]["html"] = (
        f'<p onclick="x()">Isi <b>tebal</b></p><img src="{address}/x"><style>p {{ color: red }}</style>'
        f'<a href="{address}">tautan</a><link rel="attachment" href="file:///etc/passwd"><script>y</script>'
    )
    page = html(MINUTES, paper, jinja_env=ENV)
    assert "<p>Isi <b>tebal</b></p>tautan" in page
    for gone in ("onclick", address, "color: red", "file:", "<script"):
        assert gone not in page
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/",
        "paper:base.pdf.html",
        "paper:../documents/paper.css",
        "font:x.woff",
        "data:text/html,x",
        "data:application/pdf,x",
        "",
    ],
)
def test_the_fetcher_refuses(url: str) -> None:
    with pytest.raises(ValueError, match="refused"):
        OwnAssets().fetch(url)


def test_a_signature_picture_is_data_or_nothing() -> None:
    paper = samples.attendance_list(2, 0)
    paper["rows"][0]["signature"] = "http://evil.example/x.png"
    page = html(ATTENDANCE, paper, jinja_env=ENV)
    assert "evil.example" not in page and "data:image/png;base64," in page


def test_the_paper_alone_is_in_reach_of_a_template() -> None:
    for name in ("request", "config", "g", "session", "url_for"):
        with pytest.raises(UndefinedError):
            from_text("{{ " + name + " }}")


def test_characters_of_other_scripts_are_drawn_by_our_faces_or_as_a_square() -> None:
    done = from_text(
        "<p>≤ 5 → √ č ş Ω Ж é 한 \uf0b7 \uf123x</p><p>陳大文 陈小龙</p><p>Budi 👩\u200d💻 Joko</p><p>محمد</p><p>ꦧꦸꦢꦶ</p>"
    )
    said = words(done)
    assert "≤ 5 → √ č ş Ω Ж é □ • x" in said and said.count("□") == 1
    named = {
        str(face["/BaseFont"]) for page in read(done).pages for face in page["/Resources"]["/Font"].values()
    }
    assert any("Emoji" in one for one in named) and any("Javanese" in one for one in named)
    assert any("Arabic" in one for one in named) and "陳大文 陈小龙" in said
    assert faults(done.pdf) == [] and len(done.pdf) < 150_000  # of a face of Han letters only what is printed


def test_a_missing_key_is_an_error_not_a_hole() -> None:
    paper = samples.minutes()
    del paper["meeting"]["place"]
    with pytest.raises(UndefinedError):
        render(MINUTES, paper, jinja_env=ENV)
