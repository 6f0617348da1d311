"""The audit of dependencies says what it knows, and never that all is well when nobody answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops import audit

NONE = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}}


def python(**package: Any) -> str:
    return json.dumps({"dependencies": [{"name": "contoh", "version": "1.0", "vulns": [], **package}]})


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Any:
    def given(of_python: tuple[str, str], of_node: str = json.dumps(NONE)) -> None:
        monkeypatch.setattr(audit, "run", lambda words: of_python if "pip_audit" in words else (of_node, ""))
        monkeypatch.setattr("sys.argv", ["audit"])

    return given


WEAK = {"id": "CVE-2026-0001", "fix_versions": ["1.1"]}


@pytest.mark.parametrize(
    ("said", "node", "exit_code", "words"),
    [
        ((python(), ""), json.dumps(NONE), 0, "1 paket ditanyakan, tidak ada kelemahan"),
        ((python(vulns=[WEAK]), ""), json.dumps(NONE), 1, "CVE-2026-0001 (perbaikan: 1.1)"),
        ((python(skip_reason="not found"), ""), json.dumps(NONE), 2, "tidak dikenal daftar itu, jadi belum diketahui: contoh"),
        (("", "ConnectionError: no route"), json.dumps(NONE), 2, "TIDAK DAPAT DITANYAKAN, jadi belum diketahui: ConnectionError"),
        ((python(), ""), '{"message": "405", "error": {}}', 2, "package-lock.json: TIDAK DAPAT DITANYAKAN, jadi belum diketahui: 405"),  # noqa: E501
        ((python(), ""), json.dumps(NONE | {"vulnerabilities": {"contoh": {"severity": "high"}}}), 1, "contoh: high"),
    ],
)  # fmt: skip
def test_what_it_says(answers: Any, capsys: Any, said: Any, node: str, exit_code: int, words: str) -> None:
    answers(said, node)
    assert audit.main() == exit_code
    assert words in capsys.readouterr().out


def test_a_program_that_is_not_there_is_no_good_news() -> None:
    assert audit.told_by(*audit.run(["randal-tidak-ada"]), audit.read_python).silent
