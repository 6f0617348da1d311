"""A meeting as the world sends it, and every kind of paper from it: 34 units with names of 120 letters, people with one
name or with many titles, other scripts, long texts, many signers, nothing at all.

    .venv/bin/python -m tests.papers.awkward DIR [before.txt]      # draws all of it whole, counts pages and CPU
"""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from randal.documents.charts import paper_chart
from tests.core import chart_samples, paper_samples

NAMES = (
    "Suharto",
    "Prof. Dr. Ir. Contoh Peserta Bergelar Banyak, S.T., M.T., M.Sc., Ph.D., IPU, ASEAN Eng.",
    'Contoh <b>Tebal</b> & "Kutip"',
    "Contoh Senyum 😀 Garuda",
    "Contoh محمد رزقي",
    "Contoh ꦧꦸꦢꦶ Santosa",
    "Contoh \uf0b7 Butir",
    "Contoh 陳大文 (陈小龙)",
    "Contoh Ægir Ōtani-Łukasz O'Brien",
)
UNIT = (
    'Pejabat Pembuat Komitmen <b>Perencanaan</b> & Pengendalian "Infrastruktur Permukiman" Kawasan Perdesaan '
    "Provinsi Contoh Ke-"
)
SENTENCE = (
    "Pelaksanaan paket senilai Rp1.234.567.890,00 baru 51,74% dari rencana 60,00%; lahan di Kelurahan Contoh belum diserahkan "
    "pemerintah daerah sehingga pekerjaan tertunda 1.095 hari dan jadwal disusun kembali bersama dinas teknis. "
)
UNITS_IN = ("unit", "institution", "responsible", "on_behalf_of", "office")
LONG_IN = ("text", "solution", "response", "progress", "cause", "expected_output", "reason")


def unit(number: int) -> str:
    return f"{UNIT}{number}"


def text(words: int) -> str:
    """At least so many words."""
    return (SENTENCE * (words // len(SENTENCE.split()) + 1)).strip()


@dataclass(frozen=True)
class Size:
    units: int
    follow_ups: int
    words: int
    guests: int
    signers: int
    kendala: int


# What CI draws, and the whole.
SMALL = Size(units=12, follow_ups=9, words=150, guests=105, signers=7, kendala=4)
WHOLE = Size(units=34, follow_ups=60, words=600, guests=105, signers=16, kendala=30)
SIZE = WHOLE if os.environ.get("RANDAL_LONG") or __name__ == "__main__" else SMALL


def made_awkward(value: Any, words: int, key: str = "", state: Any = None) -> Any:
    """The same paper with the names and texts of the world."""
    state = state or (cycle(NAMES), cycle(range(1, 35)), cycle((words, 12, words // 3)))
    names, numbers, lengths = state
    if isinstance(value, dict):
        return {name: made_awkward(one, words, name, state) for name, one in value.items()}
    if isinstance(value, list):
        return [made_awkward(one, words, key, state) for one in value]
    if not isinstance(value, str) or not value or key in ("kop", "lines", "address"):
        return value
    if key == "name":
        return next(names)
    if key in UNITS_IN:
        return unit(next(numbers))
    if key in LONG_IN:
        return text(next(lengths))
    return value


def signers(count: int) -> list[dict[str, Any]]:
    posts = ("Notulis", "Pejabat Pembuat Komitmen", unit(7))
    return [
        paper_samples.signer(n + 1, "Notulis" if n == 0 else "", "x", posts[n % 3])
        | {"name": NAMES[n % len(NAMES)]}
        for n in range(count)
    ]


def chart(name: str) -> dict[str, Any]:
    return paper_chart(chart_samples.curve(name))


def minutes(size: Size, kind: str = "minutes", empty: bool = False) -> dict[str, Any]:
    base = paper_samples.minutes(size.units, empty=empty)
    if not empty:
        base["follow_ups"] = [deepcopy(base["follow_ups"][0]) for _ in range(size.follow_ups)]
        base["kendala"] = [deepcopy(base["kendala"][0]) for _ in range(size.kendala)]
        base["findings"] = [deepcopy(base["findings"][0]) for _ in range(size.kendala)]
        base["guests"] = [paper_samples.attendance_row(n, "Dinas") for n in range(size.guests)]
        for item in base["meeting"]["agenda"]:
            item["note"] = text(90)
    base = made_awkward(base, size.words)
    base |= {"signers": signers(size.signers), "kind": kind, "contoh": False}
    base["meeting"] |= {
        "link": "https://rapat.contoh.example/j/123?pwd=abc",
        "ends_at": "2018-06-26T08:30:00Z",
    }
    if empty:
        base["meeting"]["place"] = ""
    if kind == "report":
        base |= {
            "addressee": {"name": NAMES[1], "post": unit(1)},
            "sender": {"name": NAMES[2], "post": unit(2)},
            "sender_field": "tte-1",
        }
    return base


def attendance_list(size: Size, sessions: int = 0) -> dict[str, Any]:
    base = paper_samples.attendance_list(size.units, size.guests, sessions)
    return made_awkward(base, size.words) | {"contoh": False}


def tracker(size: Size) -> dict[str, Any]:
    each = -(-size.follow_ups // 5)
    base = made_awkward(paper_samples.tracker(5, each), size.words)
    for group in base["groups"]:
        for number, row in enumerate(group["rows"], 1):
            row |= {"number": f"RTL-{1000 + number}", "days_late": 1095 if number % 2 else None}
    return base | {"contoh": False}


def invitation(size: Size) -> dict[str, Any]:
    base = paper_samples.invitation(0)
    base["addressees"] = [unit(n + 1) for n in range(size.units)]
    base["signatory"] |= {"name": NAMES[1], "post_lines": ["a.n. Direktur Jenderal", unit(3)]}
    base["meeting"]["link"] = "https://rapat.contoh.example/j/1234567890?pwd=" + "a1B2" * 12
    base["meeting"]["place"] = ""
    return base | {"contoh": False, "cc": [unit(4), unit(5)]}


def packet(size: Size) -> dict[str, Any]:
    head = paper_samples.meeting()
    return paper_samples.paper(
        "Paket Rapat",
        contoh=False,
        meeting=head,
        sessions=[],
        places=[
            {
                "name": NAMES[n % len(NAMES)],
                "post": unit(n + 1),
                "institution": unit(n + 1),
                "note": "mewakili",
            }
            for n in range(size.units)
        ],
        guest_lines=70,
        agenda=[
            {
                "session": "Sesi pagi" if n == 0 else "",
                "starts_at": "2018-06-25T02:00:00Z",
                "ends_at": "2018-06-25T03:15:00Z",
                "title": text(30),
                "outcome": "Dibawa dari rapat lalu",
                "points": [text(20)],
            }
            for n in range(size.units)
        ],
        objectives=[["Sasaran", text(60)]],
        overview=[
            {
                "unit": unit(n + 1),
                "answer": "Diwakilkan",
                "report": "Tervalidasi",
                "physical": ["100.00", "100.00"],
                "financial": ["99.99", "100.00"],
                "findings": 102,
                "kendala": 110,
                "open": 202,
                "late": 101,
            }
            for n in range(size.units)
        ],
        owed=[
            [
                unit(n + 1),
                [
                    {
                        "name": f"RTL-{1200 + n}",
                        "text": text(size.words if n % 3 else 20),
                        "meeting_on": "2018-06-25",
                        "due_on": "2018-07-31",
                        "label": "Berjalan",
                        "days_late": 1095,
                    }
                ]
                * 2,
            ]
            for n in range(size.kendala)
        ],
        photos=[],
    )


def changes(size: Size) -> dict[str, Any]:
    row = {
        "way": "Ditugaskan → Selesai, terverifikasi",
        "steps": "",
        "due_on": "2018-07-31",
        "days_late": 1095,
    }
    return paper_samples.paper(
        "Perubahan",
        contoh=False,
        meeting="Rapat Koordinasi",
        before="Rapat Koordinasi",
        before_on="2018-03-25",
        since="2018-03-25T02:00:00Z",
        until="2018-06-25T02:00:00Z",
        totals=[["Baru", 202], ["Selesai", 3]],
        units=[
            {
                "unit": unit(n + 1),
                "physical": ["48.74", "51.74"],
                "financial": ["", "42.10"],
                "groups": [
                    {
                        "name": "new",
                        "label": "Menjadi terlambat",
                        "rows": [
                            {"name": f"RTL-{1100 + k}", "text": text(size.words if k else 9), **row}
                            for k in range(3)
                        ],
                    }
                ],
            }
            for n in range(size.kendala)
        ],
        quiet=[unit(n + 1) for n in range(20)],
    )


def register(size: Size) -> dict[str, Any]:
    held = [
        {
            "number": n + 1,
            "title": "Rapat Koordinasi " + text(9),
            "day": "2018-06-25",
            "place": "Ruang Contoh",
        }
        for n in range(18)
    ]
    return paper_samples.paper(
        "Register",
        contoh=False,
        year=2018,
        meetings=held,
        lines=[
            {"unit": unit(n + 1), "cells": list("HWITD" * 4)[:18], "totals": [12, 3, 1, 1, 1], "share": 100}
            for n in range(size.units)
        ],
        absences=[
            {
                "unit": unit(n + 1),
                "day": "2018-06-25",
                "meeting": text(9),
                "label": "Dinas luar",
                "reason": text(60),
            }
            for n in range(size.units)
        ],
        legend=[["H", "Hadir"], ["W", "Diwakili"], ["I", "Izin"], ["T", "Tidak hadir"], ["D", "Dinas luar"]],
    )


def request(size: Size) -> dict[str, Any]:
    first = signers(3)[2]
    return paper_samples.paper(
        "Surat",
        contoh=False,
        number="12/CONTOH/2018",
        city="Pangkal Pinang",
        dated_on="2018-06-26",
        place="Ruang Contoh",
        office=unit(9),
        post="Kepala Dinas",
        subject=unit(8),
        points=[text(size.words), text(20)],
        meeting="Rapat Koordinasi",
        met_on="2018-06-25",
        unit=unit(1),
        code="RTL-1202",
        first=first,
        second=first | {"field": "tte-2", "name": NAMES[4]},
    )


def insight(size: Size) -> dict[str, Any]:
    charts = [chart(f"k{n}") for n in range(3)]
    charts[0]["rows"] = [[f"{unit(n + 1)}", "Rencana", "1.202"] for n in range(size.units)]
    return paper_samples.paper(
        "Telaah", contoh=False, as_of="2018-08-15", total=1202, open=202, charts=charts
    )


def leader(size: Size) -> dict[str, Any]:
    line = {"head": unit(1)[:60], "text": text(20)[:110], "detail": "terlambat 1.095 hari"}
    return paper_samples.paper(
        "Lembar", contoh=False, period="2018-06", as_of="2018-08-15", wanted_count=202, unkept_count=101,
        wanted=[line] * 5, weakest=[line] * 5, unkept=[line] * 5, better=[line] * 2,
    )  # fmt: skip


def card(size: Size) -> dict[str, Any]:
    figure = {
        "name": text(12), "sector": "Air minum", "physical_plan": "100,00%", "physical_actual": "100,00%",
        "deviation": "−100,00", "financial_actual": "100,00%", "reason": text(40),
    }  # fmt: skip
    item = {
        "number": "RTL-1202",
        "text": text(60),
        "due_on": "31 Juli 2018",
        "label": "Berjalan",
        "late": 1095,
    }
    return paper_samples.paper(
        "Rapor", contoh=False, unit=unit(1), period="2018-06", report="Tervalidasi", figures=[figure] * 9,
        charts=[chart("fisik"), chart("keuangan")], share="1 dari 2 (dua) tindak lanjut.", open=[item] * 9,
        more_open=202, kendala=[{"text": text(60), "label": "Terbuka", "level": "Pusat"}] * 5,
        attendance=[[unit(2), "Juni 2018", "Hadir"]] * 5,
    )  # fmt: skip


def report(size: Size) -> dict[str, Any]:
    row = [
        "ID-BB",
        "Kepulauan Bangka Belitung",
        "60.00",
        "51.74",
        "-8.26",
        "50",
        "100.00",
        "9",
        12,
        3,
        1202,
        "kritis",
        "99.9",
        "80",
    ]
    sectors = ["Air minum", "Sanitasi", "Persampahan", "Jalan"]
    matrix = {
        "rows": [[unit(n + 1), "Provinsi Contoh", "Tema", *["1"] * 4, "71.5", "88.10"] for n in range(size.units)],
        "cells": [[["12 keg. −12,50", "1 kritis", "bentrok 12"]] * 4 for _ in range(size.units)],
        "sectors": sectors, "label": "v3", "legend": "Tiap sel: jumlah kegiatan dan deviasi fisik.",
        "clashes": [[unit(n + 1), "waktu", text(30)] for n in range(size.units)], "on_paper": 40,
    }  # fmt: skip
    return paper_samples.paper(
        "Laporan", contoh=False, where="seluruh provinsi", period="2018-06", as_of="2018-08-15",
        basis=[text(20)] * 3, silent=[unit(n + 1) for n in range(9)], index_label="v3", rows=[row] * size.units,
        thresholds="Ambang kritis: deviasi −10,00 poin.", charts=[chart("a"), chart("b")], matrix=matrix,
        conclusions=[text(30)] * 3, advice=[text(30)] * 3,
    )  # fmt: skip


def destruction(size: Size) -> dict[str, Any]:
    one = {
        "kind": "Notula", "title": text(12), "sha256": "0123456789abcdef" * 4, "number": "1202/NOT/Randal/XII/2018",
        "dated_on": "2018-06-25", "class": "UM.02.01",
    }  # fmt: skip
    who = {"name": NAMES[1], "post": unit(2)}
    return paper_samples.paper(
        "Pemusnahan", contoh=False, number="1/BA/2018", dated_on="2018-06-25", papers=[one] * 105, reason=text(60),
        proposed_by=who, approved_by=who, approved_at="2018-06-25T02:00:00Z",
    )  # fmt: skip


# Every template that a paper is drawn from; test_layout.py asks whether one is left out.
PAPERS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "notula": ("minutes/minutes.pdf.html", lambda: minutes(SIZE)),
    "notula-kosong": ("minutes/minutes.pdf.html", lambda: minutes(SIZE, empty=True)),
    "berita-acara": ("minutes/record.pdf.html", lambda: minutes(SIZE, "record")),
    "laporan": ("minutes/report.pdf.html", lambda: minutes(SIZE, "report")),
    "undangan": ("meetings/invitation.pdf.html", lambda: invitation(SIZE)),
    "paket": ("meetings/packet.pdf.html", lambda: packet(SIZE)),
    "daftar-hadir": ("attendance/attendance_list.pdf.html", lambda: attendance_list(SIZE)),
    "daftar-hadir-sesi": ("attendance/attendance_list.pdf.html", lambda: attendance_list(SIZE, 5)),
    "register": ("attendance/register.pdf.html", lambda: register(SIZE)),
    "pelacak": ("follow_ups/tracker.pdf.html", lambda: tracker(SIZE)),
    "telaah": ("follow_ups/insight.pdf.html", lambda: insight(SIZE)),
    "permintaan": ("follow_ups/request.pdf.html", lambda: request(SIZE)),
    "kesepakatan": ("follow_ups/agreement.pdf.html", lambda: request(SIZE)),
    "perubahan": ("changes/changes.pdf.html", lambda: changes(SIZE)),
    "rapor": ("monitoring/card.pdf.html", lambda: card(SIZE)),
    "lembar-pimpinan": ("monitoring/leader.pdf.html", lambda: leader(SIZE)),
    "evaluasi": ("monitoring/report.pdf.html", lambda: report(SIZE)),
    "pemusnahan": ("archive/record.pdf.html", lambda: destruction(SIZE)),
}


def main(target: str, *only: str) -> None:
    import time
    from pathlib import Path

    from jinja2 import Environment, FileSystemLoader

    from randal.documents.rendering import render

    env = Environment(loader=FileSystemLoader("templates"), autoescape=True)
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (template, sample) in PAPERS.items():
        if only and name not in only:
            continue
        began = time.process_time()
        done = render(template, sample(), jinja_env=env, signature_fields=True)
        cpu = time.process_time() - began
        (folder / f"{name}.pdf").write_bytes(done.pdf)
        print(
            f"{name:20} {done.pages:4} halaman {1000 * cpu / done.pages:6.0f} ms CPU per halaman", flush=True
        )


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:])
