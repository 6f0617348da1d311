"""The last touch on a drawn PDF: it claims PDF/A-3u and PDF/UA-1 together, and its signature fields are made.

Both claims are checked by the tests on every paper that any of them draws (tests/conforming.py).
"""

from __future__ import annotations

import pydyf
import weasyprint

# PDF/A knows no word of PDF/UA: a paper that claims both describes the second's one property itself.
_UNIVERSAL = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def finish(_document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    """For `write_pdf(finisher=…)`: what WeasyPrint's one variant leaves out of the other, and the fields to sign in."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.compress = False  # PDF/A: who cannot unpack streams still reads what the file says of itself
    metadata.stream = [part.replace(b"</rdf:RDF>", _UNIVERSAL) for part in metadata.stream]
    _signature_fields(pdf)


def _signature_fields(pdf: pydyf.PDF) -> None:
    """Turn the checkboxes into empty signature fields: a tagged ``/Sig`` cannot be had from HTML directly, and of all
    inputs only a checkbox brings no whole typeface with it."""
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    form.pop("NeedAppearances", None)  # PDF/A forbids it
    form["SigFlags"] = 1
    form.pop("DR", None)
    for widget in list(pdf.objects):
        if not isinstance(widget, dict):
            continue
        if widget.get("S") == "/Form":
            # The field is its element's one child, and stands there itself: in a list of one, other people's verifiers
            # take a signature for a change of the tree.
            [widget["K"]] = widget["K"]
        if widget.get("FT") != "/Btn":
            continue
        for key in ("AS", "V", "MK", "Border"):
            widget.pop(key, None)
        x1, y1, x2, y2 = (float(edge) for edge in widget["Rect"])
        widget["FT"] = "/Sig"
        widget["Rect"] = pydyf.Array((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
        # PDF/A wants an appearance for every widget that takes room, even an empty one.
        nothing = pydyf.Stream(
            [b"q Q"],  # draws nothing, yet has a length that no reader doubts
            extra={
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array((0, 0, abs(x2 - x1), abs(y2 - y1))),
            },
        )
        pdf.add_object(nothing)
        widget["AP"] = pydyf.Dictionary({"N": nothing.reference})
