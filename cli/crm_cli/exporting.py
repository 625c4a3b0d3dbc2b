"""``crm export``: ask for a filtered list as a file, wait for it, fetch it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from crm_cli.problems import Stopped
from crm_cli.server import Server

_PAUSE = 0.5


class Exports:
    """Exports of one noun (``Customer``)."""

    def __init__(self, server: Server, noun: str) -> None:
        self._server = server
        self._noun = noun
        self._root = noun[:1].lower() + noun[1:]

    def start(self, **asked: Any) -> str:
        """Begin an export; its id."""
        name = f"Start{self._noun}Export"
        document = (
            f"mutation($in: {name}Input!) {{ start{self._noun}Export(input: $in) "
            "{ job { id } userErrors { code message field } } }"
        )
        found = self._server.ask(document, **{"in": {key: value for key, value in asked.items() if value is not None}})
        return str(found["job"]["id"])

    def finished(self, export: str) -> dict[str, Any]:
        """The export when it has ended; Stopped when it failed."""
        document = f"query($id: ID!) {{ {self._root}Export(id: $id) {{ state rows problem }} }}"
        while True:
            found: dict[str, Any] = self._server.ask(document, id=export)
            if found["state"] == "FAILED":
                raise Stopped(str(found["problem"]))
            if found["state"] == "DONE":
                return found
            time.sleep(_PAUSE)

    def take(self, export: str, target: Path) -> None:
        """Fetch the file."""
        link = self._server.ask(f"query($id: ID!) {{ {self._root}ExportFile(id: $id) {{ url name }} }}", id=export)
        self._server.take(link, target)
