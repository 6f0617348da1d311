"""What an `edit` was before deeds had names of their own: kept so that histories written then are read as before.

Nothing new is added here: a new deed is a row of its lifecycle.
"""

from __future__ import annotations

from workflows.lifecycle import _

#: a name in the data of the event → what had happened
OLD_EDITS = {
    "arrived_at": _("Kedatangan dicatat."),
    "left_at": _("Kepulangan dicatat."),
    "corrected_presence": _("Jam hadir dibetulkan."),
    "reminded": _("Yang belum menjawab undangan diingatkan."),
    "new_link": _("Tautan konfirmasi diganti; tautan lama tidak berlaku lagi."),
    "imported": _("Angka diimpor dari lembar kerja."),
    "evidence_id": _("Bukti dukung ditambahkan."),
    "judged_id": _("Bukti dukung dinilai."),
    "extension_id": _("Tenggat dipindahkan."),
    "waits_since": _("Pihak yang ditunggu dicatat."),
    "waiting_ended": _("Tidak menunggu pihak lain lagi."),
    "paparan_added": _("Paparan ditambahkan."),
    "paparan_version": _("Versi baru paparan diunggah."),
    "paparan_withdrawn": _("Paparan ditarik."),
    "photos_added": _("Foto ditambahkan."),
    "photo_changed": _("Keterangan foto diubah."),
    "photo_withdrawn": _("Foto ditarik."),
    "summary_written": _("Ringkasan publik disunting."),
    "summary_published": _("Ringkasan publik diterbitkan."),
    "summary_withdrawn": _("Ringkasan publik ditarik."),
    "destroyed_document": _("Satu dokumen dimusnahkan menurut berita acara."),
    "comment_id": _("Tanggapan ditulis."),
    "agreement_id": _("Persetujuan PPK dinyatakan."),
    "scan_file_id": _("Pindaian tanda tangan basah diunggah."),
    "created": _("Otoritas sertifikat dibuat."),
    "issued_key_id": _("Sertifikat penanda tangan diterbitkan."),
    "revoked_key_id": _("Sertifikat penanda tangan dicabut."),
    "renewed": _("Sertifikat penerbit dan stempel waktu diperbarui."),
    "root_exported": _("Kunci akar disalin ke luar mesin."),
    "root_removed": _("Kunci akar dikeluarkan dari mesin."),
    "crl_issued": _("Daftar pencabutan diterbitkan."),
    "resealed": _("Kunci otoritas disandikan dengan rahasia instalasi yang baru."),
    "adopted": _("Otoritas yang dibuat mesin lain diakui."),
    "appointment_id": _("Jabatan ditambahkan."),
}
#: a field that such an edit named → how it is called
OLD_FIELDS = {
    "area_id": _("kawasan"),
    "activity_id": _("kegiatan"),
    "source_section": _("asal di notula"),
    "signers": _("penanda tangan"),
    "sessions": _("susunan sesi"),
    "position": _("susunan acara"),
    "started_at": _("acara dimulai"),
    "ended_at": _("acara selesai"),
    "outcome": _("acara ditunda"),
    "figures": _("angka laporan"),
}
