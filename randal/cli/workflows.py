"""The lifecycles and who reacts to them, for people who read the house."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from randal.cli.group import Say, group
from randal.history.events import ON, WITHIN
from randal.l10n import clock
from randal.schedule import forecast
from randal.schedule.scheduler import RULES
from workflows import LIFECYCLES
from workflows.diagram import mermaid


@group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def diagrams(folder: Path) -> None:
    """Tulis diagram Mermaid tiap alur kerja ke FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lifecycle in LIFECYCLES.items():
        (folder / f"{name}.mmd").write_text(mermaid(lifecycle), encoding="utf-8")
    click.echo(f"{len(LIFECYCLES)} diagram ditulis ke {folder}.")


@group.command()
def reactions() -> None:
    """Siapa menanggapi peristiwa apa: seketika (within), oleh worker (on), atau karena waktu (rule)."""
    lines = [
        (name, "within", f"{f.__module__}.{f.__name__}") for name, found in WITHIN.items() for f in found
    ]
    lines += [
        (name, f"on {r.queue}", f"{r.run.__module__}.{r.run.__name__}")
        for name, found in ON.items()
        for r in found
    ]
    for name, rule in RULES.items():
        found = rule.run or rule.find  # a reminder is found by its room, and said by the digest
        lines.append((name, "rule", f"{found.__module__}.{found.__name__}"))
    for name, how, who in sorted(lines):
        click.echo(f"{name:34} {how:13} {who.removeprefix('randal.')}")


@group.command()
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="Hari yang ditanyakan; bawaan: hari kerja berikutnya."
)
def coming(day: datetime | None) -> None:
    """Yang akan dikirim pada satu hari: kepada siapa, tentang apa, dan mengapa. Tidak mengirim apa pun."""
    found = forecast.coming(day.date() if day else None, clock.now())
    if found.refused:
        raise Say(found.refused)
    if found.day_off:
        click.echo(f"{found.day} bukan hari kerja ({found.day_off}): tidak ada yang dikirim.")
        return
    for line in found.lines:
        click.echo(f"{line.rule}\t{line.whom}\t{line.text}\t{line.why}")
    click.echo(f"{found.day}: {len(found.lines)} pengingat untuk {found.people} orang.")
