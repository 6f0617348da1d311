"""What the operator's pages ask."""

from __future__ import annotations

from randal.schemas import forms


class ErasureForm(forms.Base):
    """Why a text or a person is erased, and what shall stand instead (nothing: it is only erased)."""

    replacement = forms.prose(
        "Teks pengganti", required=False, max=4000, help="Kosongkan bila teks hanya dihapus."
    )
    reason = forms.text("Dasar", kind="reason", max=4000, help="Misalnya nomor dan tanggal permintaan.")
