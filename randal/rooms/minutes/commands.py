"""What people do with minutes besides moves, for page and API alike. Nothing here commits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from randal.base import ids
from randal.database.base import db
from randal.documents.richtext import clean, plain
from randal.engine.deeds import doing
from randal.engine.transitions import Changed, lock, require_version, run
from randal.l10n.formats import moment
from randal.models import minutes_texts
from randal.models.minutes import Minutes, MinutesAgreement, MinutesComment, MinutesSection, Signature
from randal.org.people import Person
from randal.rooms.minutes import telling
from randal.rooms.minutes.drafting import set_signers
from randal.rooms.minutes.forms import MAX_WORDS
from randal.schemas import forms
from randal.web.attempt import carry_out
from workflows.lifecycle import Act, Actor, Refused

MOST_SIGNERS = 16  # as many boxes as a page of the paper holds
MARKS = re.compile(r"<(?!/|p>|div>|br>)")


class StaleSection(Changed):
    """Somebody saved this section meanwhile; `section` is as it stands now."""

    def __init__(self, section: MinutesSection, by: str, at: str):
        super().__init__(f"Bagian «{section.title}» sudah diubah oleh {by or 'orang lain'} ({at}).")
        self.section, self.by, self.at = section, by, at


# -- the words ---------------------------------------------------------------------------------------


def write_sections(minutes: Minutes, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """`{sections: {key: html}}`: the words of some sections, sanitised. Raises the minutes' version."""
    carry_out(minutes, "write", raw, actor, now=now)


def write_section(
    minutes: Minutes, key: str, html: str, actor: Actor, now: datetime, version: int | None
) -> MinutesSection:
    """One section as the page saves it, against the section's own version. Raises StaleSection (409)."""
    minutes.lifecycle().row_for(minutes, "write", actor)
    html = forms.plain(html)
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
        run(minutes, "write", actor, {"sections": {key: html}}, now=now)
    return section


@doing("minutes.write")
def keep_words(minutes: Minutes, act: Act) -> None:
    given: Mapping[str, str] = act.given["sections"]
    known = {section.key: section for section in minutes.sections}
    wrong = {f"sections.{k}": ["Bagian ini tidak ada."] for k in given if k not in known}
    wrong |= {f"sections.{k}": ["Teks terlalu panjang."] for k, v in given.items() if len(v) > MAX_WORDS}
    if wrong:
        raise Refused("field", forms.TOO_MUCH, wrong)
    for key, html in given.items():
        _write(known[key], html, act.actor, act.now)
    _new_version(minutes, act)
    act.tell(fields=sorted(given))


def _same_words(stored: str, html: str) -> bool:
    """An editor that only opened composed words rewrites their marks: that is no edit."""
    return plain(stored) == plain(html) and not MARKS.search(clean(html))


def _write(section: MinutesSection, html: str, actor: Actor, now: datetime) -> None:
    section.html = clean(html)
    section.edited, section.updated_at, section.updated_by_id = True, now, actor.id
    flag_modified(section, "html")  # a save counts as one even when the words came out the same
    minutes_texts.keep(section.minutes_id, section.key, section.title, section.html, actor.id, now)


def _new_version(minutes: Minutes, act: Act) -> None:
    """Who looks at the minutes as they were before is told so when he saves."""
    minutes.updated_at = act.now
    flag_modified(minutes, "updated_at")


# -- review ------------------------------------------------------------------------------------------


def add_comment(minutes: Minutes, actor: Actor, raw: Mapping[str, Any], now: datetime) -> MinutesComment:
    """A comment while the minutes are in review, by who was invited or writes them."""
    made: MinutesComment = carry_out(minutes, "comment", raw, actor, now=now).made
    return made


@doing("minutes.comment")
def keep_comment(minutes: Minutes, act: Act) -> MinutesComment:
    comment = MinutesComment(text=act.get("text"), author_id=act.actor.id, at=act.now, minutes=minutes)
    db.session.add(comment)
    db.session.flush()
    act.tell(comment_id=comment.id)
    return comment


def answer_comment(
    comment: MinutesComment, actor: Actor, raw: Mapping[str, Any], now: datetime, version: int | None = None
) -> None:
    """The answer to a comment, by minute-taker, chair or secretariat, until the minutes are approved."""
    minutes = comment.minutes
    minutes.lifecycle().row_for(minutes, "answer_comment", actor)
    require_version(comment, version)
    given = {"comment_id": comment.id} | ({"answer": raw["answer"]} if "answer" in raw else {})
    carry_out(minutes, "answer_comment", given, actor, now=now)


@doing("minutes.answer_comment")
def keep_answer(minutes: Minutes, act: Act) -> MinutesComment:
    comment = next(c for c in minutes.comments if c.id == act.get("comment_id"))
    comment.answer, comment.answered_by_id, comment.answered_at = act.get("answer"), act.actor.id, act.now
    return comment


def agree(minutes: Minutes, actor: Actor, raw: Mapping[str, Any], now: datetime) -> MinutesAgreement:
    """ "Menyetujui" of the actor's unit on this version; once more changes nothing."""
    minutes.lifecycle().row_for(minutes, "agree", actor)
    mine = (actor.unit_id, minutes.version_no)
    if before := next((a for a in minutes.agreements if (a.unit_id, a.version_no) == mine), None):
        return before
    made: MinutesAgreement = carry_out(minutes, "agree", raw, actor, now=now).made
    return made


@doing("minutes.agree")
def keep_agreement(minutes: Minutes, act: Act) -> MinutesAgreement:
    unit_id = act.actor.unit_id
    row = MinutesAgreement(version_no=minutes.version_no, unit_id=unit_id, person_id=act.actor.id, at=act.now)
    row.sha256 = minutes.wording_sha256
    minutes.agreements.append(row)
    db.session.flush()
    act.tell(agreement_id=row.id, sha256=row.sha256 or None)
    return row


# -- who signs ---------------------------------------------------------------------------------------


def name_signers(minutes: Minutes, actor: Actor, raw: list[Any], now: datetime) -> None:
    """`[{user_id}]` in the order of signing; an equal `position` says that these sign in any sequence."""
    carry_out(minutes, "name_signers", {"signers": raw}, actor, now=now)


@doing("minutes.name_signers")
def keep_signers(minutes: Minutes, act: Act) -> None:
    wanted: list[tuple[int, int]] = []
    errors: dict[str, list[str]] = {}
    for number, one in enumerate(act.given["signers"], 1):
        user_id = ids.read(one.get("user_id") if isinstance(one, Mapping) else one)
        position = one.get("position", number) if isinstance(one, Mapping) else number
        person = db.session.get(Person, user_id) if user_id else None
        if number > MOST_SIGNERS:
            errors[""] = [f"Paling banyak {MOST_SIGNERS} penanda tangan."]
        elif user_id is None or person is None or not person.active:
            errors[str(number - 1)] = ["Orang ini tidak ada atau tidak aktif."]
        elif user_id in {who for who, _ in wanted}:
            errors[str(number - 1)] = [f"{person.name} sudah ada di daftar."]
        elif not isinstance(position, int) or isinstance(position, bool) or not 0 < position < 100:
            errors[str(number - 1)] = ["Urutan harus angka 1 sampai 99."]
        else:
            wanted.append((user_id, position))
    if errors:
        raise Refused("field", forms.TOO_MUCH, errors)
    set_signers(minutes, sorted(wanted, key=lambda pair: pair[1]))
    _new_version(minutes, act)
    act.tell(named=len(wanted))


def in_their_places(typed: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What a page's rows (person, place) ask for. A row without a place comes after the row above it."""
    wanted: list[dict[str, Any]] = []
    for who, place in typed:
        after = wanted[-1]["position"] + 1 if wanted and isinstance(wanted[-1]["position"], int) else 1
        at, number = ids.read(place), ids.read(who)
        position = at if at is not None else place or after
        wanted.append({"user_id": who if number is None else number, "position": position})
    return wanted


def add_scan(signature: Signature, actor: Actor, raw: Mapping[str, Any], now: datetime) -> None:
    """The scan of the sheet signed in ink; another than the uploader, signer or secretariat, then confirms it."""
    carry_out(signature, "add_scan", raw, actor, now=now)


@doing("signature.add_scan")
def keep_scan(signature: Signature, act: Act) -> None:
    signature.scan_file_id, signature.scan_by_id = act.get("file"), act.actor.id
    telling.ask_to_confirm(signature, act.actor, act.now)
