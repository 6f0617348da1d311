"""The container image can back up the server that stands beside it."""

from __future__ import annotations

import re

from ops.processes import ROOT


def test_pg_dump_is_not_older_than_the_server() -> None:
    server = re.search(r"image: postgres:(\d+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    client = re.search(r"\bpostgresql-client-(\d+)\b", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert server and client and int(client[1]) >= int(server[1])
