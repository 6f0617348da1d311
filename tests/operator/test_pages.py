"""The operator's pages: for the administrator alone."""

from __future__ import annotations

import pytest

from tests.world import World

PAGES = ("/operator", "/operator/keadaan", "/operator/tanggapan", "/operator/jadwal")


@pytest.mark.parametrize("path", PAGES)
def test_for_administrators_alone(world: World, path: str) -> None:
    assert world.client().get(path).status_code == 302
    assert world.sign_in(world.secretariat).get(path).status_code == 403
    assert world.sign_in(world.person("admin")).get(path).status_code == 200
