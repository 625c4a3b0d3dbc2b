"""The pool: claims, assignment, giving away, the trash, reclaim."""

from __future__ import annotations

from crm_common.changes import Change, Usecase
from crm_common.exports.serving import BoundExports
from crm_common.imports.serving import BoundImports
from crm_common.jobs import JobRun
from crm_common.protocol.customer.holding import (
    DiscardCustomers,
    EraseCustomer,
    Hold,
    OwnershipHistory,
    PurgeCustomers,
    ReleaseCustomers,
    ReleaseHold,
    RestoreCustomers,
    TransferCustomers,
    TrashedCustomers,
)
from crm_common.protocol.customer.pool import (
    ArchivePool,
    AssignCustomers,
    ClaimCustomers,
    CreatePool,
    PassOnCustomers,
    PoolCustomers,
    Pools,
    PoolsByIds,
    QueuedCustomers,
    UpdatePool,
)
from crm_common.protocol.customer.reclaim import (
    NoteSalesRecord,
    ReclaimCandidate,
    ReclaimPreview,
    WarnedCustomers,
)
from crm_common.protocol.identity.departments import DepartmentHeadChanged
from crm_common.protocol.identity.settings import SettingChanged
from crm_common.runtime.entrypoints import every, prompt, rpc, subscribe
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from customer.adapters.colleagues import Colleagues
from customer.operations.offering import Offering
from customer.usecases import assignment, claims, clock, erasing, holding, pools, reclaim, trash
from customer.views import pool as views


class PoolOperations(Offering):
    """In whose hands customers are."""

    identity = Peer("identity")
    exports: BoundExports
    imports: BoundImports

    @rpc
    def pool_customers(self, query: PoolCustomers) -> Raw:
        return self.views.page(views.without_phone(query), where=views.in_pool(query))

    @rpc
    def trashed_customers(self, query: TrashedCustomers) -> Raw:
        return self.views.page(query, where=views.IN_TRASH)

    @rpc
    def queued_customers(self, query: QueuedCustomers) -> Raw:
        return self.views.page(query, where=views.IN_QUEUE)

    @rpc
    def ownership_history(self, query: OwnershipHistory) -> Raw:
        views.expect_visible(self.views.reader, query.customer_id, self.context)
        return self.views.page(query, where=views.history_of(query))

    @rpc
    def pools(self, query: Pools) -> Raw:
        return self.views.page(query)

    @rpc
    def pools_by_ids(self, query: PoolsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_pool(self, command: CreatePool) -> Raw:
        return self.commands.run(pools.create_pool, command)

    @rpc
    def update_pool(self, command: UpdatePool) -> Raw:
        return self.commands.run(pools.update_pool, command)

    @rpc
    def archive_pool(self, command: ArchivePool) -> Raw:
        return self.commands.run(pools.archive_pool, command)

    @rpc
    @prompt
    def claim_customers(self, command: ClaimCustomers) -> Raw:
        return self.commands.run(claims.claim_customers, command)

    @rpc
    def assign_customers(self, command: AssignCustomers) -> Raw:
        return self.commands.run(assignment.assignment(self._colleagues(), command), command)

    @rpc
    def pass_on_customers(self, command: PassOnCustomers) -> Raw:
        me = self.context.authenticated().id
        usecase = assignment.passing_on(self._colleagues(), self.host.store, me, command)
        return self.commands.run(usecase, command)

    @rpc
    def release_customers(self, command: ReleaseCustomers) -> Raw:
        return self.commands.run(holding.release_customers, command)

    @rpc
    def transfer_customers(self, command: TransferCustomers) -> Raw:
        assignment.expect_active(self._colleagues(), (command.to_id,), field="to_id")
        return self.commands.run(holding.transfer_customers, command)

    @rpc
    def discard_customers(self, command: DiscardCustomers) -> Raw:
        return self.commands.run(trash.discard_customers, command)

    @rpc
    def restore_customers(self, command: RestoreCustomers) -> Raw:
        return self.commands.run(trash.restore_customers, command)

    @rpc
    def purge_customers(self, command: PurgeCustomers) -> Raw:
        return self._erased(trash.purge_customers, command)

    @rpc
    def erase_customer(self, command: EraseCustomer) -> Raw:
        return self._erased(erasing.erase_customer, command)

    @rpc
    def hold(self, command: Hold) -> Raw:
        return self.commands.run(holding.hold, command)

    @rpc
    def release_hold(self, command: ReleaseHold) -> Raw:
        return self.commands.run(holding.release_hold, command)

    @rpc
    def note_sales_record(self, command: NoteSalesRecord) -> Raw:
        return self.commands.run(clock.note_sales_record, command)

    @rpc
    def warned_customers(self, query: WarnedCustomers) -> Raw:
        return self.views.page(query, where=views.WARNED)

    @rpc
    def reclaim_preview(self, query: ReclaimPreview) -> list[ReclaimCandidate]:
        return views.reclaim_preview(self.host, self.context, query)

    @every("0 1 * * *", name="customer.reclaim")
    def reclaim(self, run: JobRun) -> None:
        """Customers without a sales record, a contract or within too long a time go back to the pool (CUS-15, 17)."""
        reclaim.reclaim_due(run)

    @every("10 * * * *", name="customer.queue_waiting")
    def tell_waiting(self, run: JobRun) -> None:
        """Heads are reminded of customers that wait in their departments' queues for a day (CUS-38)."""
        assignment.tell_waiting(run)

    @subscribe(SettingChanged)
    def note_rule(self, event: SettingChanged, change: Change) -> None:
        reclaim.note_rule(change, event)

    @subscribe(DepartmentHeadChanged)
    def note_head(self, event: DepartmentHeadChanged, change: Change) -> None:
        pools.note_head(change, event)

    def _erased(self, usecase: Usecase, command: EraseCustomer | PurgeCustomers) -> Raw:
        answer = self.commands.run(usecase, command)
        # tables made of the records before may name who was erased
        self.exports.forget_all()
        self.imports.forget_all()
        return answer

    def _colleagues(self) -> Colleagues:
        return Colleagues(self.identity, self.context)
