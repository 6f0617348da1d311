"""A new meeting of 34 units, in a browser: from the empty form to signed minutes, one promise kept, one sent back.

The house runs as it does for people: relay, both workers and Redis are processes of their own, on the real clock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from randal.l10n import clock
from tests import machines
from tests.conftest import Server
from tests.journeys.journey import Journey
from tests.world import World


@pytest.fixture
def live_server(
    app: Flask, world: World, redis: machines.Redis, processes: machines.Processes
) -> Iterator[Server]:
    from werkzeug.serving import make_server

    clock.start_at(None)  # the processes know no other
    settings = app.config["RANDAL"]
    for words in (("relay",), ("worker", "small"), ("worker", "documents")):
        processes.start(*words)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=True)
    server = make_server(settings.host, settings.port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Server(settings.public_url, app)
    server.shutdown()
    thread.join(15)
    server.server_close()


@pytest.mark.database("sqlite")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_empty_form_to_signed_minutes(world, live_server, visitor, width):
    Journey(world, visitor, width).play()
