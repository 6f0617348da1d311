"""The forms of domain.md §1.10."""

from datetime import date
from decimal import Decimal

import pytest

from randal.l10n import formats

START, END = "2018-06-25T02:00:00Z", "2018-06-25T05:00:00Z"
JAKARTA = "Asia/Jakarta"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (formats.long_date("2018-06-25"), "25 Juni 2018"),
        (formats.long_date(date(2019, 1, 1)), "1 Januari 2019"),
        (formats.day_date("2018-06-25"), "Senin, 25 Juni 2018"),
        (formats.day_date("2018-06-29"), "Jumat, 29 Juni 2018"),
        (formats.short_date("2018-06-05"), "05/06/2018"),
        (formats.month("2018-06"), "Juni 2018"),
        (formats.date_range("2018-06-25", "2018-06-26"), "25–26 Juni 2018"),
        (formats.date_range("2018-06-30", "2018-07-02"), "30 Juni – 2 Juli 2018"),
        (formats.date_range("2018-12-31", "2019-01-02"), "31 Desember 2018 – 2 Januari 2019"),
        (formats.clock(START, JAKARTA), "09.00 WIB"),
        (formats.clock(START, "Asia/Makassar"), "10.00 WITA"),
        (formats.clock(START, "Asia/Jayapura"), "11.00 WIT"),
        (formats.clock(START, "Asia/Pontianak"), "09.00 WIB"),
        (formats.clock(START, "Asia/Singapore"), "10.00 UTC+08"),
        (formats.span(START, END, JAKARTA), "09.00–12.00 WIB"),
        (formats.span(START, "", JAKARTA), "09.00 WIB s.d. selesai"),
        (formats.span(START, "2018-06-26T05:00:00Z", JAKARTA), "25/06/2018 09.00 – 26/06/2018 12.00 WIB"),
        (formats.days(START, END, JAKARTA), "Senin, 25 Juni 2018"),
        (formats.days(START, "2018-06-26T05:00:00Z", JAKARTA), "Senin–Selasa, 25–26 Juni 2018"),
        (formats.days("2018-06-25T15:30:00Z", "", "Asia/Jayapura"), "Selasa, 26 Juni 2018"),
        (formats.moment(START, JAKARTA), "25 Juni 2018 09.00 WIB"),
        (formats.number(1234567.891, 2), "1.234.567,89"),
        (formats.number(-5), "−5"),
        (formats.number(Decimal("-0.004"), 2), "0,00"),
        (formats.percent("51.74"), "51,74%"),
        (formats.percent(Decimal("51.745")), "51,75%"),
        (formats.points("-3.2"), "−3,20"),
        (formats.points("0"), "0,00"),
        (formats.deviation("48.74", "54.50"), "−5,76"),
        (formats.deviation("", "54.50"), "–"),
        (formats.rupiah(1250000), "Rp1.250.000,00"),
        (formats.rupiah("-10.5"), "−Rp10,50"),
        (
            formats.spelled_date("2018-06-25"),
            "Senin, tanggal dua puluh lima bulan Juni tahun dua ribu delapan belas",
        ),
        (formats.counted(1, "berkas"), "1 (satu) berkas"),
        (formats.roman(14), "XIV"),
        (formats.letter(28), "AB"),
        (formats.lateness(12), "Terlambat 12 hari"),
        (formats.lateness(0), "Tenggat hari ini"),
        (formats.lateness(-3), "Mendekati tenggat (3 hari lagi)"),
        (formats.lateness(-30), ""),
        (formats.lateness(None), ""),
        (formats.masked_nip("19660801 198803 1 001"), "…1001"),
    ],
)
def test_said_as_the_ministry_says_it(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    "say",
    [
        formats.long_date,
        formats.day_date,
        formats.short_date,
        formats.month,
        formats.percent,
        formats.rupiah,
        formats.number,
        formats.points,
        formats.spelled_date,
    ],
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_a_dash(say, nothing) -> None:
    assert say(nothing) == "–"


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        formats.clock("2018-06-25T02:00:00", JAKARTA)
