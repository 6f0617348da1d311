"""XLSX: typed cells, nothing that runs, the same bytes for the same rows."""

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from randal.rooms.follow_ups.spreadsheet import tracker_workbook
from randal.rooms.minutes.spreadsheet import follow_ups_workbook
from randal.spreadsheets.writer import CELL_LIMIT, Column, workbook
from tests.core import paper_samples

CREATED = "2018-06-26T03:00:00Z"


def opened(content: bytes):
    return load_workbook(BytesIO(content))


def test_cells_are_typed_and_the_header_stays() -> None:
    columns = [
        Column("Nama"),
        Column("Tenggat", "date"),
        Column("Masuk", "instant"),
        Column("Jumlah", "integer"),
        Column("Fisik", "percent"),
        Column("Pagu", "money"),
    ]
    rows = [
        ("Contoh", "2018-07-31", "2018-06-25T02:00:00Z", 3, "51.74", "1250000"),
        (None, "", None, None, "", None),
    ]
    page = opened(workbook(columns, rows, sheet="Data", created_at=CREATED)).active
    assert [cell.value for cell in page[1]] == ["Nama", "Tenggat", "Masuk", "Jumlah", "Fisik (%)", "Pagu"]
    assert [cell.value for cell in page[2]] == [
        "Contoh",
        datetime(2018, 7, 31),
        datetime(2018, 6, 25, 9),
        3,
        51.74,
        1250000,
    ]
    assert "%" not in page["E2"].number_format, "no program multiplies it"
    assert page["B2"].is_date and page["F2"].number_format == '"Rp"#,##0.00'
    assert all(cell.value is None for cell in page[3])
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:F3")


@pytest.mark.parametrize(
    "evil",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        " =cmd|' /C calc'!A0",
        "\r\n=1",
        "%0A=1",
        '=HYPERLINK("http://evil.example";"klik")',
        "http://evil.example",
    ],
)
def test_text_never_becomes_a_formula_or_a_link(evil: str) -> None:
    page = opened(
        workbook([Column("Uraian")], [(evil,)], sheet="Data", created_at=CREATED, notes=[evil])
    ).active
    cell = page["A2"]
    assert cell.data_type == "s" and cell.hyperlink is None
    assert cell.value.strip() == evil.strip()
    assert cell.quotePrefix or evil.startswith("http")


def test_a_wrong_cell_is_refused_and_a_long_one_cut() -> None:
    with pytest.raises(ValueError, match="not a number"):
        workbook([Column("Jumlah", "integer")], [("NaN",)], sheet="Data", created_at=CREATED)
    page = opened(
        workbook([Column("Uraian")], [("x" * 40_000,)], sheet="a/b:c" * 20, created_at=CREATED)
    ).active
    assert len(page["A2"].value) == CELL_LIMIT and page["A2"].value.endswith("…")


def test_the_tracker_and_the_minutes() -> None:
    tracker = paper_samples.tracker(34)
    book = opened(tracker_workbook(tracker))
    assert book.sheetnames == ["CONTOH Tindak Lanjut", "Keterangan"]
    assert book.active.max_row == 1 + 34 * 2
    assert book["Keterangan"]["A1"].value.startswith("CONTOH")
    assert tracker_workbook(tracker) == tracker_workbook(tracker)
    assert opened(follow_ups_workbook(paper_samples.minutes())).active.max_row == 15
    assert opened(tracker_workbook(paper_samples.tracker(0))).active.max_row == 1
