"""Work to try the product with: tasks, a template and a rule."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.declare import Command, given
from crm_common.protocol.office.service import EmployeeId, office
from crm_common.protocol.policy import INTERNAL


@office.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoWork(Command):
    """Give the people of a demo company tasks, the template 新客户首访流程 and a rule, if nobody has a task yet."""

    employee_ids: tuple[EmployeeId, ...] = given("Who has something to do, one after the other.")
    chief_id: EmployeeId = given("Who gave it, and owns the rule.")
