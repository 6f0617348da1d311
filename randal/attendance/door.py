"""Checking in at the door: whoever holds the live code says who he is, and signs by hand."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from randal.attendance.models import Attendance
from randal.core import files, forms
from randal.core.db import db
from randal.core.transitions import fire
from randal.meetings.forms import GuestForm
from randal.meetings.invitees import DOOR, add_guest
from randal.meetings.models import Meeting
from workflows.lifecycle import INVITEE, Actor, Refused

GUEST = "tamu"
MAX_PICTURE = 300_000  # bytes; a drawn signature has some ten thousand
NO_DRAWING = "Gambar tanda tangan Anda, atau centang bahwa Anda tidak dapat menggambarnya."
PREFIX = "data:image/png;base64,"
#: Whoever holds the live code attends for the row he names; the history says so by this hat, without a name.
HOLDER = Actor(None, frozenset({INVITEE}))


class DoorForm(forms.Base):
    """Who comes for an invited post."""

    who = forms.text("Saya hadir sebagai", max=20)
    name = forms.text("Nama lengkap", max=120)
    post = forms.text("Jabatan", max=200)


def expected(meeting: Meeting) -> list[Attendance]:
    """Invited rows that are not present yet."""
    return [row for row in meeting.invitees if row.state != "present"]


def check_in(meeting: Meeting, raw: Mapping[str, Any], now: datetime) -> Attendance:
    """One person comes in by the live code. Refused: every wrong field at once, or the row's own need."""
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    guest = raw.get("who") == GUEST
    try:
        given = forms.load(GuestForm if guest else DoorForm, raw)
    except Refused as refused:
        errors = dict(refused.errors)
    row = None
    if not guest and "who" not in errors:
        row = next((r for r in expected(meeting) if str(r.id) == given.get("who", raw.get("who"))), None)
        if row is None:
            errors["who"] = ["Pilih dari daftar. Yang sudah tercatat hadir tidak ada lagi di sini."]
    picture = drawn(str(raw.get("signature") or ""))
    if picture is None and raw.get("no_drawing") not in ("true", "on", "1"):
        errors["signature"] = [NO_DRAWING]
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    kept = files.keep(picture, by=None, now=now).id if picture else None
    if guest:
        made = add_guest(meeting, DOOR, raw, now, signature_id=kept, way="qr")
        db.session.flush()
        return made
    if row is None:  # said above, at the field
        raise Refused("field", forms.TOO_MUCH, errors)
    fire(row, "check_in", HOLDER, now=now, name=given["name"], post=given["post"], signature=kept, way="qr")
    return row


def drawn(data: str) -> files.Checked | None:
    """The picture of a drawn signature (a PNG in a data URL); None when there is none, Refused when it is no PNG."""
    if not data:
        return None
    if not data.startswith(PREFIX) or len(data) > MAX_PICTURE * 4 // 3 + len(PREFIX):
        raise forms.wrong("signature", "Gambar tanda tangan tidak dapat dibaca. Silakan gambar lagi.")
    try:
        return files.check("tanda-tangan.png", base64.b64decode(data[len(PREFIX) :], validate=True), ("png",))
    except (binascii.Error, ValueError):
        raise forms.wrong(
            "signature", "Gambar tanda tangan tidak dapat dibaca. Silakan gambar lagi."
        ) from None
