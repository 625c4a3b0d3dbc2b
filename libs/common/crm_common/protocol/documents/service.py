"""The protocol object of documents and the value shapes its commands share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import ServiceProtocol
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref

documents = ServiceProtocol("documents", doc="Files of people and records: upload, versions, rights, recovery.")

SEE = needs("doc.view", "doc.upload")
UPLOAD = needs("doc.upload")

Version = Annotated[int, Meta(ge=1)]
EmployeeId = Annotated[UUID, Ref("Employee")]
DepartmentId = Annotated[UUID, Ref("Department")]
RoleId = Annotated[UUID, Ref("Role")]
DocumentId = Annotated[UUID, Ref("Document")]
CategoryId = Annotated[UUID, Ref("DocumentCategory")]
DocumentIds = Annotated[tuple[DocumentId, ...], Meta(min_length=1, max_length=100)]
FileName = Annotated[str, Meta(min_length=1, max_length=255)]
Tags = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=50)], ...], Meta(max_length=20)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
About = Annotated[str, Meta(min_length=1, max_length=100)]
Reference = Annotated[str, Meta(pattern="^[a-z_]+:[a-z_]+/[0-9a-f-]{36}$")]

VERSION_DOC = "The version the editor saw; when the record has moved on, the answer is CONFLICT."
