"""Papers to print in tests: every name, number and figure in them is made up ("Contoh …")."""

import base64
import json
from pathlib import Path
from typing import Any

import segno

UNITS = [
    "Kepulauan Riau",
    "Kepulauan Bangka Belitung",
    "Bengkulu",
    "Jawa Tengah",
    "Jawa Timur",
    "D.I. Yogyakarta",
    "Kalimantan Barat",
    "Kalimantan Timur",
    "Kalimantan Utara",
    "Kalimantan Selatan",
    "Sulawesi Tengah",
    "Sulawesi Utara",
    "Nusa Tenggara Barat",
    "Maluku",
]
LONG = (
    "Penyusunan dokumen perencanaan kawasan belum selaras dengan jadwal penyerahan lahan oleh pemerintah daerah sehingga "
    "pelaksanaan fisik tertunda dan perlu penyesuaian rencana kerja bersama dinas teknis di kabupaten/kota. "
)


def units(count: int) -> list[str]:
    return [f"PPK {UNITS[n % 14]}" + (f" {n // 14 + 1}" if n >= 14 else "") for n in range(count)]


def drawn() -> str:
    """A picture in the place of a drawn signature."""
    import io

    stream = io.BytesIO()
    segno.make("contoh", micro=False).save(stream, kind="png", border=0, scale=2)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def paper(title: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "created_at": "2018-06-26T03:00:00Z",
        "timezone": "Asia/Jakarta",
        "contoh": True,
        "draft": False,
        "kop": {
            "lines": [
                "Kementerian Pekerjaan Umum dan Perumahan Rakyat",
                "Direktorat Jenderal Cipta Karya",
                "Satuan Kerja Perencanaan dan Pengendalian Program Infrastruktur Permukiman",
            ],
            "address": [
                "Jalan Contoh Nomor 1, Kota Contoh 00000",
                "Telepon (000) 000000, Faksimile (000) 000000",
            ],
            "logo": "",
        },
        "verification": {
            "code": "K7QM-4XPA-92TD",
            "url": "https://randal.contoh.example/verifikasi/K7QM-4XPA-92TD",
        },
        **more,
    }


def person(name: str, post: str = "") -> dict[str, str]:
    return {"name": f"Contoh {name}", "post": post}


def meeting(agenda: int = 4) -> dict[str, Any]:
    titles = [
        "Pembahasan tindak lanjut rapat sebelumnya",
        "Paparan progres keterpaduan per provinsi",
        "Pembahasan kendala dan solusi",
        "Rencana tindak lanjut",
    ]
    return {
        "title": "Rapat Koordinasi Pemantauan Pelaksanaan Keterpaduan Infrastruktur Permukiman Tahun 2018",
        "starts_at": "2018-06-25T02:00:00Z",
        "ends_at": "2018-06-25T08:30:00Z",
        "timezone": "Asia/Jakarta",
        "place": "Ruang Rapat Contoh, Pangkal Pinang",
        "link": "",
        "letter_number": "UM 0201-Dc/CONTOH",
        "agenda": [
            {"title": titles[n % 4], "outcome": "Dibahas" if n != 3 else "Ditunda", "note": ""}
            for n in range(agenda)
        ],
        "chair": person("Pimpinan Rapat", "Direktur Keterpaduan Infrastruktur Permukiman"),
        "minute_taker": person("Notulis", "Staf Subdirektorat Pemantauan dan Evaluasi"),
        "moderator": None,
    }


def signer(order: int, role: str, name: str, *post_lines: str) -> dict[str, Any]:
    return {
        "field": f"tte-{order}",
        "role": role,
        "post_lines": list(post_lines),
        "name": f"Contoh {name}",
        "rank": "",
        "nip": "00000000 000000 0 000",
    }


def attendance_row(number: int, unit: str, *, long: bool = False) -> dict[str, Any]:
    state, label = (
        ("absent", "Tidak hadir")
        if number % 13 == 12
        else (("excused", "Izin") if number % 7 == 6 else ("present", "Hadir"))
    )
    came = state == "present"
    return {
        "name": f"Contoh Peserta {number + 1}"
        + (" dengan Nama Panjang Sekali dan Gelar, S.T., M.T." if long and number % 5 == 0 else ""),
        "post": "Pejabat Pembuat Komitmen" if number % 4 else "Staf PPK",
        "institution": unit,
        "on_behalf_of": "" if number % 4 else f"Pejabat Pembuat Komitmen {unit}",
        "state": state,
        "label": label,
        "arrived_at": "2018-06-25T01:50:00Z" if came else "",
        "signature": drawn() if came and number % 2 else "",
        "note": "" if came else "Tugas di lapangan",
    }


def attendance_list(count: int = 14, guests: int = 2, sessions: int = 0) -> dict[str, Any]:
    def marked(row: dict[str, Any], number: int) -> dict[str, Any]:
        came = row["state"] == "present"
        late = came and number % 5 == 3
        here = [
            {
                "present": came and (n + number) % 4 > 0,
                "from": f"2018-06-25T0{n % 9}:{number % 6}2:00Z",
                "to": "",
            }
            for n in range(sessions)
        ]
        return row | {"late": late, "marks": here, "note": "terlambat 12 menit" if late else row["note"]}

    rows = [marked(attendance_row(n, unit, long=True), n) for n, unit in enumerate(units(count))]
    return paper(
        "Daftar Hadir Rapat Koordinasi",
        meeting=meeting(),
        sessions=[
            {
                "title": f"Contoh Sesi {n + 1}",
                "starts_at": f"2018-06-25T0{n % 9}:00:00Z",
                "ends_at": f"2018-06-25T0{n % 9}:50:00Z",
            }
            for n in range(sessions)
        ],
        rows=rows,
        guests=[marked(attendance_row(n, "Dinas Pekerjaan Umum Contoh"), n) for n in range(guests)],
        totals={"sessions": [count] * sessions},
        summary=f"Diundang {count}: hadir {count} (3 diwakili, 2 terlambat); tamu {guests}. Kuorum 50%: tercapai.",
    )


def invitation(addressees: int = 14, **more: Any) -> dict[str, Any]:
    return paper(
        "Undangan Rapat Koordinasi",
        **{
            "number": "UM 0201-Dc/CONTOH",
            "city": "Jakarta",
            "dated_on": "2018-06-18",
            "date_at": "right",
            "nature": "Segera",
            "attachment": "",
            "subject": "Undangan Rapat Koordinasi Pemantauan Pelaksanaan Keterpaduan Infrastruktur Permukiman Tahun 2018",
            "replaces": "",
            "addressees": [f"Pejabat {unit}" for unit in units(addressees)],
            "destination": "Tempat",
            "opening": "Dalam rangka meningkatkan koordinasi keterpaduan pembangunan infrastruktur permukiman skala kawasan "
            "Tahun Anggaran 2018, bersama ini kami mengundang Saudara untuk hadir pada rapat yang diselenggarakan pada:",
            "meeting": meeting(),
            "dress": "Batik lengan panjang",
            "closing": "Mengingat pentingnya acara tersebut, Saudara diharapkan hadir tepat waktu dan membawa laporan.\n\n"
            "Atas perhatian dan kehadiran Saudara, kami ucapkan terima kasih.",
            "signatory": signer(1, "", "Pimpinan Rapat", "a.n. Direktur Jenderal Contoh", "Direktur Contoh"),
            "cc": ["Direktur Jenderal Contoh", "Sekretaris Direktorat Jenderal Contoh"],
            "notes": ["Mohon mengonfirmasi kehadiran melalui aplikasi Randal."],
            **more,
        },
    )


def minutes(count: int = 14, *, long: bool = False, empty: bool = False) -> dict[str, Any]:
    names = [] if empty else units(count)
    extra = LONG * 3 if long else ""
    words = "<p>Rapat dibuka oleh <b>Contoh Pimpinan Rapat</b> dan dihadiri para PPK provinsi.</p>" + (
        f"<ol><li>{LONG}</li><li>{LONG}</li></ol><p>{LONG * 6}</p>" if long else ""
    )
    parts = [
        ("opening", "Pembukaan", words, []),
        ("agenda", "Acara", "", ["agenda"]),
        ("objectives", "Sasaran dan keluaran", "", ["objectives"]),
        ("progress", "Progres per unit", "<p>Posisi per 31 Mei 2018.</p>", ["progress"]),
        ("findings", "Temuan monev", "", ["findings"]),
        ("kendala", "Kendala dan solusi", "", ["kendala"]),
        ("directives", "Arahan", "", ["directives"]),
        ("decisions", "Keputusan", "", ["decisions"]),
        ("follow_ups", "Rencana tindak lanjut", "", ["follow_ups"]),
        ("closing", "Penutup", "<p>Rapat ditutup pukul 15.30 WIB.</p>", []),
        ("attendance", "Kehadiran", "", ["attendance"]),
    ]
    return paper(
        "Notula Rapat Koordinasi",
        **{
            "number": "12/NOT/CONTOH/2018",
            "version": 1,
            "amends": "",
            "city": "Pangkal Pinang",
            "dated_on": "2018-06-26",
            "meeting": meeting(0 if empty else 4),
            "sections": [
                {"key": key, "title": title, "html": "" if empty else html, "facts": facts}
                for key, title, html, facts in parts
            ],
            "objectives": []
            if empty
            else [
                {
                    "kind": "sasaran",
                    "text": "Teridentifikasinya progres pelaksanaan kegiatan keterpaduan",
                    "assessment": "Tercapai",
                    "note": "",
                },
                {
                    "kind": "sasaran",
                    "text": "Ditemukannya solusi dari kendala dan permasalahan",
                    "assessment": "Tercapai sebagian",
                    "note": "Dua kendala dibawa ke rapat berikutnya.",
                },
                {
                    "kind": "keluaran",
                    "text": "Satu metrik kegiatan",
                    "assessment": "Tidak tercapai",
                    "note": "",
                },
            ],
            "attendance": [attendance_row(n, unit) for n, unit in enumerate(names)],
            "guests": [] if empty else [attendance_row(1, "Dinas Pekerjaan Umum Contoh")],
            "progress": [
                {
                    "unit": unit,
                    "label": "Tidak melapor" if n % 9 == 8 else "Tervalidasi",
                    "physical_plan": "" if n % 9 == 8 else "54.50",
                    "physical_actual": "" if n % 9 == 8 else f"{48 + n % 12}.74",
                    "financial_plan": "" if n % 9 == 8 else "50.00",
                    "financial_actual": "" if n % 9 == 8 else f"{42 + n % 12}.10",
                    "as_of": "" if n % 9 == 8 else "2018-05-31",
                    "source": "" if n % 9 == 8 else "e-Monitoring",
                }
                for n, unit in enumerate(names)
            ],
            "findings": [
                {
                    "unit": unit,
                    "text": "Progres fisik di bawah rencana pada dua paket. " + extra,
                    "severity": "Sedang",
                    "response": "Percepatan disepakati dengan penyedia. " + extra,
                    "label": "Disepakati",
                }
                for unit in names[:4]
            ],
            "kendala": [
                {
                    "unit": unit,
                    "text": "Lahan belum diserahkan. " + extra,
                    "category": "Lahan",
                    "severity": "Tinggi",
                    "cause": "Sertifikat dalam proses.",
                    "solution": "Surat bersama kepada pemerintah daerah. " + extra,
                    "label": "Solusi disepakati",
                }
                for unit in names[:5]
            ],
            "directives": []
            if empty
            else [
                {
                    "speaker": "Contoh Pimpinan Rapat",
                    "text": "Keterpaduan kawasan diutamakan daripada pendekatan sektoral.",
                },
                {
                    "speaker": "Contoh Pimpinan Rapat",
                    "text": "PPK meyakinkan pemerintah daerah merencanakan pemeliharaan.",
                },
            ],
            "decisions": []
            if empty
            else [
                "Seluruh PPK memakai satu metrik kegiatan.",
                "Laporan berikutnya disampaikan per triwulan.",
            ],
            "follow_ups": [
                {
                    "text": "Menyampaikan bukti penyerahan lahan. " + extra,
                    "expected_output": "Berita acara serah terima",
                    "responsible": unit,
                    "due_on": "2018-07-31",
                    "priority": "Tinggi",
                    "label": "Belum mulai",
                }
                for unit in names
            ],
            "signers": [
                signer(1, "Notulis", "Notulis", "Staf Subdirektorat Pemantauan dan Evaluasi"),
                signer(
                    2,
                    "Pimpinan Rapat",
                    "Pimpinan Rapat",
                    "Plt. Direktur Keterpaduan",
                    "Infrastruktur Permukiman",
                ),
            ],
            "attachments": ["minutes.json (isi notula)", "tindak-lanjut.xlsx (tabel tindak lanjut)"],
        },
    )


def tracker(count: int = 14, each: int = 2) -> dict[str, Any]:
    return paper(
        "Pelacak Tindak Lanjut",
        **{
            "as_of": "2018-08-15",
            "filters": [],
            "groups": [
                {
                    "unit": unit,
                    "province": unit.removeprefix("PPK "),
                    "rows": [
                        {
                            "number": f"RTL-{n * each + k + 1}",
                            "text": "Menyampaikan bukti penyerahan lahan" + (" " + LONG if n == 2 else ""),
                            "meeting": "Rapat Koordinasi, 25 Juni 2018",
                            "origin": "Kendala K-3" if k else "",
                            "expected_output": "Berita acara serah terima",
                            "responsible": "Contoh PPK",
                            "waits_for": "Kepala, Dinas PU Contoh" if k else "",
                            "waits_office": "Dinas PU Contoh" if k else "",
                            "waits_post": "Kepala" if k else "",
                            "due_on": "2018-07-31",
                            "priority": "Tinggi",
                            "state": "in_progress" if k else "verified",
                            "label": "Berjalan" if k else "Selesai, terverifikasi",
                            "progress": "Surat telah dikirim." if k else "",
                            "days_late": [15, -3, 0, None][n % 4] if k else None,
                        }
                        for k in range(each)
                    ],
                }
                for n, unit in enumerate(units(count))
            ],
        },
    )


if __name__ == "__main__":  # python tests/core/paper_samples.py DIR: print every sample, to look at them
    import sys

    from jinja2 import Environment, FileSystemLoader

    from randal.documents.rendering import Attachment, render

    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    env = Environment(loader=FileSystemLoader("templates"), autoescape=True)
    for name, template, sample in [
        ("minutes", "minutes/minutes.pdf.html", minutes()),
        ("minutes-long", "minutes/minutes.pdf.html", minutes(34, long=True)),
        ("minutes-empty", "minutes/minutes.pdf.html", minutes(empty=True)),
        ("invitation", "meetings/invitation.pdf.html", invitation()),
        (
            "invitation-short",
            "meetings/invitation.pdf.html",
            invitation(3, number="", dated_on="", draft=True),
        ),
        ("attendance", "attendance/attendance_list.pdf.html", attendance_list()),
        ("attendance-sessions", "attendance/attendance_list.pdf.html", attendance_list(34, 5, 8)),
        ("attendance-500", "attendance/attendance_list.pdf.html", attendance_list(500)),
        ("tracker", "follow_ups/tracker.pdf.html", tracker()),
        ("tracker-empty", "follow_ups/tracker.pdf.html", tracker(0)),
    ]:
        done = render(
            template,
            sample,
            jinja_env=env,
            signature_fields=name.startswith(("minutes", "invitation")),
            attachments=[Attachment("minutes.json", json.dumps(sample).encode(), "isi")],
        )
        (target / f"{name}.pdf").write_bytes(done.pdf)
        print(name, done.pages, len(done.pdf), done.versions)
