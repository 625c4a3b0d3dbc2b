"""The protocol object of finance and the value shapes its commands share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import ServiceProtocol
from crm_common.protocol.views import Ref

finance = ServiceProtocol("finance", doc="Contracts, receivables, receipts, payables, budgets, claims and funds.")

Version = Annotated[int, Meta(ge=1)]
EmployeeId = Annotated[UUID, Ref("Employee")]
DepartmentId = Annotated[UUID, Ref("Department")]
CustomerId = Annotated[UUID, Ref("Customer")]

VERSION_DOC = "The version the editor saw; when the record has moved on, the answer is CONFLICT."
