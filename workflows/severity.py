"""How grave a finding or a kendala is."""

from __future__ import annotations

from workflows.actors import _

SEVERITIES = {"low": _("Rendah"), "medium": _("Sedang"), "high": _("Tinggi"), "critical": _("Kritis")}
