"""What differs between two wordings of the minutes: found exactly, told in words, shown only to who may see it."""

from __future__ import annotations

from datetime import timedelta

from randal.database.base import db
from randal.models.meetings import Objective
from randal.models.minutes import Minutes
from randal.rooms.minutes.changes import difference
from randal.rooms.minutes.commands import write_section
from tests.world import World


def test_words_that_came_and_went_are_told_and_nothing_else() -> None:
    old = "Baris tetap.\nTenggat tanggal 5 Mei disepakati."
    new = "Baris tetap.\nTenggat tanggal 9 Mei disepakati.\nBaris baru."
    pieces = list(difference(old, new))
    assert [(kind, text.strip()) for kind, text in pieces if kind != "same"] == [
        ("del", "5"),
        ("ins", "9"),
        ("ins", "Baris baru."),
    ]
    assert "".join(text for kind, text in pieces if kind != "ins").split() == old.split()
    assert "".join(text for kind, text in pieces if kind != "del").split() == new.split()
    assert [kind for kind, _ in difference(old, old)] == ["same"]


def test_since_i_last_read_and_between_two_submissions(world: World) -> None:
    meeting = world.meeting("closed", units=("ID-BB",))
    for objective in db.session.query(Objective):
        objective.assessment = "met"
    db.session.commit()
    minutes, taker = db.session.query(Minutes).filter_by(meeting_id=meeting.id).one(), world.minute_taker
    here = f"/notula/{minutes.id}/perubahan"

    def say(words: str) -> None:
        world.now += timedelta(minutes=1)
        write_section(minutes, "arahan", f"<p>{words}</p>", world.actor(taker), world.now, None)
        db.session.commit()
        world.now += timedelta(minutes=1)

    say("Arahan lama dicatat.")
    world.fire(minutes, "submit", taker)
    db.session.commit()
    ppk = world.sign_in(world.ppk("ID-BB"))
    assert ppk.post(f"/notula/{minutes.id}/dibaca").status_code == 303
    assert "Tidak ada perubahan" in ppk.get(here).text
    world.now += timedelta(minutes=1)
    world.fire(minutes, "return", world.chair, reason="Lengkapi arahannya dahulu.")
    say("Arahan rahasia dicatat.")  # within one sitting with the next: only the last of them was submitted
    assert ppk.get(here).status_code == 404  # a draft is for those who write it
    say("Arahan baru dicatat.")
    world.fire(minutes, "submit", taker)
    db.session.commit()
    page = ppk.get(here).text
    assert "<del>" in page and "lama" in page and "ditambah" in page and "baru" in page
    assert "rahasia" not in page and taker.name not in page.split("<form", 2)[-1].split("</select>")[0]
    assert "Ajuan ke-2" in page and "Terakhir saya baca" in page
    assert f"{taker.name}: Arahan" in world.sign_in(taker).get(here).text
    assert world.sign_in(world.ppk("ID-AC")).get(here).status_code == 404

    url = f"/minutes/{minutes.id}/changes"
    same = world.api(world.ppk("ID-BB")).get(url).json
    assert (same["from"]["name"], same["to"]["name"]) == ("baca", "kini")
    (one,) = same["changed"]
    assert (one["key"], one["words_added"], one["words_removed"]) == ("arahan", 1, 1)
    assert [(p["kind"], p["text"].strip()) for p in one["pieces"]][1:3] == [("del", "lama"), ("ins", "baru")]
    assert len(same["unchanged"]) == 10 and "rahasia" not in str(same) and taker.name not in str(same)
    turned = world.api(world.ppk("ID-BB")).get(f"{url}?from=kini&to=baca").json
    assert turned["changed"] == same["changed"]
    hidden = next(p["name"] for p in world.api(taker).get(url).json["points"] if p["name"].startswith("t"))
    refused = world.api(world.ppk("ID-BB")).get(f"{url}?from={hidden}")
    assert refused.status_code == 422 and "from" in refused.json["errors"]
    assert world.api(world.ppk("ID-AC")).get(url).status_code == 404
