"""(a) Approve → minutes stored, beside bare `write_pdf` of the same HTML. Aim: at most 1.3 times its time."""

from __future__ import annotations

import os
import statistics
import time

from sqlalchemy import select
from weasyprint import HTML

from bench.items import notula
from bench.stage import stage, table
from randal.database.base import db
from randal.documents import rendering
from randal.documents.model import READY
from randal.engine.transitions import fire
from randal.jobs import outbox
from randal.l10n import clock
from randal.models.minutes import Minutes
from randal.org.people import Person, actor_of

ROUNDS = 3


def main() -> None:
    # The minutes of the demonstration are signed; an addendum of them goes the same way, over and over.
    with stage() as app, app.app_context():
        signed = notula()
        chair, writer = (
            db.session.get_one(Person, i) for i in (signed.meeting.chair_id, signed.meeting.minute_taker_id)
        )
        why = "Mengukur lamanya pembuatan notula."
        fire(signed, "amend", actor_of(writer, clock.now()), now=clock.now(), reason=why)
        db.session.commit()
        addendum = db.session.scalars(select(Minutes).where(Minutes.replaces_id == signed.id)).one()
        ours, bare = [], []
        for number in range(ROUNDS + 1):
            fire(addendum, "submit", actor_of(writer, clock.now()), now=clock.now())
            db.session.commit()
            outbox.drain(clock.now())
            started = time.perf_counter()
            fire(addendum, "approve", actor_of(chair, clock.now()), now=clock.now())
            db.session.commit()
            outbox.drain(clock.now())
            taken = time.perf_counter() - started
            document = addendum.document
            assert document is not None and document.stage == READY, document and document.error
            page = rendering.html("minutes/minutes.pdf.html", addendum.snapshot, jinja_env=app.jinja_env)
            started = time.perf_counter()
            HTML(
                string=page, base_url="http://refused.invalid/", url_fetcher=rendering.OwnAssets()
            ).write_pdf()
            if number:  # the first round warms both
                bare.append(time.perf_counter() - started)
                ours.append(taken)
            fire(addendum, "revise", actor_of(chair, clock.now()), now=clock.now(), reason=why)
            db.session.commit()
    ratios = sorted(a / b for a, b in zip(ours, bare, strict=True))
    table(
        [
            ("what", "seconds (median)", "ratio to bare (min median max)"),
            ("approve → PDF stored, first signer called", f"{statistics.median(ours):.2f}", ""),
            ("bare write_pdf of the same HTML", f"{statistics.median(bare):.2f}", ""),
            ("ratio", "", f"{ratios[0]:.2f} {statistics.median(ratios):.2f} {ratios[-1]:.2f}  (aim ≤ 1.30)"),
        ]
    )


if __name__ == "__main__":
    os.environ.setdefault("RANDAL_DEMO", "1")
    main()
