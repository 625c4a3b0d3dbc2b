"""Timeline, relations, needs and dates of a customer, and who calls (CUS-28, 32, 34, 37)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.relations import (
    AddImportantDate,
    AddNeed,
    AddRelation,
    Needs,
    NeedsByIds,
    RemoveImportantDate,
    RemoveRelation,
    UpdateNeed,
)
from crm_common.protocol.customer.timeline import CallerLookup, SalesRecordMade, Timeline
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import relations, sales_records
from customer.views.relations import needs_in
from customer.views.timeline import cards_of, timeline_of


class RelationOperations(Offering):
    """What else belongs to a customer."""

    @rpc
    def timeline(self, query: Timeline) -> Raw:
        return self.views.page(query, where=timeline_of(query))

    @rpc
    def caller_lookup(self, query: CallerLookup) -> Raw:
        return self.views.page(query, where=cards_of(query, phones(self.host)))

    @rpc
    def needs(self, query: Needs) -> Raw:
        return self.views.page(query, where=needs_in(query))

    @rpc
    def needs_by_ids(self, query: NeedsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def add_need(self, command: AddNeed) -> Raw:
        return self.commands.run(relations.add_need, command)

    @rpc
    def update_need(self, command: UpdateNeed) -> Raw:
        return self.commands.run(relations.update_need, command)

    @rpc
    def add_relation(self, command: AddRelation) -> Raw:
        return self.commands.run(relations.add_relation, command)

    @rpc
    def remove_relation(self, command: RemoveRelation) -> Raw:
        return self.commands.run(relations.remove_relation, command)

    @rpc
    def add_important_date(self, command: AddImportantDate) -> Raw:
        return self.commands.run(relations.add_important_date, command)

    @rpc
    def remove_important_date(self, command: RemoveImportantDate) -> Raw:
        return self.commands.run(relations.remove_important_date, command)

    @every("30 8 * * *", name="customer.important_dates")
    def tell_due_dates(self, run: JobRun) -> None:
        relations.tell_due_dates(run)

    @subscribe(SalesRecordMade)
    def note_a_sale(self, event: SalesRecordMade, change: Change) -> None:
        sales_records.note(change, event)
