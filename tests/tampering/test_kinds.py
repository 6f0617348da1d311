"""Every kind of tampering is told, for the right reason: beside the archive, by the file alone, and where the forger
reached the archive, too. Genuine files are accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from randal.signatures.manifest import Manifest
from randal.signatures.report import Report
from randal.signatures.verification import verify
from randal.untrusted.limited.errors import Unreadable
from tests.minutes import signed
from tests.tampering import forge
from tests.tampering.forge import KINDS, Kind


def check(
    pdf: bytes, manifest: Manifest | None, kind: Kind | None = None, now: datetime = signed.LATER
) -> Report:
    crls = kind.crls() if kind else ()
    return verify(pdf, roots=[signed.authority().root_pem()], manifest=manifest, now=now, crls=crls)


def test_there_are_many_kinds() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_told_beside_the_archive(kind: Kind) -> None:
    pdf = kind.make()
    manifest = forge.case().manifest
    report = check(pdf, kind.manifest(manifest, pdf) if kind.manifest else manifest, kind)
    assert report.verdict == "mismatch"
    assert any(kind.reason in said for said in report.reasons), report.reasons


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_told_by_the_file_alone(kind: Kind) -> None:
    """What a file alone cannot show (it is a genuine older one, or a genuine other one) is at least not called intact."""
    if kind.alone is None:
        try:
            report = check(kind.make(), None, kind)
        except Unreadable:
            return
        assert report.verdict == "mismatch"
        return
    report = check(kind.make(), None, kind)
    assert report.verdict == ("mismatch" if kind.alone else "noted")
    assert any(kind.alone in said for said in report.reasons), report.reasons


BY_ARCHIVE_ALONE = {"another_paper_with_good_signatures", "the_seal_stripped"}


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k.name not in BY_ARCHIVE_ALONE], ids=lambda kind: kind.name
)
def test_told_when_the_forger_reached_the_archive(kind: Kind) -> None:
    """The stored hash is the forged file's: the signatures themselves tell, or who is missing."""
    pdf = kind.make()
    manifest = forge.case().manifest
    report = check(pdf, (kind.manifest or forge.held)(manifest, pdf), kind)
    assert report.verdict == "mismatch", report.reasons


@pytest.mark.parametrize("signers", [1, 2, 3])
@pytest.mark.parametrize("years", [0, 10])
def test_genuine_now_and_in_ten_years(signers: int, years: int) -> None:
    case = signed.case(signers)
    report = check(case.pdf, case.manifest, now=signed.LATER + timedelta(days=366 * years))
    assert report.verdict == "intact", report.reasons


def test_genuine_in_ten_years_after_a_revocation() -> None:
    """Revoked after signing and long ended: it stands, with the note that says so."""
    later = signed.LATER + timedelta(days=3660)
    case = forge.case()
    report = verify(
        case.pdf,
        roots=[signed.authority().root_pem()],
        manifest=case.manifest,
        now=later,
        crls=forge.list_of(30),
    )
    assert report.verdict == "noted"
    assert any("sesudah menandatangani" in said for said in report.reasons)
    assert all(one["valid"] for one in report.signatures)
    assert [one["revoked_on"] for one in report.signatures] == ["2018-07-26", None]
