"""PAdES with our own parts: a signature with its timestamp (B-T), and the seal around all of them (B-LTA).

No network, and no clock of its own: the key, the timestamp authority and the moment are all given.
"""

from collections.abc import Iterable
from datetime import datetime

from asn1crypto import algos, cms, core, crl, parser, tsp  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import InvisSigSettings, SigSeedSubFilter
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from randal.signatures.authority import Authority
from randal.signatures.reading import read
from randal.signatures.stamps import SENTENCE, Stamp, StampStyle

_RESERVED = 20_480  # hex characters for one CMS object: 10 kB, and ours are about 7 kB
_POLICY = "2.25.201930437145270861205541398257720316744"  # our timestamp policy: an OID made from a UUID, needs no registration
_HASH = "sha256"


async def sign_field(
    reader: PdfFileReader,
    field: str,
    key: RSAPrivateKey,
    certificate: x509.Certificate,
    authority: Authority,
    stamp: Stamp,
    now: datetime,
    last: bool,
    clock: TimeStamper | None = None,
) -> bytes:
    """The file with ``field`` signed (B-T), and with ``last`` sealed for the long term. Raises whatever pyHanko raises."""
    clock = clock or _OwnTimeStamper(authority, now)
    signing = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm=_HASH,
            subfilter=SigSeedSubFilter.PADES,
            name=stamp.name or None,
            reason=SENTENCE,
        ),
        signer=_KeySigner(key, certificate, authority),
        timestamper=clock,
        stamp_style=StampStyle(stamp=stamp),
    )
    # Step by step instead of sign_pdf(): only a session lets us say what time it is.
    session = signing.init_signing_session(_QuietWriter.from_reader(reader), existing_fields_only=True)
    session.system_time = now
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=_RESERVED)
    digest, output = document.digest_tbs_document()
    after = await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=now))
    await after.post_signature_processing(output)
    output.seek(0)
    signed: bytes = output.read()
    return await seal(signed, authority, now, clock) if last else signed


async def seal(
    signed: bytes,
    authority: Authority,
    now: datetime,
    clock: TimeStamper | None = None,
    more: Iterable[x509.Certificate] = (),
) -> bytes:
    """PAdES B-LTA over everything so far: the chain and the revocation lists inside, a document timestamp around them.

    ``more``: certificates of other issuers whose signatures stand in the file.
    """
    clock = clock or _OwnTimeStamper(authority, now)
    reader = read(signed)
    writer = _QuietWriter.from_reader(reader)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[as_asn1(one) for one in (*authority.chain(), *more)],
        crls=[crl.CertificateList.load(one) for one in authority.crls(now)],
    )
    name = f"stempel-waktu-{len(reader.embedded_timestamp_signatures) + 1}"
    # PDF/UA wants every field in the tree of tags, except where no page can show it.
    unseen = InvisSigSettings(box_out_of_bounds=True)
    stamper = signers.PdfTimeStamper(clock, field_name=name, invis_settings=unseen)
    sealed = await stamper.async_timestamp_pdf(writer, _HASH, bytes_reserved=_RESERVED)
    return bytes(sealed.getbuffer())


def signed_until(signature: EmbeddedPdfSignature) -> int:
    """Where the last range of bytes under this signature ends, from the start of the file."""
    return int(signature.byte_range[-2]) + int(signature.byte_range[-1])


def frame_clean(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Is there nothing in the gap that a signature leaves but itself, as hexadecimal of one case, filled with zeros?
    No signature covers its own gap, so this is where something could hide."""
    try:
        first, until = int(signature.byte_range[1]), int(signature.byte_range[2])
        gap = pdf[first:until]
        inside = gap[1:-1]
        content = signature.pkcs7_content
        made = content[: parser.peek(content)].hex().encode()
        plain = inside[: len(made)] in (made, made.upper())
        return gap[:1] + gap[-1:] == b"<>" and plain and not inside[len(made) :].strip(b"0")
    except Exception:
        return False


def stamped_at(signer_info: cms.SignerInfo) -> datetime | None:
    """The moment in a signature's own timestamp token, before anybody has checked it."""
    for attribute in signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            content = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            moment: datetime = content["gen_time"].native
            return moment
    return None


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate for pyHanko, which speaks asn1crypto."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


class _QuietWriter(IncrementalPdfFileWriter):
    """Adds a revision without touching the document's dates: PDF/A wants both sets of them equal, and `now` is ours to say."""

    def _update_meta(self) -> None:
        return None


class _KeySigner(Signer):
    """Signs with the key in memory, parsed once (pyHanko's own signer parses and checks it for every signature)."""

    def __init__(self, key: RSAPrivateKey, certificate: x509.Certificate, authority: Authority):
        store = SimpleCertificateStore.from_certs([as_asn1(authority.issuing)])  # type: ignore[no-untyped-call]
        super().__init__(
            signing_cert=as_asn1(certificate),
            cert_registry=store,
            embed_roots=False,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        )
        self._private = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return self._private.sign(data, PKCS1v15(), hashes.SHA256())


class _OwnTimeStamper(DummyTimeStamper):
    """The installation's timestamp authority, in this process: no network, and the moment is the one we were given."""

    def __init__(self, authority: Authority, now: datetime):
        self._authority = authority
        issuing = SimpleCertificateStore.from_certs([as_asn1(authority.issuing)])  # type: ignore[no-untyped-call]
        super().__init__(as_asn1(authority.tsa), None, certs_to_embed=issuing, fixed_dt=now)

    def _build_tst_info(
        self, message_imprint: tsp.MessageImprint, dt: datetime, req: tsp.TimeStampReq
    ) -> tsp.TSTInfo:
        info = super()._build_tst_info(message_imprint, dt, req)
        info["policy"] = _POLICY
        return info

    def _sign_tst_info(
        self, tst_info_data: bytes, md_algorithm: str, dt: datetime
    ) -> tuple[bytes, cms.CMSAttributes]:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),  # type: ignore[no-untyped-call]
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),  # type: ignore[no-untyped-call]
                simple_cms_attribute(
                    "signing_certificate_v2", as_signing_certificate_v2(self.tsa_cert, _HASH)
                ),  # type: ignore[no-untyped-call]
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )  # type: ignore[no-untyped-call]
        return self._authority.sign_as_tsa(attributes.dump(), hashes.SHA256()), attributes


async def timestamp(digest: bytes, authority: Authority, now: datetime) -> bytes:
    """A timestamp token (RFC 3161, DER) of ``now`` over a SHA-256 digest; `openssl ts -verify -token_in` reads it."""
    token: bytes = (await _OwnTimeStamper(authority, now).async_timestamp(digest, _HASH)).dump()
    return token
