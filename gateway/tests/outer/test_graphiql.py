"""GraphiQL works in a browser from local files alone: log in, ask, follow; nothing is fetched from elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crm_servers.installing import Missing, apt_install
from edge.desk import Desk
from edge.node import workspace
from edge.serving import served
from gateway.graphiql import asset
from infra.run import unavailable

NODE = Path(__file__).resolve().parents[1] / "node"


def browser() -> str:
    if shutil.which("chromium") is None:
        try:
            apt_install("chromium")
        except Missing as missing:
            unavailable(str(missing))
    return shutil.which("chromium") or ""


@pytest.mark.infra
@pytest.mark.timeout(300)
def test_a_person_logs_in_asks_and_follows_in_a_browser(desk: Desk, tmp_path: Path) -> None:
    place, chromium = workspace(NODE, tmp_path), browser()
    token = desk.token(desk.begin())
    given = {"access_token": token, "must_change_password": False}
    desk.answers["login"] = lambda _payload, _context: {"tokens": given}
    lines: list[dict[str, Any]] = []
    with served(desk) as gateway:
        command = ["node", "page.mjs", gateway.url, chromium]
        with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as node:
            assert node.stdout is not None
            assert node.stderr is not None
            timer = _events(gateway, desk)
            lines.extend(json.loads(line) for line in node.stdout)
            said = node.stderr.read()
            timer.set()
    assert (node.returncode, said) == (0, "")
    assert [line for line in lines if "operation" not in line] == []
    before, login, after, followed = [line["shown"] for line in lines]
    assert before["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert login["data"]["login"]["tokens"] == {"accessToken": token, "mustChangePassword": False}
    assert [node["name"] for node in after["data"]["departments"]["nodes"]] == list(desk.departments.values())
    assert followed["data"]["departmentChanged"]["event"] == "department.updated"


def _events(gateway: Any, desk: Desk) -> Any:
    """Lets departments change whenever somebody listens, until the answer is set."""
    import threading

    done = threading.Event()

    def tell() -> None:
        while not done.wait(0.05):
            if gateway.gateway.hub._listeners.get("department.updated"):
                desk.tell("department.updated", next(iter(desk.departments)))

    threading.Thread(target=tell, daemon=True).start()
    return done


@pytest.mark.anyio
async def test_the_page_and_its_files_are_served_with_a_policy_that_allows_no_other_source(gateway: Any) -> None:
    caller = await gateway()
    page = await caller.http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    named = [part.split('"')[0] for part in page.text.split('"/graphiql/')[1:]]
    assert len(named) == 7
    for name in named:
        assert (await caller.http.get(f"/graphiql/{name}")).status_code == 200


def test_a_file_that_is_not_the_one_its_makers_published_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asset("graphiql.min.js") is not None
    monkeypatch.setitem(asset.__globals__["_ASSETS"], "graphiql.min.js", "0" * 64)
    assert asset("graphiql.min.js") is None
    assert asset("../app.py") is None
