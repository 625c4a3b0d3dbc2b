"""Asks the office engine about what waits for its approval: after the commit that says so, again if that was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from crm_common.changes import Change, changing
from crm_common.context import Context
from crm_common.errors import Code, CrmError
from crm_common.jobs import JobRun
from crm_common.protocol.finance.contract_states import ContractState
from crm_common.runtime.host import ServiceHost
from finance.adapters.engine import Engine
from finance.store import contract_execution as execution
from finance.store import contracts
from finance.usecases import contract_approval, contract_changes

LOST_AFTER = timedelta(minutes=1)
"""Who has not heard of its approval by then is asked about again."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks within the caller's deadline. Repeating is harmless: the engine knows the question by its key."""

    host: ServiceHost
    context: Context

    @property
    def engine(self) -> Engine:
        """The office engine."""
        return Engine(self.host.client, self.context)

    def resumed(self, contract_id: UUID) -> UUID | None:
        """The approval of a contract that was sent back and goes on when it is submitted again."""
        with self.host.store.transaction() as connection:
            found = contracts.get(connection, contract_id)
        if found is None or found.approval_id is None or found.state is not ContractState.DRAFT:
            return None
        return found.approval_id if self.engine.is_returned(found.approval_id) else None

    def about_contract(self, contract_id: UUID) -> None:
        """A contract that waits; refused by the engine, it is a draft again, and the refusal is raised."""
        with self.host.store.transaction() as connection:
            found = contracts.get(connection, contract_id)
        if found is None or found.state is not ContractState.IN_APPROVAL:
            return
        question, approval_id = contract_approval.question_about(found), found.approval_id
        try:
            if approval_id is None:
                self.engine.start(question)
            else:
                self.engine.resume(approval_id, question)
        except CrmError as refusal:
            self._take_back(
                refusal, lambda change, why: contract_approval.refuse(change, contract_id, approval_id, why)
            )

    def about_change(self, contract_id: UUID) -> None:
        """The change order of a contract that waits; refused by the engine, it counts for nothing."""
        with self.host.store.transaction() as connection:
            order = execution.waiting_order(connection, contract_id)
            contract = contracts.get(connection, contract_id)
        if order is None or contract is None or order.approval_id is not None:
            return
        change_id = order.id
        try:
            self.engine.start(contract_approval.question_of(order, contract))
        except CrmError as refusal:
            self._take_back(refusal, lambda change, why: contract_changes.refuse(change, change_id, None, why))

    def _take_back(self, refusal: CrmError, refuse: Callable[[Change, str], None]) -> None:
        # the outcome is unknown: the job asks again, and the engine knows the question
        if refusal.code is Code.UNAVAILABLE:
            return
        with changing(self.host, self.context) as change:
            refuse(change, refusal.message("zh"))
        raise refusal


def ask_again(run: JobRun, host: ServiceHost) -> None:
    """Ask about everything that waits and has not heard of its approval: whoever submitted it was cut off."""
    asking, refused = Asking(host, run.context), 0
    waiting = execution.unheard(host.store, host.clock.now() - LOST_AFTER)
    for kind, contract_id in waiting:
        try:
            if kind == contract_approval.CONTRACT:
                asking.about_contract(contract_id)
            else:
                asking.about_change(contract_id)
        except CrmError:
            refused += 1
    run.report["asked"], run.report["refused"] = len(waiting), refused
