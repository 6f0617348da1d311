"""Names of files: whatever people call them, the header is one that every server sends and every reader understands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from randal.storage.files import clean_name
from randal.web.downloads import disposition

NAMES = {  # as given → as its reader saves it
    "Berita Acara – 12.pdf": "Berita Acara – 12.pdf",
    "Jum’at.pdf": "Jum’at.pdf",
    "Screenshot 2026-03-02 at 9.41.00\u202fAM.png": "Screenshot 2026-03-02 at 9.41.00\u202fAM.png",
    "“final”.pdf": "“final”.pdf",
    "№ 5.xlsx": "№ 5.xlsx",
    "😀 foto.jpg": "😀 foto.jpg",
    "محضر الاجتماع.pdf": "محضر الاجتماع.pdf",
    "ꦲꦤꦕꦫꦏ.pdf": "ꦲꦤꦕꦫꦏ.pdf",
    'kutip "ganda"; titik koma.pdf': 'kutip "ganda"; titik koma.pdf',
    "50% selesai %20.pdf": "50% selesai %20.pdf",
    "cafe\u0301.pdf": "café.pdf",  # as a Mac writes it
    "../../etc/passwd": "passwd",
    "C:\\Users\\contoh\\surat.pdf": "surat.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a Set-Cookie: x=1.pdf",
    "gambar\u202egpj.exe": "gambargpj.exe",  # turned round it would read gambarexe.jpg
    "setengah\ud83d.pdf": "setengah?.pdf",
    "\u200b.pdf": "berkas.pdf",
    "..": "berkas",
    "": "berkas",
    f"{'panjang ' * 60}.docx": f"{('panjang ' * 60)[:180].strip()}.docx",
}


def saved_as(header: str) -> str:
    """What a reader of RFC 6266 saves it as."""
    header.encode("ascii")
    assert not any(ord(letter) < 32 for letter in header)
    how, options = parse_options_header(header)
    assert how == "attachment"
    beside = header.partition("filename=")[2].partition("; filename*=")[0]
    assert len(beside) > 2 and beside.startswith('"') and beside.endswith('"'), header
    assert not set(beside[1:-1]) & set('"\\%;/'), "no reader of headers takes it for a sign"
    return str(options["filename"])


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_comes_back_as_it_was_given(name: str) -> None:
    assert saved_as(disposition("attachment", name)) == NAMES[name]


@given(st.text(st.characters(exclude_categories=()), max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_name_at_all(name: str) -> None:
    kept = clean_name(name)
    assert kept == clean_name(kept) and 0 < len(kept) <= 200
    assert (
        "/" not in kept and kept.strip(".") and not any(unicodedata.category(c) in ("Cc", "Cs") for c in kept)
    )
    assert saved_as(disposition("attachment", name)) == kept
