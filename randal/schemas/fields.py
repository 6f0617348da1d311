"""The fields of forms: marshmallow's, with Indonesian messages, and with what a template needs to draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from randal.base.ids import MAX_ID
from randal.l10n import clock, numbers

REQUIRED = "Wajib diisi."
PICK = "Pilih dari daftar."
YEARS = range(1945, 2101)
Choices = Mapping[str, str] | Callable[[], Mapping[Any, str]]


def _meta(label: str, kind: str, help: str = "", choices: Choices | None = None) -> dict[str, Any]:
    return {"label": label, "kind": kind, "help": help, "choices": choices}


def options(
    required: bool, label: str, kind: str, help: str, choices: Choices | None = None
) -> dict[str, Any]:
    messages = {"required": REQUIRED, "null": REQUIRED}
    return {
        "required": required,
        "allow_none": not required,
        "error_messages": messages,
        "metadata": _meta(label, kind, help, choices),
    }


def _worded(made: fields.String) -> fields.String:
    """JSON may send a number or a list where a word is wanted."""
    made.error_messages["invalid"] = "Isi dengan teks."
    return made


def text(
    label: str, *, required: bool = True, max: int = 250, kind: str = "text", help: str = ""
) -> fields.String:
    """A line (`kind="text"`) or paragraphs (`kind="prose"`) of at most `max` characters."""
    checks = [validate.Length(max=max, error=f"Paling banyak {max} karakter.")]
    if required:
        checks.insert(0, validate.Length(min=1, error=REQUIRED))
    made = fields.String(validate=checks, **options(required, label, kind, help))
    made.error_messages["invalid"] = "Isi dengan teks."
    return made


def prose(label: str, *, required: bool = True, max: int = 10_000, help: str = "") -> fields.String:
    return text(label, required=required, max=max, kind="prose", help=help)


def email(label: str, *, required: bool = True) -> fields.Email:
    given = options(required, label, "email", "")
    # In the options: the field builds its own check, with its sentence, when it is made.
    given["error_messages"]["invalid"] = "Tulis alamat surel yang benar, misalnya nama@contoh.example."
    return fields.Email(validate=validate.Length(max=254, error="Paling banyak 254 karakter."), **given)


def password(label: str, *, min: int = 0, help: str = "") -> fields.String:
    checks = [validate.Length(max=500, error="Terlalu panjang.")]
    if min:
        checks.append(validate.Length(min=min, error=f"Sedikitnya {min} karakter."))
    return fields.String(validate=checks, load_only=True, **options(True, label, "password", help))


def day(label: str, *, required: bool = True, help: str = "") -> fields.Date:
    made = fields.Date(validate=of_our_time, **options(required, label, "date", help))
    made.error_messages.update(
        invalid="Tulis tanggal yang benar (tttt-bb-hh).", format="Tulis tanggal yang benar."
    )
    return made


def of_our_time(value: date) -> None:
    """A year that nobody means is a slip of the keyboard: 0026, 20266, 9999."""
    if value.year not in YEARS:
        raise ValidationError(f"Tulis tahun antara {YEARS[0]} dan {YEARS[-1]}.")


class Moment(fields.DateTime):
    """A day with its time: local as people write it (naive), or with offset or Z as programs and our own answers do (aware).
    Who takes it knows the place: `clock.local_of(value, zone)`."""

    default_error_messages = {"invalid": "Tulis tanggal dan jam yang benar, misalnya 2018-06-25T09:00."}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> datetime:
        try:
            if len(value) < len("2018-06-25T09:00"):
                raise ValueError("a day alone")
            return datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid", input=value, obj_type="datetime") from None


def local_time(label: str, *, required: bool = True, help: str = "") -> Moment:
    return Moment(validate=of_our_time, **options(required, label, "datetime", help))


def month(label: str, *, required: bool = True, help: str = "") -> fields.String:
    check = validate.Regexp(
        r"^(?:20\d\d-(?:0[1-9]|1[0-2]))$", error="Tulis periode sebagai tttt-bb, misalnya 2018-06."
    )
    return _worded(fields.String(validate=check, **options(required, label, "month", help)))


def zone(label: str, *, required: bool = True) -> fields.String:
    def known(value: str) -> None:
        if not clock.is_zone(value):
            raise ValidationError("Zona waktu tidak dikenal. Pilih misalnya Asia/Jakarta.")

    choices = {
        "Asia/Jakarta": "WIB (Asia/Jakarta)",
        "Asia/Makassar": "WITA (Asia/Makassar)",
        "Asia/Jayapura": "WIT (Asia/Jayapura)",
    }
    return _worded(fields.String(validate=known, **options(required, label, "choice", "", choices)))


def choice(label: str, choices: Choices, *, required: bool = True, help: str = "") -> fields.String:
    def listed(value: str) -> None:
        if value not in (choices() if callable(choices) else choices):
            raise ValidationError("Pilih salah satu dari daftar.")

    return _worded(fields.String(validate=listed, **options(required, label, "choice", help, choices)))


class Whole(fields.Integer):
    """A whole number, strictly: neither 1.5 nor true is one. People may part its thousands with points."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str):
            try:
                return numbers.whole(value)
            except numbers.Unread:
                raise self.make_error("invalid", input=value) from None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


def number_of(
    label: str, choices: Choices | None = None, *, required: bool = True, kind: str = "choice", help: str = ""
) -> Whole:
    """The id of something; `choices` (id → name) draw a list on the page, the command checks that it exists."""
    check = validate.Range(0, MAX_ID, error=PICK)
    made = Whole(validate=check, **options(required, label, kind, help, choices))
    made.error_messages["invalid"] = PICK
    return made


def person(label: str, choices: Choices | None = None, *, required: bool = True, help: str = "") -> Whole:
    return number_of(label, choices, required=required, kind="person", help=help)


def many(
    label: str, choices: Choices | None = None, *, required: bool = False, help: str = ""
) -> fields.List:
    check = validate.Range(0, MAX_ID, error=PICK)
    made = fields.List(
        Whole(validate=check, error_messages={"invalid": PICK, "null": PICK}),
        **options(required, label, "many", help, choices),
    )
    made.error_messages["invalid"] = PICK
    return made


def whole(label: str, *, required: bool = True, min: int = 0, max: int = 10_000, help: str = "") -> Whole:
    check = validate.Range(min, max, error=f"Isi angka {min} sampai {max}.")
    made = Whole(validate=check, **options(required, label, "integer", help))
    made.error_messages["invalid"] = "Isi dengan angka bulat."
    return made


class Decimals(fields.Decimal):
    """A decimal of at most `places` places: more are refused, never rounded away, but where a program measured it (`round`)."""

    def __init__(
        self, low: Decimal, high: Decimal, *, places: int = 2, money: bool = False, round: bool = False, **more: Any
    ):  # fmt: skip
        super().__init__(as_string=True, allow_nan=False, validate=within(low, high), **more)
        self.low, self.high, self.step = low, high, Decimal(1).scaleb(-places)
        self.money, self.round = money, round

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Decimal:
        if isinstance(value, str):
            try:
                value = numbers.read(value, money=self.money, fits=lambda n: self.low <= n <= self.high)
            except numbers.Unread as unread:
                raise ValidationError(str(unread) or self.error_messages["invalid"]) from None
        found: Decimal = super()._deserialize(value, attr, data, **kw)
        if not self.low <= found <= self.high:
            return found  # refused by its range
        exact = found.quantize(self.step)
        if exact != found and not self.round:
            raise ValidationError("Paling banyak dua angka di belakang koma.")
        return exact


def within(low: Decimal, high: Decimal) -> Callable[[Decimal], None]:
    """Like Range, whose bounds would be strings in the OpenAPI document."""

    def check(value: Decimal) -> None:
        if not low <= value <= high:
            raise ValidationError(f"Isi angka {low} sampai {high}.")

    return check


def decimal(
    label: str, *, required: bool = True, min: Decimal | int = 0, max: Decimal | int, help: str = "", places: int = 2,
    round: bool = False, wrong: str = "Isi dengan angka, misalnya 51,74.", kind: str = "decimal",
) -> Decimals:  # fmt: skip
    made = Decimals(
        Decimal(min), Decimal(max), places=places, round=round, money=kind == "money",
        **options(required, label, kind, help),
    )  # fmt: skip
    made.error_messages.update(invalid=wrong, special="Isi dengan angka biasa.")
    return made


def money(label: str, *, required: bool = True, help: str = "") -> Decimals:
    """Rupiah: 250.000 is a quarter of a million, however many points stand in it."""
    return decimal(label, required=required, max=10**15, help=help, kind="money",
                   wrong="Isi dengan rupiah, misalnya 1.500.000 atau 1500000.")  # fmt: skip


def flag(label: str, *, help: str = "") -> fields.Boolean:
    made = fields.Boolean(load_default=False, **options(False, label, "flag", help))
    made.error_messages["invalid"] = "Pilih ya atau tidak."
    return made


def upload(
    label: str, *, required: bool = True, help: str = "PDF, JPEG, PNG, HEIC, DOCX, atau XLSX, maks. 20 MB."
) -> fields.Raw:
    def is_file(value: Any) -> None:
        if value is not None and not isinstance(value, FileStorage):
            raise ValidationError("Unggah sebagai berkas (multipart).")

    return fields.Raw(validate=is_file, **options(required, label, "file", help))
