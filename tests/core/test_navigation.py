"""The menu says where one is: the place whose address the page's own begins with, or the place of its room."""

from __future__ import annotations

import re

import pytest

from tests.world import World

WHERE = {
    "/": "Beranda",
    "/rapat": "Rapat",
    "/rtl": "Tindak lanjut",
    "/pelacak": "Pelacak",
    "/pelacak/matriks": "Pelacak",
    "/pelacak/telaah": "Pelacak",
    "/tenggat": "Laporan PPK",
    "/kawasan": "Kawasan",
    "/kawasan/daftar": "Kawasan",
    "/pemantauan/kawasan": "Pemantauan",
    "/notula": "Notula",
    "/tanda-tangan": "Tanda tangan",
    "/profil/kunci-tanda-tangan": "Tanda tangan",
    "/hadir/register": None,  # of no place: nothing is lit rather than the wrong one
    "/operator/hari-kerja": "Hari kerja",
}


@pytest.mark.database("sqlite")
def test_one_place_is_lit_and_it_is_the_right_one(world: World) -> None:
    client = world.sign_in(world.secretariat)
    lit = {}
    for address in WHERE:
        page = client.get(address)
        assert page.status_code == 200, address
        menu = page.text[: page.text.index("<main")]
        found = set(re.findall(r'aria-current="page"[^>]*>.*?<span[^>]*>([^<]+)</span>', menu, re.S))
        assert len(found) <= 1, (address, found)
        lit[address] = found.pop().strip() if found else None
    assert lit == WHERE
