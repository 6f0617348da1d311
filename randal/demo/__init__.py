"""The demonstration: the rakor of 25 June 2018 played through the real moves, then a look at today."""

from __future__ import annotations

import secrets
from pathlib import Path

from apiflask import APIFlask

from randal.database.base import db
from randal.demo import chapters
from randal.demo.player import Player
from randal.l10n import clock
from randal.org import app_settings
from randal.settings import SettingsError
from randal.web.passwords import hasher


def load(app: APIFlask) -> list[str]:
    """Play the demonstration once (nothing happens the second time); the lines to print.

    Raises SettingsError in production, StoryBroke when a step is refused.
    """
    settings = app.config["RANDAL"]
    if settings.production:
        raise SettingsError("data contoh tidak dapat dimuat bila RANDAL_ENV=production.")
    kept = Path(settings.data_dir) / "demo-password"
    with app.app_context():
        if not app_settings.setting("demo"):
            if chapters.anything_real():
                raise SettingsError("data contoh hanya dapat dimuat ke basis data yang masih kosong.")
            password = f"contoh-{secrets.token_hex(4)}"
            kept.write_text(password)
            kept.chmod(0o600)
            try:
                player = Player(app)
                chapters.play(player, password, hasher.hash(password))
                player.leave()
            finally:
                clock.start_at(settings.now)
            db.session.commit()
    return accounts(kept.read_text().strip() if kept.exists() else "(lihat keluaran pertama ./run)")


def accounts(password: str) -> list[str]:
    """The accounts as ./run prints them."""
    return [
        "Akun contoh (semua orangnya rekaan):",
        "  admin@contoh.example        Admin Sistem",
        "  sekretariat@contoh.example  Sekretariat (juga sekretariat2@…)",
        "  notulis@contoh.example      Notulis",
        "  pimpinan@contoh.example     Pimpinan Rapat, Pimpinan satuan kerja",
        "  evaluator@contoh.example    Tim Monev (juga evaluator2@…)",
        "  auditor@contoh.example      Pemeriksa",
        "  ppk.<iso>@contoh.example    PPK provinsi, misalnya ppk.bb@contoh.example (ID-BB)",
        "  staf.<iso>@contoh.example   Staf PPK, misalnya staf.bb@contoh.example",
        f"Kata sandi semua akun contoh (juga frasa sandi tanda tangan): {password}",
    ]
