"""The forms of domain.md §1.10."""

from datetime import date
from decimal import Decimal

import pytest

from randal.core import words

START, END = "2018-06-25T02:00:00Z", "2018-06-25T05:00:00Z"
JAKARTA = "Asia/Jakarta"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.long_date("2018-06-25"), "25 Juni 2018"),
        (words.long_date(date(2019, 1, 1)), "1 Januari 2019"),
        (words.day_date("2018-06-25"), "Senin, 25 Juni 2018"),
        (words.day_date("2018-06-29"), "Jumat, 29 Juni 2018"),
        (words.short_date("2018-06-05"), "05/06/2018"),
        (words.month("2018-06"), "Juni 2018"),
        (words.date_range("2018-06-25", "2018-06-26"), "25–26 Juni 2018"),
        (words.date_range("2018-06-30", "2018-07-02"), "30 Juni – 2 Juli 2018"),
        (words.date_range("2018-12-31", "2019-01-02"), "31 Desember 2018 – 2 Januari 2019"),
        (words.clock(START, JAKARTA), "09.00 WIB"),
        (words.clock(START, "Asia/Makassar"), "10.00 WITA"),
        (words.clock(START, "Asia/Jayapura"), "11.00 WIT"),
        (words.clock(START, "Asia/Pontianak"), "09.00 WIB"),
        (words.clock(START, "Asia/Singapore"), "10.00 UTC+08"),
        (words.span(START, END, JAKARTA), "09.00–12.00 WIB"),
        (words.span(START, "", JAKARTA), "09.00 WIB s.d. selesai"),
        (words.span(START, "2018-06-26T05:00:00Z", JAKARTA), "25/06/2018 09.00 – 26/06/2018 12.00 WIB"),
        (words.days(START, END, JAKARTA), "Senin, 25 Juni 2018"),
        (words.days(START, "2018-06-26T05:00:00Z", JAKARTA), "Senin–Selasa, 25–26 Juni 2018"),
        (words.days("2018-06-25T15:30:00Z", "", "Asia/Jayapura"), "Selasa, 26 Juni 2018"),
        (words.moment(START, JAKARTA), "25 Juni 2018 09.00 WIB"),
        (words.number(1234567.891, 2), "1.234.567,89"),
        (words.number(-5), "−5"),
        (words.number(Decimal("-0.004"), 2), "0,00"),
        (words.percent("51.74"), "51,74%"),
        (words.percent(Decimal("51.745")), "51,75%"),
        (words.points("-3.2"), "−3,20"),
        (words.points("0"), "0,00"),
        (words.deviation("48.74", "54.50"), "−5,76"),
        (words.deviation("", "54.50"), "–"),
        (words.rupiah(1250000), "Rp1.250.000,00"),
        (words.rupiah("-10.5"), "−Rp10,50"),
        (
            words.spelled_date("2018-06-25"),
            "Senin, tanggal dua puluh lima bulan Juni tahun dua ribu delapan belas",
        ),
        (words.counted(1, "berkas"), "1 (satu) berkas"),
        (words.roman(14), "XIV"),
        (words.letter(28), "AB"),
        (words.lateness(12), "Terlambat 12 hari"),
        (words.lateness(0), "Tenggat hari ini"),
        (words.lateness(-3), "Mendekati tenggat (3 hari lagi)"),
        (words.lateness(-30), ""),
        (words.lateness(None), ""),
        (words.masked_nip("19660801 198803 1 001"), "…1001"),
    ],
)
def test_said_as_the_ministry_says_it(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    "say",
    [
        words.long_date,
        words.day_date,
        words.short_date,
        words.month,
        words.percent,
        words.rupiah,
        words.number,
        words.points,
        words.spelled_date,
    ],
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_a_dash(say, nothing) -> None:
    assert say(nothing) == "–"


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        words.clock("2018-06-25T02:00:00", JAKARTA)
