"""What finance tells of contracts becomes messages to those it concerns (CON-07, 09; FIN-12)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.finance.contract_states import ContractAudit
from crm_common.protocol.finance.contracts_events import (
    ContractAudited,
    ContractCorrected,
    ContractDeviated,
    ContractEvent,
    ContractExpiring,
    ContractRecorded,
    ContractSigned,
    ContractTerminated,
)
from crm_common.protocol.office.contract_messages import ContractMessages
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from office.domain.message import Parameter
from office.store import role_holders
from office.usecases.finance_news import FINANCE
from office.usecases.messages import tell


def remind_of_end(change: Change, event: ContractExpiring) -> None:
    """To the owner: the last day is near (CON-09)."""
    key = f"{event.contract_id}/{event.ends_on}/{event.days}"
    said: dict[str, Parameter] = {"day": event.ends_on, "days": event.days}
    _tell(change, ContractMessages.contract_expiring, event, [event.owner_id], key=key, **said)


def tell_of_deviation(change: Change, event: ContractDeviated) -> None:
    """To the owner: work or money is off the plan (CON-07)."""
    percents = {name: str(getattr(event, f"{name}_percent")) for name in ("planned", "measured", "paid")}
    key = f"{event.contract_id}/{change.context.correlation_id}"
    _tell(change, ContractMessages.contract_deviating, event, [event.owner_id], key=key, **percents)


def tell_of_registration(change: Change, event: ContractSigned) -> None:
    """To finance, which audits what was registered (FIN-12); what was approved here it has countersigned."""
    if event.is_registered:
        _tell_finance(change, event, key=str(event.contract_id))


def tell_of_correction(change: Change, event: ContractCorrected) -> None:
    """To finance: what it gave back was corrected."""
    _tell_finance(change, event, key=f"{event.contract_id}/{change.context.correlation_id}")


def tell_of_audit(change: Change, event: ContractAudited) -> None:
    """To the owner."""
    key = f"{event.contract_id}/{change.context.correlation_id}"
    if event.audit is ContractAudit.CONFIRMED:
        _tell(change, ContractMessages.contract_confirmed, event, [event.owner_id], key=key)
    else:
        _tell(change, ContractMessages.contract_returned, event, [event.owner_id], key=key, why=event.reason or "")


def tell_of_termination(change: Change, event: ContractTerminated) -> None:
    """To the owner."""
    key, to = str(event.contract_id), [event.owner_id]
    _tell(change, ContractMessages.contract_terminated, event, to, key=key, why=event.reason)


def _tell_finance(change: Change, event: ContractEvent | ContractRecorded, *, key: str) -> None:
    staff = set(role_holders.of(change.connection, FINANCE)) - {event.owner_id}
    _tell(change, ContractMessages.contracts_to_audit, event, staff, key=key)


def _tell(
    change: Change,
    kind: MessageKind,
    event: ContractEvent | ContractRecorded,
    to: Collection[UUID],
    *,
    key: str,
    **said: Parameter,
) -> None:
    about = Subject("Contract", event.contract_id)
    tell(change, to=to, kind=kind, about=about, key=key, number=event.number, name=event.name, **said)
