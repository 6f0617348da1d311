"""Numbers as people and programs write them: read in the meaning of their field, or refused with both readings."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from randal.l10n import formats, numbers
from randal.schemas import forms

MONEY = {
    "250.000": "250000",
    "1.500": "1500",
    "1.500.000.000": "1500000000",
    "Rp1.500.000.000,00": "1500000000",
    "Rp 1.500.000": "1500000",
    "rp. 1.500,50": "1500.50",
    "Rp1.500.000,-": "1500000",
    "IDR 1,500,000.00": "1500000",
    "1500000000.00": "1500000000",
    "1500000,5": "1500000.5",
    "1 500 000": "1500000",
    "1\u202f500\u202f000": "1500000",
    "0,5": "0.5",
}
PERCENT = {
    "51.74": "51.74",
    "51,74": "51.74",
    "51,74%": "51.74",
    "51,7 %": "51.7",
    "7": "7",
    "1.500": "1.5",
    "100.00": "100",
}
NEITHER = ("", "abc", "1e5", "NaN", "1.5.0", "1.50.000", "12 34", "0x10", "1'500", "Rp", "1,5 juta", "--5")


@pytest.fixture(autouse=True)
def people_write() -> Iterator[None]:
    numbers.by_program(False)
    yield
    numbers.by_program(False)


@pytest.mark.parametrize("text", MONEY)
def test_rupiah(text: str) -> None:
    assert numbers.read(text, money=True) == Decimal(MONEY[text])


@pytest.mark.parametrize("text", PERCENT)
def test_percent(text: str) -> None:
    assert forms.decimal("Contoh", max=999).deserialize(text) == Decimal(PERCENT[text])


@pytest.mark.parametrize("text", ["1,500", "250,000", "999,999"])
def test_two_readings_are_both_told(text: str) -> None:
    with pytest.raises(numbers.Unread) as refused:
        numbers.read(text, money=True)
    whole = text.replace(",", "")
    assert text.replace(",", ".") in str(refused.value) and text in str(refused.value)
    assert f"Tulis {whole} atau " in str(refused.value)
    assert numbers.read(whole, money=True) == Decimal(whole), "what is advised has one reading"


@pytest.mark.parametrize("text", NEITHER)
@pytest.mark.parametrize("money", [True, False])
def test_what_is_no_number(text: str, money: bool) -> None:
    with pytest.raises(numbers.Unread):
        numbers.read(text, money=money)


def test_programs_write_decimals() -> None:
    numbers.by_program(True)
    assert numbers.read("250.000", money=True) == 250
    assert numbers.read("1500000000.00", money=True) == 1500000000
    assert numbers.read("51,74") == Decimal("51.74"), "has one reading only"
    for text in ("1,500", "1.500.000", "1.500,00", "Rp1"):
        with pytest.raises(numbers.Unread):
            numbers.read(text, money=True)


MOST = Decimal(10**15)


@given(st.decimals(0, MOST, places=2), st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_a_page_prints_is_taken_back(value: Decimal, money: bool) -> None:
    numbers.by_program(False)
    field = forms.money("Contoh") if money else forms.decimal("Contoh", max=MOST)
    assert field.deserialize(numbers.shown(value, money=money)) == value
    assert forms.money("Contoh").deserialize(formats.rupiah(value)) == value
    assert forms.money("Contoh").deserialize(formats.number(value, 2)) == value


@given(st.decimals(0, 999, places=2))
def test_what_a_page_prints_of_a_percent(value: Decimal) -> None:
    numbers.by_program(False)
    field = forms.decimal("Contoh", max=999)
    assert field.deserialize(formats.percent(value)) == field.deserialize(formats.number(value, 2)) == value


@given(st.decimals(-180, 180, places=6))
def test_degrees(value: Decimal) -> None:
    numbers.by_program(False)
    field = forms.decimal("Contoh", min=-180, max=180, places=6, round=True)
    assert field.deserialize(numbers.shown(value)) == value


def test_nothing_is_rounded_away() -> None:
    for text in ("51,745", "0.001"):
        with pytest.raises(ValidationError, match="dua angka"):
            forms.decimal("Contoh", max=999).deserialize(text)


@pytest.mark.parametrize(
    "value", [1.5, "1.5", "1,5", True, [1], "1_000", "١", "", "2 3", float("nan"), float("inf")]
)
def test_no_whole_number(value: object) -> None:
    with pytest.raises(ValidationError):
        forms.number_of("Contoh").deserialize(value)


@pytest.mark.parametrize(
    ("value", "means"), [(7, 7), ("7", 7), (7.0, 7), ("-3", -3), ("1.500", 1500), ("12.345.678", 12345678)]
)
def test_whole_numbers(value: object, means: int) -> None:
    assert forms.whole("Contoh", min=-10, max=10**8).deserialize(value) == means
