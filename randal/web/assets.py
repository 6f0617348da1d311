"""What the browser fetches: our own styles and scripts, and the few files we use of the npm packages.

A file is named by what it is (`asset_url("htmx.js")`) and served under `/aset/<hash>/<name>`, where the hash is of its
content: so it may be kept for a year, and a new release is fetched at once. Files are compressed once, hard, and kept
beside the data; pages are compressed as they go out.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import rcssmin  # type: ignore[import-untyped]
import rjsmin  # type: ignore[import-untyped]
from flask import Flask, Response, abort, request
from flask_compress import Compress
from markupsafe import Markup

ROOT = Path(__file__).resolve().parents[2]
NPM = "node_modules"

# Several paths are joined into one file: a request costs a bad line 600 ms. Tabler stands alone, because it changes
# once a year and ours changes often.
FILES: dict[str, tuple[str, ...]] = {
    "tabler.css": (f"{NPM}/@tabler/core/dist/css/tabler.min.css",),
    "randal.css": tuple(
        f"static/css/{part}.css"
        for part in ("palette", "base", "frame", "forms", "parts", "tables", "follow_ups")
    ),
    "randal.js": tuple(f"static/js/{part}.js" for part in ("randal", "dialogs", "drafts")),
    "htmx.js": (f"{NPM}/htmx.org/dist/htmx.min.js",),
    # only where a page asks for them
    "autosave.js": ("static/js/conflict.js", "static/js/autosave.js"),
    "minutes.css": ("static/css/minutes.css",),
    "keys.js": ("static/js/keys.js",),
    "list_keys.js": ("static/js/list_keys.js",),
    "meetings.css": ("static/css/meetings.css",),
    "live.js": ("static/js/live.js",),
    "projector.css": ("static/css/projector.css",),
    "projector.js": ("static/js/projector.js",),
    "fresh.js": ("static/js/fresh.js",),
    "preview.js": ("static/js/preview.js",),
    "agenda.js": ("static/js/agenda.js",),
    "door.css": ("static/css/door.css",),
    "replies.css": ("static/css/replies.css",),
    "door.js": (
        f"{NPM}/signature_pad/dist/signature_pad.umd.min.js",
        "static/js/signature.js",
        "static/js/check_in.js",
    ),
    "table.js": ("static/js/quorum.js", "static/js/table.js"),
    "screen.js": ("static/js/quorum.js", "static/js/screen.js"),
    "reports.css": ("static/css/reports.css",),
    "areas.css": ("static/css/areas.css",),
    "verify.js": ("static/js/verify.js",),
    "verify.css": ("static/css/verify.css",),
    "evidence.js": ("static/js/evidence.js",),
    "photos.js": ("static/js/photos.js",),
    "photos.css": ("static/css/photos.css",),
    "imports.js": ("static/js/imports.js",),
    "imports.css": ("static/css/imports.css",),
    "sortable.js": (f"{NPM}/sortablejs/Sortable.min.js",),
    "trix.js": ("static/js/rich-before.js", f"{NPM}/trix/dist/trix.umd.min.js", "static/js/rich.js"),
    "trix.css": (f"{NPM}/trix/dist/trix.css", "static/css/rich.css"),
    "mermaid.js": (f"{NPM}/@mermaid-js/tiny/dist/mermaid.tiny.js", "static/js/mermaid.js"),
    "swagger-ui.css": (f"{NPM}/swagger-ui-dist/swagger-ui.css",),
    "swagger-ui.js": (f"{NPM}/swagger-ui-dist/swagger-ui-bundle.js", "static/js/api-docs.js"),
    "charts.css": ("static/css/charts.css",),
    "monitoring.css": ("static/css/monitoring.css",),
    "charts.js": ("static/js/charts.js",),
    "vega.js": (f"{NPM}/vega/build/vega.min.js", f"{NPM}/vega-interpreter/build/vega-interpreter.js"),
    "emblem.svg": ("static/emblem.svg",),
}
# Packages that come as modules alone, and the global that holds what they import: a plain script can be joined.
MODULES = {f"{NPM}/vega-interpreter/build/vega-interpreter.js": "vega"}

YEAR = "public, max-age=31536000, immutable"
SQUEEZE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=11),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
}
SUFFIX = {"br": ".br", "gzip": ".gz"}


@dataclass
class Assets:
    """The files of `FILES`, read once. `kept` is the folder of compressed copies (made when absent)."""

    kept: Path
    files: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(FILES))
    reload: bool = False
    _read: dict[str, tuple[float, bytes, str]] = field(default_factory=dict)

    def read(self, name: str) -> tuple[bytes, str]:
        """Content and its hash (12 hex digits). KeyError for a name we do not serve."""
        paths = [ROOT / path for path in self.files[name]]
        if name not in self._read or self.reload:
            changed = max(path.stat().st_mtime for path in paths)
            if name not in self._read or self._read[name][0] != changed:
                body = b"\n".join(map(_bare, paths))
                self._read[name] = (changed, body, hashlib.sha256(body).hexdigest()[:12])
        return self._read[name][1:]

    def url(self, name: str) -> str:
        return f"/aset/{self.read(name)[1]}/{name}"

    def squeezed(self, name: str, how: str) -> bytes:
        """The content compressed with `br` or `gzip`, from the copy kept on disk when there is one."""
        body, mark = self.read(name)
        copy = self.kept / f"{mark}-{name}{SUFFIX[how]}"
        try:
            return copy.read_bytes()
        except OSError:
            small = SQUEEZE[how](body)
            _keep(copy, small)
            return small

    def warm(self) -> dict[str, int]:
        """Compress everything now (./run does, so that no visitor waits); answers bytes by name, in brotli."""
        for name in self.files:
            self.squeezed(name, "gzip")
        return {name: len(self.squeezed(name, "br")) for name in self.files}


def _bare(path: Path) -> bytes:
    """What travels: our own files without comments and indentation (a quarter of their weight); packages come small."""
    body = path.read_bytes()
    if held := MODULES.get(path.relative_to(ROOT).as_posix()):
        return plain_script(body, held)
    strip = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}.get(path.suffix)
    return bytes(strip(body)) if strip and ROOT / NPM not in path.parents else body


def plain_script(body: bytes, held: str) -> bytes:
    """A module as a plain script: it finds what it imports in the global `held`, its exports become globals."""
    text = re.sub(r"^import (\{[^}]*\}) from '[^']*';", rf"const \1 = {held};", body.decode(), flags=re.M)
    text, found = re.subn(r"^export \{ (\w+) as (\w+) \};", r"globalThis.\2 = \1;", text, flags=re.M)
    if not found or re.search(r"^(import|export) ", text, re.M):
        raise ValueError("this module is written in another way than before")
    return b"(() => {\n" + text.encode() + b"\n})();"


def _keep(path: Path, body: bytes) -> None:
    """Whole or not at all: another process may be reading. A disk that refuses costs only the next compression."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as fresh:
            fresh.write(body)
        os.replace(fresh.name, path)
    except OSError:
        pass


@cache
def _drawing(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise LookupError(f"not an icon name: {name!r}")
    path = ROOT / NPM / "@tabler/icons/icons/outline" / f"{name}.svg"
    if not path.exists():
        raise LookupError(f"no icon {name!r} in @tabler/icons")
    drawn = re.sub(r"<!--.*?-->", "", path.read_text(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<svg[^>]*>|</svg>", "", drawn, flags=re.S)).strip()


def icon(name: str, label: str = "", cls: str = "") -> Markup:
    """An outline icon of @tabler/icons, inlined. Decoration unless `label` says what it means to someone who cannot
    see it. LookupError for a name that does not exist (a test reads every template for such names)."""
    speaks = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="icon {}" {} focusable="false" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{}</svg>'
    ).format(cls, speaks, Markup(_drawing(name)))  # noqa: S704 - a drawing of the package, not of a person


def init_app(app: Flask, kept: Path | None = None) -> Assets:
    """Serve `/aset/…`, give templates `asset_url` and `icon`, and compress pages. `kept`: where compressed copies lie
    (default: `aset/` in RANDAL_DATA_DIR or the instance folder)."""
    folder = kept or Path(app.config.get("RANDAL_DATA_DIR") or app.instance_path) / "aset"
    assets = Assets(kept=folder, reload=app.debug)
    app.extensions["assets"] = assets

    @app.get("/aset/<mark>/<path:name>")
    def aset(mark: str, name: str) -> Response:
        if name not in assets.files:
            abort(404)
        body, now = assets.read(name)
        how = request.accept_encodings.best_match(["br", "gzip"]) if len(body) > 500 else None
        answer = Response(assets.squeezed(name, how) if how else body)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        answer.content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        if how:
            answer.content_encoding = how
        answer.vary.add("Accept-Encoding")
        # During a roll-out an old page asks for an old hash: it gets what there is, but nobody keeps it.
        answer.headers["Cache-Control"] = YEAR if mark == now else "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    app.add_template_global(assets.url, "asset_url")
    app.add_template_global(icon, "icon")
    _compress_pages(app)
    return assets


def _compress_pages(app: Flask) -> None:
    """Pages only, never the API: an ETag there is the version that `If-Match` sends back, and Flask-Compress rewrites it.

    BREACH reads a fixed secret out of compressed pages over thousands of requests. Here the only secret in a page is
    the CSRF token: it is signed anew each second and worthless without the session cookie, which SameSite=Lax keeps
    out of the requests another site can make. One-time links and passphrases are never shown beside reflected input.
    """
    app.config.setdefault("COMPRESS_MIMETYPES", ["text/html"])
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    app.config.setdefault("COMPRESS_BR_LEVEL", 5)
    app.config.setdefault("COMPRESS_LEVEL", 6)
    Compress(app)
