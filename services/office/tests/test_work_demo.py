"""The work of the demo company: loaded once, and its rule works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.postgres import SharedPostgres
from office.usecases.work_demo import STEPS, TASKS
from officing.company import Office, opened


@pytest.fixture
def company(postgres_server: SharedPostgres) -> Iterator[Office]:
    with opened(postgres_server) as made:
        yield made


def test_tasks_a_template_and_a_rule_are_loaded_once(company: Office) -> None:
    li, chief = company.person("li"), company.person("chief", "rule.edit")
    given = {"employee_ids": [li.id], "chief_id": chief.id}
    assert company.as_system("load_demo_work", **given) == {"loaded": len(TASKS) + 2}
    assert company.as_system("load_demo_work", **given) == {"loaded": 0}
    assert company.refused(chief, "load_demo_work", **given) == "FORBIDDEN"
    assert len(company.call(li, "tasks", box="MINE")["nodes"]) == len(TASKS)
    [template] = company.call(li, "task_templates")["nodes"]
    process = company.call(li, "start_task_process", template_id=template["id"])["task_process"]
    assert (template["name"], process["steps_left"]) == ("新客户首访流程", len(STEPS))
    [rule] = company.call(chief, "rules")["nodes"]
    # saving it again checks it as if its owner had written it
    assert company.call(chief, "update_rule", id=rule["id"], version=1, name="改名")["rule"]["version"] == 2
