"""The words of running approvals (features §3.8): states, decisions, steps of their history."""

from __future__ import annotations

from enum import StrEnum


class ApprovalState(StrEnum):
    """Where an approval stands."""

    PENDING = "PENDING"
    """Somebody is asked."""
    RETURNED = "RETURNED"
    """It waits for its initiator, who edits it."""
    APPROVED = "APPROVED"
    """Everybody who was to say yes did."""
    REJECTED = "REJECTED"
    """Somebody said no."""
    WITHDRAWN = "WITHDRAWN"
    """Its initiator took it back."""


class ApprovalVerdict(StrEnum):
    """What an approver decides."""

    APPROVE = "APPROVE"
    """Yes."""
    REJECT = "REJECT"
    """No: the approval ends."""
    RETURN = "RETURN"
    """Back to the initiator, who edits it."""


class TaskState(StrEnum):
    """Where the question to one approver stands."""

    QUEUED = "QUEUED"
    """Others decide before."""
    OPEN = "OPEN"
    """He is asked now."""
    APPROVED = "APPROVED"
    """He said yes."""
    REJECTED = "REJECTED"
    """He said no."""
    RETURNED = "RETURNED"
    """He sent it back."""
    CLOSED = "CLOSED"
    """It was settled without him."""


class AskedWhy(StrEnum):
    """Why somebody is asked."""

    PERSON = "PERSON"
    """The flow names him."""
    ROLE = "ROLE"
    """He has the role."""
    SUPERIOR = "SUPERIOR"
    """He is the initiator's superior."""
    TOP = "TOP"
    """He stands at the top of the initiator's line."""
    HEAD = "HEAD"
    """He leads the department."""
    INITIATOR_REPLACED = "INITIATOR_REPLACED"
    """He stands in for the initiator, who does not decide on his own request."""
    ABSENT_REPLACED = "ABSENT_REPLACED"
    """He is the delegate of somebody whose account is disabled."""
    FLOW_ADMIN = "FLOW_ADMIN"
    """There was nobody else, so the flow's administrator is asked."""
    TRANSFERRED = "TRANSFERRED"
    """An approver passed his task on to him."""
    ADDED = "ADDED"
    """An approver asked him to decide before."""


class StepKind(StrEnum):
    """What happened to an approval."""

    STARTED = "STARTED"
    """It was started."""
    NODE_BEGUN = "NODE_BEGUN"
    """A node began: its approvers were found."""
    APPROVED = "APPROVED"
    """An approver said yes."""
    REPEATED = "REPEATED"
    """An approver's yes of the node before counted again."""
    REJECTED = "REJECTED"
    """An approver said no."""
    RETURNED = "RETURNED"
    """An approver sent it back."""
    RESUBMITTED = "RESUBMITTED"
    """Its initiator edited it and submitted it again."""
    WITHDRAWN = "WITHDRAWN"
    """Its initiator took it back."""
    TRANSFERRED = "TRANSFERRED"
    """An approver passed his task on."""
    SIGNER_ADDED = "SIGNER_ADDED"
    """An approver asked somebody else to decide before him."""
    URGED = "URGED"
    """Its initiator urged those who are asked."""
    REROUTED = "REROUTED"
    """Somebody is asked in place of an approver who left or moved."""


class ApprovalBox(StrEnum):
    """Which of the viewer's approvals (OFC-26)."""

    STARTED = "STARTED"
    """Those he started."""
    TO_DO = "TO_DO"
    """Those he is asked to decide now, delegated ones included."""
    DONE = "DONE"
    """Those he decided on."""
    COPIED = "COPIED"
    """Those of which he got a copy."""
