"""Other people's subscription clients, graphql-ws and graphql-sse, follow what happens here."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from edge.desk import Desk
from edge.node import workspace
from edge.serving import served
from ledger.waiting import until

NODE = Path(__file__).resolve().parents[1] / "node"


@pytest.mark.infra
def test_graphql_ws_and_graphql_sse_answer_queries_and_follow_events(desk: Desk, tmp_path: Path) -> None:
    place = workspace(NODE, tmp_path)
    key, name = next(iter(desk.departments.items()))
    lines: list[dict[str, Any]] = []
    with served(desk) as gateway:
        command = ["node", "follow.mjs", gateway.url, gateway.ws, desk.bearer()["authorization"], "2"]
        with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as node:
            assert node.stdout is not None
            reader = threading.Thread(target=lambda: lines.extend(json.loads(line) for line in node.stdout or ()))
            reader.start()
            listeners = gateway.gateway.hub._listeners
            until(lambda: len(listeners.get("department.updated", ())) == 2, "both subscriptions", seconds=30)
            for _ in range(2):
                desk.tell("department.updated", key)
            reader.join(timeout=30)
            assert node.stderr is not None
            said = node.stderr.read()
    assert (node.returncode, said) == (0, "")
    event = {"event": {"departmentChanged": {"event": "department.updated", "record": {"name": name}}}}
    for client in ("ws", "sse"):
        heard = [
            {key: value for key, value in line.items() if key != "from"} for line in lines if line["from"] == client
        ]
        assert [line for line in heard if "connected" not in line] == [
            {"answer": {"__typename": "Query"}}, event, event, {"done": True},
        ]  # fmt: skip
