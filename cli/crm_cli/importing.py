"""``crm import``: bring a file, assign its columns, follow it to its end, fetch what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from crm_cli.problems import Stopped
from crm_cli.server import Server

_JOB = "id state total done created updated skipped failed takenBack kept problem"
_ENDED = {"DONE", "FAILED", "CANCELLED", "UNDONE"}
_PATIENCE = 3.0
Told = Callable[[dict[str, Any]], None]


class Imports:
    """Imports of one noun (``Customer``): its fields carry it in their names."""

    def __init__(self, server: Server, noun: str) -> None:
        self._server = server
        self._noun = noun
        self._root = noun[:1].lower() + noun[1:]

    def start(self, path: Path, kind: str, policy: str) -> str:
        """Begin an import and bring the file; the import's id."""
        found = self._do(
            "start",
            {"kind": kind, "fileName": path.name, "policy": policy},
            "job { id } upload { url method limit fields { name value } headers { name value } }",
        )
        size, limit = path.stat().st_size, found["upload"]["limit"]
        if size > limit:
            raise Stopped(f"{path.name} has {size} bytes; {limit} are allowed. 文件过大。")
        self._server.bring(found["upload"], path)
        return str(found["job"]["id"])

    def assign(self, job: str, mapping: list[str | None] | None = None) -> None:
        """Let the server read the file and assign its columns, by heading or as told."""
        self._do("map", {"id": job} | ({} if mapping is None else {"mapping": mapping}), "job { id }")

    def preview(self, job: str) -> dict[str, Any]:
        """Headings, mapping, known columns and the first rows."""
        shown = "header mapping columns { key name needed } rows { number cells problems }"
        found: dict[str, Any] = self._server.ask(
            f"query($id: ID!) {{ {self._root}ImportPreview(id: $id) {{ {shown} }} }}", id=job
        )
        return found

    def run(self, job: str) -> None:
        """Import the rows."""
        self._do("run", {"id": job}, "job { id }")

    def undo(self, job: str) -> None:
        """Take back what the import created."""
        self._do("undo", {"id": job}, "job { id }")

    def watch(self, job: str, told: Told) -> dict[str, Any]:
        """Tell of every step until the end; the import as it ended."""
        for found in self._states(job):
            told(found)
            if found["state"] in _ENDED:
                return found
        raise AssertionError("unreachable")

    def left(self, job: str, which: str, folder: Path) -> Path | None:
        """Fetch the file of rows that failed (or were kept); None where there is none."""
        link = self._server.ask(
            f"query($id: ID!, $which: ImportFileKind!) "
            f"{{ {self._root}ImportFile(id: $id, which: $which) {{ url name }} }}",
            id=job, which=which,
        )  # fmt: skip
        if link is None:
            return None
        target = folder / str(link["name"])
        self._server.take(link, target)
        return target

    def _states(self, job: str) -> Iterator[dict[str, Any]]:
        # what happened before the stream stood, or while it was broken, the question finds out
        document = f"subscription($ids: [ID!]) {{ {self._root}ImportChanged(ids: $ids) {{ record {{ {_JOB} }} }} }}"
        while True:
            yield self._server.ask(f"query($id: ID!) {{ {self._root}Import(id: $id) {{ {_JOB} }} }}", id=job)
            for change in self._server.follow(document, patience=_PATIENCE, ids=[job]):
                yield change["record"]

    def _do(self, verb: str, given: dict[str, Any], shown: str) -> dict[str, Any]:
        name = f"{verb}{self._noun}Import"
        document = (
            f"mutation($in: {name[:1].upper()}{name[1:]}Input!) "
            f"{{ {name}(input: $in) {{ {shown} userErrors {{ code message field }} }} }}"
        )
        found: dict[str, Any] = self._server.ask(document, **{"in": given})
        return found


def mapping_of(header: list[str], present: list[str | None], told: list[str]) -> list[str | None]:
    """The mapping after ``heading=key`` corrections; ``heading=`` leaves the column out."""
    mapping = list(present)
    for each in told:
        heading, separator, key = each.rpartition("=")
        if not separator or heading not in header:
            raise Stopped(f"--map takes heading=field; the headings are: {', '.join(header)}")
        mapping[header.index(heading)] = key or None
    return mapping
