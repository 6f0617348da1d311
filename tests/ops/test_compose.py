"""docker-compose.yml starts what ./run starts, and asks for what production needs."""

import subprocess
import sys
from typing import Any

import pytest
import yaml

from ops.processes import INIT, PROCESSES, ROOT


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return document


def test_the_processes_are_those_of_run(compose: dict[str, Any]) -> None:
    ours = {name: service for name, service in compose["services"].items() if service.get("build")}
    assert {name: tuple(service["command"]) for name, service in ours.items()} == {"init": INIT, **PROCESSES}


def test_nothing_starts_before_the_migrations(compose: dict[str, Any]) -> None:
    for name in PROCESSES:
        waits = compose["services"][name]["depends_on"]
        assert waits["init"]["condition"] == "service_completed_successfully", name


def test_only_the_web_is_published(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["web"]
    for store in "postgres", "redis", "storage":
        assert compose["services"][store]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize(
    "name", ["RANDAL_SECRET_KEY", "RANDAL_PUBLIC_URL", "RANDAL_PROXIES", "POSTGRES_PASSWORD"]
)
def test_what_production_must_set_is_asked_for(name: str) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert f"${{{name}:?Isi {name}" in text


def test_named_volumes_hold_what_must_survive(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]


def test_it_is_a_compose_file() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    result = subprocess.run([*check, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
