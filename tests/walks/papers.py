"""Steps that are no moves: what is done with minutes and their signatures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.walks.cast import Who
from tests.walks.deeds import WRITERS, anybody, deed, judged
from tests.walks.effects import default_signers, new_minutes
from tests.walks.model import Model, Thing
from tests.walks.moves import PNG, upload
from tests.walks.picking import Picker, Step

COMMENTERS = {"invitee", "chair", "minute_taker", "signer", "secretariat", "evaluator", "leader"}


def some_minutes(m: Model, pick: Picker, *states: str) -> Thing | None:
    found = m.all("minutes")
    near = [t for t in found if t.state in states]
    return pick.of(near if near and not pick.rarely(4) else found) if found else None


@deed
def other_paper(m: Model, pick: Picker) -> Step | None:
    """A berita acara or a laporan of the meeting."""
    found = m.all("meeting")
    over = [t for t in found if t.state in ("closed", "concluded")]
    if not found:
        return None
    t, who = pick.of(over or found), anybody(m, pick, "sekretariat", "notulis")
    code = pick.of(["report", "report", "record", "minutes"])

    def do(stage: Any) -> Any:
        from randal.rooms.minutes.opening import open_paper

        return open_paper(stage.row(t, who), stage.actor(who), {"kind": code}, m.now)

    def then(made: Any) -> None:
        to = next((w for w in m.people.values() if w.id == made.addressee_id), None)
        heads = [w for w in m.people.values() if t.organiser in w.heads(m.now)]
        right = {"record": to is None, "report": to in heads if heads else to is t.chair}
        if not right[code]:
            raise AssertionError(f"{code} of {t} is for {to}")
        default_signers(m.add(new_minutes(t, None, code=code, maker=who, addressee=to)))

    checks = (
        (not m.hats(t, who) & {"minute_taker", "secretariat"}, "role"),
        (t not in over, "state"),
        (code == "minutes", "field"),
        (bool(m.all("minutes", meeting=t, code=code)), "state"),
    )
    return Step(who, f"opens a {code} of {t}", judged(not m.sees(who, t), *checks), do, then)


@deed
def write(m: Model, pick: Picker) -> Step | None:
    if not (t := some_minutes(m, pick, "drafting")):
        return None
    who = anybody(m, pick, "notulis", "sekretariat", "notulis 2")
    key = pick.of(["penutup", "arahan", "tidak ada"])
    return write_section(m, t, who, key, pick.of(["<p>Contoh isi</p>", "<p>Contoh isi</p>", "<p> </p>"]))


def write_section(m: Model, t: Thing, who: Who, key: str, html: str) -> Step:
    def do(stage: Any) -> Any:
        from randal.rooms.minutes.commands import write_sections

        return write_sections(stage.row(t, who), stage.actor(who), {"sections": {key: html}}, m.now)

    def then(_made: Any) -> None:
        t.empty = t.empty - {key} if "Contoh" in html else t.empty | {key}

    checks = (
        (not m.hats(t, who) & {"minute_taker", "secretariat"}, "role"),
        (t.state != "drafting", "state"),
        (key == "tidak ada" or (key == "arahan" and t.code != "minutes"), "field"),
    )
    return Step(who, f"writes «{key}» of {t}", judged(not m.sees(who, t), *checks), do, then)


@deed
def comment(m: Model, pick: Picker) -> Step | None:
    if not (t := some_minutes(m, pick, "in_review")):
        return None
    who, text = (
        anybody(m, pick, "ppk A", "monev", "ppk B"),
        pick.of(["Contoh tanggapan", "Contoh tanggapan", ""]),
    )

    def do(stage: Any) -> Any:
        from randal.rooms.minutes.commands import add_comment

        return add_comment(stage.row(t, who), stage.actor(who), {"text": text}, m.now)

    def then(made: Any) -> None:
        t.comments.append(SimpleNamespace(id=made.id, answered=False))

    checks = (not m.hats(t, who) & COMMENTERS, "role"), (t.state != "in_review", "state"), (not text, "field")
    return Step(who, f"comments on {t}", judged(not m.sees(who, t), *checks), do, then)


@deed
def answer(m: Model, pick: Picker) -> Step | None:
    found = [(t, c) for t in m.all("minutes") for c in t.comments]
    if not found:
        return None
    t, one = pick.of([(t, c) for t, c in found if not c.answered] or found)
    return answer_comment(
        m, t, one, anybody(m, pick, "notulis", "direktur", "sekretariat"), pick.of(["Contoh jawab", ""])
    )


def answer_comment(m: Model, t: Thing, one: Any, who: Who, text: str) -> Step:
    def do(stage: Any) -> Any:
        from randal.rooms.minutes.commands import answer_comment

        stage.row(t, who)
        return answer_comment(stage.comment(one), stage.actor(who), {"answer": text}, m.now)

    def then(_made: Any) -> None:
        one.answered = True

    checks = (
        (not m.hats(t, who) & WRITERS, "role"),
        (t.state not in ("in_review", "drafting"), "state"),
        (not text, "field"),
    )
    return Step(who, f"answers a comment on {t}", judged(not m.sees(who, t), *checks), do, then)


@deed
def agree(m: Model, pick: Picker) -> Step | None:
    if not (t := some_minutes(m, pick, "in_review")):
        return None
    who = anybody(m, pick, "ppk A", "ppk B", "ppk A 2")
    hats = m.hats(t, who)

    def do(stage: Any) -> Any:
        from randal.rooms.minutes.commands import agree

        return agree(stage.row(t, who), stage.actor(who), {}, m.now)

    stranger = "unit_ppk" not in hats  # the PPK of an invited unit
    return Step(
        who,
        f"agrees to {t}",
        judged(not m.sees(who, t), (stranger, "role"), (t.state != "in_review", "state")),
        do,
    )


@deed
def name_signers(m: Model, pick: Picker) -> Step | None:
    if not (t := some_minutes(m, pick, "drafting", "in_review")):
        return None
    who = anybody(m, pick, "notulis", "sekretariat")
    wanted: list[tuple[str, int]] = pick.of([
        [("notulis", 1), ("direktur", 2)],
        [("direktur", 1), ("kasubdit", 1)],
        [("kasubdit", 1), ("notulis", 1), ("direktur", 3)],
        [("orang lain", 5)],
        [],
        [("notulis", 1), ("notulis", 2)],
    ])  # fmt: skip
    wrong = not wanted or len({key for key, _ in wanted}) < len(wanted)

    def do(stage: Any) -> Any:
        from randal.rooms.minutes.commands import name_signers

        raw = [{"user_id": m.people[key].id, "position": position} for key, position in wanted]
        return name_signers(stage.row(t, who), stage.actor(who), raw, m.now)

    def then(_made: Any) -> None:
        t.signers, t.chosen = [(m.people[key], position) for key, position in wanted], True

    checks = (
        (not m.hats(t, who) & WRITERS, "role"),
        (t.state not in ("drafting", "in_review"), "state"),
        (wrong, "field"),
    )
    return Step(who, f"names {wanted} to sign {t}", judged(not m.sees(who, t), *checks), do, then)


@deed
def scan(m: Model, pick: Picker) -> Step | None:
    if not (found := m.all("signature")):
        return None
    t = pick.of([s for s in found if s.state == "ready"] or found)
    return hand_in_scan(m, t, anybody(m, pick, "sekretariat", "notulis", "direktur"), good=not pick.rarely(5))


def hand_in_scan(m: Model, t: Thing, who: Who, good: bool = True) -> Step:
    def do(stage: Any) -> Any:
        from randal.rooms.minutes.commands import add_scan

        raw = {"file": upload(PNG if good else b"bukan gambar")}
        return add_scan(stage.row(t, who), stage.actor(who), raw, m.now)

    def then(_made: Any) -> None:
        t.scan_by = who

    checks = (
        (not m.hats(t, who) & {"signer", "secretariat"}, "role"),
        (t.state != "ready", "state"),
        (not good, "field"),
    )
    return Step(who, f"uploads the scan of {t}", judged(not m.sees(who, t), *checks), do, then)
