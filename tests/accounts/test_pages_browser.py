"""The pages of accounts as people see them: on a phone and on a desk, free of accessibility faults."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from randal.database.base import db
from randal.models.accounts import Grant
from randal.signatures import identities
from tests.world import World

pytestmark = pytest.mark.database("sqlite")


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_accounts(
    world: World, sign_in_browser: Callable[..., Any], browser: Callable[..., Any], axe: Callable[[Any], None], width: int
) -> None:  # fmt: skip
    admin, chair, desk = world.person("admin"), world.chair, world.secretariat
    api = world.api(desk)
    world.person("leader", "ID-PA")
    assert (
        world.api(chair).post("/me/signing-key", json={"passphrase": "frasa pemilik asli"}).status_code == 201
    )
    post = {"post": "Contoh Kepala Biro", "unit_id": world.unit().id, "from": "2026-03-01", "is_head": True}
    proposed = api.post(f"/users/{world.evaluator.id}/appointments", json=post | {"kind": "plt"})
    assert proposed.status_code == 202, proposed.text
    link = api.post(f"/users/{chair.id}/sign-in-links", json={"why": "forgotten"}).json["sign_in_url"]
    shared = link.split("/", 3)[3]
    grant = db.session.scalars(select(Grant)).one()

    def look(page: Any, path: str, name: str) -> None:
        answer = page.goto(path)
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{path} is wider than {width}"
        )
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        axe(page)

    stranger = browser(width=width)
    look(stranger, f"/{shared}", "sandi")
    used = world.client().post(
        f"/{shared}", data={"password": "sandi baru yang panjang", "again": "sandi baru yang panjang"}
    )
    assert used.status_code == 303
    identity = identities.of(chair)
    assert identity and identity.state == "waiting"
    owner = sign_in_browser(chair, width=width)
    look(owner, "/profil", "profil")
    look(owner, "/profil/kunci-tanda-tangan", "kunci")
    owner.goto("/profil")
    helper = sign_in_browser(admin, width=width)
    look(helper, f"/pengguna/{chair.id}", "pengguna")
    look(helper, "/pengguna/usulan", "usulan")
    look(helper, f"/pengguna/usulan/{grant.id}", "usulan-satu")
    identities.ask(identity, world.now)
    db.session.commit()
    look(helper, f"/pengguna/identitas/{identity.id}", "identitas")
    look(stranger, "/" + identities.stop_address(identity).split("/", 3)[3], "hentikan")
