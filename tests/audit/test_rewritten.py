"""Histories rewritten whole, with every hash recomputed: what a checkpoint holds against them, and what nobody does."""

from __future__ import annotations

import asyncio
import base64
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from randal.audit import exporting
from randal.audit.checkpoints import Checkpoint
from randal.audit.proofs import digest_of, head_line
from randal.audit.verifying import Report, verify
from randal.database.base import db
from randal.signatures.authority import Authority
from randal.signatures.pades import timestamp
from tests.audit.story import Bender, History, named


def other_hat(record: dict[str, Any]) -> None:
    record["hat"] = "admin"


def test_what_was_sealed(history: History) -> None:
    item = history.finding
    for since, checkpoint in ((1, 1), (2, 1), (3, 2), (4, 2)):
        with history.bending() as bender:
            bender.rehash(item, other_hat, since)
            found = bender.judge()
        assert named(found) == {("rewritten", "finding", item.id, since)}
        assert {b.checkpoint for b in found.bends} == {checkpoint}


def test_what_was_not_sealed_yet_is_said_to_be_open(history: History) -> None:
    """Whoever can write the tables and recompute hashes is stopped by the next checkpoint, not before."""
    with history.bending() as bender:
        bender.rehash(history.finding, other_hat, 5)
        report = bender.judge()
        assert report.bends == [] and report.covered == report.events - 2
    history.checkpoint()
    with history.bending() as bender:
        bender.rehash(history.finding, other_hat, 5)
        assert named(bender.judge()) == {("rewritten", "finding", history.finding.id, 5)}


def test_with_the_heads_rewritten_as_well(history: History) -> None:
    """The rows of a checkpoint are summed in it: they cannot be made to fit."""
    with history.bending() as bender:
        bender.rehash(history.finding, other_hat, 2)
        fit_heads(bender, history)
        assert [b.checkpoint for b in bender.judge().bends if b.kind == "checkpoint"] == [1, 2]


def fit_heads(bender: Bender, history: History) -> None:
    hashes = [
        r["hash"]
        for r in exporting._events(bender.connection, "finding", False)
        if r["item_id"] == history.finding.id
    ]
    for n, first, last in ((1, 0, 2), (2, 2, 4)):
        bender.run(
            "UPDATE checkpoint_heads SET hash = :hash, trail = :trail "
            "WHERE checkpoint_id = :n AND item_type = 'finding' AND item_id = :id",
            hash=hashes[last - 1], trail="".join(h[:16] for h in hashes[first:last]), n=n, id=history.finding.id,
        )  # fmt: skip


def reseal(bender: Bender, n: int, token: str | None = None) -> str:
    """Make the statement of a checkpoint fit its rows; what is left is the timestamp. Returns its digest."""
    summed, before = sha256(), ""
    for record in list(exporting.records(bender.connection)):
        if record["kind"] == "head" and record["n"] == n:
            summed.update(head_line(record))
        if record["kind"] == "checkpoint" and record["n"] == n:
            before = record["statement"]
    assert before
    old = before.split('"heads":"')[1][:64]
    told = before.replace(old, summed.hexdigest())
    values = {"said": told, "digest": digest_of(told), "n": n}
    bender.run("UPDATE checkpoints SET statement = :said, digest = :digest WHERE id = :n", **values)
    if token:
        bender.run("UPDATE checkpoints SET token = :token WHERE id = :n", token=token, n=n)
    return digest_of(told)


def test_all_of_it_rewritten_but_for_the_key(history: History) -> None:
    """Events, heads, sums and statements fit; the timestamp is for what was said before, or from somebody else."""
    fake = Authority.make("rahasia lain", "Otoritas Randal", history.world.now)
    with history.bending() as bender:
        bender.rehash(history.finding, other_hat, 3)
        fit_heads(bender, history)
        digest = reseal(bender, 2)
        assert [str(b) for b in bender.judge().bends] == ["cap 2: cap waktunya dibuat untuk isi yang lain"]
        made = asyncio.run(timestamp(bytes.fromhex(digest), fake, history.world.now))
        reseal(bender, 2, base64.b64encode(made).decode())
        assert [str(b) for b in bender.judge().bends] == [
            "cap 2: cap waktunya tidak ditandatangani oleh otoritas yang dipercaya"
        ]
        without_root = verify(exporting.records(bender.connection))
        assert without_root.bends == [] and "akar" in without_root.notes[0]


def test_checkpoints_bent(history: History) -> None:
    for statement, wanted in (
        ("DELETE FROM checkpoints WHERE id = 1", {1}),
        ("DELETE FROM checkpoints", {1, 2}),
        ("UPDATE checkpoints SET statement = replace(statement, 'randal', 'randa1') WHERE id = 1", {1}),
        ("UPDATE checkpoints SET digest = replace(digest, substr(digest, 1, 8), 'ffffffff') WHERE id = 2", {2}),
        ("UPDATE checkpoints SET token = 'x' WHERE id = 2", {2}),
        ("UPDATE checkpoints SET token = (SELECT token FROM checkpoints WHERE id = 1)", {2}),
        ("UPDATE checkpoints SET id = 7 WHERE id = 2", {2, 7}),
        ("DELETE FROM checkpoint_heads WHERE checkpoint_id = 2", {2}),
        ("DELETE FROM checkpoint_heads WHERE checkpoint_id = 1 AND item_type = 'finding'", {1}),
        ("UPDATE checkpoint_heads SET hash = prev FROM events WHERE events.id = 1 AND checkpoint_id = 2", {2}),
        ("UPDATE checkpoint_heads SET trail = '' WHERE checkpoint_id = 1 AND item_type = 'finding'", {1}),
        ("UPDATE checkpoint_heads SET seq = seq + 1 WHERE checkpoint_id = 2 AND item_type = 'follow_up'", {2}),
    ):  # fmt: skip
        with history.bending() as bender:
            bender.run(statement)
            found = bender.judge().bends
        assert {b.checkpoint for b in found if b.kind == "checkpoint"} >= wanted, (statement, found)
        assert not {b.kind for b in found} - {"checkpoint", "witness"}, (
            statement,
            found,
        )  # never the history


def test_the_last_checkpoint_gone_is_seen_by_who_kept_it(history: History) -> None:
    kept = db.session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc())).first()
    assert kept
    witness = [kept.record()]
    db.session.commit()
    with history.bending() as bender:
        assert bender.judge(witnesses=witness).bends == []
        forget_last(bender)
        unseen = bender.judge()
        assert unseen.bends == [] and unseen.checkpoints == 1
        assert said(bender.judge(witnesses=witness)) == ["cap 2: dihapus; masih ada pada saksi di luar"]
    with history.bending() as bender:
        reseal(bender, 2)
        bent = [witness[0] | {"statement": witness[0]["statement"].replace("randal-", "lain-")}]
        assert said(bender.judge(witnesses=bent)) == ["cap 2: lain dari yang disimpan saksi di luar"]


def forget_last(bender: Bender) -> None:
    bender.run("DELETE FROM checkpoint_heads WHERE checkpoint_id = 2")
    bender.run("DELETE FROM checkpoints WHERE id = 2")


def said(report: Report) -> list[str]:
    return [str(b) for b in report.bends]
