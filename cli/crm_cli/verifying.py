"""Asks services to verify their journals (their job ``journal_verify``) and gives what they report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_cli.problems import Stopped
from crm_cli.server import Server

_SERVICES = "{ services { name jobs { name } } }"
_RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { outcome error report } userErrors { code message field } } }"""


def verified(server: Server, only: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each service with its report; `Stopped` where one does not answer or does not come to an end.

    The gateway waits 15 s for a job; a journal that takes longer goes on, and `services { jobs { lastRun } }` tells.
    """
    for service in server.ask_partly(_SERVICES):
        if only not in (None, service["name"]):
            continue
        job = f"{service['name']}.journal_verify"
        if service["jobs"] is None:
            raise Stopped(f"{service['name']} does not answer. 服务 {service['name']} 未响应。")
        run = server.ask(_RUN, **{"in": {"name": job}})["run"]
        if run["outcome"] != "DONE":
            raise Stopped(f"{job}: {run['outcome']} {run['error'] or ''}")
        yield service["name"], run["report"]
