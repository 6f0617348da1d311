"""From where in a revision each object is pointed at: what pyHanko's difference analysis asks about every earlier revision.

pyHanko 0.38 copies all objects of each revision for it, and keeps every path twice, in sets that hash it link by link;
in a tagged document, whose structure tree has a node per cell, that was nearly all the time of a check. Here the same
walk goes over the objects as they were read, once for all revisions that have them in common, and only the paths that
are asked for are spelled out. The answers are those of pyHanko (tests/tampering/test_usages.py compares them). It is an
internal seam: the library is pinned by hash.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, RawPdfPath

Path = tuple[Any, str | int] | None  # (the path above, the last step); None is the trailer
ROOT: Path = (None, "/Root")
PATHS, PATHS_EACH = (
    10_000,
    20,
)  # no more paths than this, and this for each object found; minutes have 3 for each
TREE: Path = (ROOT, "/StructTreeRoot")
PAGES: Path = (ROOT, "/Pages")


class Revision(HistoricalResolver):
    """The file as it was at one of its revisions."""

    _found: dict[generic.Reference, list[Path]] | None = None

    def _load_reverse_xref_cache(self) -> None:
        if self._found is None:
            self._historical: dict[generic.Reference, Any] = {}
            self._found = _Walk(self).found

    def _get_usages_of_ref(self, ref: generic.Reference) -> set[RawPdfPath]:
        return {RawPdfPath(*spelled(path)) for path in (self._found or {}).get(ref, ())}

    def as_read(self, ref: generic.Reference) -> Any:
        """The object as the reader has it: not copied, and its own references belong to the newest revision."""
        last = last_change(self.reader, ref)
        if last is not None and last <= self.revision:
            return self.reader.get_object(ref, transparent_decrypt=False)
        if ref not in self._historical:
            self._historical[ref] = self.reader.get_object(ref, self.revision, transparent_decrypt=False)
        return self._historical[ref]

    def behind(self, value: Any) -> Any:
        """What a value is, or points at, in this revision."""
        for _ in range(100):
            if not isinstance(value, generic.IndirectObject):
                return value
            value = self.as_read(value.reference)
        raise PdfReadError("references that point at each other")

    def entry(self, dictionary: Any, key: str) -> Any:
        """What stands behind this key. Raises KeyError; in a PDF, null is absent."""
        if not isinstance(dictionary, generic.DictionaryObject):
            raise PdfReadError(f"no dictionary to find {key} in")
        value = self.behind(dict.__getitem__(dictionary, key))
        if isinstance(value, generic.NullObject):
            raise KeyError(key)
        return value

    def is_a(self, dictionary: Any, kind: str, *, unsaid: bool) -> bool:
        """Is its /Type this one? `unsaid`: what it is when it says none."""
        try:
            return bool(self.entry(dictionary, "/Type") == kind)
        except KeyError:
            return unsaid


def last_change(reader: PdfFileReader, ref: generic.Reference) -> int | None:
    """The revision that wrote this object last; None: no revision did."""
    known: dict[generic.Reference, int | None] = reader.__dict__.setdefault("_last_changes", {})
    if ref not in known:
        try:
            known[ref] = reader.xrefs.get_last_change(ref)
        except KeyError:
            known[ref] = None
    return known[ref]


def spelled(path: Path) -> list[str | int]:
    steps = []
    while path is not None:
        path, step = path
        steps.append(step)
    return steps[::-1]


class _Walk:
    """All paths from the trailer. A page is entered by its place in the page tree only, an element of the structure
    tree by the tree only, and nothing twice on one path: else the paths of a document with many links have no end.
    Where they still have none (forty lists, each naming the next one twice), it is no file of ours, and whoever sends
    it does not hold the machine: PdfReadError."""

    def __init__(self, revision: Revision):
        self.revision = revision
        self.paths = 0
        self.found: dict[generic.Reference, list[Path]] = defaultdict(list)
        self.pages: dict[generic.Reference, Path] = {}
        self.elements: set[generic.Reference] = set()
        self.above: set[generic.Reference] = set()
        root = revision.behind(revision.as_read(revision.root_ref))
        pages = root.raw_get("/Pages")
        if isinstance(pages, generic.IndirectObject):
            self.pages[pages.reference] = PAGES
        for ref, path in self._kids(revision.behind(pages), PAGES):
            if ref in self.pages:
                raise PdfReadError("circular page tree")
            self.pages[ref] = path
        try:
            for ref in self._children(revision.behind(root.raw_get("/StructTreeRoot"))):
                if ref in self.elements:
                    raise PdfReadError("circular structure tree")
                self.elements.add(ref)
        except KeyError:
            pass
        self._go(revision.trailer_view, None, False)

    def _kids(self, node: Any, path: Path) -> Iterator[tuple[generic.Reference, Path]]:
        path = (path, "/Kids")
        for number, kid in enumerate(self.revision.entry(node, "/Kids")):
            if isinstance(kid, generic.IndirectObject):
                yield kid.reference, (path, number)
            one = self.revision.behind(kid)
            if self.revision.is_a(one, "/Pages", unsaid=False):
                yield from self._kids(one, (path, number))

    def _children(self, element: Any) -> Iterator[generic.Reference]:
        try:
            children = self.revision.entry(element, "/K")
        except KeyError:
            return
        for child in children if isinstance(children, generic.ArrayObject) else (children,):
            one = self.revision.behind(child)
            if not isinstance(one, generic.DictionaryObject):
                continue  # a piece of a page
            if not self.revision.is_a(one, "/StructElem", unsaid=True):
                continue
            if isinstance(child, generic.IndirectObject):
                yield child.reference
            yield from self._children(one)

    def _go(self, value: Any, path: Path, in_tree: bool) -> None:
        if not isinstance(value, generic.IndirectObject):
            return self._into(value, path, in_tree)
        ref = value.reference
        if ref in self.above:
            return None
        self.found[ref].append(path)
        self.paths += 1
        if self.paths > PATHS + PATHS_EACH * len(self.found):
            raise PdfReadError("more ways to its objects than any paper has")
        one = self.revision.as_read(ref)
        if self.pages.get(ref, path) != path or (not in_tree and ref in self.elements):
            return None
        self.above.add(ref)
        self._into(one, path, in_tree)
        self.above.discard(ref)
        return None

    def _into(self, value: Any, path: Path, in_tree: bool) -> None:
        if isinstance(value, generic.DictionaryObject):
            for key, one in value.items():
                if key == "/Parent" or (in_tree and key == "/P"):
                    continue
                if isinstance(one, _WALKED):
                    self._go(one, (path, key), in_tree or (key == "/K" and path == TREE))
        elif isinstance(value, generic.ArrayObject):
            for number, one in enumerate(value):
                if isinstance(one, _WALKED):
                    self._go(one, (path, number), in_tree)


_WALKED = (generic.IndirectObject, generic.DictionaryObject, generic.ArrayObject)
