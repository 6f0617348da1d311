"""What the browser fetches: named by content, kept for a year, small enough for a bad line, and readable in the sun."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from randal.web import assets

ROOT = Path(__file__).resolve().parents[2]
OF_A_PPK_PAGE = ("tabler.css", "randal.css", "htmx.js", "randal.js", "autosave.js", "emblem.svg")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = Flask(__name__, static_folder=None)
    assets.init_app(app, tmp_path_factory.mktemp("aset"))
    app.add_url_rule("/halaman", "page", view_func=lambda: "<p>Halaman</p>" * 500)
    app.add_url_rule("/api", "api", view_func=lambda: ({"items": ["x"] * 500}, {"ETag": '"3"'}))
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def url(app: Flask, name: str) -> str:
    return app.extensions["assets"].url(name)


@pytest.mark.parametrize("name", assets.FILES)
def test_every_named_file_is_there(app: Flask, name: str) -> None:
    body, mark = app.extensions["assets"].read(name)
    assert body and len(mark) == 12


def test_a_file_may_be_kept_for_a_year_under_its_hash(app: Flask, client: FlaskClient) -> None:
    answer = client.get(url(app, "randal.css"))
    assert answer.status_code == 200 and answer.content_type == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_old_hash_gets_what_there_is_and_nobody_keeps_it(client: FlaskClient) -> None:
    assert client.get("/aset/000000000000/randal.css").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/aset/x/../wsgi.py", "/aset/x/package.json", "/aset/x/%2e%2e/%2e%2e/etc/passwd"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("how", "undo"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_compressed_as_the_browser_asks(
    app: Flask, client: FlaskClient, how: str, undo: Callable[[bytes], bytes]
) -> None:
    answer = client.get(url(app, "htmx.js"), headers={"Accept-Encoding": how})
    assert answer.headers["Content-Encoding"] == how and "Accept-Encoding" in answer.headers["Vary"]
    assert undo(answer.data) == app.extensions["assets"].read("htmx.js")[0]
    kept = list(app.extensions["assets"].kept.glob(f"*-htmx.js{assets.SUFFIX[how]}"))
    assert [path.read_bytes() for path in kept] == [answer.data]


def test_a_disk_that_refuses_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    held = assets.Assets(kept=tmp_path / "file" / "aset")
    assert gzip.decompress(held.squeezed("emblem.svg", "gzip")) == held.read("emblem.svg")[0]


@pytest.mark.parametrize(("how", "most"), [("br", 85_000), ("gzip", 115_000)])
def test_a_first_visit_leaves_room_for_the_page(app: Flask, client: FlaskClient, how: str, most: int) -> None:
    sizes = {n: len(client.get(url(app, n), headers={"Accept-Encoding": how}).data) for n in OF_A_PPK_PAGE}
    assert sum(sizes.values()) <= most, sizes


def test_our_own_scripts_stay_small(app: Flask) -> None:
    assert len(app.extensions["assets"].read("randal.js")[0]) < 12_000
    assert len(app.extensions["assets"].read("autosave.js")[0]) < 9_000


def test_pages_are_compressed_and_the_api_keeps_its_etag(client: FlaskClient) -> None:
    page = client.get("/halaman", headers={"Accept-Encoding": "br"})
    assert page.headers["Content-Encoding"] == "br"
    api = client.get("/api", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in api.headers and api.headers["ETag"] == '"3"'


def test_an_icon_is_decoration_unless_it_speaks() -> None:
    assert 'aria-hidden="true"' in assets.icon("calendar") and "<path" in assets.icon("calendar")
    spoken = assets.icon("alarm", 'terlambat "3" hari')
    assert 'role="img"' in spoken and "&#34;3&#34;" in spoken and "aria-hidden" not in spoken
    for wrong in ("no-such-icon-here", "../../package"):
        with pytest.raises(LookupError):
            assets.icon(wrong)


def test_every_icon_named_in_a_template_exists() -> None:
    named = {
        (name, path.name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""icon\(\s*["']([\w-]+)["']""", path.read_text())
    }
    assert named
    for name, _ in named:
        assets.icon(name)


def test_no_template_writes_inline_script_or_style() -> None:
    """The CSP refuses both; papers (*.pdf.html) never reach a browser."""
    wrong = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", re.I)
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in (ROOT / "templates").rglob("*.html")
        if not path.name.endswith(".pdf.html")
        for hit in [wrong.search(path.read_text())]
        if hit
    ]
    assert not found


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PALETTE = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", (ROOT / "static/css/palette.css").read_text()))


@pytest.mark.parametrize("tone", ["success", "warning", "danger", "info", "muted"])
def test_a_badge_can_be_read(tone: str) -> None:
    for behind in (PALETTE[f"{tone}-tint"], PALETTE["sheet"], PALETTE["paper"]):
        assert contrast(PALETTE[tone], behind) >= 4.5


def test_words_and_controls_can_be_read() -> None:
    for words in ("ink", "ink-soft", "teal", "teal-deep"):
        for behind in ("sheet", "paper", "teal-tint"):
            assert contrast(PALETTE[words], PALETTE[behind]) >= 4.5, (words, behind)
    assert contrast("#ffffff", PALETTE["teal"]) >= 4.5
    assert contrast(PALETTE["line-strong"], PALETTE["sheet"]) >= 3
