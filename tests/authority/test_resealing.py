"""The installation's secret changed: the authority is the same, under the new one alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from randal.database.base import db
from randal.signatures import installed
from randal.signatures.authority import AuthorityError
from tests.authority.test_taking_over import Run, run  # noqa: F401
from tests.world import World

NEW = "rahasia baru contoh yang panjang sekali"


@pytest.mark.database("sqlite")
def test_only_the_new_secret_opens_it(app: Flask, world: World, run: Run) -> None:  # noqa: F811
    old = app.config["RANDAL"]
    before = installed.open_authority(old)
    app.config["RANDAL"] = replace(old, secret_key=NEW)
    refused = run(app, "ca", "reseal", RANDAL_OLD_SECRET_KEY="bukan rahasia itu")
    assert refused.exit_code == 1 and "RANDAL_SECRET_KEY" in refused.output
    assert run(app, "ca", "reseal", RANDAL_OLD_SECRET_KEY=old.secret_key).exit_code == 0
    after = installed.open_authority(app.config["RANDAL"])
    assert (
        after.fingerprint == before.fingerprint
        and after.key("issuing").private_numbers() == before.key("issuing").private_numbers()
    )
    with pytest.raises(AuthorityError):
        installed.open_authority(old)
    person = world.person("secretariat")
    assert world.api(person).post("/me/signing-key", json={"passphrase": "frasa contoh"}).status_code == 201
    db.session.rollback()
