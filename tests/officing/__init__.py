"""People of an office: who is above whom, what they hear; and jobs run as of another moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from crm_common.context import Actor
from serving.alone import Alone, employee

DEPARTMENT = UUID(int=1)
_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, %s, %s, '市场部', %s, %s)
ON CONFLICT (id) DO UPDATE SET active = EXCLUDED.active, line = EXCLUDED.line
"""


def works(service: Alone, name: str, *permissions: str, below: tuple[Actor, ...] = (), active: bool = True) -> Actor:
    """Somebody the service knows, with his superiors, nearest first."""
    actor = employee(name, *permissions)
    values = (actor.id, name, active, DEPARTMENT, f"/{DEPARTMENT}/", [each.id for each in below])
    with service.store.transaction() as connection:
        connection.exec_driver_sql(_KNOWN, values)
    return actor


def run_job(service: Alone, name: str, as_of: datetime) -> dict[str, Any]:
    """Run a job of the service as of a moment; its report."""
    host: Any = service.runtime.services[service.name].host
    host.settings.values["sys.allow_time_travel"] = True
    operator = employee("operator", "system.job.run")
    run = service.call(operator, "run_job", name=name, as_of=as_of)["run"]
    assert run["outcome"] == "DONE", run
    report: dict[str, Any] = run["report"]
    return report


def heard(service: Alone, actor: Actor) -> list[str]:
    """The kinds of somebody's messages, earliest first."""
    found = service.call(actor, "messages", first=100)["nodes"]
    return [each["kind"] for each in sorted(found, key=lambda each: (each["created_at"], each["id"]))]
