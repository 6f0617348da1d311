"""What readiness, promises, benefit and the lists ask for; page and API alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from randal.models.areas import BENEFITS, COMMITMENTS, PROMISES, STATUSES
from randal.models.progress import SECTORS
from randal.rooms.areas.index import LIMITS, PARTS
from randal.schemas import forms

NOTE = forms.prose("Catatan", required=False, max=2000)


class CheckForm(forms.Base):
    area_id = forms.number_of("Kawasan")
    activity_id = forms.number_of("Kegiatan", required=False)
    criterion_id = forms.number_of("Kriteria")
    status = forms.choice("Keadaan", STATUSES)
    dated_on = forms.day("Tanggal dokumen", required=False)
    note = NOTE
    file = forms.upload("Berkas", required=False)


class CommitmentForm(forms.Base):
    area_id = forms.number_of("Kawasan")
    kind = forms.choice("Bentuk komitmen", COMMITMENTS)
    office = forms.text("Perangkat daerah", max=200, help="Misalnya Dinas PUPR Kabupaten Belitung.")
    post = forms.text("Jabatan penanggung jawab", max=200, help="Jabatan, bukan nama orang.")
    status = forms.choice("Keadaan", PROMISES)
    amount = forms.money(
        "Nilai (rupiah)", required=False, help="Untuk dana pendamping dan biaya pemeliharaan."
    )
    dated_on = forms.day("Tanggal", required=False)
    note = NOTE
    file = forms.upload("Bukti", required=False)


class BenefitForm(forms.Base):
    activity_id = forms.number_of("Kegiatan")
    step = forms.choice("Status manfaat", BENEFITS)
    dated_on = forms.day("Sejak tanggal")
    people_served = forms.whole("Jiwa terlayani", required=False, max=400_000_000)
    note = NOTE
    file = forms.upload("Bukti (misalnya berita acara)", required=False)
    before = forms.upload("Foto sebelum", required=False, help="JPEG, PNG, atau HEIC, maks. 20 MB.")
    after = forms.upload("Foto sesudah", required=False, help="JPEG, PNG, atau HEIC, maks. 20 MB.")


class BenefitAnswerForm(forms.Base):
    activity_id = forms.number_of("Kegiatan")
    period = forms.month("Periode")
    step = forms.choice("Status manfaat", BENEFITS, required=False)


class ThemeOfYearForm(forms.Base):
    area_id = forms.number_of("Kawasan")
    year = forms.whole("Tahun", min=2000, max=2100)
    theme = forms.text("Tema", max=200)


class ListForm(forms.Base):
    name = forms.text("Nama", max=80)
    active = fields.Boolean(
        load_default=True,
        error_messages={"invalid": "Pilih ya atau tidak.", "null": "Pilih ya atau tidak."},
        metadata={"label": "Masih dapat dipilih", "kind": "flag", "help": "", "choices": None},
    )


class CriterionForm(ListForm):
    name = forms.text("Kriteria", max=200)
    of = forms.choice("Ditanyakan tentang", {"area": "Kawasan", "activity": "Kegiatan"})
    sectors = fields.List(
        forms.choice("Sektor", SECTORS),
        metadata={
            "label": "Hanya untuk sektor",
            "kind": "many",
            "help": "Kosong: semua sektor.",
            "choices": SECTORS,
        },
    )
    sectors.error_messages.update(invalid="Pilih sektor dari daftar.", null="Isi dengan daftar kode sektor.")


class Content(fields.Field[dict[str, Any]]):
    """The numbers of a formula, whole: weights of the five parts, thresholds, what a status is worth."""

    default_error_messages = {"invalid": "Isi rumus dengan bobot, ambang, dan nilai keadaan yang lengkap."}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or set(value) != {*LIMITS, "weights", "readiness", "commitment"}:
            raise self.make_error("invalid")
        tables: dict[str, Any] = {
            "weights": set(PARTS),
            "readiness": set(STATUSES) - {"not_needed"},
            "commitment": set(PROMISES) - {"not_needed"},
        }
        for name, wanted in tables.items():
            if not isinstance(value[name], dict) or set(value[name]) != wanted:
                raise self.make_error("invalid")
        clean: dict[str, Any] = {name: self._number(value[name]) for name in LIMITS}
        clean |= {name: {k: self._number(v) for k, v in value[name].items()} for name in tables}
        if not any(Decimal(v) for v in clean["weights"].values()):
            raise ValidationError("Paling sedikit satu bagian harus berbobot.")
        if not all(Decimal(clean[name]) for name in ("behind_early", "behind_late", "spread")):
            raise ValidationError("Ambang harus lebih dari nol.")
        return clean

    def _number(self, value: Any) -> str:
        try:
            found = Decimal(str(value))
        except ArithmeticError:
            raise self.make_error("invalid") from None
        if (
            isinstance(value, bool)
            or not found.is_finite()
            or not 0 <= found <= 100
            or found != round(found, 2)
        ):
            raise ValidationError("Tiap angka 0 sampai 100, paling banyak dua angka di belakang koma.")
        return str(found)


class FormulaForm(forms.Base):
    name = forms.text("Nama versi", max=20, help="Misalnya 2019-1.")
    content = Content(required=True, error_messages={"required": forms.REQUIRED, "null": forms.REQUIRED})
    note = forms.prose("Dasar", required=False, max=2000, help="Misalnya nomor surat edaran.")


class AdoptForm(forms.Base):
    note = forms.prose("Dasar penetapan", required=False, max=2000)
