"""Passwords: kept by Argon2, and not taken when others would guess them first."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from randal.database.base import db
from randal.schemas.forms import wrong
from randal.web import tries
from randal.web.tries import Limit

hasher = PasswordHasher()
NOBODY = hasher.hash(secrets.token_hex(16))  # verified when there is no account, so that time tells nothing
MIN_PASSWORD, MOST_JUDGED = 10, 72
LEFT = 6  # letters and digits besides the owner's name and address
WEAK = 2  # of zxcvbn's 0 to 4: what a thousand or a million tries find
# What people in this office would try first, besides the list that zxcvbn brings.
NEAR = (
    "randal",
    "satker",
    "sekretariat",
    "kementerian",
    "rapat",
    "notula",
    "pimpinan",
    "indonesia",
    "rahasia",
    "sandi",
)
COMMON = "Kata sandi ini mudah ditebak orang lain. Pakai beberapa kata yang tidak berhubungan dengan Anda."
OWN = "Jangan memakai nama atau alamat surel Anda sebagai kata sandi."


def check_password(kept: str | None, password: str) -> bool:
    """Costs the same whether or not there is an account. Call it outside a transaction."""
    try:
        return hasher.verify(kept or NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


PRESENT = Limit("present password", free=8, first=timedelta(minutes=1), most=timedelta(minutes=15))


def require_present(field: str, person_id: int, kept: str | None, typed: str, now: datetime) -> None:
    """Refused at this field when it is not the present password of somebody who is signed in: who only sits at an open screen
    does not know it. Wrong tries are counted. Ends the transaction."""
    db.session.rollback()
    if wait := tries.take(PRESENT, person_id, now):
        raise wrong(field, f"Terlalu banyak percobaan. Tunggu {tries.in_words(wait)}, lalu coba lagi.")
    if not check_password(kept, typed):
        raise wrong(field, "Kata sandi sekarang tidak cocok.")
    tries.forgive(PRESENT, person_id)


def complaint(password: str, name: str, email: str) -> str | None:
    """The sentence that says why its owner cannot have this password; None when it is taken."""
    if len(password) < MIN_PASSWORD:
        return f"Kata sandi sedikitnya {MIN_PASSWORD} karakter."
    own = [w for w in re.split(r"\W+", f"{name} {email.split('@')[0]}".lower()) if len(w) > 2]
    rest = password.lower().replace(email.lower(), "")
    for word in sorted(own, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(re.sub(r"\W", "", rest)) < LEFT:
        return OWN if rest != password.lower() else COMMON
    judged = zxcvbn(password[:MOST_JUDGED], user_inputs=[email, *own, *NEAR])
    return COMMON if judged["score"] < WEAK else None
