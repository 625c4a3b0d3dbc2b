"""The office service's protocol object and the value shapes its commands share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import ServiceProtocol
from crm_common.protocol.views import Ref

office = ServiceProtocol("office", doc="Messages, reminders, schedule, announcements, tasks, approvals.")

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=20_000)]
Version = Annotated[int, Meta(ge=1)]
EmployeeId = Annotated[UUID, Ref("Employee")]
DepartmentId = Annotated[UUID, Ref("Department")]

VERSION_DOC = "The version the editor saw; when the record has moved on, the answer is CONFLICT."
