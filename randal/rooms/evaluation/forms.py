"""What a progress report, a unit, a kawasan and a kegiatan ask for; page and API alike."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from randal.models.progress import SECTORS, SOURCES, STAGES
from randal.models.thresholds import MEANINGS
from randal.schemas import forms

MEASURES = {
    "physical_plan": "Fisik rencana",
    "physical_actual": "Fisik realisasi",
    "financial_plan": "Keuangan rencana",
    "financial_actual": "Keuangan realisasi",
}
FORECASTS = {
    "physical_forecast": "Prognosis fisik akhir tahun",
    "financial_forecast": "Prognosis keuangan akhir tahun",
}
TEXTS = ("reason", "explanation")  # never null: "" when nothing is said
MOST = Decimal(999)


def percent(label: str) -> forms.Decimals:
    """A cumulative percent, 0 to 999 with at most two places."""
    return forms.decimal(label, required=False, max=MOST)


class FigureForm(forms.Base):
    """One row of a report: cumulative percents of one activity, or why there are none."""

    activity_id = forms.number_of("Kegiatan")
    physical_plan = percent(MEASURES["physical_plan"])
    physical_actual = percent(MEASURES["physical_actual"])
    financial_plan = percent(MEASURES["financial_plan"])
    financial_actual = percent(MEASURES["financial_actual"])
    physical_forecast = percent(FORECASTS["physical_forecast"])
    financial_forecast = percent(FORECASTS["financial_forecast"])
    source = forms.choice("Sumber angka ini", SOURCES, required=False)
    as_of = forms.day("Posisi angka ini", required=False)
    reason = forms.prose("Alasan tidak ada angka", required=False, max=1000)
    explanation = forms.prose("Penjelasan", required=False, max=1000)


class ReportFields(forms.Base):
    """What may change in a report besides its figures."""

    source = forms.choice("Sumber data", SOURCES, required=False)
    as_of = forms.day("Posisi per tanggal", required=False)
    note = forms.prose("Kondisi lapangan", required=False, help="Bagaimana keadaannya di lapangan.")
    critical = forms.prose(
        "Hal kritis", required=False, help="Yang dapat menggagalkan target bila dibiarkan."
    )
    help_wanted = forms.prose("Bantuan yang diminta", required=False, help="Apa, dari siapa, dan kapan.")


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


class Names(fields.Field[list[str]]):
    """A list of names; in a box of a page they stand behind each other, with commas."""

    default_error_messages = {
        "invalid": "Isi dengan daftar nama, paling banyak 40, masing-masing paling banyak 80 karakter."
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> list[str]:
        several = re.split(r"[,;\n]", value) if isinstance(value, str) else value
        if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
            raise self.make_error("invalid")
        names = list(
            dict.fromkeys(" ".join(one.replace("\x00", "").split()) for one in several if one.strip())
        )
        if len(names) > 40 or any(len(name) > 80 for name in names):
            raise self.make_error("invalid")
        return names


def degrees(label: str, low: int, high: int, help: str) -> forms.Decimals:
    """Degrees to six places, a hand's breadth; maps give more, which are rounded."""
    return forms.decimal(label, required=False, min=low, max=high, places=6, round=True, help=help,
                         wrong="Isi derajat, misalnya −2,55.")  # fmt: skip


def sectors(label: str, help: str) -> fields.List:
    """Codes of sectors."""
    code = fields.String(
        validate=validate.OneOf(SECTORS, error="Pilih sektor dari daftar."),
        error_messages={"invalid": "Pilih sektor dari daftar.", "null": "Pilih sektor dari daftar."},
    )
    made = fields.List(code, metadata={"label": label, "kind": "many", "help": help, "choices": SECTORS})
    made.error_messages.update(invalid="Pilih sektor dari daftar.", null="Isi dengan daftar kode sektor.")
    return made


class AreaForm(forms.Base):
    name = forms.text("Nama kawasan", max=200)
    province = forms.text("Provinsi", max=80, kind="choice")
    theme = forms.text(
        "Tema tahun ini",
        max=200,
        help="Satu tema tiap kawasan dan tahun, misalnya pariwisata atau perbatasan.",
    )
    kind = forms.text("Jenis kawasan", required=False, max=80, kind="choice")
    districts = Names(
        allow_none=True,
        metadata={
            "label": "Kabupaten/kota",
            "kind": "text",
            "help": "Nama lengkap, dipisah koma: Kabupaten Belitung, Kabupaten Belitung Timur.",
            "choices": None,
        },
    )
    sectors = sectors(
        "Sektor yang seharusnya bekerja di sini", "Dasar cakupan sektor dalam indeks keterpaduan."
    )
    latitude = degrees("Lintang", -90, 90, "Derajat; lintang selatan bertanda minus. Boleh kosong.")
    longitude = degrees("Bujur", -180, 180, "Derajat. Boleh kosong.")
    external_ids = codes()


class ActivityForm(forms.Base):
    name = forms.text("Nama kegiatan", max=250)
    unit_id = forms.number_of("PPK")
    area_id = forms.number_of("Kawasan", required=False)
    sector = forms.choice("Sektor", SECTORS)
    budget = forms.money("Pagu (rupiah)")
    stage = forms.choice("Tahap pengadaan", STAGES, required=False)
    starts_on = forms.day("Mulai", required=False)
    ends_on = forms.day("Selesai", required=False)
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


LimitsForm: type[forms.Base] = type(
    "LimitsForm",
    (forms.Base,),
    {
        name: forms.decimal(f"{meaning.label} ({meaning.unit})", max=Decimal(400), help=meaning.help)
        for name, meaning in MEANINGS.items()
    }
    | {"note": forms.prose("Dasar perubahan", required=False, max=2000, help="Misalnya nomor surat edaran.")},
)
