"""Handover (IDN-23): what is in somebody's name, counted and passed on over all services; identity orchestrates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from crm_common import codec
from crm_common.changes import Change, changing
from crm_common.context import Context, system_context
from crm_common.errors import Code, CommonRules, CrmError
from crm_common.protocol.declare import services
from crm_common.protocol.identity.handover import HandOver, HandoverCompleted, OwnedKind, Ownership
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from identity.domain import department as department_domain
from identity.domain import handover as domain
from identity.store import departments, employees, guards
from identity.usecases.employees import visible
from identity.usecases.tree import settle

HERE = "identity"
DEPARTMENTS = "department"


def ownership(host: ServiceHost, context: Context, employee_id: UUID) -> Ownership:
    """What is in somebody's name, over all services; those that do not answer are named."""
    found = [
        OwnedKind(service=HERE, kind=kind, total=total) for kind, total in owned_here(host.store, employee_id).items()
    ]
    silent = []
    for service in _others():
        try:
            counts = _ask(host, context, service, "owned_here", employee_id=str(employee_id))["counts"]
        except CrmError as failure:
            if failure.code is not Code.UNAVAILABLE:
                raise
            silent.append(service)
            continue
        found += [OwnedKind(service=service, kind=kind, total=total) for kind, total in sorted(counts.items())]
    kinds = tuple(each for each in found if each.total)
    return Ownership(
        employee_id=employee_id,
        total=sum(each.total for each in kinds),
        kinds=kinds,
        unanswered=tuple(silent),
    )


def owned_here(store: Store, employee_id: UUID) -> dict[str, int]:
    """What identity itself keeps in somebody's name, by kind."""
    rows = store.rows("SELECT count(*) FROM department WHERE head_id = %s", (employee_id,))
    return {DEPARTMENTS: int(rows[0][0])}


def check(host: ServiceHost, context: Context, command: HandOver) -> None:
    """Refuse the handover as a whole while nothing has moved yet, in any service."""
    with changing(host, context) as change:
        expect_receivers(change, command)


def pass_on_elsewhere(host: ServiceHost, context: Context, command: HandOver) -> list[OwnedKind]:
    """Let every other service pass on its records, before identity's own transaction; repeating moves nothing twice."""
    key = command.idempotency_key or str(uuid4())
    passed_on = []
    for service in _others():
        counts = _ask(host, context, service, "owned_here", employee_id=str(command.from_id))["counts"]
        for place, (to_ids, kinds) in enumerate(domain.by_receivers(command, counts).items()):
            moved = _ask(
                host,
                context,
                service,
                "hand_over_here",
                from_id=str(command.from_id),
                to_ids=[str(each) for each in to_ids],
                kinds=kinds,
                reason=command.reason or "",
                idempotency_key=f"{key}:{service}:{place}",
            )["moved"]
            passed_on += [OwnedKind(service=service, kind=kind, total=total) for kind, total in sorted(moved.items())]
    return passed_on


def expect_receivers(change: Change, command: HandOver) -> None:
    """Refuse a handover of somebody out of scope, or to somebody who cannot receive."""
    visible(change, command.from_id)
    wanted = domain.receivers(command)
    domain.expect_active(wanted, employees.active_among(change.connection, wanted))


def hand_over(elsewhere: Iterable[OwnedKind]) -> Callable[[Change, HandOver], dict[str, Any]]:
    """The use case of identity's own part, after ``elsewhere`` was passed on."""

    def run(change: Change, command: HandOver) -> dict[str, Any]:
        guards.tree(change.connection)
        expect_receivers(change, command)
        passed_on = list(elsewhere)
        if moved := _pass_departments_on(change, command):
            passed_on.append(OwnedKind(service=HERE, kind=DEPARTMENTS, total=moved))
        change.record(
            HandoverCompleted(
                employee_id=command.from_id,
                to_ids=tuple(sorted(domain.receivers(command))),
                passed_on={f"{each.service}.{each.kind}": each.total for each in passed_on},
                reason=command.reason,
            )
        )
        return {"passed_on": passed_on}

    return run


def _pass_departments_on(change: Change, command: HandOver) -> int:
    headed = departments.headed_by(change.connection, command.from_id)
    for before, receiver in domain.shares(headed, domain.receivers_of_kind(command, DEPARTMENTS)):
        after, events = department_domain.set_head(before, before.version, receiver, head_is_active=True)
        departments.save(change.connection, after, change.now)
        change.record(*events)
    settle(change, [each.id for each in headed])
    return len(headed)


def _others() -> list[str]:
    return [name for name in services() if name != HERE]


def _ask(host: ServiceHost, context: Context, service: str, method: str, **payload: Any) -> dict[str, Any]:
    asking = system_context(HERE, correlation_id=context.correlation_id, timeout=max(0.0, context.remaining()))
    answer = codec.decode_json(host.client.call(service, method, payload, asking))
    if not isinstance(answer, dict):
        raise CommonRules.the_service_is_unavailable(service=service)
    return answer
