"""What is asked of a paparan, on the page and in the API."""

from __future__ import annotations

from dataclasses import replace

from randal.schemas.moves import ask_schema
from workflows.material import NEW_PAPARAN, SLIDE

PaparanForm = ask_schema(NEW_PAPARAN, "PaparanForm")
VersionForm = ask_schema([replace(SLIDE, label="Berkas versi baru")], "VersionForm")
