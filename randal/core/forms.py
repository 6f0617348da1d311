"""One schema per form serves the page and the API: the same checks, the same sentences.

Fields are marshmallow's with Indonesian messages; `Form` lets a template draw a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate
from werkzeug.datastructures import FileStorage, MultiDict

from randal.core import clock
from workflows.lifecycle import Ask, Refused

REQUIRED = "Wajib diisi."
PICKED = ("choice", "month", "email")  # an empty one is none given, not a wrong one
TOO_MUCH = "Ada isian yang harus diperbaiki."
Choices = Mapping[str, str] | Callable[[], Mapping[Any, str]]


class Base(Schema):
    """Unknown fields are left aside; text is trimmed; an empty box is none, except for free text."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def tidy(self, data: Any, **_: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise ValidationError("Kirim objek JSON.")
        tidy: dict[str, Any] = {}
        for name in data:
            spec = self.fields.get(name)
            if spec is None:
                continue
            listed = isinstance(spec, fields.List)
            value = data.getlist(name) if listed and isinstance(data, MultiDict) else data[name]
            if isinstance(value, str):
                value = value.replace("\x00", "").strip()
                if value == "" and (
                    not isinstance(spec, fields.String) or spec.metadata.get("kind") in PICKED
                ):
                    value = None
            if listed and isinstance(value, list):
                value = [v for v in value if v != ""]
            tidy[name] = value
        return tidy


def _meta(label: str, kind: str, help: str = "", choices: Choices | None = None) -> dict[str, Any]:
    return {"label": label, "kind": kind, "help": help, "choices": choices}


def _options(
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
    made = fields.String(validate=checks, **_options(required, label, kind, help))
    made.error_messages["invalid"] = "Isi dengan teks."
    return made


def prose(label: str, *, required: bool = True, max: int = 10_000, help: str = "") -> fields.String:
    return text(label, required=required, max=max, kind="prose", help=help)


def email(label: str, *, required: bool = True) -> fields.Email:
    options = _options(required, label, "email", "")
    # In the options: the field builds its own check, with its sentence, when it is made.
    options["error_messages"]["invalid"] = "Tulis alamat surel yang benar, misalnya nama@contoh.example."
    return fields.Email(validate=validate.Length(max=254, error="Paling banyak 254 karakter."), **options)


def password(label: str, *, min: int = 0, help: str = "") -> fields.String:
    checks = [validate.Length(max=500, error="Terlalu panjang.")]
    if min:
        checks.append(validate.Length(min=min, error=f"Sedikitnya {min} karakter."))
    return fields.String(validate=checks, load_only=True, **_options(True, label, "password", help))


def day(label: str, *, required: bool = True, help: str = "") -> fields.Date:
    made = fields.Date(**_options(required, label, "date", help))
    made.error_messages.update(
        invalid="Tulis tanggal yang benar (tttt-bb-hh).", format="Tulis tanggal yang benar."
    )
    return made


class LocalDateTime(fields.NaiveDateTime):
    """A local time without offset; an offset is refused with a sentence, never dropped."""

    default_error_messages = {
        "invalid": "Tulis tanggal dan jam yang benar, misalnya 2018-06-25T09:00.",
        "invalid_awareness": "Tulis waktu setempat tanpa selisih zona, misalnya 2018-06-25T09:00.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid", input=value, obj_type="datetime") from None
        if found.tzinfo:
            raise self.make_error("invalid_awareness", awareness="naive", obj_type="datetime")
        return found


def local_time(label: str, *, required: bool = True, help: str = "") -> LocalDateTime:
    return LocalDateTime(**_options(required, label, "datetime", help))


def month(label: str, *, required: bool = True, help: str = "") -> fields.String:
    check = validate.Regexp(
        r"^(?:20\d\d-(?:0[1-9]|1[0-2]))$", error="Tulis periode sebagai tttt-bb, misalnya 2018-06."
    )
    return _worded(fields.String(validate=check, **_options(required, label, "month", help)))


def zone(label: str, *, required: bool = True) -> fields.String:
    def known(value: str) -> None:
        if not clock.is_zone(value):
            raise ValidationError("Zona waktu tidak dikenal. Pilih misalnya Asia/Jakarta.")

    choices = {
        "Asia/Jakarta": "WIB (Asia/Jakarta)",
        "Asia/Makassar": "WITA (Asia/Makassar)",
        "Asia/Jayapura": "WIT (Asia/Jayapura)",
    }
    return _worded(fields.String(validate=known, **_options(required, label, "choice", "", choices)))


def choice(label: str, choices: Choices, *, required: bool = True, help: str = "") -> fields.String:
    def listed(value: str) -> None:
        if value not in (choices() if callable(choices) else choices):
            raise ValidationError("Pilih salah satu dari daftar.")

    return _worded(fields.String(validate=listed, **_options(required, label, "choice", help, choices)))


def number_of(
    label: str, choices: Choices | None = None, *, required: bool = True, kind: str = "choice", help: str = ""
) -> fields.Integer:
    """The id of something; `choices` (id → name) draw a list on the page, the command checks that it exists."""
    made = fields.Integer(strict=False, **_options(required, label, kind, help, choices))
    made.error_messages["invalid"] = "Pilih dari daftar."
    return made


def person(
    label: str, choices: Choices | None = None, *, required: bool = True, help: str = ""
) -> fields.Integer:
    return number_of(label, choices, required=required, kind="person", help=help)


def many(
    label: str, choices: Choices | None = None, *, required: bool = False, help: str = ""
) -> fields.List:
    made = fields.List(
        fields.Integer(error_messages={"invalid": "Pilih dari daftar.", "null": "Pilih dari daftar."}),
        **_options(required, label, "many", help, choices),
    )
    made.error_messages["invalid"] = "Pilih dari daftar."
    return made


def whole(
    label: str, *, required: bool = True, min: int = 0, max: int = 10_000, help: str = ""
) -> fields.Integer:
    check = validate.Range(min, max, error=f"Isi angka {min} sampai {max}.")
    made = fields.Integer(validate=check, **_options(required, label, "integer", help))
    made.error_messages["invalid"] = "Isi dengan angka bulat."
    return made


class Decimals(fields.Decimal):
    """A decimal; people may type the comma of Indonesian numbers."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Decimal:
        if isinstance(value, str):
            value = value.strip().removesuffix("%").strip()
            if "," in value:
                value = value.replace(".", "").replace(",", ".")
        return super()._deserialize(value, attr, data, **kw)


def within(low: Decimal, high: Decimal) -> Callable[[Decimal], None]:
    """Like Range, whose bounds would be strings in the OpenAPI document."""

    def check(value: Decimal) -> None:
        if not low <= value <= high:
            raise ValidationError(f"Isi angka {low} sampai {high}.")

    return check


def decimal(
    label: str, *, required: bool = True, min: Decimal | int = 0, max: Decimal | int = 10**15, help: str = ""
) -> Decimals:
    check = within(Decimal(min), Decimal(max))
    made = Decimals(
        places=2,
        as_string=True,
        allow_nan=False,
        validate=check,
        **_options(required, label, "decimal", help),
    )
    made.error_messages.update(invalid="Isi dengan angka, misalnya 51,74.", special="Isi dengan angka biasa.")
    return made


def percent(label: str, *, required: bool = False) -> Decimals:
    return decimal(label, required=required, min=0, max=999, help="Kumulatif, dalam persen.")


def flag(label: str, *, help: str = "") -> fields.Boolean:
    made = fields.Boolean(load_default=False, **_options(False, label, "flag", help))
    made.error_messages["invalid"] = "Pilih ya atau tidak."
    return made


def upload(
    label: str, *, required: bool = True, help: str = "PDF, JPEG, PNG, DOCX, atau XLSX, maks. 20 MB."
) -> fields.Raw:
    def is_file(value: Any) -> None:
        if value is not None and not isinstance(value, FileStorage):
            raise ValidationError("Unggah sebagai berkas (multipart).")

    return fields.Raw(validate=is_file, **_options(required, label, "file", help))


# -- loading -----------------------------------------------------------------------------------------


def load(
    schema: type[Base] | Base, raw: Mapping[str, Any] | None, *, partial: bool = False
) -> dict[str, Any]:
    """The clean values; raises Refused("field") with a sentence per field."""
    made = schema() if isinstance(schema, type) else schema
    try:
        return dict(made.load({} if raw is None else raw, partial=partial))
    except ValidationError as error:
        raise refusal(error.normalized_messages()) from None


def refusal(messages: Mapping[str, Any]) -> Refused:
    errors = {name: _flat(several) for name, several in messages.items()}
    if list(errors) == ["_schema"]:
        return Refused("field", " ".join(errors["_schema"]), {"": errors["_schema"]})
    return Refused("field", TOO_MUCH, errors)


def wrong(name: str, sentence: str) -> Refused:
    """A refusal at one field."""
    return Refused("field", sentence, {name: [sentence]})


def _flat(several: Any) -> list[str]:
    if isinstance(several, str):
        return [several]
    if isinstance(several, Mapping):
        return [
            f"{where}: {s}" if isinstance(where, str) else f"baris {where + 1}: {s}"
            for where, v in several.items()
            for s in _flat(v)
        ]
    return [s for one in several for s in _flat(one)]


ASK_FIELDS: dict[str, Callable[..., fields.Field]] = {
    "prose": prose,
    "reason": lambda label, **kw: text(label, kind="reason", max=4000, **kw),
    "date": day,
    "datetime": local_time,
    "person": person,
    "integer": whole,
    "file": upload,
}


def ask_schema(asks: Iterable[Ask]) -> type[Base]:
    """The schema of a move's fields. What is required is judged by the lifecycle, after role and state."""
    made: dict[str, fields.Field] = {}
    for ask in asks:
        if ask.kind == "choice":
            made[ask.name] = choice(ask.label, ask.choices, required=False, help=ask.help)
        elif ask.kind == "text":
            made[ask.name] = text(ask.label, required=False, max=ask.most, help=ask.help)
        elif ask.kind == "flag":
            made[ask.name] = fields.Boolean(**_options(False, ask.label, "flag", ask.help))
        elif ask.kind == "password":
            made[ask.name] = fields.String(load_only=True, **_options(False, ask.label, "password", ask.help))
        else:
            made[ask.name] = ASK_FIELDS[ask.kind](ask.label, required=False, help=ask.help)
    return type("Asked", (Base,), made)  # type: ignore[return-value]


# -- drawing -----------------------------------------------------------------------------------------


@dataclass
class FieldView:
    """One field as the template draws it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    required: bool = False
    choices: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    help: str = ""
    attrs: dict[str, Any] = field(default_factory=dict)


class Form:
    """A schema with values and errors, for a template: iterate it, or take `form["title"]`."""

    def __init__(
        self,
        schema: type[Base],
        data: Mapping[str, Any] | Any | None = None,
        errors: Mapping[str, list[str]] | None = None,
        *,
        required: Iterable[str] = (),
        choices: Mapping[str, Mapping[Any, str]] | None = None,
    ):
        self.schema, self.data, self.errors = schema(), data if data is not None else {}, dict(errors or {})
        self.required, self.choices = set(required), choices or {}

    def __iter__(self) -> Iterator[FieldView]:
        return (self[name] for name in self.schema.fields)

    def __getitem__(self, name: str) -> FieldView:
        spec = self.schema.fields[name]
        meta = spec.metadata
        choices = self.choices.get(name) or meta.get("choices") or {}
        listed = choices() if callable(choices) else choices
        attrs: dict[str, Any] = {}
        for check in spec.validators:
            if isinstance(check, validate.Length) and check.max:
                attrs["maxlength"] = check.max
        return FieldView(
            name=name,
            label=meta.get("label", name),
            kind=meta.get("kind", "text"),
            value=self._value(name, spec),
            required=spec.required or name in self.required,
            choices=[(str(code), label) for code, label in listed.items()],
            errors=self.errors.get(name, []),
            help=meta.get("help", ""),
            attrs=attrs,
        )

    def _value(self, name: str, spec: fields.Field) -> Any:
        if isinstance(self.data, MultiDict) and isinstance(spec, fields.List):
            return self.data.getlist(name)
        value = self.data.get(name) if isinstance(self.data, Mapping) else getattr(self.data, name, None)
        if value is None:
            return [] if isinstance(spec, fields.List) else ""
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%dT%H:%M")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value).replace(".", ",")
        if isinstance(value, list):
            return [str(v) for v in value]
        return value if isinstance(value, bool) else str(value)

    @property
    def general(self) -> list[str]:
        """Sentences that belong to no field of this form."""
        return [s for name, several in self.errors.items() if name not in self.schema.fields for s in several]
