"""Office is killed between a rule's firing and its actions (CFD-05): nothing is lost, nothing happens twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crm_common import faults
from infra.postgres import SharedPostgres
from ledger.waiting import until
from office.usecases.rule_actions import ACTION_SENT
from officing.company import Office, opened

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

_MADE = "SELECT title, count(*) FROM task WHERE title LIKE '跟进%%' GROUP BY title ORDER BY title"


@contextmanager
def process(company: Office, minutes: int, **dying: str) -> Iterator[subprocess.Popen[bytes]]:
    """The two services in a process of their own."""
    inherited = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    paths = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *inherited))}
    told = {"identity": company.house.store.url, "office": company.store.url, "minutes": minutes}
    command = [sys.executable, "-m", "officing.acting", json.dumps(told)]
    running = subprocess.Popen(command, env=os.environ | paths | dying)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.terminate()
        running.wait(30)


def action(title: str) -> dict[str, Any]:
    return {"mutation": "createTask", "input": {"title": title, "about": "{{record}}"}}


@pytest.mark.parametrize("point", [faults.INBOX_HANDLED, faults.CHANGE_COMMITTED, ACTION_SENT])
def test_cfd_05_a_crash_between_firing_and_action_loses_nothing_and_does_nothing_twice(
    postgres_server: SharedPostgres, tmp_path: Path, point: str
) -> None:
    with opened(postgres_server) as company:
        owner = company.person("owner", "rule.edit")
        actions = [action("跟进一"), action("跟进二")]
        made = company.call(owner, "create_rule", name="x", event_type="task.accepted", actions=actions)["rule"]
        task = company.call(owner, "create_task", title="首访")["task"]
        company.call(owner, "accept_task", id=task["id"], version=1)
        # from here on only the other process works
        company.service.container.stop()
        trigger = tmp_path / "now"
        trigger.touch()
        with process(company, 0, CRM_CRASH_AT=point, CRM_CRASH_WHEN=str(trigger)) as dying:
            assert dying.wait(60) == -9
        assert company.store.rows(_MADE) != [("跟进一", 1), ("跟进二", 1)]
        with process(company, 5):
            until(lambda: company.store.rows("SELECT 1 FROM rule_firing WHERE status = 'DONE'"), "the actions", 60)
        assert company.store.rows(_MADE) == [("跟进一", 1), ("跟进二", 1)]
        assert company.events(f"rule/{made['id']}") == ["rule.created", "rule.fired"]
