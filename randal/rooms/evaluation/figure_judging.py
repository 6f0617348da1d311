"""One row of imported figures: whose it is, which activity of which period, what it changes, and what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from randal.l10n import formats
from randal.models.progress import Figure, ProgressReport
from randal.models.unusual_figures import is_explained, unusual
from randal.org.places import Unit
from randal.rooms.evaluation.figure_known import CODE, KEPT, NUMBERS, TEXTS, Kegiatan, Known, Present, plain
from randal.spreadsheets.coercion import Sure
from randal.spreadsheets.importing import CHANGED, NEW, SAME, Deed, Line
from workflows.progress_report import LIFECYCLE


def judge(known: Known, line: Line) -> Deed | None:
    activity = _activity(known, line)
    unit = _unit(known, line, activity)
    if unit and activity is None and not line.errors:
        activity = _named(known, line, unit)
    if unit:
        _province(known, line, unit)
    if line.errors or unit is None or activity is None:
        return None
    return _effect(known, line, unit, activity)


# -- whose -------------------------------------------------------------------------------------------


def _activity(known: Known, line: Line) -> Kegiatan | None:
    """By its code; of several with the same code, the one of the unit that the row names."""
    code = line["code"]
    if not code:
        return None
    ids = known.coded(code)
    if not ids:
        line.wrong("code", "Kegiatan dengan kode ini tidak terdaftar. Unduh templat untuk melihat kodenya.")
        return None
    if len(ids) > 1:
        units = known.units_named(line["unit"] or "")
        own = [id for id in ids if known.by_id[id].unit_id in units]
        if len(own) != 1:
            owners = ", ".join(sorted({known.units[known.by_id[id].unit_id].short_name for id in ids}))
            line.wrong(
                "code",
                f"Kode ini dipakai {len(ids)} kegiatan ({owners}). Pakai kode Randal, misalnya {CODE}12.",
            )
            return None
        ids = own
    found = known.by_id[ids[0]]
    if line["name"] and line["name"] != found.name and plain(line["name"]) != plain(found.name):
        line.wrong("name", f"Kode {code} ialah kegiatan «{found.name}», bukan ini. Apakah barisnya bergeser?")
    return found


def _unit(known: Known, line: Line, activity: Kegiatan | None) -> Unit | None:
    written = line["unit"]
    if written:
        ids = known.units_named(written)
        if len(ids) != 1:
            said = "Satuan kerja ini tidak dikenal. Pakai kodenya seperti di templat."
            line.wrong("unit", f"Ada {len(ids)} satuan kerja bernama ini; tulis kodenya." if ids else said)
            return None
        unit = known.units[next(iter(ids))]
    elif known.own or activity:
        unit = known.units[known.own or activity.unit_id]  # type: ignore[union-attr]
    else:
        line.wrong("unit", "Wajib diisi bila kode kegiatan tidak ditulis.")
        return None
    if known.own and unit.id != known.own:
        line.wrong("unit", f"Anda mengimpor laporan PPK {known.units[known.own].short_name} saja.")
        return None
    if activity and activity.unit_id != unit.id:
        _claimed(known, line, unit, activity)
        return None
    if activity:
        known.claims.setdefault(activity.id, line.number)
    return unit


def _claimed(known: Known, line: Line, unit: Unit, activity: Kegiatan) -> None:
    owner = known.units[activity.unit_id].short_name
    row = known.claims.get(activity.id)
    also = f" (baris {row})" if row else ""
    line.wrong("unit", f"Kegiatan «{activity.name}» milik PPK {owner}{also}, bukan PPK {unit.short_name}.")


def _named(known: Known, line: Line, unit: Unit) -> Kegiatan | None:
    name = line["name"]
    if not name:
        line.wrong("name", "Tulis nama kegiatan atau kodenya.")
        return None
    ids = known.named(unit.id, name)
    if len(ids) > 1 and line["area"]:
        ids = [id for id in ids if plain(known.by_id[id].area) == plain(line["area"])] or ids
    if len(ids) == 1:
        return known.by_id[ids[0]]
    if ids:
        line.wrong(
            "name", f"PPK {unit.short_name} punya {len(ids)} kegiatan bernama ini; isi kode kegiatannya."
        )
        return None
    others = [known.units[of].short_name for of in known.owners(name)]
    if others:
        line.wrong(
            "name", f"Kegiatan ini terdaftar pada PPK {', '.join(others[:3])}, bukan PPK {unit.short_name}."
        )
    else:
        line.wrong(
            "name",
            f"Kegiatan ini tidak terdaftar pada PPK {unit.short_name}. Minta Sekretariat mendaftarkannya.",
        )
    return None


def _province(known: Known, line: Line, unit: Unit) -> None:
    if not line["province"]:
        return
    province, sentence = known.provinces.find(line["province"])
    if province is None:
        line.wrong("province", sentence)
    elif unit.province_id != province.id:
        where = unit.province.name if unit.province else "pusat"
        line.wrong("province", f"Ini {province.name}, sedangkan satuan kerja pada baris ini di {where}.")


# -- what it does ------------------------------------------------------------------------------------


def _effect(known: Known, line: Line, unit: Unit, activity: Kegiatan) -> Deed | None:
    period = line["period"]
    present = known.present(unit.id, period)
    stored = present.figures.get(activity.id)
    values, texts = line.told(*KEPT), line.told(*TEXTS)
    if not (values.keys() - {"source", "as_of"} or texts):
        return Deed(SAME)  # a row of the template that nobody filled
    _once(known, line, unit, activity)
    _open(line, unit, period, present)
    if stored is None and not activity.active:
        line.wrong(
            "name" if line["name"] else "code", "Kegiatan ini tidak berjalan lagi; laporannya tidak diminta."
        )
    if values.get("as_of") and values["as_of"] > known.today(unit):
        line.wrong("as_of", "Tanggal posisi belum tiba.")
    before = stored if stored is not None else present.before.get(activity.id)
    _fractions(line, values, before)
    brought = known.brought[unit.id, period]
    for name, text in texts.items():
        first, row = brought.texts.setdefault(name, (text, line.number))
        if first != text:
            line.wrong(name, f"Laporan ini punya dua isian yang berbeda: baris {row} dan {line.number}.")
    if line.errors:
        return None
    was: dict[str, Any] = {}
    if stored is not None:
        was = {name: getattr(stored, name) for name in KEPT}
        was |= {"source": stored.source or present.source, "as_of": stored.as_of or present.as_of}
    was |= present.texts
    changes = {name: was.get(name) for name, value in (values | texts).items() if was.get(name) != value}
    if changes and known.desk.writing:
        brought.rows[activity.id] = values
    what = NEW if stored is None else CHANGED if changes else SAME
    return Deed(what, {} if stored is None else changes, None, _asks(known, values, was, present, activity))


def _asks(
    known: Known, values: dict[str, Any], was: dict[str, Any], present: Present, activity: Kegiatan
) -> dict[str, str]:
    """What asks for a reason that neither the row nor the report gives."""
    if is_explained(values.get("explanation") or was.get("explanation")):
        return {}
    after = SimpleNamespace(**{name: values.get(name, was.get(name)) for name in Figure.MEASURES})
    return unusual(after, present.before.get(activity.id), known.limits)


def _once(known: Known, line: Line, unit: Unit, activity: Kegiatan) -> None:
    key = (unit.id, line["period"], activity.id)
    at = "code" if line["code"] else "name"
    first = known.seen.setdefault(key, line.number)
    if first != line.number:
        said = f"Data yang sama ada pada baris {first} dan {line.number}"
    elif known.desk.taken is None:
        return
    elif known.desk.taken.setdefault(key, known.desk.name) is not known.desk.name:
        said = f"Sudah ada di berkas «{known.desk.taken[key]}» dalam unggahan ini"
    else:
        return
    line.wrong(at, f"{said}: PPK {unit.short_name}, {formats.month(line['period'])}, «{activity.name}».")


def _open(line: Line, unit: Unit, period: str, present: Present) -> None:
    if present.report_id and present.stands not in LIFECYCLE.edited_in:
        state = ProgressReport.lifecycle().states[present.stands]
        line.wrong(
            "period",
            f"Laporan PPK {unit.short_name} {formats.month(period)} sudah «{state}». Minta Tim Monev "
            "mengembalikannya atau membukanya untuk perbaikan.",
        )


def _fractions(line: Line, values: dict[str, Any], before: Any) -> None:
    """0.5174 where 51.74 is meant: the whole row lies below one, or the number before was larger."""
    small = {
        name: value
        for name in NUMBERS
        if (value := values.get(name)) and value <= 1 and not isinstance(value, Sure)
    }
    if not small:
        return
    given = sum(bool(values.get(name)) for name in NUMBERS)
    whole_row = len(small) == given and any(value < 1 for value in small.values())
    for name, value in small.items():
        old = getattr(before, name, None) or Decimal(0)
        if (whole_row and value != 1) or old > 1:
            meant, said = formats.number(value * 100, 2), formats.number(value, 2)
            line.wrong(
                name,
                f"{said} tampak sebagai pecahan: tulis {meant}, atau «{said}%» bila memang {said} persen.",
            )
