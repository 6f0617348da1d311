"""From an upload to two pictures of our own making: upright, no larger than needed, without where and by what it was taken."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps

from randal.core import files

KINDS = ("jpg", "jpeg", "png")
LARGE, SMALL = 2000, 480  # pixels of the longer side
QUALITY = 84


@dataclass(frozen=True)
class Developed:
    large: files.Checked
    small: files.Checked
    width: int
    height: int


def develop(name: str, data: bytes) -> Developed:
    """Raises BadFile with a sentence. What the camera wrote beside the picture (place, time, device) is left behind."""
    checked = files.check(name, data, KINDS)
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES  # WeasyPrint has Pillow paint grey what is not there
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(checked.data)) as image:
            image.draft("RGB", (LARGE, LARGE))  # a JPEG is read at a fraction of its size
            upright = ImageOps.exif_transpose(image)
            plain = Image.new("RGB", upright.size, "white")
            layer = (
                upright.convert("RGBA")
                if upright.mode in ("RGBA", "LA", "PA", "P")
                else upright.convert("RGB")
            )
            plain.paste(layer, mask=layer if layer.mode == "RGBA" else None)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise files.BadFile(
            "Gambar ini tidak dapat dibaca seluruhnya. Simpan ulang lalu unggah lagi."
        ) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    plain.thumbnail((LARGE, LARGE))
    large, (width, height) = as_jpeg(checked.name, plain), plain.size
    plain.thumbnail((SMALL, SMALL))
    return Developed(large, as_jpeg(checked.name, plain), width, height)


def as_jpeg(name: str, image: Image.Image) -> files.Checked:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    data = stream.getvalue()
    stem = name.rsplit(".", 1)[0][:190]
    return files.Checked(f"{stem}.jpg", files.TYPES["jpg"], data, hashlib.sha256(data).hexdigest())
