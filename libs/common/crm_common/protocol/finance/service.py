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
ContractId = Annotated[UUID, Ref("Contract")]
DocumentId = Annotated[UUID, Ref("Document")]
ProductId = Annotated[UUID, Ref("Product")]

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=5_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]

VERSION_DOC = "The version the editor saw; when the record has moved on, the answer is CONFLICT."
