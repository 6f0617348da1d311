"""The web processes as they are run, while something under them stands still or dies."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ops.sessions import session_members
from randal.database.base import db
from tests import machines
from tests.nodes.conftest import Node, Two

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")


@pytest.fixture
def node(two: Two, tmp_path: Path) -> Iterator[Node]:
    """A third machine of the same installation, to be killed."""
    settings = replace(two.a.settings, port=machines.free_port())
    made = Node(settings, tmp_path / "web.log", RANDAL_NODE="contoh-c").serve()
    yield made
    made.stop()


def answers(node: Node, path: str = "/masuk") -> bool:
    try:
        return node.ask("GET", path).status == 200
    except OSError:
        return False


@pytest.mark.timeout(180)
def test_a_locked_row_makes_nobody_deaf(two: Two) -> None:
    """More requests than threads wait for one row: health answers meanwhile, they get a sentence, and it goes on."""
    world = two.world
    meeting, token = world.meeting("draft"), world.token(world.secretariat)
    db.session.commit()
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with ThreadPoolExecutor(24) as pool:
        with psycopg.connect(url) as other:
            other.execute("SELECT 1 FROM meetings WHERE id = %s FOR UPDATE", [meeting.id])
            path = f"/meetings/{meeting.id}/moves/schedule"
            asked = [pool.submit(two.a.api, "POST", path, token, json={}) for _ in range(24)]
            time.sleep(1)  # until they wait; were they slower, they would only find the threads free
            health = [two.a.ask("GET", name).status for name in ("/healthz", "/readyz/serve")]
            assert health == [200, 200] and not all(one.done() for one in asked)
            refused = [one.result() for one in asked]
        assert {one.status for one in refused} == {503}
        assert all("Coba lagi sebentar" in one.text for one in refused)
    assert two.a.api("POST", f"/meetings/{meeting.id}/moves/schedule", token, json={}).status == 200


@pytest.mark.timeout(180)
def test_no_port_is_deaf_during_a_reload(node: Node) -> None:
    """The new worker serves before the old one ends: every request is answered."""
    assert node.process
    before = set(session_members(node.process.pid)) - {node.process.pid}
    os.kill(node.process.pid, signal.SIGHUP)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert answers(node), node.log.read_text()
        if not before & set(session_members(node.process.pid)):
            break
    else:
        pytest.fail("the old worker did not end")
    assert answers(node) and node.process.poll() is None


@pytest.mark.timeout(180)
def test_no_orphan_holds_the_port_of_a_dead_master(node: Node) -> None:
    assert node.process
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    machines.wait_until(lambda: not session_members(node.process.pid), 60, "the orphans to end")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((node.settings.host, node.settings.port))
    assert answers(node.serve())
