"""GraphQL over HTTP as others understand it: all audits of the npm package graphql-http, every one passed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.desk import Desk
from edge.node import ran, workspace
from edge.serving import served

NODE = Path(__file__).resolve().parents[1] / "node"


@pytest.mark.infra
def test_all_61_audits_of_graphql_over_http_pass(desk: Desk, tmp_path: Path) -> None:
    place = workspace(NODE, tmp_path)
    with served(desk) as gateway:
        printed = ran(["node", "audits.mjs", gateway.url], place)
    audits = [json.loads(line) for line in printed.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
