"""The charts of Telaah: each one specification for screen and paper, a sentence, and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from randal.documents.chart_colours import ALARM, STEPS
from randal.documents.charts import Chart
from randal.l10n import formats
from randal.rooms.follow_ups.insight_drawing import Layers, bars, narrowed, stacked
from randal.rooms.follow_ups.insight_facts import (
    KEPT,
    LATE_DONE,
    LATE_OPEN,
    OUTCOMES,
    SMALL,
    WAITS_ON,
    Insight,
    share,
)
from randal.rooms.follow_ups.tracking import LIFE
from randal.spreadsheets.writer import Column

NO_SHARES = f"Bagian dalam persen tidak dihitung dari kurang dari {SMALL} tindak lanjut: angkanya saja."
# The worse, the darker: on a grey print, too, late is not taken for kept.
COLOURS = {"kept": STEPS[0], "pending": STEPS[1], "late_done": ALARM[2], "late_open": ALARM[4]}


def charts(found: Insight, names: Mapping[str, str]) -> list[Chart]:
    """All of them, in the order they are read; `names`: of the classes of kendala."""
    return [waits(found), stays(found), trend(found), kept(found), ages(found), repeats(found, names)]


def drawn(
    name: str,
    title: str,
    says: str,
    spec: Mapping[str, Any],
    columns: Sequence[Column],
    rows: Any,
    note: str = "",
) -> Chart:
    return Chart(name, title, says, spec, columns, rows, narrowed(spec), note)


def days(value: float) -> str:
    return formats.number(str(round(value, 1)), 1)


def waits(found: Insight) -> Chart:
    rows = [(who, one.items, days(one.mean), days(one.longest)) for who, one in found.waiting.items()]
    most = max(found.waiting.items(), key=lambda pair: pair[1].items, default=None)
    says = "Tidak ada tindak lanjut yang terbuka."
    if most:
        says = (
            f"{formats.number(found.open)} tindak lanjut terbuka; terbanyak menunggu {most[0]}, "
            f"{share(most[1].items, found.open)}, rata-rata {days(most[1].mean)} hari dalam statusnya sekarang."
        )
    columns = (
        Column("Menunggu"), Column("Terbuka", "integer"), Column("Rata-rata hari", "integer"),
        Column("Paling lama (hari)", "integer"),
    )  # fmt: skip
    spec = bars([(who, one.items) for who, one in found.waiting.items()], "Tindak lanjut terbuka")
    return drawn(
        "menunggu", "Pekerjaan menunggu siapa", says, spec, texts(columns, 2, 3), rows, note=note(found.open)
    )


def stays(found: Insight) -> Chart:
    shown = [(state, one) for state in WAITS_ON if (one := found.stays.get(state)) and one.items]
    rows = [(LIFE.states[s], WAITS_ON[s], one.items, days(one.mean)) for s, one in shown]
    long = max((pair for pair in shown if pair[0] != "draft"), key=lambda pair: pair[1].mean, default=None)
    says = "Belum ada riwayat."
    if long:
        says = (
            f"Paling lama dalam «{LIFE.states[long[0]]}»: rata-rata {days(long[1].mean)} hari per tindak lanjut "
            f"({formats.number(long[1].items)} tindak lanjut), di tangan {WAITS_ON[long[0]]}."
        )
    columns = (
        Column("Status"), Column("Di tangan"), Column("Tindak lanjut", "integer"), Column("Rata-rata hari", "integer"),
    )  # fmt: skip
    spec = bars(
        [(LIFE.states[s], round(one.mean, 1)) for s, one in shown], "Rata-rata hari per tindak lanjut"
    )
    remark = (
        "Seluruh waktu dalam satu status dijumlahkan, juga bila kembali ke sana; yang masih di sana dihitung "
        "sampai sekarang."
    )
    return drawn("status", "Waktu dalam tiap status", says, spec, texts(columns, 3), rows, note=remark)


def trend(found: Insight) -> Chart:
    months = {f"{formats.month(period)[:3]} {period[2:4]}": of for period, of in found.by_month.items()}
    rows = [
        (formats.month(period), *(of[code] for code in OUTCOMES), of.total(), of_late(of))
        for period, of in found.by_month.items()
    ]
    whole = sum(of.total() for of in found.by_month.values())
    late = sum(of[LATE_DONE] + of[LATE_OPEN] for of in found.by_month.values())
    says = "Belum ada tenggat yang lewat dalam dua belas bulan terakhir."
    if whole:
        says = f"Dua belas bulan terakhir {formats.number(whole)} tindak lanjut sampai pada tenggatnya; "
        says += f"terlambat {share(late, whole)}.{turn(found)}"
    columns = (Column("Bulan tenggat"), *(Column(label, "integer") for label in OUTCOMES.values()),
               Column("Jumlah", "integer"), Column("Terlambat"))  # fmt: skip
    spec = stacked(layers(months), list(months), "Bulan tenggat", flat=False)
    small = any(0 < of.total() < SMALL for of in found.by_month.values())
    return drawn(
        "bulan",
        "Keterlambatan menurut bulan tenggat",
        says,
        spec,
        columns,
        rows,
        note=NO_SHARES if small else "",
    )


def turn(found: Insight) -> str:
    """This half year beside the one before, when both have enough to say it."""
    periods = list(found.by_month.values())
    before, now = (
        (sum(of[LATE_DONE] + of[LATE_OPEN] for of in half), sum(of.total() for of in half))
        for half in (periods[:6], periods[6:])
    )
    if min(before[1], now[1]) < SMALL:
        return ""
    return f" Enam bulan terakhir {share(*now)}, enam bulan sebelumnya {share(*before)}."


def kept(found: Insight) -> Chart:
    rows = [
        (unit, of.total(), *(of[code] for code in OUTCOMES), found.extended.get(unit, 0), in_time(of))
        for unit, of in found.by_unit.items()
    ]
    whole, good = (
        sum(of.total() for of in found.by_unit.values()),
        sum(of[KEPT] for of in found.by_unit.values()),
    )
    says = "Belum ada janji yang sampai pada tenggatnya."
    if whole:
        says = f"Dari janji {formats.number(len(rows))} PPK yang sampai tenggat, ditepati dan terverifikasi {share(good, whole)}."
        if longer := sum(found.extended.values()):
            says += f" {formats.number(longer)} di antaranya pernah diperpanjang tenggatnya."
    columns = (Column("PPK"), Column("Sampai tenggat", "integer"), *(Column(label, "integer") for label in OUTCOMES.values()),
               Column("Diperpanjang", "integer"), Column("Ditepati"))  # fmt: skip
    spec = stacked(layers(found.by_unit), list(found.by_unit), "PPK", flat=True)
    remark = (
        "Menurut kode provinsi, bukan peringkat. Tenggat ialah yang berlaku, sesudah perpanjangan yang disetujui. "
        "«Menunggu verifikasi»: diajukan tepat waktu."
    )
    small = any(of.total() < SMALL for of in found.by_unit.values())
    return drawn(
        "ditepati",
        "Janji yang ditepati tiap PPK",
        says,
        spec,
        columns,
        rows,
        note=remark + (f" {NO_SHARES}" if small else ""),
    )


def ages(found: Insight) -> Chart:
    rows = [(label, late + fine, late, fine) for label, (late, fine) in found.ages.items()]
    old = sum(late + fine for late, fine in list(found.ages.values())[3:])
    says = "Tidak ada tindak lanjut yang terbuka."
    if found.open:
        says = f"{formats.number(found.open)} terbuka; lebih dari 90 hari sejak dicatat: {share(old, found.open)}."
    columns = (
        Column("Umur sejak dicatat"), Column("Terbuka", "integer"), Column("Lewat tenggat", "integer"),
        Column("Belum lewat", "integer"),
    )  # fmt: skip
    parts = [
        ("Lewat tenggat", COLOURS["late_open"], {label: late for label, (late, _) in found.ages.items()}),
        ("Belum lewat", COLOURS["pending"], {label: fine for label, (_, fine) in found.ages.items()}),
    ]
    spec = stacked(parts, list(found.ages), "Umur", flat=True)
    return drawn("umur", "Umur yang masih terbuka", says, spec, columns, rows, note=note(found.open))


def repeats(found: Insight, names: Mapping[str, str]) -> Chart:
    rows = [
        (one.unit, names.get(one.category or "", one.category), one.count, one.meetings, one.open)
        for one in found.repeats
    ]
    by_class: dict[str, int] = {}
    for row in rows:
        by_class[str(row[1])] = by_class.get(str(row[1]), 0) + 1
    says = "Tidak ada kelas kendala yang berulang di PPK yang sama."
    if rows:
        most = max(by_class, key=lambda name: by_class[name])
        says = (
            f"Kelas kendala yang berulang di PPK yang sama: {formats.number(len(rows))}; paling sering «{most}», "
            f"di {formats.number(by_class[most])} PPK."
        )
    columns = (
        Column("PPK"), Column("Kelas kendala"), Column("Berapa kali", "integer"), Column("Pada rapat", "integer"),
        Column("Masih terbuka", "integer"),
    )  # fmt: skip
    spec = bars(list(by_class.items()), "PPK tempat kelas ini berulang")
    return drawn("berulang", "Kendala yang berulang", says, spec, columns, rows)


def texts(columns: Sequence[Column], *places: int) -> list[Column]:
    """Those columns hold days with a decimal comma, already in words."""
    return [Column(c.header) if n in places else c for n, c in enumerate(columns)]


def note(whole: int) -> str:
    return NO_SHARES if 0 < whole < SMALL else ""


def of_late(of: Mapping[str, int]) -> str:
    whole = sum(of.values())
    return share(of[LATE_DONE] + of[LATE_OPEN], whole) if whole else ""


def in_time(of: Mapping[str, int]) -> str:
    return share(of[KEPT], sum(of.values()))


def layers(rows: Mapping[str, Mapping[str, int]]) -> Layers:
    return [
        (label, COLOURS[code], {name: of[code] for name, of in rows.items()})
        for code, label in OUTCOMES.items()
    ]
