"""A signature that waits: its signer is reminded, and whoever else holds the post. And a key that soon ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from randal.database.base import db
from randal.l10n import clock
from randal.l10n.formats import long_date
from randal.models.minutes import Minutes, Signature, SigningKey
from randal.models.minutes_parts import MinutesComment
from randal.models.minutes_reach import writers
from randal.org.people import holders_of
from randal.rooms.minutes import turns, verdicts  # noqa: F401 - they declare their own
from randal.schedule.reminders import SOON, WAITING, Line, Waits, reminder
from randal.schedule.rules import When
from workflows.minutes import BEFORE_APPROVAL

# The policy, in working days.
SIGN_WITHIN = 2
REMIND_AGAIN = 3
ANSWER_WITHIN = 1
# In days.
ENDS_WITHIN = 30


@reminder(
    "signature.remind",
    label="Penanda tangan diingatkan bila gilirannya menunggu lebih dari 2 hari kerja.",
    item="signature",
    says="menunggu tanda tangan",
)
def your_turn(when: When) -> Iterator[Line]:
    waits = Waits(when, SIGN_WITHIN, REMIND_AGAIN)
    ready = select(Signature).where(Signature.state == "ready", Signature.updated_at < waits.before)
    for signature in db.session.scalars(ready.order_by(Signature.id)):
        text = (
            f"{signature.minutes.what.title} «{signature.minutes.meeting.title}» menunggu tanda tangan Anda."
        )
        for person in {signature.signer_id, *holders_of(signature.signer_post_id, when.day)}:
            key = waits.key(signature.updated_at)
            yield Line(signature.id, key, person, WAITING, text, f"/tanda-tangan/{signature.id}")


@reminder(
    "minutes.unanswered",
    label="Penyusun naskah diingatkan bila tanggapan peserta belum dijawab lebih dari 1 hari kerja.",
    item="minutes",
    says="tanggapan belum dijawab",
)
def unanswered(when: When) -> Iterator[Line]:
    waits = Waits(when, ANSWER_WITHIN, REMIND_AGAIN)
    waiting = select(MinutesComment.minutes_id, func.min(MinutesComment.at), func.count())
    waiting = waiting.where(MinutesComment.answer == "", MinutesComment.at < waits.before)
    for minutes_id, since, count in db.session.execute(waiting.group_by(MinutesComment.minutes_id)):
        minutes = db.session.get_one(Minutes, minutes_id)
        if minutes.state in BEFORE_APPROVAL:
            text = f"{count} tanggapan atas {minutes.what.noun} «{minutes.meeting.title}» menunggu jawaban."
            for person in {p.id for p in writers(minutes)}:
                yield Line(
                    minutes_id, waits.key(since), person, WAITING, text, f"/notula/{minutes_id}#tanggapan"
                )


@reminder(
    "signing_key.ending",
    label="Pemilik kunci tanda tangan diingatkan 30 hari sebelum sertifikatnya berakhir.",
)
def key_ends(when: When) -> Iterator[Line]:
    today = clock.to_instant(datetime.combine(when.day, time.min), when.zone)
    soon = SigningKey.not_after.between(today, today + timedelta(days=ENDS_WITHIN))
    for key in db.session.scalars(select(SigningKey).where(SigningKey.revoked_at.is_(None), soon)):
        day = clock.local_date(key.not_after, when.zone)
        text = f"Kunci tanda tangan Anda berakhir {long_date(day)}: daftarkan yang baru sebelum menandatangani lagi."
        yield Line(key.id, f"{day}", key.person_id, SOON, text, "/profil/kunci-tanda-tangan")
