"""The customer service's protocol object and the value shapes its commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import ServiceProtocol
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref

customer = ServiceProtocol("customer", doc="Customers and the public pool, contacts, follow-ups, leads.")

SEE = needs("customer.view", "customer.view_team", "customer.view_card")
"""Customers in the viewer's data scope."""
SEE_POOL = needs("pool.view", "pool.claim", "pool.assign")
"""Customers in the pools that are open to the viewer."""
SEE_TRASH = needs("pool.discard", "pool.restore", "customer.purge")
"""Customers in the trash."""
SEE_RECORD = needs(*SEE.permissions, *SEE_POOL.permissions, *SEE_TRASH.permissions)
"""Some customers, wherever they are; which ones is the scope of customers (in private hands, pool, queue, trash)."""

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Phone = Annotated[str, Meta(min_length=1, max_length=40)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=5000)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
PartOfName = Annotated[str, Meta(max_length=100)]
Tag = Annotated[str, Meta(min_length=1, max_length=30)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=50)]
Version = Annotated[int, Meta(ge=1)]

CustomerId = Annotated[UUID, Ref("Customer")]
ContactId = Annotated[UUID, Ref("Contact")]
LeadId = Annotated[UUID, Ref("Lead")]
PoolId = Annotated[UUID, Ref("Pool")]
EmployeeId = Annotated[UUID, Ref("Employee")]
DepartmentId = Annotated[UUID, Ref("Department")]

VERSION_DOC = "The version the editor saw; when the record has moved on, the answer is CONFLICT."


class CustomerKind(StrEnum):
    """Whether a customer is a person or a company."""

    PERSON = "PERSON"
    """A person (个人)."""
    COMPANY = "COMPANY"
    """A company (企业)."""


class Holding(StrEnum):
    """In whose hands a customer is (features §3.1)."""

    OWNED = "OWNED"
    """In a salesperson's name (私海)."""
    DEPT_QUEUE = "DEPT_QUEUE"
    """Given to a department, waiting for its head to pass it on."""
    POOL = "POOL"
    """In the public pool (公海)."""
    TRASH = "TRASH"
    """Discarded (垃圾箱)."""
    MERGED = "MERGED"
    """Gone into another customer."""
    ERASED = "ERASED"
    """Its personal data was erased."""


class Stage(StrEnum):
    """The lifecycle stage of a customer, independent of its holding."""

    POTENTIAL = "POTENTIAL"
    """潜在: known, not yet interested."""
    INTERESTED = "INTERESTED"
    """意向: shows interest."""
    DEALT = "DEALT"
    """成交: has bought."""
    LOYAL = "LOYAL"
    """忠诚: buys again."""
    LOST = "LOST"
    """流失: has turned away."""


class Sex(StrEnum):
    """The sex of a person."""

    MALE = "MALE"
    """男."""
    FEMALE = "FEMALE"
    """女."""


class Channel(StrEnum):
    """How somebody likes to be reached."""

    PHONE = "PHONE"
    """电话."""
    WECHAT = "WECHAT"
    """微信."""
    SMS = "SMS"
    """短信."""
    EMAIL = "EMAIL"
    """邮件."""
    VISIT = "VISIT"
    """上门拜访."""


class PoolReason(StrEnum):
    """Why a customer came into the pool."""

    CREATED = "CREATED"
    """It was entered or imported into the pool."""
    RELEASED = "RELEASED"
    """Its owner, or his superior, released it."""
    NO_FOLLOWUP = "NO_FOLLOWUP"
    """No sales record for the days of pool.reclaim_days."""
    NO_CONTRACT = "NO_CONTRACT"
    """No signed contract for the days of pool.no_contract_days."""
    HELD_TOO_LONG = "HELD_TOO_LONG"
    """In one name for the days of pool.max_days."""
    RESTORED = "RESTORED"
    """It was taken back from the trash."""
