"""What a progress report, a unit, a kawasan and a kegiatan ask for; page and API alike."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from randal.core import forms
from randal.evaluation.models import SECTORS, SOURCES

MEASURES = {
    "physical_plan": "Fisik rencana",
    "physical_actual": "Fisik realisasi",
    "financial_plan": "Keuangan rencana",
    "financial_actual": "Keuangan realisasi",
}
MOST = Decimal(999)


class Percent(forms.Decimals):
    """A cumulative percent, 0 to 999 with at most two places. More places are refused, never rounded away."""

    PLAIN = re.compile(r"^[+-]?\d{1,12}([.,]\d+)?$")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Decimal:
        if isinstance(value, str) and not self.PLAIN.match(value.strip().removesuffix("%").strip()):
            raise self.make_error("invalid", input=value)
        found = super()._deserialize(value, attr, data, **kw)
        if found.is_finite() and abs(found) <= MOST:  # what is larger is refused as such
            exact = found.quantize(Decimal("0.01"))
            if exact != found:
                raise ValidationError("Paling banyak dua angka di belakang koma.")
            return exact
        return found


def percent(label: str) -> Percent:
    made = Percent(
        as_string=True,
        allow_nan=False,
        allow_none=True,
        validate=forms.within(Decimal(0), MOST),
        metadata={"label": label, "kind": "decimal", "help": "", "choices": None},
    )
    made.error_messages.update(invalid="Isi dengan angka, misalnya 51,74.", special="Isi dengan angka biasa.")
    return made


class FigureForm(forms.Base):
    """One row of a report: cumulative percents of one activity, or why there are none."""

    activity_id = forms.number_of("Kegiatan")
    physical_plan = percent(MEASURES["physical_plan"])
    physical_actual = percent(MEASURES["physical_actual"])
    financial_plan = percent(MEASURES["financial_plan"])
    financial_actual = percent(MEASURES["financial_actual"])
    reason = forms.prose("Alasan tidak ada angka", required=False, max=1000)


class ReportFields(forms.Base):
    """What may change in a report besides its figures."""

    source = forms.choice("Sumber data", SOURCES, required=False)
    as_of = forms.day("Posisi per tanggal", required=False)
    note = forms.prose(
        "Catatan", required=False, help="Kondisi lapangan dan hal kritis yang perlu dibaca di rapat."
    )


class ReportForm(ReportFields):
    unit_id = forms.number_of("PPK")
    period = forms.month("Periode")


class ReportBody(ReportForm):
    """The body of the API: the form and its rows of figures."""

    figures = fields.List(fields.Nested(FigureForm))


class ReportPatch(ReportFields):
    figures = fields.List(fields.Nested(FigureForm))


class Codes(fields.Field[dict[str, str]]):
    """Codes of other systems: {"emon": "…", "satker": "…"}; at most 20, short texts only."""

    default_error_messages = {"null": "Isi dengan objek berisi kode, misalnya emon: 498765."}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > 20:
            raise self.make_error("null")
        for name, code in value.items():
            if (
                not (isinstance(code, str) and 0 < len(name) <= 40 and 0 < len(code) <= 80)
                or "\x00" in name + code
            ):
                raise ValidationError("Tiap kode berupa teks, paling banyak 80 karakter.")
        return dict(value)

    def _serialize(self, value: Any, attr: Any, obj: Any, **kw: Any) -> dict[str, str]:
        return dict(value or {})


def codes() -> Codes:
    return Codes(metadata={"label": "Kode di sistem lain", "kind": "text", "help": "", "choices": None})


class UnitForm(forms.Base):
    name = forms.text("Nama satuan kerja", max=200)
    code = forms.text("Kode", required=False, max=40)
    province = forms.text(
        "Provinsi", required=False, max=5, kind="choice", help="Kosong untuk satuan kerja di pusat."
    )
    external_ids = codes()


class AreaForm(forms.Base):
    name = forms.text("Nama kawasan", max=200)
    province = forms.text("Provinsi", max=5, kind="choice")
    theme = forms.text("Tema", max=200, help="Misalnya pariwisata, perbatasan, permukiman kumuh.")
    external_ids = codes()


class ActivityForm(forms.Base):
    name = forms.text("Nama kegiatan", max=250)
    unit_id = forms.number_of("PPK")
    area_id = forms.number_of("Kawasan", required=False)
    sector = forms.choice("Sektor", SECTORS)
    budget = forms.decimal("Pagu (rupiah)", max=10**15)
    active = fields.Boolean(
        load_default=True,
        error_messages={"invalid": "Pilih ya atau tidak.", "null": "Pilih ya atau tidak."},
        metadata={
            "label": "Masih berjalan",
            "kind": "flag",
            "help": "Yang tidak berjalan tidak diminta laporannya.",
        },
    )
    external_ids = codes()
