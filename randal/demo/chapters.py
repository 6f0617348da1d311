"""The story in chapters. Each plays through the API; nothing here writes a row of the chain itself."""

from __future__ import annotations

from sqlalchemy import func, select

from randal.database.base import db
from randal.demo import story
from randal.demo.cast import example_authority, people, places
from randal.demo.player import Player
from randal.demo.promises import afterwards, recently
from randal.demo.session import minutes, session_day
from randal.demo.story import at
from randal.demo.summons import dress, earlier_reports, invitation, reports
from randal.l10n import clock
from randal.models.meetings import Meeting
from randal.org import app_settings


def anything_real() -> bool:
    """Has somebody begun real work in this database?"""
    return bool(db.session.scalar(select(func.count()).select_from(Meeting)))


def play(player: Player, password: str, hashed: str) -> None:
    today = clock.now()
    app_settings.change("demo", True)
    app_settings.change(
        "kop",
        {
            "ministry": "Kementerian Pekerjaan Umum dan Perumahan Rakyat",
            "unit": "Direktorat Jenderal Cipta Karya",
            "office": story.CENTRE,
            "address": "Alamat contoh, Pangkal Pinang",
        },
    )
    db.session.commit()
    player.at(at("2018-06-04"))
    example_authority()
    units = people(player, hashed)
    activities = places(player, units)
    dress()
    earlier_reports(player, units, activities)
    meeting = invitation(player, units, password)
    reports(player, units, activities)
    made = session_day(player, units, meeting)
    minutes(player, meeting, password)
    afterwards(player, made)
    recently(player, units, meeting, today)
