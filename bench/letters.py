"""Letters made and sent: issue → drawn → mailed over SMTP with its paper, beside bare `write_pdf` of the same HTML.

.venv/bin/python -m bench letters --letters 1000
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from sqlalchemy import func, select
from weasyprint import HTML

from bench.stage import stage, table
from randal.database.base import db
from randal.documents import model, rendering
from randal.documents.model import READY, Document
from randal.jobs import outbox
from randal.l10n import clock
from randal.notifications import mailing
from randal.notifications.notices import Mail
from randal.rooms.meetings import papers
from tests.machines import Mailbox
from tests.world import World

BATCH = 20


def main(words: list[str] | None = None) -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--letters", type=int, default=60)
    wanted = reader.parse_args(words or []).letters
    server = Mailbox()
    try:
        with stage(demo=False) as app, app.app_context():
            world = World(app)
            meeting = world.meeting("scheduled")
            ppk = world.ppk("ID-BB")
            settings = replace(app.config["RANDAL"], mail_url=server.url)
            outbox.drain(clock.now())
            while mailing.send_due(settings, clock.now()):
                pass
            server.messages.clear()
            ours = bare = 0.0
            made = 0
            while made < wanted:  # in turns, so that both meet the same machine
                started = time.perf_counter()
                for _ in range(BATCH):
                    made += 1
                    facts = {"number": f"UM/{made}", "dated_on": "2026-03-02"}
                    model.request(
                        "invitation", "meeting", meeting.id, title=meeting.title, now=clock.now(), revision=100 + made,
                        meeting_id=meeting.id, params=facts,
                    )  # fmt: skip
                db.session.commit()
                outbox.drain(clock.now())
                while mailing.send_due(settings, clock.now()):
                    pass
                ours += time.perf_counter() - started
                document = Document.of("invitation", "meeting", meeting.id)
                assert document and document.stage == READY, document and document.error
                page = rendering.html(
                    "meetings/invitation.pdf.html", papers.letter(document, meeting), jinja_env=app.jinja_env
                )
                db.session.rollback()
                started = time.perf_counter()
                for _ in range(BATCH):
                    HTML(
                        string=page, base_url="http://refused.invalid/", url_fetcher=rendering.OwnAssets()
                    ).write_pdf()
                bare += time.perf_counter() - started
            mine = [m for m in server.messages if m["To"] == ppk.email]
            waiting = db.session.scalar(select(func.count()).select_from(Mail).where(Mail.sent_at.is_(None)))
            assert len(mine) == made and waiting == 0, (len(mine), made, waiting)
            print(f"{made} letters, {len(server.messages)} mails, each with its PDF, all taken by the server")
            table(
                [
                    ("what", "per second", "ratio to bare"),
                    ("asked → drawn, stored, mailed", f"{made / ours:.1f}", f"{bare / ours:.2f}"),
                    ("bare write_pdf of the same HTML", f"{made / bare:.1f}", "1"),
                ]
            )
    finally:
        server.stop()


if __name__ == "__main__":
    main()
