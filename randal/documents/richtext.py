"""The few marks a person may use in the words of the minutes; everything else is taken out.

Called when words are stored and again wherever they are shown (page, API, PDF): a text that reached the database by
another way is as harmless as one that came through the form.
"""

import re
from html import unescape

import nh3
from markupsafe import Markup, escape

from randal.base import cleaning

TAGS = {
    "p",
    "div",
    "br",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "s",
    "del",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "sub",
    "sup",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
# A link's text stays and its address goes: signed minutes must not lead anywhere that may change later.
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


def clean(html: str | None) -> str:
    """Harmless HTML: known tags, no address, no style, no script."""
    harmless = nh3.clean(
        html or "",
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=set(),
        clean_content_tags={"script", "style", "title", "textarea", "svg", "math", "iframe", "object"},
    )
    return cleaning.clean(harmless)  # "&#x1B;" has become the character by now


def rich(html: str | None) -> Markup:
    """``clean`` for a template, which shows it as HTML."""
    return Markup(clean(html))  # noqa: S704 - the one place that vouches for rich text


BREAKS = re.compile(r"(?i)<br\s*/?>|</(p|div|li|h\d|tr|blockquote)>")


def plain(html: str | None) -> str:
    """The words alone, blocks and line breaks as new lines: for emptiness checks, search and spreadsheets."""
    broken = BREAKS.sub("\n", clean(html))
    lines = (" ".join(line.split()) for line in unescape(nh3.clean(broken, tags=set())).splitlines())
    return "\n".join(line for line in lines if line)


def marked(html: str | None, key: str) -> Markup:
    """``rich`` with an anchor ``<key>-<n>`` at each paragraph; they are counted as the lines of ``plain`` are."""
    out, number, fresh = [], 0, True
    for piece in re.split(r"(<[^>]*>)", clean(html)):
        if piece.startswith("<"):
            fresh = fresh or bool(BREAKS.fullmatch(piece))
        elif fresh and unescape(piece).strip():
            number, fresh = number + 1, False
            piece = f'<span class="paragraph" id="{escape(key)}-{number}">{piece}</span>'
        out.append(piece)
    return Markup("".join(out))  # noqa: S704 - clean, and our own mark


def is_blank(html: str | None) -> bool:
    """Nothing to read in it: no letter, no digit."""
    return not any(c.isalnum() for c in plain(html))
