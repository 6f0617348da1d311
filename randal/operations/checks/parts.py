"""The checks one by one: of this machine, of what all machines share, and of the other machines."""

from __future__ import annotations

import shutil

from flask import current_app
from sqlalchemy import func, select, text

from randal.backup import last_backup, stored_files
from randal.backup.manifest import listed
from randal.database.base import db, is_sqlite
from randal.documents import typefaces
from randal.history.events import QUEUES
from randal.jobs import presence, queues
from randal.l10n import clock
from randal.operations import monitor
from randal.operations.checks.findings import Checks, Trouble
from randal.org import bootstrap
from randal.settings import Settings
from randal.storage import blobs as storing
from randal.storage import files as uploads
from randal.untrusted.limited import door
from randal.untrusted.limited.limits import SLOTS
from randal.web import fitness

LITTLE = 1_000_000_000  # bytes left on a disk, of which a person should know
ROOMY = 20_000_000_000  # beyond this a small share is still enough
SKEW = 5.0  # seconds between a machine's clock and the database's


def settings() -> Settings:
    found: Settings = current_app.config["RANDAL"]
    return found


def environment() -> str:
    mode = settings().env + (", data contoh boleh dimuat" if settings().demo else "")
    return f"{mode}; data di {settings().data_dir}; mesin {presence.node_name(settings())}"


def database() -> str:
    db.session.execute(text("SELECT 1"))
    return f"menjawab ({db.engine.dialect.name})"


def migrations() -> str:
    try:
        here, newest = bootstrap.refuse_newer(), bootstrap.newest_revision()
    except bootstrap.Newer as newer:
        raise Trouble(str(newer)) from None
    if here != newest:
        raise Trouble(
            f"skema {here or 'kosong'}, seharusnya {newest}; jalankan: flask --app wsgi randal init"
        )
    return f"skema {here}"


def authority() -> str:
    try:
        return fitness.ask()
    except fitness.Unfit as unfit:
        raise Trouble(str(unfit)) from None


def redis() -> str:
    queues.connect(settings(), patience=1.0).ping()
    return "menjawab"


def workers() -> str:
    heard = presence.silences()
    if silent := [name for name in QUEUES if not any(map(presence.is_heard, heard.get(name, [])))]:
        raise Trouble(f"tidak terdengar: worker {', worker '.join(silent)}")
    return f"terdengar: {', '.join(QUEUES)}"


def storage() -> str:
    try:
        storing.works()
    except storing.StorageDown as down:
        raise Trouble(down.why) from None
    return "baru saja ditulis dan dibaca kembali"


def files(most: int | None = stored_files.READ_AT_ONCE) -> str:
    try:
        wrong, unread = stored_files.faults(most)
    except storing.StorageDown as down:
        raise Trouble(down.why) from None
    if wrong:
        raise Trouble(f"{len(wrong)} hilang atau rusak: {listed([str(each) for each in wrong])}")
    return "semua ada" + (
        f"; isi {unread} berkas tidak dibaca kali ini (--files membacanya)" if unread else ""
    )


def reader() -> str:
    """Is a stranger's file read? A very small one, through the same door."""
    if not door.ask(uploads.FAULT, b"PK", ending="docx"):
        raise Trouble("yang bukan DOCX dibaca sebagai DOCX")
    return f"membaca, paling banyak {SLOTS} sekaligus"


def room() -> str:
    disks = {"data": shutil.disk_usage(settings().data_dir)[2::-2]}
    try:
        if (of_files := storing.room()) is not None:
            disks["berkas"] = of_files
    except OSError:
        pass  # the storage itself says what is wrong with it
    said = ", ".join(
        f"{name} {size(free)} dari {size(total)} kosong" for name, (free, total) in disks.items()
    )
    if any(free < LITTLE or (free < ROOMY and free < total * 0.03) for free, total in disks.values()):
        raise Trouble(f"{said}; kosongkan atau perbesar sebelum penuh")
    return said


def size(count: int) -> str:
    return f"{count / 1e9:.1f} GB".replace(".", ",")


def time() -> str:
    if is_sqlite():
        return "satu mesin, satu jam"
    there = db.session.scalar(select(func.clock_timestamp()))
    ahead = (clock.machine() - there).total_seconds() if there else 0.0
    if abs(ahead) > SKEW:
        raise Trouble(
            f"jam mesin ini {skewed(ahead)}; Randal memakai jam basis data, tetapi perbaiki NTP mesin ini"
        )
    return f"selisih dengan basis data {abs(ahead):.1f} detik".replace(".", ",")


def skewed(ahead: float) -> str:
    return f"{abs(ahead):.0f} detik {'di depan' if ahead > 0 else 'di belakang'} basis data"


def machines() -> str:
    found, wrong, said = presence.nodes(), [], []
    for node in found:
        there = (
            ", ".join(f"{name} {count}" for name, count in sorted(node.heard.items())) or "tidak ada proses"
        )
        told = f"{node.name}: {there}"
        if node.free is not None:
            told += f", {size(node.free)} kosong"
        if abs(node.ahead) > SKEW:
            node.troubles.append(f"jamnya {skewed(node.ahead)}")
        if node.free is not None and node.free < LITTLE:
            node.troubles.append("ruang hampir habis")
        said.append(told + (f" ({'; '.join(node.troubles)})" if node.troubles else ""))
        wrong += node.troubles
    if wrong:
        raise Trouble("; ".join(said))
    return "; ".join(said) or "belum ada proses yang melapor"


def backups() -> str:
    last, now = last_backup.look(), clock.now()
    if last is None:
        if settings().production:
            raise Trouble("belum pernah; jalankan tiap malam: flask --app wsgi randal backup DIR")
        return "belum pernah"
    since = f"{last.events} peristiwa dan {last.files} berkas belum tercadangkan"
    said = f"terakhir {monitor.age(now - last.at)} lalu; " + (
        since if last.events or last.files else "semua sudah tercadangkan"
    )
    if last.lost:
        raise Trouble(
            f"{said}; {last.lost} berkas hilang atau rusak tidak ikut: cari di cadangan yang lebih lama"
        )
    if now - last.at > last_backup.LATE:
        raise Trouble(f"{said}; periksa penjadwalnya (cron)")
    return said


def fonts() -> str:
    for face in typefaces.FACES.values():
        typefaces.unpacked(face)
    return f"{len(typefaces.FACES)} berkas huruf Noto"


CHECKS: Checks = {
    "settings": ("Pengaturan", environment),
    "database": ("Basis data", database),
    "migrations": ("Migrasi", migrations),
    "authority": ("Otoritas", authority),
    "storage": ("Penyimpanan", storage),
    "files": ("Berkas", files),
    "reader": ("Pembaca berkas", reader),
    "room": ("Ruang", room),
    "clock": ("Jam", time),
    "machines": ("Mesin", machines),
    "backup": ("Cadangan", backups),
    "fonts": ("Huruf", fonts),
}
SERVE: Checks = {name: CHECKS[name] for name in ("database", "migrations", "authority", "storage")}
WORK: Checks = {"redis": ("Redis", redis), "worker": ("Worker", workers)}
