"""From a snapshot and a template to a PDF: PDF/A-3u and PDF/UA-1, byte for byte the same for the same snapshot.

A template sees the snapshot (``paper``), its fingerprint (``sha256``) and the words of `randal.l10n.formats`; neither the
request nor the database, and of the storage only the photos that the snapshot names by their content. WeasyPrint may
fetch our own style sheet and typefaces, and pictures that stand in the page as data; a web address or a file path in a
text reaches nothing (documents.md, security.md 8 and 9).
Import this module *before* a worker forks: the first import costs half a second of CPU.
"""

import base64
import ctypes
import ctypes.util
import io
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pydyf
import segno
import weasyprint
from jinja2 import BaseLoader, Environment, StrictUndefined
from PIL import Image
from weasyprint.text.ffi import ffi, pango
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from randal.documents import charts, columns, typefaces
from randal.documents.pdfa import finish
from randal.documents.richtext import rich
from randal.documents.snapshots import fingerprint
from randal.l10n import formats
from randal.storage import blobs

STYLES = Path(__file__).parents[2] / "templates" / "documents"
_PICTURE = re.compile(r"data:image/(?:png|jpeg|svg\+xml)[;,]", re.ASCII)

# WeasyPrint tells of every refused address at length; our fetcher says it in one line of its own.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
PHOTO_SIZE = (1100, 1100)  # pixels: 150 mm at 186 dpi
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside the PDF."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True)
class Rendered:
    """The document, its length, and what it was made with (kept beside it: other versions may draw other bytes)."""

    pdf: bytes = field(repr=False)
    pages: int
    versions: dict[str, str]


class OwnAssets(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Answers ``paper:`` (our style sheet), ``font:`` (our typefaces) and pictures in ``data:``; refuses all else."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The asset. Raises ValueError for every other address, FatalURLFetchingError when a file of ours is missing."""
        scheme, _, name = url.partition(":")
        if scheme == "data" and _PICTURE.match(url):
            return super().fetch(url)
        if scheme == "paper" and name == "paper.css":
            return self._ours(url, (STYLES / name).read_bytes, "text/css")
        if scheme == "font" and name in typefaces.FACES:
            return self._ours(url, partial(typefaces.unpacked, typefaces.FACES[name]), "font/ttf")
        log.warning("a document asked for %.80r: refused", url)
        raise ValueError("refused: not an asset of this document")

    @staticmethod
    def _ours(url: str, read: Callable[[], bytes], kind: str) -> URLFetcherResponse:
        try:
            return URLFetcherResponse(url, read(), {"Content-Type": kind})
        except OSError as error:
            raise FatalURLFetchingError(f"{url} is missing: run npm ci") from error


def picture(data: str) -> str:
    """The data URI of a picture, or "" for anything that is none: for ``src`` of an ``<img>``."""
    return data if isinstance(data, str) and _PICTURE.match(data) else ""


def photo(sha256: str) -> str:
    """A stored photo as a JPEG data URI of print size; the snapshot names it by its content, so it stays the same.
    Raises LostFile."""
    with Image.open(io.BytesIO(blobs.read(sha256))) as image:
        small = image.convert("RGB")
        small.info = {}
        small.thumbnail(PHOTO_SIZE)
        stream = io.BytesIO()
        small.save(stream, "JPEG", quality=82, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()


def qr(text: str) -> str:
    """A QR code as an SVG data URI, error correction M, without quiet zone (the page around it is white)."""
    return segno.make(text, error="m", boost_error=False).svg_data_uri(border=0, dark="#000")


_environments: WeakKeyDictionary[BaseLoader, Environment] = WeakKeyDictionary()


def _environment(jinja_env: Environment) -> Environment:
    """The application's templates without the application: no request, no url_for, nothing but the paper."""
    loader = jinja_env.loader
    if loader is None:
        raise ValueError("the Jinja environment has no loader")
    if loader not in _environments:
        env = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        env.filters.update(
            formats.FILTERS, rich=rich, picture=picture, photo=photo, qr=qr, chart=charts.data_uri
        )
        env.filters.update(columns.FILTERS)
        env.tests["long"] = columns.is_long
        _environments[loader] = env
    return _environments[loader]


def html(
    template_name: str, paper: Mapping[str, Any], *, jinja_env: Environment, signature_fields: bool = False
) -> str:
    """The page that WeasyPrint gets, with the typefaces that its characters need.

    ``signature_fields`` leaves a form field where each ``Signatory`` signs; without, the room for ink stays empty.
    """
    template = _environment(jinja_env).get_template(template_name)
    text = template.render(paper=paper, sha256=fingerprint(paper), signature_fields=signature_fields)
    text, rules = typefaces.dress(text)
    return text.replace("/*typefaces*/", rules, 1)


def render(
    template_name: str,
    paper: Mapping[str, Any],
    *,
    jinja_env: Environment,
    attachments: Sequence[Attachment] = (),
    signature_fields: bool = False,
) -> Rendered:
    """Render one of the snapshots of `randal.documents.snapshots`. Raises jinja2.UndefinedError when a key is missing."""
    moment = formats.as_instant(paper["created_at"])
    fetcher = OwnAssets()
    page = source(html(template_name, paper, jinja_env=jinja_env, signature_fields=signature_fields), fetcher)
    options: dict[str, Any] = {
        "pdf_variant": "pdf/a-3u",
        "pdf_tags": True,
        "pdf_identifier": True,
        "pdf_forms": signature_fields,
        "attachments": [
            weasyprint.Attachment(
                string=one.content,
                url_fetcher=fetcher,
                name=one.name,
                description=one.description,
                created=moment,
                modified=moment,
                relationship="Data",
            )
            for one in attachments
        ],
    }
    document = page.render(**options)
    pdf = document.write_pdf(finisher=finish, **options)
    return Rendered(pdf, len(document.pages), dict(versions()))


def source(text: str, fetcher: URLFetcher) -> weasyprint.HTML:
    """A page for WeasyPrint that reaches our assets alone: a relative address becomes one that is refused."""
    return weasyprint.HTML(string=text, base_url="http://refused.invalid/", url_fetcher=fetcher)


WARMTH = """<html lang="id"><head><title>Contoh</title><link rel="stylesheet" href="paper:paper.css"><style>{rules}</style></head>
<body><h1>Contoh</h1><p>Contoh <b>tebal</b> <i>miring</i> <a href="#x">tautan</a></p><table id="x"><thead><tr><th>Contoh</th></tr>
</thead><tbody><tr><td>1,50%</td></tr></tbody></table></body></html>"""


def warm(jinja_env: Environment) -> None:
    """Do once, before a worker forks, what every child would do again: compile the templates of the papers, unpack the
    typefaces, have WeasyPrint and Pango learn their own words. Leaves nothing but caches."""
    ours = _environment(jinja_env)
    for name in ours.list_templates(filter_func=lambda name: name.endswith((".pdf.html", "/paper.html"))):
        ours.get_template(name)
    text, rules = typefaces.dress(WARMTH)
    options: dict[str, Any] = {"pdf_variant": "pdf/a-3u", "pdf_tags": True}
    page = source(text.replace("{rules}", rules), OwnAssets())
    page.write_pdf(finisher=finish, **options)
    versions()


@lru_cache
def versions() -> dict[str, str]:
    """The parts whose versions may change the bytes of a document."""
    return {
        "weasyprint": weasyprint.__version__,
        "pydyf": pydyf.__version__,
        "pango": ffi.string(pango.pango_version_string()).decode()
        if hasattr(pango, "pango_version_string")
        else str(pango.pango_version()),
        "harfbuzz": _harfbuzz(),
        "typeface": typefaces.version(),
    }


def _harfbuzz() -> str:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("harfbuzz") or "libharfbuzz.so.0")
        library.hb_version_string.restype = ctypes.c_char_p
        return str(library.hb_version_string().decode())
    except (OSError, AttributeError):
        return "unknown"
