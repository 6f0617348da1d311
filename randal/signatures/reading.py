"""Reading a PDF that anybody may have sent: limits first, strict parsing, and which later changes are legitimate.

Nothing here fetches anything. pyHanko 0.38 is pinned by hash: two of its internal seams are used here, each marked so, and one
in `usages`.
"""

import io
import logging
from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    DiffPolicy,
    DiffResult,
    FieldComparisonContext,
    FieldMDPRule,
    FormUpdate,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.rules_api import Context
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from randal.signatures import counting
from randal.signatures.usages import Revision
from randal.untrusted.limited.errors import Locked, Unreadable

LOCKED = (
    "PDF ini terkunci dengan kata sandi atau sertifikat, sehingga tidak dapat diperiksa. Kirim berkas aslinya, seperti "
    "yang diterima atau diunduh, yang tidak terkunci."
)

# What is wrong with a file is told in the report; the library's traces of every forged file would only fill the log.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def read(pdf: bytes) -> PdfFileReader:
    """A strict reader of the file. Raises Unreadable when it is no PDF or broken, Locked, TooComplex."""
    counting.check_bytes(pdf)
    try:
        reader = Reader(io.BytesIO(pdf))
        if "/Encrypt" in reader.trailer:  # `encrypted` knows only the locks that pyHanko could open
            raise Locked(LOCKED)
        revisions, pages = reader.xrefs.total_revisions, int(reader.root["/Pages"]["/Count"])
        counting.check_trees(reader.root, pages, revisions)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # malformed input makes any kind of exception, RecursionError among them
        raise Unreadable("Struktur PDF rusak, berkas tidak dapat dibaca.") from error
    return reader


class Reader(PdfFileReader):
    """pyHanko's reader with an index of each object stream.

    WeasyPrint puts all objects into one stream, and pyHanko reads that stream's whole head again for every object:
    the difference analysis of a five-page document took 6.5 s without this, 0.3 s with it. (Internal seam.)
    """

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> generic.PdfObject:
        streams = self.__dict__.setdefault("_streams", {})
        if stmnum not in streams:
            streams[stmnum] = self._index(stmnum)
        data, places = streams[stmnum]
        if not 0 <= idx < len(places) or places[idx][0] != idnum:
            raise PdfReadError("object is not where its stream says")
        stream = io.BytesIO(data)
        stream.seek(places[idx][1])
        found = generic.read_object(stream, generic.Reference(idnum, 0, self))
        if isinstance(found, (generic.StreamObject, generic.IndirectObject)):
            raise PdfReadError("forbidden kind of object in an object stream")
        return found

    def _index(self, stmnum: int) -> tuple[bytes, list[tuple[int, int]]]:
        stream = generic.Reference(stmnum, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            raise PdfReadError("not an object stream")
        data, first, count = (
            stream.read_data(DecodePurpose.OBJECT_STREAM),
            int(stream["/First"]),
            int(stream["/N"]),
        )
        numbers = [int(number) for number in data[:first].split()]
        if len(numbers) < 2 * count or count < 0 or min(numbers, default=0) < 0:
            raise PdfReadError("object stream header is damaged")
        return data, [(numbers[2 * n], first + numbers[2 * n + 1]) for n in range(count)]

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        cache: dict[int, HistoricalResolver] = self._historical_resolver_cache
        if revision not in cache:
            cache[revision] = Revision(self, revision)
        return cache[revision]


class _TaggedField(FieldMDPRule):
    """In a tagged PDF the structure tree points to each form field, too; signing the field is no change of the tree.

    pyHanko approves that pointer where it is its element's /K itself, as it is in what Randal draws now. In files drawn
    before it stands in a list of one: this rule names those pointers from the old tree (…/K/0/Obj) to a signature field
    that exists before and after. Whether the *field* changed as a signature may is
    judged by `SigFieldModificationRule`, which runs beside this one and raises; a changed tree element is another
    object, and stays unexplained. (Internal seam: the list of usages.)
    """

    def apply(self, context: FieldComparisonContext) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        for name, spec in context.field_specs.items():
            if (
                spec.field_type != "/Sig"
                or not spec.old_field_ref
                or spec.new_field_ref != spec.old_field_ref
            ):
                continue
            for path in context.old._get_usages_of_ref(spec.old_field_ref):
                if (
                    len(path) > 3
                    and tuple(path.path[:2]) == ("/Root", "/StructTreeRoot")
                    and tuple(path.path[-3:]) == ("/K", 0, "/Obj")
                ):
                    yield (
                        ModificationLevel.LTA_UPDATES,
                        FormUpdate(
                            updated_ref=spec.new_field_ref,
                            field_name=name,
                            valid_when_locked=True,
                            context_checked=Context.from_absolute(context.old, path),
                        ),
                    )


class _StepByStep(DiffPolicy):
    """Compares each revision with the one before it, once, instead of every signed one with every later one.

    What no step may do, all steps together cannot do; and a change that a later revision takes back is seen as well. For
    16 signatures these are 16 comparisons instead of 136. A signature with restrictions of its own (DocMDP, FieldMDP)
    is judged the long way.
    """

    def __init__(self, rules: DiffPolicy):
        self.rules = rules

    def apply(
        self,
        old: HistoricalResolver,
        new: HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult:
        return self.rules.apply(old, new, field_mdp_spec, doc_mdp)

    def review_file(
        self,
        reader: PdfFileReader,
        base_revision: int | HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult | SuspiciousModification:
        if field_mdp_spec is not None or doc_mdp is not None:
            return self.rules.review_file(reader, base_revision, field_mdp_spec, doc_mdp)
        base = base_revision if isinstance(base_revision, int) else base_revision.revision
        level, changed = ModificationLevel.NONE, set()
        for revision in range(base + 1, reader.total_revisions):
            step = self._step(reader, revision)
            if isinstance(step, SuspiciousModification):
                return step
            level = max(level, step.modification_level)
            changed |= step.changed_form_fields
        return DiffResult(level, changed)

    def _step(self, reader: PdfFileReader, revision: int) -> DiffResult | SuspiciousModification:
        steps: dict[int, DiffResult | SuspiciousModification] = reader.__dict__.setdefault("_steps", {})
        if revision not in steps:
            before, after = (reader.get_historical_resolver(n) for n in (revision - 1, revision))
            try:
                steps[revision] = self.rules.apply(before, after)
            except SuspiciousModification as found:
                steps[revision] = found
        return steps[revision]


_RULES = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),
            SigFieldModificationRule(),
            GenericFieldModificationRule(),
            _TaggedField(),
        ]
    ),
)  # type: ignore[no-untyped-call]
DIFFERENCES = _StepByStep(_RULES)
"""What may change after a signature: further signatures, their validation data, nothing that a page shows."""
