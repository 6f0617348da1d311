"""The signatures inside a PDF, one by one: whose, when, over what, trusted by whom, and what was changed after them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel

from randal.signatures.anchors import Anchors, Trust
from randal.signatures.certificates import notice_of
from randal.signatures.pades import frame_clean, signed_until, stamped_at
from randal.signatures.reading import DIFFERENCES
from randal.signatures.report import UNKNOWN, Seal
from randal.untrusted.limited.errors import Unreadable

MAX_SIGNATURES = 64


def empty_fields(reader: PdfFileReader) -> list[str]:
    """Names of the signature fields that nobody signed."""
    try:
        return [name for name, value, _ in enumerate_sig_fields(reader) if value is None]
    except MemoryError:
        raise
    except Exception:  # a damaged form; what it means for the signatures is told there
        return []


def examine(
    reader: PdfFileReader, pdf: bytes, *, anchors: Anchors, crls: Sequence[bytes], now: datetime
) -> tuple[list[Seal], list[str]]:
    """All signatures in the order of the file, and what is wrong with the rest of it. Raises Unreadable."""
    try:
        everything = reader.embedded_signatures
        if len(everything) > MAX_SIGNATURES:
            raise Unreadable(f"PDF ini memuat lebih dari {MAX_SIGNATURES} tanda tangan.")
        trust = Trust(anchors, [*crls, *_lists_inside(reader)], now)
        end = max(map(signed_until, everything), default=len(pdf))
        seals = [_examine(one, trust) for one in everything if one.sig_object_type == "/Sig"]
        timestamps = [_timestamp_good(one, trust) for one in everything if one.sig_object_type != "/Sig"]
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # a signature whose very frame is broken
        raise Unreadable("Tanda tangan di dalam PDF ini rusak dan tidak dapat dibaca.") from error
    wrong = [] if all(timestamps) else ["Stempel waktu dokumen tidak sah."]
    if not all(frame_clean(pdf, one) for one in everything):
        wrong.append("Bingkai sebuah tanda tangan rusak: ada yang disisipkan atau diubah di dalamnya.")
    if end != len(pdf):
        wrong.append("Ada tambahan sesudah tanda tangan terakhir yang tidak ditandatangani siapa pun.")
    return seals, wrong


def _lists_inside(reader: PdfFileReader) -> list[bytes]:
    try:
        return [one.get_object().data for one in DocumentSecurityStore.read_dss(reader).crls]
    except MemoryError:
        raise
    except Exception:  # none there, or damaged: then it says nothing
        return []


def _examine(signature: EmbeddedPdfSignature, trust: Trust) -> Seal:
    field = str(signature.field_name)
    try:
        known = _owner(signature)
    except MemoryError:
        raise
    except Exception:
        return Seal(field, reason="sertifikatnya tidak dapat dibaca.")
    try:
        claimed = stamped_at(signature.signer_info)
        # Only a timestamp takes the check back in time: a moment that the signer merely claims would let a lapsed key sign.
        status = asyncio.run(
            async_validate_pdf_signature(
                signature,
                trust.context(claimed),
                ts_validation_context=trust.context(claimed, stamps=True),
                diff_policy=DIFFERENCES,
            )
        )
        stamp = status.timestamp_validity
        stamped = bool(stamp and stamp.valid and stamp.intact and stamp.trusted)
        at = claimed if stamped else signature.self_reported_timestamp
        covers = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE or _only_sealed_after(
            signature.diff_result
        )
        chain = [one for one in status.validation_path or () if isinstance(one, asn1_x509.Certificate)]
        path = [x509.load_der_x509_certificate(one.dump()) for one in chain]
        revoked = trust.revocation(path)
    except MemoryError:
        raise
    except Exception:  # whatever a forged signature makes the library raise, it is no good signature
        return Seal(field, **known, reason="tanda tangan rusak dan tidak dapat diperiksa.")
    reason = (
        _integrity(status.intact, status.valid, signature)
        or _after(signature.diff_result)
        or _origin(status, bool(stamp), stamped)
        or _revoked(revoked, at if stamped else None)
    )
    return Seal(
        field,
        **known,
        at=at,
        timestamped=stamped,
        covers_whole=covers,
        trusted=status.trusted,
        reason=reason,
        revoked_later=None if reason else revoked,
        origin=trust.origin(chain) if status.trusted else UNKNOWN,
        after=_told(signature.diff_result) if not reason else "",
    )


def _integrity(intact: bool, valid: bool, signature: EmbeddedPdfSignature) -> str:
    if signature.coverage in (None, SignatureCoverageLevel.UNCLEAR):
        return "tidak jelas bagian mana dari berkas yang ditandatangani."
    if not intact:
        return "isi dokumen berubah sesudah ditandatangani."
    return "" if valid else "tanda tangan tidak cocok dengan sertifikatnya."


def _after(difference: Any) -> str:
    """What later revisions did to the part that this signature covers."""
    if difference is None:
        return ""
    if (
        not isinstance(difference, DiffResult)
        or difference.modification_level > ModificationLevel.FORM_FILLING
    ):
        return "sesudah tanda tangan ini dokumen diubah dengan cara yang tidak diizinkan."
    return ""


def _told(difference: Any) -> str:
    if not isinstance(difference, DiffResult) or difference.modification_level == ModificationLevel.NONE:
        return ""
    return (
        "sesudahnya hanya ditambahkan stempel waktu dan bukti keabsahan"
        if difference.modification_level <= ModificationLevel.LTA_UPDATES
        else "sesudahnya hanya ditambahkan tanda tangan lain dan bukti keabsahan"
    )


def _only_sealed_after(difference: Any) -> bool:
    return (
        isinstance(difference, DiffResult) and difference.modification_level <= ModificationLevel.LTA_UPDATES
    )


def _origin(status: Any, has_stamp: bool, stamped: bool) -> str:
    if not status.trusted:
        return (
            "sertifikat tidak diterbitkan oleh otoritas yang dikenal, atau tidak berlaku saat menandatangani."
        )
    return "stempel waktunya tidak sah." if has_stamp and not stamped else ""


def _revoked(revoked: datetime | None, at: datetime | None) -> str:
    if revoked and (at is None or revoked <= at):
        return f"sertifikat sudah dicabut pada {revoked:%d-%m-%Y}, sebelum menandatangani."
    return ""


def _owner(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    certificate = signature.signer_cert
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return {
        "name": _text(subject.get("common_name")),
        "post": _text(subject.get("title")),
        "issuer": _text(issuer.get("common_name")),
        "serial": f"{certificate.serial_number:x}",
        "fingerprint": certificate.sha256.hex(),
        "not_after": certificate.not_valid_after,
        "identity": notice_of(x509.load_der_x509_certificate(certificate.dump())),
    }


def _text(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _timestamp_good(signature: EmbeddedPdfSignature, trust: Trust) -> bool:
    try:
        moment = signature.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        status = asyncio.run(
            async_validate_pdf_timestamp(
                signature, trust.context(moment, stamps=True), diff_policy=DIFFERENCES
            )
        )
        changed = _after(signature.diff_result)
        return bool(status.valid and status.intact and status.trusted and not changed)
    except MemoryError:
        raise
    except Exception:
        return False
