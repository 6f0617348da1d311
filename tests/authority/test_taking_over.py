"""An authority from before the database kept it: its folder, a second machine's folder, an older backup."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from click.testing import Result
from cryptography import x509
from flask import Flask
from sqlalchemy import delete, select

from randal.database.base import db
from randal.org import bootstrap
from randal.signatures import folders, installed, keystores
from randal.signatures.authority import Authority, AuthorityError
from randal.signatures.held_keys import SigningKey
from randal.signatures.keystores import Keystore
from randal.signatures.verification import verify
from tests.authority import old_layout
from tests.backup import facts
from tests.backup.conftest import Elsewhere, elsewhere, known_places, land, programs_of_the_server  # noqa: F401
from tests.minutes import signed
from tests.world import World

PASSPHRASE = "frasa sandi contoh"
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def run(app: Flask, *words: Any, **env: str) -> Result:
        db.session.commit()
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["randal", *map(str, words)], env=env)
        db.session.expire_all()
        return result

    return run


@pytest.fixture
def before(app: Flask, world: World) -> Path:
    """The installation as an earlier version left it: its authority in the folder, the database without. One key is
    revoked in both, one on the list alone (its transaction was rolled back), one in its row alone (its entry was lost
    to another writer), and one that no row knows of."""
    ours = installed.open_authority(app.config["RANDAL"]).kept
    keys = {}
    for name in ("both", "listed", "row"):
        person = world.person("secretariat", name=f"Contoh {name}")
        assert world.api(person).post("/me/signing-key", json={"passphrase": PASSPHRASE}).status_code == 201
        keys[name] = db.session.scalars(select(SigningKey).where(SigningKey.person_id == person.id)).one()
    for name in ("both", "row"):
        keys[name].revoked_at, keys[name].revoked_why = world.now, "lost"
    listed = [(keys["both"].serial, world.now), (keys["listed"].serial, world.now), ("abc123", world.now)]
    folder = old_layout.write(installed.old_folder(app.config["RANDAL"]), ours, listed)
    db.session.execute(delete(Keystore))
    db.session.commit()
    return folder


def revoked(app: Flask, world: World) -> set[str]:
    crl = installed.open_authority(app.config["RANDAL"]).crls(world.now + timedelta(hours=1))[0]
    return {f"{one.serial_number:x}" for one in x509.load_der_x509_crl(crl)}


def test_the_folder_is_taken_over_at_the_first_start(
    before: Path, app: Flask, world: World, run: Run
) -> None:
    root, serials = (before / "root.pem").read_bytes(), set(db.session.scalars(select(SigningKey.serial)))
    assert world.client().get("/masuk").status_code == 200  # it served before the files were moved
    result = run(app, "init")
    assert result.exit_code == 0 and "dipindahkan dari" in result.output, result.output
    assert installed.open_authority(app.config["RANDAL"]).root_pem() == root
    assert revoked(app, world) == {*serials, "abc123"}, "no entry is lost, whichever side knew it"
    assert not before.exists() and before.with_name("ca.lama").is_dir()
    assert "dipindahkan" not in run(app, "init").output
    # And the way on is the usual one.
    out = run(
        app,
        "ca",
        "root-out",
        before.parent / "akar.key",
        "--remove",
        RANDAL_ROOT_PASSPHRASE="frasa lemari contoh",
    )
    assert out.exit_code == 0 and not (before.with_name("ca.lama") / "root.key").exists(), out.output


def test_a_folder_that_another_secret_sealed_is_not_taken_over(before: Path, app: Flask, run: Run) -> None:
    foreign = Authority.make("rahasia lain", "Otoritas Randal", signed.NOW).kept
    for path in before.iterdir():
        path.unlink()
    before.rmdir()
    old_layout.write(before, foreign)
    result = run(app, "init")
    assert result.exit_code == 1 and "RANDAL_SECRET_KEY" in result.output, result.output
    assert before.is_dir() and keystores.in_force(db.session) is None


def test_an_installation_that_has_signed_gets_no_second_authority(before: Path, app: Flask, run: Run) -> None:
    """Init on a machine without the folder: refused with what to do, not a new authority."""
    before.rename(before.with_name("elsewhere"))
    result = run(app, "init")
    assert result.exit_code == 1 and "ca/" in result.output and "ca init --replace" in result.output
    assert keystores.in_force(db.session) is None
    before.with_name("elsewhere").rename(before)
    assert run(app, "init").exit_code == 0


def test_a_damaged_folder_is_said_to_be_one(before: Path, app: Flask, run: Run) -> None:
    (before / "tsa.pem").unlink()
    result = run(app, "init")
    assert result.exit_code == 1 and "tsa.pem" in result.output and len(result.output.splitlines()) == 1


def test_back_to_the_schema_before_and_up_again(app: Flask, world: World, run: Run) -> None:
    """The way back hands the authority to the folder that the earlier version reads, with all who were revoked."""
    person = world.person("secretariat")
    for one in (PASSPHRASE, f"{PASSPHRASE} yang kedua"):
        assert world.api(person).post("/me/signing-key", json={"passphrase": one}).status_code == 201
    ours, listed = installed.open_authority(app.config["RANDAL"]), revoked(app, world)
    db.session.remove()
    with bootstrap.alembic(db.engine) as config:
        command.downgrade(config, "0041")
    kept, entries = folders.read(folders.files_in(installed.old_folder(app.config["RANDAL"])))
    assert kept == ours.kept and {serial for serial, _ in entries} == listed and len(listed) == 1
    assert run(app, "init").exit_code == 0
    assert installed.open_authority(app.config["RANDAL"]).kept == ours.kept
    assert revoked(app, world) == listed


def test_the_second_machine_that_made_its_own(app: Flask, world: World, run: Run) -> None:
    """It does not serve until its authority is acknowledged; then what both signed is good on both."""
    settings, case = app.config["RANDAL"], signed.case(2)
    theirs, trust = signed.authority(), {"manifest": case.manifest, "now": signed.LATER}
    folder = old_layout.write(installed.old_folder(settings), theirs.kept, [("abc123", signed.NOW)])
    assert verify(case.pdf, **trust, **installed.trusted(settings, signed.LATER)).verdict == "mismatch"
    with pytest.raises(AuthorityError, match="ca adopt"):
        installed.only_authority(settings)
    assert run(app, "init").exit_code == 1
    wrong = run(app, "ca", "adopt", folder)
    assert wrong.exit_code == 1 and "RANDAL_SECRET_KEY" in wrong.output, "sealed by another secret"
    done = run(app, "ca", "adopt", folder, RANDAL_OLD_SECRET_KEY=signed.SECRET)
    assert done.exit_code == 0 and theirs.fingerprint in done.output, done.output
    assert run(app, "init").exit_code == 0 and not folder.exists()
    assert verify(case.pdf, **trust, **installed.trusted(settings, signed.LATER)).verdict == "intact"
    row = db.session.get_one(Keystore, theirs.fingerprint)
    assert row.in_force is None and row.keys == {} and row.last_crl
    assert [one.serial_number for one in x509.load_der_x509_crl(row.last_crl)] == [0xABC123]
    assert installed.own_roots() == [installed.open_authority(settings).root_pem(), theirs.root_pem()]
    assert (
        run(app, "ca", "adopt", folder.with_name("ca.lama"), RANDAL_OLD_SECRET_KEY=signed.SECRET).exit_code
        == 1
    )


def test_a_new_authority_in_place_of_the_present_one(app: Flask, world: World, run: Run) -> None:
    settings, person = app.config["RANDAL"], world.person("secretariat")
    assert world.api(person).post("/me/signing-key", json={"passphrase": PASSPHRASE}).status_code == 201
    old, key = installed.open_authority(settings), db.session.scalars(select(SigningKey)).one()
    assert run(app, "ca", "init").exit_code == 1
    done = run(app, "ca", "init", "--replace")
    assert done.exit_code == 0, done.output
    new = installed.open_authority(settings)
    assert new.fingerprint != old.fingerprint and new.fingerprint in done.output
    assert installed.own_roots() == [new.root_pem(), old.root_pem()], "what was signed stays good"
    row = db.session.get_one(Keystore, old.fingerprint)
    last = x509.load_der_x509_crl(row.last_crl or b"")
    assert {f"{one.serial_number:x}" for one in last} == {key.serial}, "nobody signs under it any more"
    assert row.keys == {} and db.session.get_one(SigningKey, key.id).revoked_why == "superseded"
    assert world.api(person).post("/me/signing-key", json={"passphrase": PASSPHRASE}).status_code == 201


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_from_before(
    before: Path,
    app: Flask,
    world: World,
    run: Run,
    elsewhere: Elsewhere,  # noqa: F811
    tmp_path: Path,
    target: str,
) -> None:
    """Made by the version before, with the authority in `ca/`: restored into today's database."""
    root, serials = (before / "root.pem").read_bytes(), set(db.session.scalars(select(SigningKey.serial)))
    db.session.remove()
    with bootstrap.alembic(db.engine) as config:
        command.downgrade(config, "0041")
    folder = tmp_path / "cadangan"
    assert run(app, "backup", folder).exit_code == 0
    manifest = json.loads((folder / "manifest.json").read_text())
    for path in before.iterdir():
        data = path.read_bytes()
        (folder / "ca").mkdir(exist_ok=True)
        (folder / "ca" / path.name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        manifest["entries"].append({"path": f"ca/{path.name}", "size": len(data), "sha256": digest})
    text = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.json.sha256").write_text(f"{hashlib.sha256(text).hexdigest()}  manifest.json\n")
    place = elsewhere.place(target)
    restored = run(place, "restore", folder)
    assert restored.exit_code == 0, restored.output
    with place.app_context():
        facts.check_authority()
        assert installed.open_authority(place.config["RANDAL"]).root_pem() == root
        assert revoked(place, world) == {*serials, "abc123"}
        assert not installed.old_folder(place.config["RANDAL"]).exists()
        db.session.remove()
