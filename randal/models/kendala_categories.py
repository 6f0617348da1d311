"""Kinds of kendala in two levels: the twelve classes (domain.md §3.1) and what they are made of, as people keep them.

The codes of the classes are fixed: scripts and the lifecycle name them. Their names, and the causes under them, are data:
renamed, added, retired. Nothing is ever deleted, so what was once noted keeps its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from randal.base.cleaning import clean
from randal.org import app_settings
from randal.schemas import forms
from workflows.kendala import CATEGORIES
from workflows.lifecycle import KEEPERS, Actor, Refused

SETTING = "kendala_categories"
MOST = 30  # causes of a class
FIRST: dict[str, tuple[str, ...]] = {
    "LHN": ("Belum bebas", "Sertifikat belum ada", "Sengketa", "Status hutan atau aset"),
    "IZN": ("Amdal atau UKL-UPL", "SIPPA atau SIPAT", "IMB atau PBG"),
    "DSN": ("DED belum ada", "DED harus ditinjau ulang", "RPIJM usang", "Data kurang"),
    "PGD": ("Gagal lelang", "Lelang ulang", "Sanggah", "Terlambat"),
    "KTR": ("Mobilisasi", "Personel", "Material", "Alat", "Subkontrak", "Kontrak kritis"),
    "PPK": ("Keputusan terlambat", "Gambar kerja", "Pembayaran"),
    "ANG": ("Revisi DIPA", "Blokir", "Termin", "SPM"),
    "PEM": ("DDUB", "Serah terima aset", "Lembaga pengelola", "Operasi dan pemeliharaan"),
    "SOS": ("Penolakan", "Ganti rugi", "Gangguan"),
    "CUA": ("Hujan", "Banjir", "Bencana"),
    "SDM": ("Kurang petugas", "Pergantian pejabat"),
    "KOO": ("Jadwal antarsektor tidak sinkron", "Data berbeda"),
}


@dataclass(frozen=True)
class Cause:
    code: str  # LHN-1: the class and a number that is given once
    name: str
    retired: bool = False


@dataclass(frozen=True)
class Category:
    code: str
    name: str
    retired: bool
    causes: tuple[Cause, ...]


def tree() -> list[Category]:
    """All classes with all causes, also retired ones."""
    kept = app_settings.setting(SETTING)
    return [_category(code, name, kept.get(code)) for code, name in CATEGORIES.items()]


def _category(code: str, name: str, kept: Any) -> Category:
    if kept is None:
        causes = tuple(Cause(f"{code}-{n}", said) for n, said in enumerate(FIRST[code], 1))
        return Category(code, name, False, causes)
    return Category(code, kept["name"], kept["retired"], tuple(Cause(**c) for c in kept["causes"]))


def _causes() -> Iterator[tuple[Category, Cause]]:
    return ((category, cause) for category in tree() for cause in category.causes)


def category_names(*, all: bool = False) -> dict[str, str]:
    """Code → name of the classes; those to choose from, or all that ever were."""
    return {c.code: c.name for c in tree() if all or not c.retired}


def cause_names(*, all: bool = False) -> dict[str, str]:
    """Code → "Lahan: sengketa", likewise."""
    return {
        cause.code: f"{category.name}: {cause.name[0].lower() + cause.name[1:] if cause.name[1:2].islower() else cause.name}"
        for category, cause in _causes()
        if all or not (category.retired or cause.retired)
    }


def classify(given: dict[str, Any], before: Any = None) -> dict[str, list[str]]:
    """Make class and cause agree: a cause names its class. What stands on the item already may stay though it is retired.
    Errors by field."""
    code = given.get("subcategory")
    if errors := retired_class(given.get("category"), before):
        return errors
    if not code:
        stood = before.subcategory.split("-")[0] if before is not None else ""
        if "subcategory" not in given and stood and given.get("category") not in (None, stood):
            given["subcategory"] = ""  # it was of another class
        return {}
    known = cause_names() | ({code: ""} if before is not None and before.subcategory == code else {})
    if code not in known:
        return {"subcategory": ["Pilih salah satu dari daftar."]}
    of = code.split("-")[0]
    if (given.get("category") or of) != of:
        return {"subcategory": ["Penyebab ini bukan dari kategori yang dipilih."]}
    given["category"] = of
    return {}


def retired_class(code: str | None, before: Any = None) -> dict[str, list[str]]:
    """A class out of use is not chosen anew, by whichever way; the one that stands on the item may stay."""
    if not code or code in category_names() or (before is not None and before.category == code):
        return {}
    return {"category": ["Kategori ini tidak dipakai lagi. Pilih kategori lain dari daftar."]}


def change_category(code: str, raw: Any, actor: Actor) -> None:
    """Rename a class and its causes, retire them or take that back, add one. Refused: role, fields.

    `raw`: name, retired, name-<cause>, retired-<cause>, new.
    """
    if not actor.has(*KEEPERS):
        raise Refused("role", "Kategori kendala diubah oleh Sekretariat atau Admin Sistem.")
    old = next((c for c in tree() if c.code == code), None)
    if old is None:
        raise forms.wrong("name", "Kategori ini tidak dikenal.")
    errors: dict[str, list[str]] = {}
    causes = [
        {
            "code": c.code,
            "name": _name(raw, f"name-{c.code}", errors),
            "retired": bool(raw.get(f"retired-{c.code}")),
        }
        for c in old.causes
    ]
    if new := clean(raw.get("new") or "", one_line=True):
        last = max((int(c.code.split("-")[1]) for c in old.causes), default=0)
        causes.append({"code": f"{code}-{last + 1}", "name": _name(raw, "new", errors), "retired": False})
    names = [str(c["name"]).casefold() for c in causes if not c["retired"]]
    if new and names.count(new.casefold()) > 1:
        errors["new"] = ["Penyebab ini sudah ada di kategori ini."]
    if len(causes) > MOST:
        errors["new"] = [f"Paling banyak {MOST} penyebab dalam satu kategori."]
    made = {"name": _name(raw, "name", errors), "retired": bool(raw.get("retired")), "causes": causes}
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    app_settings.change(SETTING, {**app_settings.setting(SETTING), code: made})


def _name(raw: Any, field: str, errors: dict[str, list[str]]) -> str:
    said = clean(raw.get(field) or "", one_line=True)
    if not 2 <= len(said) <= 80:
        errors[field] = ["Tulis 2 sampai 80 karakter."]
    return str(said)
