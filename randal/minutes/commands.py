"""What people do with minutes besides moves, for page and API alike. Nothing here commits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from randal.core import forms
from randal.core.db import db
from randal.core.events import Event
from randal.core.moving import keep_upload
from randal.core.people import Person
from randal.core.richtext import clean, plain
from randal.core.transitions import Changed, lock, record, require_version
from randal.core.words import moment
from randal.minutes import telling, texts
from randal.minutes.drafting import set_signers
from randal.minutes.forms import MAX_WORDS, AnswerForm, CommentForm, ScanForm, SectionsForm
from randal.minutes.models import Minutes, MinutesAgreement, MinutesComment, MinutesSection, Signature
from workflows.lifecycle import (
    CHAIR,
    EVALUATOR,
    INVITEE,
    LEADER,
    MINUTE_TAKER,
    PPK,
    SECRETARIAT,
    SIGNER,
    Actor,
    Refused,
)

ONE_EDIT = timedelta(minutes=15)  # saves of one person within this time are one line of the history
COMMENTERS = {INVITEE, CHAIR, MINUTE_TAKER, SIGNER, SECRETARIAT, EVALUATOR, LEADER}
MOST_SIGNERS = 16  # as many boxes as a page of the paper holds
MARKS = re.compile(r"<(?!/|p>|div>|br>)")
WRITERS = {CHAIR, MINUTE_TAKER, SECRETARIAT}


class StaleSection(Changed):
    """Somebody saved this section meanwhile; `section` is as it stands now."""

    def __init__(self, section: MinutesSection, by: str, at: str):
        super().__init__(f"Bagian «{section.title}» sudah diubah oleh {by or 'orang lain'} ({at}).")
        self.section, self.by, self.at = section, by, at


# -- the words ---------------------------------------------------------------------------------------


def write_sections(minutes: Minutes, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """`{sections: {key: html}}`: the words of some sections, sanitised. Raises the minutes' version."""
    minutes.lifecycle().require_edit(minutes, actor)
    given = forms.load(SectionsForm, raw)["sections"]
    known = {section.key: section for section in minutes.sections}
    wrong = {f"sections.{k}": ["Bagian ini tidak ada."] for k in given if k not in known}
    wrong |= {f"sections.{k}": ["Teks terlalu panjang."] for k, v in given.items() if len(v) > MAX_WORDS}
    if wrong:
        raise Refused("field", forms.TOO_MUCH, wrong)
    lock(minutes)
    for key, html in given.items():
        _write(known[key], html, actor, now)
    _touch(minutes, actor, now, sorted(given))


def write_section(
    minutes: Minutes, key: str, html: str, actor: Actor, now: datetime, version: int | None
) -> MinutesSection:
    """One section as the page saves it, against the section's own version. Raises StaleSection (409)."""
    minutes.lifecycle().require_edit(minutes, actor)
    lock(minutes)
    section = next((s for s in minutes.sections if s.key == key), None)
    if section is None:
        raise forms.wrong(key, "Bagian ini tidak ada.")
    if len(html) > MAX_WORDS:
        raise forms.wrong(key, "Teks terlalu panjang.")
    if version is not None and section.version != version:
        who = db.session.get(Person, section.updated_by_id) if section.updated_by_id else None
        zone = who.zone if who else minutes.meeting.timezone
        raise StaleSection(section, who.name if who else "", moment(section.updated_at, zone))
    if section.edited or not _same_words(section.html, html):
        _write(section, html, actor, now)
        _touch(minutes, actor, now, [key])
    return section


def _same_words(stored: str, html: str) -> bool:
    """An editor that only opened composed words rewrites their marks: that is no edit."""
    return plain(stored) == plain(html) and not MARKS.search(clean(html))


def _write(section: MinutesSection, html: str, actor: Actor, now: datetime) -> None:
    section.html = clean(html)
    section.edited, section.updated_at, section.updated_by_id = True, now, actor.id
    flag_modified(section, "html")  # a save counts as one even when the words came out the same
    texts.keep(section.minutes_id, section.key, section.title, section.html, actor.id, now)


def _touch(minutes: Minutes, actor: Actor, now: datetime, fields: list[str]) -> None:
    """Raise the version of the minutes, and tell the history once per sitting."""
    minutes.updated_at = now
    flag_modified(minutes, "updated_at")
    last = db.session.scalar(
        select(Event)
        .where(Event.item_type == "minutes", Event.item_id == minutes.id)
        .order_by(Event.seq.desc())
    )
    told = last and last.move == "edit" and last.actor_id == actor.id and now - last.at < ONE_EDIT
    if not (told and last and set(fields) <= set(last.data.get("fields", ()))):
        record(minutes, "edit", actor, now=now, before=minutes.state, given={"fields": fields})
    db.session.flush()


# -- review ------------------------------------------------------------------------------------------


def add_comment(minutes: Minutes, actor: Actor, raw: Mapping[str, Any], now: datetime) -> MinutesComment:
    """A comment while the minutes are in review, by who was invited or writes them."""
    _may(minutes, actor, COMMENTERS, f"menanggapi {minutes.what.noun} ini")
    _in(minutes, "in_review", f"Tanggapan diterima selama {minutes.what.noun} ditinjau.")
    comment = MinutesComment(**forms.load(CommentForm, raw), author_id=actor.id, at=now, minutes=minutes)
    db.session.add(comment)
    db.session.flush()
    record(minutes, "edit", actor, now=now, before=minutes.state, given={"comment_id": comment.id})
    return comment


def answer_comment(
    comment: MinutesComment, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """The answer to a comment, by minute-taker, chair or secretariat, until the minutes are approved."""
    minutes = comment.minutes
    _may(minutes, actor, WRITERS, "menjawab tanggapan")
    if minutes.state not in ("in_review", "drafting"):
        raise Refused("state", f"{minutes.what.title} sudah disetujui: tanggapan tidak dapat dijawab lagi.")
    require_version(comment, version)
    comment.answer = forms.load(AnswerForm, raw)["answer"]
    comment.answered_by_id, comment.answered_at = actor.id, now
    db.session.flush()


def agree(minutes: Minutes, actor: Actor, raw: Mapping[str, Any], now: datetime) -> MinutesAgreement:
    """ "Menyetujui" of the actor's unit on this version; once more changes nothing."""
    hats = minutes.lifecycle().hats(minutes, actor)
    if not actor.unit_id or PPK not in hats or INVITEE not in hats:
        raise Refused("role", "Hanya PPK yang diundang yang menyatakan persetujuan.")
    _in(minutes, "in_review", f"Persetujuan dinyatakan selama {minutes.what.noun} ditinjau.")
    mine = [a for a in minutes.agreements if (a.unit_id, a.version_no) == (actor.unit_id, minutes.version_no)]
    if mine:
        return mine[0]
    row = MinutesAgreement(version_no=minutes.version_no, unit_id=actor.unit_id, person_id=actor.id, at=now)
    minutes.agreements.append(row)
    db.session.flush()
    record(minutes, "edit", actor, now=now, before=minutes.state, given={"agreement_id": row.id})
    return row


# -- who signs ---------------------------------------------------------------------------------------


def name_signers(minutes: Minutes, actor: Actor, raw: list[Any], now: datetime) -> None:
    """`[{user_id}]` in the order of signing; an equal `position` says that these sign in any sequence."""
    _may(minutes, actor, WRITERS, "menetapkan penanda tangan")
    if minutes.state not in ("drafting", "in_review"):
        raise Refused(
            "state", f"Penanda tangan tidak dapat diubah lagi: {minutes.what.noun} sudah disetujui."
        )
    wanted: list[tuple[int, int]] = []
    errors: dict[str, list[str]] = {}
    for number, one in enumerate(raw, 1):
        user_id: Any = one.get("user_id") if isinstance(one, Mapping) else one
        position = one.get("position", number) if isinstance(one, Mapping) else number
        person = db.session.get(Person, user_id) if isinstance(user_id, int) and user_id < 2**53 else None
        if number > MOST_SIGNERS:
            errors[""] = [f"Paling banyak {MOST_SIGNERS} penanda tangan."]
        elif person is None or not person.active:
            errors[str(number - 1)] = ["Orang ini tidak ada atau tidak aktif."]
        elif user_id in {who for who, _ in wanted}:
            errors[str(number - 1)] = [f"{person.name} sudah ada di daftar."]
        elif not isinstance(position, int) or isinstance(position, bool) or not 0 < position < 100:
            errors[str(number - 1)] = ["Urutan harus angka 1 sampai 99."]
        else:
            wanted.append((user_id, position))
    if not raw:
        errors[""] = ["Tetapkan sedikitnya satu penanda tangan."]
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    lock(minutes)
    set_signers(minutes, sorted(wanted, key=lambda pair: pair[1]))
    minutes.updated_at = now
    flag_modified(minutes, "updated_at")
    record(minutes, "edit", actor, now=now, before=minutes.state, given={"fields": ["signers"]})
    db.session.flush()


def in_their_places(typed: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What a page's rows (person, place) ask for. A row without a place comes after the row above it."""
    wanted: list[dict[str, Any]] = []
    for who, place in typed:
        after = wanted[-1]["position"] + 1 if wanted and isinstance(wanted[-1]["position"], int) else 1
        position = int(place) if place.isdecimal() else place or after
        wanted.append({"user_id": int(who) if who.isdecimal() else who, "position": position})
    return wanted


def add_scan(signature: Signature, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """The scan of the sheet signed in ink; another than the uploader, signer or secretariat, then confirms it."""
    _may(signature, actor, {SIGNER, SECRETARIAT}, "mengunggah pindaian")
    if signature.state != "ready":
        raise Refused("state", f"Pindaian tidak dapat diunggah: statusnya «{signature.state_label}».")
    given = forms.load(ScanForm, raw)
    lock(signature)
    signature.scan_file_id = keep_upload("file", given["file"], actor, now).id
    signature.scan_by_id, signature.updated_at = actor.id, now
    record(
        signature,
        "edit",
        actor,
        now=now,
        before=signature.state,
        given={"scan_file_id": signature.scan_file_id},
    )
    telling.ask_to_confirm(signature, actor, now)


def _may(item: Minutes | Signature, actor: Actor, hats: set[str], what: str) -> None:
    if item.lifecycle().hats(item, actor).isdisjoint(hats):
        raise Refused("role", f"Anda tidak berwenang {what}.")


def _in(minutes: Minutes, state: str, sentence: str) -> None:
    if minutes.state != state:
        raise Refused("state", f"{sentence} Statusnya sekarang «{minutes.state_label}».")
