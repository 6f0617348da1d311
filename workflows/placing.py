"""Where a finding, a kendala or a follow-up belongs: kawasan, kegiatan, and the paragraph of the minutes it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflows.lifecycle import Ask, Move, _, deed

PLACE = [
    Ask("area_id", _("Kawasan"), "row", required=False),
    Ask("activity_id", _("Kegiatan"), "row", required=False),
    Ask("source_section", _("Bagian notula"), required=False, most=32, kept=False),
    Ask("source_paragraph", _("Paragraf"), "integer", required=False),
]
#: what such an item has in common, as the history names it when it was edited
WORDS = {
    "text": _("uraian"),
    "area_id": _("kawasan"),
    "activity_id": _("kegiatan"),
    "source_section": _("asal di notula"),
}


def placing(sources: Iterable[str], by: Sequence[str]) -> Move:
    """Whoever may edit such an item may also say where it belongs, as long as it is not at its end for good."""
    return deed(
        "place",
        sources,
        by=by,
        asks=PLACE,
        label=_("Tautkan kawasan, kegiatan, atau notula"),
        said=_("Tautan ke kawasan, kegiatan, atau notula diubah."),
    )
