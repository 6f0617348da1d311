"""What the demonstration tells beyond the source: all of it example data, every actor fictitious.

The 14 units, the objectives and expected outputs come from `rakor_2018.json`. Days are story days.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

SOURCE: dict[str, Any] = json.loads((Path(__file__).parent / "rakor_2018.json").read_text())
PERIOD = "2018-06"
CENTRE = "Satuan Kerja Perencanaan dan Pengendalian Program Infrastruktur Permukiman"

# (mail box, name, role, post)
PEOPLE = (
    ("admin", "Contoh Admin", "admin", "Admin Sistem"),
    ("sekretariat", "Contoh Sekretariat", "secretariat", "Sekretariat Randal"),
    ("sekretariat2", "Contoh Sekretariat Kedua", "secretariat", "Sekretariat Randal"),
    ("notulis", "Contoh Notulis", "none", "Notulis"),
    ("pimpinan", "Contoh Pimpinan Rapat", "leader", "Kepala Satuan Kerja (contoh)"),
    ("evaluator", "Contoh Evaluator", "evaluator", "Tim Pemantauan dan Evaluasi"),
    ("evaluator2", "Contoh Evaluator Kedua", "evaluator", "Tim Pemantauan dan Evaluasi"),
    ("auditor", "Contoh Pemeriksa", "auditor", "Pemeriksa"),
)

# ISO codes in the order of the story
UNITS = (
    "ID-KR", "ID-BB", "ID-BE", "ID-JT", "ID-JI", "ID-YO", "ID-KB",
    "ID-KI", "ID-KU", "ID-KS", "ID-ST", "ID-SA", "ID-NB", "ID-MA",
)  # fmt: skip

THEMES = (
    "Permukiman pesisir", "Kawasan wisata", "Penataan kawasan kumuh", "Permukiman tepi sungai", "Kawasan perbatasan",
)  # fmt: skip
ACTIVITIES = (
    ("Contoh pembangunan jaringan air minum kawasan", "AM", "4250000000"),
    ("Contoh pembangunan drainase dan TPS 3R kawasan", "PLP", "3100000000"),
    ("Contoh penataan bangunan dan lingkungan kawasan", "BPB", "2650000000"),
    ("Contoh peningkatan kualitas permukiman kawasan", "PKP", "3800000000"),
)

SILENT = ("ID-KU", "ID-MA")  # hand in no report: "Tidak melapor"
RETURNED = ("ID-BE",)  # report returned once, then handed in again
REPRESENTED = {"ID-KI": ("Contoh Wakil PPK Kalimantan Timur", "Staf PPK")}
DECLINED = {"ID-ST": "Bertugas mendampingi peninjauan lapangan pada hari yang sama."}
PHOTOS = [  # drawn and marked CONTOH
    ("pembukaan-rapat", "Pembukaan rapat oleh pimpinan (gambar contoh)"),
    ("peserta-rapat", "Peserta dari 14 PPK (gambar contoh)"),
]
GUESTS = (("Contoh Tamu Bappeda", "Kepala Bidang (contoh)", "Bappeda Provinsi (contoh)"),)

AGENDA = (
    ("Pembukaan dan arahan", 30, "Arahan disampaikan kepada seluruh PPK."),
    (
        "Paparan kebijakan keterpaduan infrastruktur permukiman skala kawasan",
        45,
        "Kebijakan dipaparkan dan dibahas.",
    ),
    ("Laporan kemajuan setiap PPK", 75, "Dua belas PPK melaporkan angka; dua belum."),
    ("Temuan, kendala, dan solusi", 45, "Temuan dan kendala dicatat beserta solusinya."),
    ("Rencana tindak lanjut", 30, "Rencana tindak lanjut disepakati."),
)
DIRECTIVES = (
    "Pendekatan sektoral ditinggalkan dahulu; keterpaduan kawasan diutamakan.",
    "Setiap kegiatan harus dirasakan manfaatnya oleh masyarakat.",
    "Pemerintah Daerah diyakinkan untuk merencanakan pembangunan dan pemeliharaannya.",
)
DECISIONS = (
    "Seluruh PPK memakai satu metrik kegiatan mulai laporan bulan berikutnya.",
    "Setiap kawasan memakai satu tema kegiatan.",
)

# (unit, severity, text, answer of the PPK)
FINDINGS = (
    (
        "ID-BE",
        "high",
        "Realisasi fisik penataan kawasan tertinggal lebih dari sepuluh poin dari rencana.",
        "Tenaga kerja dan jam kerja ditambah sejak pekan lalu.",
    ),
    (
        "ID-JT",
        "medium",
        "Jaringan air minum selesai, sambungan rumah belum dipasang.",
        "Pemasangan sambungan rumah dijadwalkan bersama Pemda.",
    ),
    (
        "ID-KB",
        "high",
        "Drainase kawasan belum tersambung ke saluran kota.",
        "Gambar penyambungan sedang disiapkan.",
    ),
    ("ID-NB", "low", "Papan informasi kegiatan belum memuat tema kawasan.", "Papan informasi diganti."),
    ("ID-SA", "medium", "Data progres di lapangan berbeda dengan data satker.", ""),
)
# (unit, category, severity, text, cause, solution)
KENDALA = (
    (
        "ID-KR",
        "LHN",
        "high",
        "Lahan TPS 3R belum siap.",
        "Sertifikat lahan belum terbit.",
        "Pemda mempercepat sertifikat; PPK menyiapkan lokasi cadangan.",
    ),
    (
        "ID-KS",
        "PGD",
        "medium",
        "Satu paket harus dilelang ulang.",
        "Peserta tidak memenuhi syarat.",
        "Dokumen lelang diperbaiki dan diumumkan kembali.",
    ),
    (
        "ID-JI",
        "PEM",
        "medium",
        "Lembaga pengelola belum ditunjuk Pemda.",
        "Surat keputusan belum ditandatangani.",
        "Rapat kecil dengan Bappeda dan dinas terkait.",
    ),
    (
        "ID-MA",
        "CUA",
        "critical",
        "Pengiriman material tertunda cuaca laut.",
        "Gelombang tinggi sejak awal Juni.",
        "",
    ),
)
FOR_ALL = (
    "Menyampaikan jadwal keterpaduan antarsektor setiap kawasan kepada Sekretariat",
    "Jadwal keterpaduan yang disepakati seluruh sektor",
    "2018-07-31",
)
# (unit, text, expected output, due, priority, finding number or None, kendala number or None, how it ends)
FOLLOW_UPS = (
    (
        "ID-BE",
        "Menambah tenaga dan jam kerja penataan kawasan",
        "Deviasi fisik kurang dari lima poin",
        "2018-08-15",
        "high",
        0,
        None,
        "verified",
    ),
    (
        "ID-JT",
        "Memasang sambungan rumah bersama Pemda",
        "500 sambungan rumah berfungsi",
        "2018-09-28",
        "medium",
        1,
        None,
        "verified",
    ),
    (
        "ID-KB",
        "Menyambungkan drainase kawasan ke saluran kota",
        "Berita acara penyambungan",
        "2018-08-31",
        "high",
        2,
        None,
        "late",
    ),
    (
        "ID-KR",
        "Menyiapkan lahan cadangan TPS 3R",
        "Surat kesediaan lahan dari Pemda",
        "2018-07-20",
        "high",
        None,
        0,
        "infeasible",
    ),
    (
        "ID-KS",
        "Mengumumkan kembali lelang paket yang gagal",
        "Kontrak ditandatangani",
        "2018-08-10",
        "medium",
        None,
        1,
        "verified",
    ),
)
# made after the minutes, in the days before the demonstration is loaded: (unit, text, output, days from now, how far)
RECENT = (
    (
        "ID-BB",
        "Menyusun rencana pemeliharaan tahunan kawasan bersama Pemda",
        "Rencana pemeliharaan yang ditandatangani Pemda",
        5,
        "assigned",
    ),
    (
        "ID-JI",
        "Mendampingi penunjukan lembaga pengelola",
        "Surat keputusan lembaga pengelola",
        -12,
        "in_progress",
    ),
    (
        "ID-YO",
        "Menyerahkan laporan manfaat kawasan",
        "Laporan manfaat dengan foto sebelum dan sesudah",
        3,
        "submitted",
    ),
    ("ID-NB", "Memperbarui papan informasi kegiatan", "Foto papan informasi terpasang", -3, "returned"),
    (
        "ID-MA",
        "Menjadwal ulang pengiriman material",
        "Jadwal pengiriman yang disetujui penyedia",
        20,
        "extension",
    ),
    (
        "ID-KI",
        "Menyelesaikan serah terima aset jaringan air minum",
        "Berita acara serah terima",
        14,
        "infeasible_proposed",
    ),
    ("ID-BB", "Mengunggah foto udara kawasan", "Tiga foto udara", 10, "in_progress"),
)


def at(day: str, time: str = "02:00") -> datetime:
    """A story instant in UTC (02:00 UTC is 09.00 WIB)."""
    return datetime.fromisoformat(f"{day}T{time}:00+00:00")


def source_note() -> str:
    """The quoted, sourced box: the only place where the two real names stand."""
    told = SOURCE["meeting"], SOURCE["leader"], SOURCE["presenter"], SOURCE["source"]
    meeting, leader, presenter, source = told
    return (
        f"Menurut berita {source['byline_tag']} ({source['also_seen_at']}): {meeting['title_as_named_by_presenter']} diadakan "
        f"di {meeting['city']}, {meeting['province']}, pada Senin, 25 Juni 2018, bersama {leader['position']} "
        f"{leader['name']}; sasaran rapat dipaparkan oleh {presenter['position']} {presenter['name']}; "
        "pesertanya 14 PPK provinsi. "
        "Waktu, angka, temuan, kendala, dan tindak lanjut di halaman ini adalah data contoh, dan semua yang bertindak di sini "
        "adalah orang rekaan."
    )
