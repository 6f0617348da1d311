"""Every route of the application, and addresses made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Rule

READS, WRITES = ("GET",), ("POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True)
class Route:
    """One rule under one method."""

    method: str
    rule: Rule

    @property
    def endpoint(self) -> str:
        return self.rule.endpoint

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def is_api(self) -> bool:
        return self.rule.rule.startswith("/api/")

    def numbers(self) -> list[str]:
        """The names of its ids."""
        return [n for n, c in self.rule._converters.items() if type(c).__name__ == "IdConverter"]

    def address(self, values: Mapping[str, Any]) -> str:
        """The path with these values, as they stand: an id need not be one."""
        path = ""
        for dynamic, data in self.rule._trace:
            path += quote(str(values[data]), safe="") if dynamic else data
        return path.removeprefix("|")


def routes(app: Flask, *methods: str) -> Iterator[Route]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint)):
        for method in sorted((rule.methods or set()) & set(methods)):
            yield Route(method, rule)
