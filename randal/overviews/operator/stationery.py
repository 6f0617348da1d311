"""Tata surat: how the papers of each unit look and are numbered, from when to when; with a preview of the real PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select

from randal.database.base import db, will_write
from randal.documents import letterhead
from randal.documents.letterhead import DATE_AT, ORDERS, Stationery
from randal.documents.paper_parts import heading, instant, iso
from randal.documents.pipeline import pdf
from randal.l10n.clock import DEFAULT_ZONE, local_date
from randal.org.places import Unit
from randal.overviews.operator.blueprint import ALSO, bp
from randal.schemas import forms
from randal.web.downloads import PDF, given
from randal.web.pages import actor, now
from workflows.lifecycle import SECRETARIAT, Refused

ALSO["operator.stationery"] = (SECRETARIAT,)


def number_pattern(label: str, help: str) -> forms.fields.String:
    def fillable(value: str) -> None:
        if sentence := letterhead.wrong_pattern(value):
            raise ValidationError(sentence)

    made = forms.text(label, max=60, help=help)
    made.validators.append(fillable)
    return made


class StationeryForm(forms.Base):
    unit_id = forms.number_of(
        "Satuan kerja",
        required=False,
        help="Kosongkan bila berlaku untuk semua yang tidak punya tata surat sendiri.",
    )
    valid_from = forms.day("Berlaku sejak")
    valid_to = forms.day("Berlaku sampai", required=False, help="Kosongkan bila masih berlaku.")
    ministry = forms.text("Kop: kementerian", max=200)
    directorate = forms.text("Kop: unit organisasi", required=False, max=200)
    office = forms.text("Kop: satuan kerja", max=200)
    address = forms.prose(
        "Kop: alamat", required=False, max=600, help="Jalan, telepon, surel; satu per baris."
    )
    city = forms.text("Kota pada tanggal surat", max=80)
    date_at = forms.choice("Letak tanggal", DATE_AT)
    nature = forms.text(
        "Sifat, bila tidak ditulis lain", max=40, help="Misalnya Biasa, Segera, Sangat segera."
    )
    invitation_pattern = number_pattern(
        "Pola nomor surat undangan",
        help="{n} nomor urut yang mulai lagi tiap tahun, {month} bulan Romawi, {year} tahun. Misalnya UM 0201-Dc/{n}",
    )
    minutes_pattern = number_pattern(
        "Pola nomor notula", help="Seperti di atas, dengan hitungan sendiri. Misalnya {n}/NOT/{month}/{year}"
    )
    record_pattern = number_pattern(
        "Pola nomor berita acara rapat", help="Dengan hitungan sendiri. Misalnya {n}/BA/{month}/{year}"
    )
    note_pattern = number_pattern(
        "Pola nomor nota dinas",
        help="Pengantar laporan rapat, dengan hitungan sendiri. Misalnya {n}/ND/{year}",
    )
    signature_order = forms.choice("Baris di bawah tanda tangan", ORDERS)
    opening = forms.prose(
        "Kalimat pembuka",
        required=False,
        max=2000,
        help="Sesudah maksud rapat. Kosongkan untuk kalimat yang lazim.",
    )
    closing = forms.prose(
        "Kalimat penutup", required=False, max=2000, help="Kosongkan untuk kalimat yang lazim."
    )


@bp.route("/operator/tata-surat", methods=["GET", "POST"], endpoint="stationery")
def listed() -> ResponseReturnValue:
    errors: Mapping[str, list[str]] = {}
    if request.method == "POST":
        try:
            return save(Stationery(), "Tata surat ditambahkan.")
        except Refused as refused:
            errors = field_errors(refused)
    today = local_date(now(), DEFAULT_ZONE)
    usual: dict[str, Any] = asdict(letterhead.usual(today)) | {"valid_from": today}
    form = forms.Form(StationeryForm, request.form if errors else usual, errors, choices=units())
    rows = select(Stationery).order_by(Stationery.unit_id, Stationery.valid_from.desc())
    page = render_template(
        "operator/stationery.html",
        form=form,
        rows=list(db.session.scalars(rows)),
        today=today,
        usual=letterhead.usual(today),
        validity=letterhead.validity,
    )
    return page, 422 if errors else 200


@bp.route("/operator/tata-surat/<int:id>", methods=["GET", "POST"])
def stationery_change(id: int) -> ResponseReturnValue:
    if request.method == "POST":
        will_write()
    row = found(id)
    errors: Mapping[str, list[str]] = {}
    if request.method == "POST":
        try:
            return save(row, "Tata surat disimpan. Surat yang sudah terbit tidak berubah.")
        except Refused as refused:
            errors = field_errors(refused)
            row = found(id)
    form = forms.Form(StationeryForm, request.form if errors else row, errors, choices=units())
    page = render_template(
        "operator/stationery_change.html", form=form, row=row, validity=letterhead.validity
    )
    return page, 422 if errors else 200


@bp.get("/operator/tata-surat/<int:id>/contoh.pdf")
def stationery_preview(id: int) -> ResponseReturnValue:
    """A letter that was never sent, dressed so, dated at the first day of this dress."""
    row = found(id)
    paper = example(row)
    db.session.rollback()
    return given(pdf("meetings/invitation.pdf.html")(paper).data, PDF, "contoh-surat.pdf", inline=True)


def found(id: int) -> Stationery:
    row = db.session.get(Stationery, id)
    if row is None:
        abort(404)
    return row


def field_errors(refused: Refused) -> Mapping[str, list[str]]:
    db.session.rollback()
    if refused.kind != "field":
        raise refused
    return refused.errors


def save(row: Stationery, sentence: str) -> ResponseReturnValue:
    letterhead.keep(row, forms.load(StationeryForm, request.form), actor().id, now())
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for("operator.stationery_change", id=row.id), 303)


def units() -> dict[str, dict[Any, str]]:
    query = select(Unit.id, Unit.name).order_by(Unit.province_id.is_not(None), Unit.name)
    return {"unit_id": dict(db.session.execute(query).all())}


def example(row: Stationery) -> dict[str, Any]:
    day: date = row.valid_from
    at = now()
    return heading("Contoh surat undangan", at, DEFAULT_ZONE, draft=True, unit_id=row.unit_id, day=day) | {
        "number": letterhead.filled(row.invitation_pattern, 1, day),
        "city": row.city,
        "dated_on": iso(day),
        "date_at": row.date_at,
        "nature": row.nature,
        "attachment": "",
        "subject": "Undangan Rapat Contoh",
        "replaces": "",
        "addressees": ["Contoh Kepala Satuan Kerja", "Contoh Pejabat Pembuat Komitmen"],
        "destination": "Tempat",
        "opening": row.opening or "Dengan hormat kami mengundang Saudara untuk hadir pada:",
        "meeting": {
            "title": "Rapat Contoh",
            "starts_at": instant(at),
            "ends_at": "",
            "timezone": DEFAULT_ZONE,
            "place": "Ruang rapat contoh",
            "link": "",
            "letter_number": "",
            "agenda": [],
            "chair": None,
            "minute_taker": None,
            "moderator": None,
        },
        "dress": "",
        "closing": row.closing or "Atas perhatian dan kehadiran Saudara, kami ucapkan terima kasih.",
        "signatory": {
            "field": "tte-1",
            "role": "",
            "post_lines": ["Contoh Kepala Satuan Kerja"],
            "name": "Contoh Nama Pejabat",
            "rank": "Contoh pangkat",
            "nip": "000000000000000000",
            "order": row.signature_order,
        },
        "cc": ["Contoh Direktur"],
        "notes": [],
    }
