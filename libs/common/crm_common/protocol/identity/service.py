"""The identity service's protocol object and the value shapes its commands share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import ServiceProtocol
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref

identity = ServiceProtocol(
    "identity", doc="Organisation, employees, roles and rights, sessions, company, settings, audit."
)

SEE_ORGANISATION = needs("org.view", "org.edit", "org.employee.edit")
"""Departments, positions and colleagues are open to staff; accounts of partners and customers lack these keys."""

Name = Annotated[str, Meta(min_length=1, max_length=100)]
LoginName = Annotated[str, Meta(min_length=2, max_length=64)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]
Text = Annotated[str, Meta(max_length=2000)]
Line = Annotated[str, Meta(max_length=200)]
Version = Annotated[int, Meta(ge=1)]

DepartmentId = Annotated[UUID, Ref("Department")]
PositionId = Annotated[UUID, Ref("Position")]
EmployeeId = Annotated[UUID, Ref("Employee")]
RoleId = Annotated[UUID, Ref("Role")]

MANY = Meta(max_length=500)
"""As many records as one command changes and answers."""

VERSION_DOC = "The version the editor saw; when the record has moved on, the answer is CONFLICT."
