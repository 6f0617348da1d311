"""A balancer hands each request to another machine: to people, to the history and to whoever checks a signature it is one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from sqlalchemy import func, select

from randal.database.base import db
from randal.history.events import Event
from randal.jobs import outbox
from randal.jobs.outbox import Delivery
from randal.l10n import clock
from randal.models.meetings import Objective
from randal.signatures.held_keys import SigningKey
from randal.signatures.keystores import Keystore
from tests import machines
from tests.follow_ups.conftest import png
from tests.nodes.conftest import Answer, Node, Two

PASSPHRASE = "frasa contoh dua mesin"


class Turns:
    """One person's requests, each to the other machine than the one before."""

    def __init__(self, two: Two, token: str):
        self.token, self.nodes = token, itertools.cycle(two)

    def __call__(self, method: str, path: str, status: int = 200, **sent: Any) -> Any:
        answer = next(self.nodes).api(method, path, self.token, **sent)
        assert answer.status == status, (path, answer.text)
        return answer.json if answer.headers["content-type"].startswith("application/json") else answer.data

    def move(self, resource: str, item: int, move: str, **given: Any) -> Any:
        return self("POST", f"/{resource}/{item}/moves/{move}", json=given)


def drained() -> None:
    db.session.commit()
    outbox.drain(clock.now())
    db.session.commit()


def judged(node: Node, pdf: bytes) -> Any:
    answer = node.ask("POST", "/verifikasi", headers={"Accept": "application/json"}, file=("n.pdf", pdf))
    assert answer.status == 200, answer.text
    return answer.json


def listed(node: Node) -> set[int]:
    crl = x509.load_der_x509_crl(node.ask("GET", "/verifikasi/pencabutan.crl").data)
    return {one.serial_number for one in crl}


def test_two_first_starts_at_once_make_one_authority(two: Two) -> None:
    assert sorted("otoritas sertifikat dibuat" in said for said in two.first) == [False, True], two.first
    assert db.session.scalar(select(func.count()).select_from(Keystore)) == 1
    roots = {node.ask("GET", "/verifikasi/akar.pem").data for node in two}
    assert len(roots) == 1 and b"BEGIN CERTIFICATE" in roots.pop()
    for node in two:
        assert not (node.settings.data_dir / "ca").exists()


def test_minutes_signed_on_either_are_good_on_both(two: Two) -> None:
    world = two.world
    meeting = world.meeting("closed", units=("ID-BB", "ID-BA"))
    for objective in db.session.scalars(select(Objective)):
        objective.assessment = "met"
    taker, chair = (Turns(two, world.token(who)) for who in (world.minute_taker, world.chair))
    next(chair.nodes)  # the two begin on different machines
    for who in (taker, chair):
        who("POST", "/me/signing-key", 201, json={"passphrase": PASSPHRASE})
    minutes = taker("GET", f"/meetings/{meeting.id}/minutes")["id"]
    taker.move("minutes", minutes, "submit")
    chair.move("minutes", minutes, "approve")
    drained()
    for who in (taker, chair):
        ready = who("GET", "/signatures?state=ready")["items"][0]["id"]
        next(who.nodes)  # found on one, signed on the other
        who.move("signatures", ready, "sign", passphrase=PASSPHRASE)
    drained()
    document = taker("GET", f"/documents?kind=minutes&subject_id={minutes}")["items"][0]
    files = [node.api("GET", f"/documents/{document['id']}/file", taker.token).data for node in two]
    assert files[0] == files[1] and files[0].startswith(b"%PDF")
    said = [judged(node, files[0]) for node in two]
    assert said[0] == said[1] and said[0]["verdict"] == "intact", said
    bent = [judged(node, files[0] + b"\n")["verdict"] for node in two]
    assert bent == ["mismatch", "mismatch"]


def test_both_seal_the_history_and_both_find_it_whole(two: Two) -> None:
    for node in (two.a, two.b, two.a):
        assert (made := node.run("audit", "checkpoint")).returncode == 0, made.stderr
    for node in two:
        verified = node.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout


def test_a_session_and_a_file_belong_to_both(two: Two) -> None:
    """Signed in on one, known on the other; evidence handed in on one is read on the other."""
    world = two.world
    person = world.person("secretariat", password="kata-sandi-contoh-dua-mesin")
    form = two.a.ask("GET", "/masuk")
    token = form.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": person.email, "password": "kata-sandi-contoh-dua-mesin"}
    entered = two.b.ask("POST", "/masuk", headers={"Cookie": cookie(form)}, file=("kosong", b""), form=fields)
    assert entered.status == 303, entered.text
    for node in two:
        page = node.ask("GET", "/rapat", headers={"Cookie": cookie(entered)})
        assert page.status == 200 and person.name in page.text

    from tests.follow_ups.conftest import Story

    story, picture = Story(world), png()
    item = story.assigned()
    token = world.token(world.ppk("ID-BB"))
    handed = two.a.api("POST", f"/follow-ups/{item['id']}/evidence", token, file=("contoh.png", picture))
    assert handed.status == 201, handed.text
    read = two.b.api("GET", f"/evidence/{handed.json['id']}/file", token)
    assert read.status == 200 and read.data[:4] == picture[:4]


def test_a_clock_ten_minutes_ahead_is_told_and_delays_nothing(two: Two) -> None:
    """What the second machine hands in is due now, by the database that both have."""
    world = two.world
    meeting = world.meeting("draft")
    token = world.token(world.secretariat)
    moved = two.b.api("POST", f"/meetings/{meeting.id}/moves/schedule", token, json={})
    assert moved.status == 200, moved.text
    # Of this meeting alone, and what no relay has taken yet: that was due, and its time is a lease now.
    mine = Event.item_type == "meeting", Event.item_id == meeting.id, Delivery.attempt == 0
    waits = (
        select(Delivery.next_at, func.clock_timestamp())
        .join(Event, Event.id == Delivery.event_id)
        .where(*mine)
    )
    assert all(due <= there + timedelta(seconds=1) for due, there in db.session.execute(waits))
    db.session.commit()
    machines.wait_until(
        lambda: len(told(two.a)["machines"]["said"].split(";")) >= 2, 60, "both to give signs of life"
    )
    for node in two:
        found = told(node)
        assert "contoh-b" in found["machines"]["said"] and "600 detik di depan" in found["machines"]["said"]
        assert (
            found["clock"]["well"] is (node is two.a)
            and found["authority"]["well"]
            and found["storage"]["well"]
        )


def told(node: Node) -> dict[str, Any]:
    result = node.run("check", "--json")
    assert result.returncode == 1, "a clock that is wrong needs a person"
    return {each["code"]: each for each in json.loads(result.stdout)["checks"]}


def cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def test_eight_who_enrol_anew_at_once_lose_no_revocation(two: Two) -> None:
    """Half of them on either machine, twice; and one person on both at the same moment, who gets one key."""
    world = two.world
    people = [world.person("secretariat") for _ in range(8)]
    tokens = [world.token(person) for person in people]
    db.session.commit()

    def enrol(number: int, words: str) -> Answer:
        node = (two.a, two.b)[number % 2]
        return node.api("POST", "/me/signing-key", tokens[number], json={"passphrase": words})

    def first_again(node: Node) -> Answer:
        sent = {"passphrase": f"{PASSPHRASE} lain"}
        return node.api("POST", "/me/signing-key", tokens[0], json=sent)

    with ThreadPoolExecutor(8) as pool:
        for count in range(2):
            words = [f"{PASSPHRASE} {count}"] * 8
            assert {answer.status for answer in pool.map(enrol, range(8), words)} == {201}
        twice = list(pool.map(first_again, two))
    made = [answer.status for answer in twice].count(201)
    assert made >= 1 and {answer.status for answer in twice} <= {200, 201}
    db.session.expire_all()
    keys = list(
        db.session.scalars(select(SigningKey).where(SigningKey.person_id.in_([p.id for p in people])))
    )
    ended = {int(key.serial, 16) for key in keys if key.revoked_at}
    assert len(keys) == 8 * 2 + made and len(ended) == len(keys) - 8, "everybody has one key, and only one"
    for node in two:
        assert ended <= listed(node)
    assert listed(two.a) == listed(two.b)
    assert two.a.run("audit", "verify").returncode == 0


@pytest.mark.parametrize("other", ["secret", "folder"])
def test_a_third_machine_that_does_not_fit_serves_nobody(two: Two, tmp_path: Path, other: str) -> None:
    settings = replace(two.a.settings, data_dir=tmp_path / "c", port=machines.free_port())
    settings.data_dir.mkdir()
    if other == "secret":
        settings = replace(settings, secret_key="rahasia mesin ketiga, cukup panjang juga")
    else:  # it was an installation of its own once
        from tests.authority import old_layout
        from tests.minutes import signed

        old_layout.write(settings.data_dir / "ca", signed.authority().kept)
    node = Node(settings, tmp_path / "c.log")
    begun = node.run("init")
    assert begun.returncode == 1 and len(begun.stderr.strip().splitlines()) == 1, begun.stderr
    try:
        node.serve()
        for path in ("/masuk", "/verifikasi/akar.pem"):
            refused = node.ask("GET", path)
            assert refused.status == 503 and "belum boleh melayani" in refused.text
        assert node.ask("GET", "/readyz").json["checks"]["authority"] == "down"
    finally:
        node.stop()
    assert db.session.scalar(select(func.count()).select_from(Keystore)) == 1


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    yield
    db.session.rollback()
