"""A lifecycle as a Mermaid state diagram: states and the moves between them, without the deeds that leave the state."""

from __future__ import annotations

from workflows.lifecycle import Lifecycle


def mermaid(lifecycle: Lifecycle, present: str | None = None) -> str:
    """The drawing's source; the present state, if given, carries the class `kini`."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{label}" as {code}' for code, label in lifecycle.states.items()]
    lines += [f"    [*] --> {code}" for code in lifecycle.initial]
    for row in lifecycle.moves:
        for source in sorted(row.sources, key=list(lifecycle.states).index) if not row.deed else ():
            lines.append(f"    {source} --> {row.target or source}: {row.label}")
    lines += [f"    {code} --> [*]" for code in lifecycle.states if code in lifecycle.final]
    if present:
        lines += ["    classDef kini fill:#0f766e,color:#fff,font-weight:bold", f"    class {present} kini"]
    return "\n".join(lines) + "\n"
