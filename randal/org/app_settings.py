"""Settings of this installation that people change: kop, number patterns, and whether it is a demonstration."""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from randal.database.base import Model, db

DEFAULTS: dict[str, Any] = {
    "demo": False,
    "kop": {
        "ministry": "Kementerian Pekerjaan Umum",
        "unit": "Direktorat Jenderal Cipta Karya",
        "office": "Satuan Kerja Perencanaan dan Pengendalian",
        "address": "Jalan Pattimura Nomor 20, Kebayoran Baru, Jakarta Selatan 12110",
    },
    # {n}: running number of the year, {month}: Roman month, {year}
    "number_minutes": "{n}/NOT/Randal/{month}/{year}",
    "city": "Jakarta",
    # What an evaluator chooses from when he sends a claim back.
    "return_reasons": [
        "Foto belum memperlihatkan papan nama kegiatan dan lokasinya.",
        "Foto sebelum, selama, dan sesudah pekerjaan belum lengkap.",
        "Berita acara belum ditandatangani kedua pihak.",
        "Dokumen tidak terbaca: pindai ulang seluruh halamannya.",
        "Bukti belum menunjukkan keluaran yang diharapkan.",
        "Tanggal bukti mendahului penugasan tindak lanjut ini.",
    ],
    # Said beside the kind of a signature on the verification page. What the law is, a person watches, not a programme.
    "law_of_signatures": (
        "Kedudukan tanda tangan elektronik diatur dalam Undang-Undang Nomor 11 Tahun 2008 tentang Informasi dan "
        "Transaksi Elektronik sebagaimana terakhir diubah dengan Undang-Undang Nomor 1 Tahun 2024, dan Peraturan "
        "Pemerintah Nomor 71 Tahun 2019."
    ),
    # What the last backup said of itself (last_backup.py).
    "last_backup": {},
    # What people changed of the kinds of kendala, by class (randal/models/kendala_categories.py).
    "kendala_categories": {},
    # What a privacy notice says of this installation; an empty contact: the office of the kop, at its address.
    "privacy": {
        "keeps": "Selama masa simpan arsip rapat menurut jadwal retensi arsip instansi.",
        "contact": "",
    },
}


class Setting(Model):
    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Counter(Model):
    """The last number given, per kind and year; locked while the next is taken."""

    __tablename__ = "counters"
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def setting(name: str) -> Any:
    """The value in force; KeyError for a name nobody declared."""
    row = db.session.get(Setting, name)
    return DEFAULTS[name] if row is None else row.value


def change(name: str, value: Any) -> None:
    if name not in DEFAULTS:
        raise KeyError(name)
    row = db.session.get(Setting, name)
    if row:
        row.value = value
    else:
        db.session.add(Setting(name=name, value=value))
    db.session.flush()


def privacy_facts() -> dict[str, str]:
    """Who keeps what people give on public pages, for how long, and whom to ask: `keeper`, `keeps`, `contact`."""
    kop, said = setting("kop"), setting("privacy")
    return {
        "keeper": f"{kop['office']}, {kop['unit']}, {kop['ministry']}",
        "keeps": said["keeps"],
        "contact": said["contact"] or f"Sekretariat {kop['office']}, {kop['address']}",
    }


def is_demo() -> bool:
    if "demo" not in g:
        g.demo = bool(setting("demo"))
    return g.demo


def next_number(kind: str, year: int) -> int:
    """The next running number of this kind in this year; numbers are never given twice."""
    row = db.session.get(Counter, (kind, year), with_for_update=True)
    if row is None:
        row = Counter(kind=kind, year=year, last=0)
        db.session.add(row)
    row.last += 1
    db.session.flush()
    return row.last


def public_url(path: str = "") -> str:
    """The address by which people reach this installation, for links that leave it."""
    return current_app.config["RANDAL"].public_url + path
