"""Who is told what about minutes and signatures: run by a worker after the commit, once per person."""

from __future__ import annotations

from datetime import datetime

from randal.database.base import db
from randal.history.events import Event, on
from randal.l10n.formats import moment
from randal.models.minutes import Minutes, Signature
from randal.models.minutes_reach import decider, readers, writers
from randal.notifications.notices import tell, write, write_to
from randal.org.app_settings import public_url
from randal.org.people import holders, people_with_role
from workflows.lifecycle import PPK_STAFF, SECRETARIAT, Actor
from workflows.minutes import REPORT


def page(minutes: Minutes) -> str:
    return f"/notula/{minutes.id}"


def minutes_of(event: Event) -> Minutes | None:
    return db.session.get(Minutes, event.item_id)


@on("minutes.submit")
def tell_reviewers(event: Event) -> None:
    """From review on the invited read, comment and agree; the chair decides."""
    if (minutes := minutes_of(event)) is None or minutes.state != "in_review":
        return
    name, key = f"{minutes.what.title} «{minutes.meeting.title}»", f"minutes.submit:{event.id}"
    decides = [p for p in [decider(minutes)] if p]
    tell(decides, key, f"{name} menunggu persetujuan Anda.", page(minutes), now=event.at)
    staff = [p for p in readers(minutes) if p.role == PPK_STAFF]
    others = [p for p in readers(minutes) if p.role != PPK_STAFF]
    tell(others, key, f"{name} dapat Anda tinjau, tanggapi, atau setujui.", page(minutes), now=event.at)
    sentence = f"{name} dapat Anda baca. PPK Anda dapat menanggapi dan menyetujuinya."
    tell(staff, key, sentence, page(minutes), now=event.at)


@on("minutes.renew")
def tell_of_renewal(event: Event) -> None:
    """The text under review is another: who agreed is asked again, the others read what changed."""
    if (minutes := minutes_of(event)) is None or minutes.state != "in_review":
        return
    name, key = f"{minutes.what.title} «{minutes.meeting.title}»", f"minutes.renew:{event.id}"
    parts, again = ", ".join(event.data.get("parts", ())), set(event.data.get("asked_again", ()))
    renewed = f"{name} diperbarui dari data rapat ({parts})."
    people = [*readers(minutes), *filter(None, [decider(minutes)])]
    asked = f"{renewed} Persetujuan PPK Anda ditanyakan lagi."
    tell([p for p in people if p.id in again], key, asked, page(minutes), now=event.at)
    tell([p for p in people if p.id not in again], key, renewed, page(minutes), now=event.at)


@on("minutes.comment")
def tell_of_comment(event: Event) -> None:
    """A comment waits for its answer by those who write; nothing is approved before."""
    if minutes := minutes_of(event):
        sentence = f"{minutes.what.title} «{minutes.meeting.title}» ditanggapi dan menunggu jawaban."
        people = [p for p in [*writers(minutes), *people_with_role(SECRETARIAT)] if p.id != event.actor_id]
        tell(people, f"minutes.comment:{event.id}", sentence, f"{page(minutes)}#tanggapan", now=event.at)


@on("minutes.answer_comment")
def tell_of_answer(event: Event) -> None:
    if minutes := minutes_of(event):
        asked = [c for c in minutes.comments if c.id == event.data.get("comment_id")]
        people = [c.author for c in asked if c.author_id != event.actor_id]
        sentence = f"Tanggapan Anda atas {minutes.what.noun} «{minutes.meeting.title}» dijawab."
        tell(people, f"minutes.answer:{event.id}", sentence, f"{page(minutes)}#tanggapan", now=event.at)


@on("minutes.return", "minutes.revise")
def tell_writer(event: Event) -> None:
    if minutes := minutes_of(event):
        what = "dikembalikan" if event.move == "return" else "ditarik untuk diperbaiki"
        sentence = f"{minutes.what.title} «{minutes.meeting.title}» {what}. Alasannya ada di riwayat."
        tell(
            writers(minutes),
            f"minutes.{event.move}:{event.id}",
            sentence,
            page(minutes),
            now=event.at,
        )


@on("minutes.amend")
def tell_of_addendum(event: Event) -> None:
    if (minutes := minutes_of(event)) and (addendum := minutes.open_addendum):
        sentence = f"{addendum.heading} «{minutes.meeting.title}» dibuka dan menunggu disusun."
        tell(writers(minutes), f"minutes.amend:{event.id}", sentence, page(addendum), now=event.at)


@on("signature.call", "signature.hand_over")
def tell_signer(event: Event) -> None:
    """It is your turn: the signer, and whoever else holds the post."""
    signature = db.session.get(Signature, event.item_id)
    if signature is None or signature.state != "ready":
        return
    day = signature.minutes.meeting.local_date(event.at)
    acting = holders(signature.signer_post_id, day)
    key = f"signature.{event.move}:{event.id}"
    minutes = signature.minutes
    sentence = f"{minutes.what.title} «{minutes.meeting.title}» menunggu tanda tangan Anda."
    tell([signature.signer, *acting], key, sentence, f"/tanda-tangan/{signature.id}", now=event.at)
    here = public_url(f"/tanda-tangan/{signature.id}")
    body = f"{sentence}\n\nBaca dan tandatangani di {here}\n"
    write(
        signature.signer,
        key,
        f"Menunggu tanda tangan: {signature.minutes.meeting.title}"[:250],
        body,
        now=event.at,
        thread=f"meeting:{minutes.meeting_id}",
        asked_by_id=event.actor_id,
    )


def ask_to_confirm(signature: Signature, uploader: Actor, now: datetime) -> None:
    """A scan waits for somebody else than who has handed it in: the signer, or when that was he, the secretariat."""
    who = [signature.signer] if signature.signer_id != uploader.id else people_with_role(SECRETARIAT)
    key = f"signature.scan:{signature.id}:{signature.scan_file_id}"
    sentence = f"Pindaian tanda tangan basah {signature.signer.name} menunggu konfirmasi."
    tell([p for p in who if p.id != uploader.id], key, sentence, f"/tanda-tangan/{signature.id}", now=now)


@on("signature.decline")
def tell_of_decline(event: Event) -> None:
    if signature := db.session.get(Signature, event.item_id):
        minutes, who = signature.minutes, signature.signer.name
        sentence = f"{who} menolak menandatangani {minutes.what.noun} «{minutes.meeting.title}»."
        tell(writers(minutes), f"signature.decline:{event.id}", sentence, page(minutes), now=event.at)


@on("minutes.complete")
def send_published(event: Event) -> None:
    """The signed paper to everybody who may read it, to those who wrote and decided, and to the addresses among the
    tembusan; a report stays with the head it is for."""
    minutes = minutes_of(event)
    if minutes is None or minutes.document is None or minutes.document.newest is None:
        return
    meeting, file = minutes.meeting, minutes.document.newest
    what = minutes.heading
    people = list({p.id: p for p in [*readers(minutes), *writers(minutes)]}.values())
    key = f"minutes.complete:{minutes.id}"
    tell(people, key, f"{what} «{meeting.title}» telah terbit.", page(minutes), now=event.at)
    subject = f"{what}: {meeting.title}"[:250]
    attached = [
        {"name": f"{minutes.what.slug}-{minutes.id}.pdf", "mime": "application/pdf", "file_id": file.id}
    ]
    body = (
        f"{what} nomor {minutes.number} untuk «{meeting.title}» telah ditandatangani pada "
        f"{moment(event.at, meeting.timezone)}.\n\nBaca di {public_url(page(minutes))}\n"
        f"Periksa keasliannya di {public_url('/verifikasi/' + minutes.document.code)}\n"
    )
    for person in people:
        if person.active:
            write(
                person, key, subject, body, now=event.at, attachments=attached, thread=f"meeting:{meeting.id}"
            )
    known = {p.email.lower() for p in people}
    copies = [] if minutes.kind == REPORT else meeting.copies
    names = {copy.address: copy.name for copy in copies if copy.address and copy.address not in known}
    for address, name in names.items():
        write_to(
            address,
            key,
            subject,
            body,
            now=event.at,
            name=name,
            attachments=attached,
            thread=f"meeting:{meeting.id}",
        )
