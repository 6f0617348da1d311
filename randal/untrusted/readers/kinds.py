"""Is a file what its name says, whole, and one that others can open? Asked of the bytes, not of the name.

Locked files and files with macros are refused, not marked: who judges them could not open the one and should not open the
other, and who has them makes a plain one in a minute.
"""

from __future__ import annotations

import io
import zipfile

import puremagic
import pypdfium2
from PIL import Image

from randal.untrusted.readers import containers
from randal.untrusted.readers.heic import FORMAT, is_heic

INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
JPEG, HEIC = "image/jpeg", "image/heic"
MIMES = {"jpg": JPEG, "jpeg": JPEG, "png": "image/png", "heic": HEIC, "heif": HEIC}
FORMATS = ("JPEG", "PNG", FORMAT)
MAX_PIXELS = 80_000_000
MOST_MEMBERS = 5000
END = b"PK\x05\x06"  # of a zip: says how many members there are, before the first is looked at
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, and .docx under a password
PASSWORD = 4  # FPDF_ERR_PASSWORD
WHY_LOCKED = "penerimanya tidak dapat membukanya. Simpan tanpa kata sandi, lalu unggah lagi."
LOCKED = f"Berkas ini terkunci kata sandi: {WHY_LOCKED}"
LOCKED_OR_OLD = f"Berkas ini terkunci kata sandi, atau berformat lama (.doc, .xls): {WHY_LOCKED}"
MACROS = "Berkas ini memuat makro. Simpan tanpa makro, atau sebagai PDF, lalu unggah lagi."
CUT_OFF = "Gambar ini terpotong: unggahan atau salinannya tidak selesai. Ambil lagi dari sumbernya, lalu unggah lagi."
TOO_LARGE = "Gambar ini terlalu besar (lebih dari 80 juta piksel). Perkecil, lalu unggah lagi."


def fault(data: bytes, ending: str) -> str:
    """Why these bytes are not taken as a file of this ending (pdf, docx, xlsx, pptx, jpg, jpeg, png, heic, heif); "" when they
    are."""
    other = f"Isi berkas bukan {ending.upper()} seperti namanya. Simpan ulang lalu unggah lagi."
    if ending == "pdf":
        return LOCKED if needs_password(data) else "" if is_pdf(data) else other
    if ending in INSIDE:
        return _office(data, INSIDE[ending], other)
    return _picture(data, MIMES[ending], other)


def is_pdf(data: bytes) -> bool:
    return data[:1024].lstrip().startswith(b"%PDF-")


def needs_password(data: bytes) -> bool:
    """True where it does not open without one. A PDF that only forbids printing or copying opens."""
    try:
        pypdfium2.PdfDocument(data).close()
    except pypdfium2.PdfiumError as error:
        return getattr(error, "err_code", None) == PASSWORD
    return False


def members(data: bytes) -> int:
    """How many members a zip says it has; 0 for what is none."""
    at = data.rfind(END)
    return int.from_bytes(data[at + 10 : at + 12], "little") if at >= 0 else 0


def _office(data: bytes, main: str, other: str) -> str:
    if data.startswith(OLD_OFFICE):
        return LOCKED_OR_OLD
    if members(data) > MOST_MEMBERS:
        return other
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if main not in names:
                return other
            macros = any(name.lower().endswith("vbaproject.bin") for name in names)
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
            return MACROS if macros or b"macroEnabled" in types else ""
    except MemoryError:
        raise
    except Exception:  # whatever a bent archive makes the library say
        return other


def _picture(data: bytes, mime: str, other: str) -> str:
    found = {match.mime_type for match in _magic(data)} | ({HEIC} if is_heic(data) else set())
    if mime not in found:
        return other
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return TOO_LARGE
            image.load() if mime == HEIC else image.verify()
        if mime == JPEG:
            containers.stripped(data, mime)  # to its end
    except MemoryError:
        raise
    except Exception:  # whatever the decoders say of what begins as such a picture
        return CUT_OFF
    return ""


def _magic(data: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return list(puremagic.magic_string(data[:4096]))
    except (puremagic.PureError, ValueError):
        return []
