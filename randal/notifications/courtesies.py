"""What every mail has: a salutation, a closing, and the same words as HTML."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

CLOSING = "Hormat kami,\nRandal"
FOOT = "Surel ini dikirim otomatis oleh Randal."
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")
STYLE = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1d2b36;max-width:640px"


def salutation(name: str) -> str:
    """ "Yth. Contoh Direktur," from a name as typed, also one that brings its own "Yth." or comma."""
    bare = re.sub(r"^(?:(?:kepada\s+)?yth\.?\s*)+", "", " ".join(name.split()), flags=re.IGNORECASE)
    return f"Yth. {bare.rstrip(' ,.;:') if bare.endswith((',', ';', ':')) else bare},"


def dressed(body: str, name: str) -> str:
    """The body between salutation and closing, each once."""
    text = body.strip("\n")
    if not text.startswith("Yth. ") and name:
        text = f"{salutation(name)}\n\n{text}"
    return f"{text.removesuffix(CLOSING).rstrip().removesuffix('Randal').rstrip()}\n\n{CLOSING}\n"


def html(body: str) -> str:
    """A mail's text as a simple page: paragraphs, lists, facts in two columns, links that can be clicked."""
    parts = Markup("\n").join(_part(block.split("\n")) for block in re.split(r"\n\s*\n", body.strip("\n")))
    return Markup(
        '<!doctype html>\n<html lang="id"><head><meta charset="utf-8"></head>\n<body style="{}">\n{}\n'
        '<p style="color:#5b6b78;font-size:13px">{}</p>\n</body></html>\n'
    ).format(STYLE, parts, FOOT)


def _part(lines: list[str]) -> Markup:
    made = []
    for kind, several in groupby(lines, _kind):
        rows = list(several)
        made.append({"item": _items, "fact": _facts, "text": _paragraph}[kind](rows))
    return Markup("\n").join(made)


def _kind(line: str) -> str:
    return "item" if line.startswith(("- ", "  http")) else "fact" if line.startswith("  ") else "text"


def _paragraph(lines: list[str]) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(_linked(line) for line in lines))


def _items(lines: list[str]) -> Markup:
    items: list[Markup] = []
    for line in lines:
        if line.startswith("- ") or not items:
            items.append(_linked(line.removeprefix("- ").strip()))
        else:
            items[-1] += Markup("<br>\n") + _linked(line.strip())
    return Markup("<ul>\n{}\n</ul>").format(Markup("\n").join(Markup("<li>{}</li>").format(i) for i in items))


def _facts(lines: list[str]) -> Markup:
    rows: list[tuple[str, Markup]] = []
    for line in lines:
        name, colon, value = line.partition(" : ")
        if not colon and (found := re.match(r"  (\S[^:]{0,16}?)\s*: ?(.*)$", line)):
            name, colon, value = found.group(1), ":", found.group(2)
        if colon and not name.startswith("    "):
            rows.append((name.strip(), _linked(value.strip())))
        elif rows and line.startswith("     "):
            rows[-1] = rows[-1][0], rows[-1][1] + Markup("<br>\n") + _linked(line.strip())
        else:
            rows.append(("", _linked(line.strip())))
    whole = Markup('<tr><td colspan="2"><b>{}</b></td></tr>')
    pair = Markup('<tr><td style="padding:2px 12px 2px 0;vertical-align:top">{}</td><td>{}</td></tr>')
    made = [pair.format(name, value) if name else whole.format(value) for name, value in rows]
    return Markup('<table role="presentation" cellspacing="0">\n{}\n</table>').format(Markup("\n").join(made))


def _linked(line: str) -> Markup:
    made, at = Markup(""), 0
    for found in LINK.finditer(line):
        made += escape(line[at : found.start()])
        made += Markup('<a href="{}">{}</a>').format(found.group(), found.group())
        at = found.end()
    return made + escape(line[at:])
