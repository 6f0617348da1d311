"""The lifecycles and who reacts to them, for people who read the house."""

from __future__ import annotations

from pathlib import Path

import click

from randal.cli import group
from randal.core.events import ON, WITHIN
from randal.core.tick import RULES
from workflows import LIFECYCLES


@group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def diagrams(folder: Path) -> None:
    """Tulis diagram Mermaid tiap alur kerja ke FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lifecycle in LIFECYCLES.items():
        (folder / f"{name}.mmd").write_text(lifecycle.mermaid(), encoding="utf-8")
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
