"""How Randal writes dates, times, numbers and money: domain.md §1.10, in Indonesian.

Pages, letters and spreadsheets use these same functions, so a date looks the same everywhere. Every function takes the
value itself or the string that a snapshot (JSON) holds, and answers "–" for ``None`` or an empty string, because a
document says plainly that something is not known instead of leaving a hole.
"""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from num2words import num2words

LOCALE = Locale("id")
NOTHING = "–"
MINUS = "−"  # U+2212: a hyphen is too short beside figures, and may break a line

Day = date | str | None
Instant = datetime | str | None
Figure = Decimal | int | float | str | None


def as_date(value: date | str) -> date:
    """A date from a date or from ``YYYY-MM-DD``. Raises ValueError for anything else."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def as_instant(value: datetime | str) -> datetime:
    """An aware UTC instant from an aware datetime or from ISO 8601. Raises ValueError when it has no offset."""
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(UTC)


def local(instant: datetime | str, zone: str) -> datetime:
    """The instant as the clock on the wall of ``zone`` (IANA name) shows it."""
    return as_instant(instant).astimezone(ZoneInfo(zone))


def zone_name(zone: str, at: Instant = None) -> str:
    """WIB, WITA or WIT for an IANA name; elsewhere the offset, such as ``UTC+08``."""
    moment = local(at or datetime(2018, 6, 25, tzinfo=UTC), zone)
    name = moment.tzname() or zone
    return f"UTC{name}" if name[0] in "+-" else name


def long_date(value: Day) -> str:
    """25 Juni 2018"""
    return format_date(as_date(value), "d MMMM y", LOCALE) if value else NOTHING


def day_date(value: Day) -> str:
    """Senin, 25 Juni 2018"""
    return format_date(as_date(value), "EEEE, d MMMM y", LOCALE) if value else NOTHING


def short_date(value: Day) -> str:
    """25/06/2018"""
    return format_date(as_date(value), "dd/MM/y", LOCALE) if value else NOTHING


def month(value: Day) -> str:
    """Juni 2018, from a date or from a period ``2018-06``."""
    if not value:
        return NOTHING
    return format_date(as_date(f"{value}-01" if len(str(value)) == 7 else value), "MMMM y", LOCALE)


def date_range(start: Day, end: Day = None) -> str:
    """25 Juni 2018 · 25–26 Juni 2018 · 30 Juni – 2 Juli 2018 · 31 Desember 2018 – 2 Januari 2019"""
    if not start:
        return NOTHING
    first, last = as_date(start), as_date(end or start)
    if first == last:
        return long_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{long_date(last)}"
    return f"{format_date(first, 'd MMMM' if first.year == last.year else 'd MMMM y', LOCALE)} – {long_date(last)}"


def local_date(instant: Instant, zone: str) -> date | None:
    """The calendar day of an instant in its zone."""
    return local(instant, zone).date() if instant else None


def clock(instant: Instant, zone: str) -> str:
    """09.00 WIB"""
    if not instant:
        return NOTHING
    return f"{local(instant, zone):%H.%M} {zone_name(zone, instant)}"


def span(start: Instant, end: Instant, zone: str) -> str:
    """09.00–12.00 WIB, "09.00 WIB s.d. selesai" without an end, "25/06/2018 09.00 – 26/06/2018 12.00 WIB" over several days."""
    if not start:
        return NOTHING
    if not end:
        return f"{clock(start, zone)} s.d. selesai"
    first, last = local_date(start, zone), local_date(end, zone)
    if first != last:
        return f"{short_date(first)} {local(start, zone):%H.%M} – {short_date(last)} {clock(end, zone)}"
    return f"{local(start, zone):%H.%M}–{clock(end, zone)}"


def days(start: Instant, end: Instant, zone: str) -> str:
    """The day of a meeting: "Senin, 25 Juni 2018", or "Senin–Selasa, 25–26 Juni 2018" over several days."""
    if not start:
        return NOTHING
    first, last = local_date(start, zone), local_date(end or start, zone)
    if first == last:
        return day_date(first)
    names = "–".join(format_date(day, "EEEE", LOCALE) for day in (first, last))
    return f"{names}, {date_range(first, last)}"


def moment(instant: Instant, zone: str) -> str:
    """25 Juni 2018 09.00 WIB"""
    return f"{long_date(local_date(instant, zone))} {clock(instant, zone)}" if instant else NOTHING


def _figure(value: Figure, places: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(value: Figure, places: int = 0) -> str:
    """1.234.567,89 (rounded half up to ``places`` decimals)"""
    if value is None or value == "":
        return NOTHING
    rounded = _figure(value, places)
    text = format_decimal(abs(rounded), "#,##0" + ("." + "0" * places if places else ""), LOCALE)
    return (MINUS if rounded < 0 else "") + text


def percent(value: Figure) -> str:
    """51,74% – the value counts in percent, not in shares of one."""
    return NOTHING if value is None or value == "" else f"{number(value, 2)}%"


def points(value: Figure) -> str:
    """+1,20 or −3,20: a deviation in percentage points, always with its sign."""
    if value is None or value == "":
        return NOTHING
    return ("+" if _figure(value, 2) > 0 else "") + number(value, 2)


def deviation(actual: Figure, plan: Figure) -> str:
    """Actual less plan, in percentage points."""
    if actual in (None, "") or plan in (None, ""):
        return NOTHING
    return points(Decimal(str(actual)) - Decimal(str(plan)))


def rupiah(value: Figure) -> str:
    """Rp1.250.000,00"""
    if value is None or value == "":
        return NOTHING
    text = number(value, 2)
    return f"{MINUS}Rp{text[1:]}" if text.startswith(MINUS) else f"Rp{text}"


def spelled(value: int) -> str:
    """dua ribu delapan belas"""
    return str(num2words(value, lang="id"))


def spelled_date(value: Day) -> str:
    """Senin, tanggal dua puluh lima bulan Juni tahun dua ribu delapan belas (berita acara, domain.md §1.7)"""
    if not value:
        return NOTHING
    day = as_date(value)
    names = {
        part: format_date(day, pattern, LOCALE) for part, pattern in (("day", "EEEE"), ("month", "MMMM"))
    }
    return f"{names['day']}, tanggal {spelled(day.day)} bulan {names['month']} tahun {spelled(day.year)}"


def counted(value: int, noun: str) -> str:
    """1 (satu) berkas"""
    return f"{value} ({spelled(value)}) {noun}"


def roman(value: int) -> str:
    """The number of an annex: I, II, III … Raises ValueError below one."""
    if value < 1:
        raise ValueError("Roman numerals start at one")
    text = ""
    for size, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    ):
        text += sign * (value // size)
        value %= size
    return text


def letter(value: int) -> str:
    """A, B … Z, AA, AB …: how the sections of the minutes count."""
    text = ""
    while value > 0:
        value, rest = divmod(value - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def lateness(days_late: int | None, soon: int = 7) -> str:
    """What a person says about a due date: days past it (negative: still to go), ``None`` when it no longer counts."""
    if days_late is None or days_late < -soon:
        return ""
    if days_late > 0:
        return f"Terlambat {number(days_late)} hari"
    return "Tenggat hari ini" if days_late == 0 else f"Mendekati tenggat ({-days_late} hari lagi)"


def masked_nip(nip: str | None) -> str:
    """The last four digits only: a NIP holds a birth date (domain.md §8.8)."""
    digits = "".join(filter(str.isdigit, nip or ""))
    return f"…{digits[-4:]}" if digits else ""


#: What a template may say after a pipe: ``{{ meeting.starts_at|clock(meeting.timezone) }}``.
FILTERS = {
    function.__name__: function
    for function in (
        long_date, day_date, short_date, month, date_range, local_date, clock, span, days, moment, zone_name,
        number, percent, points, deviation, rupiah, spelled, spelled_date, counted, roman, letter, lateness,
        masked_nip,
    )
}  # fmt: skip
