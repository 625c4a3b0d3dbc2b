"""What the customer service tells, and whom it concerns."""

from __future__ import annotations

from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.exchange import EXPORTS, IMPORTS
from crm_common.protocol.customer.follow_ups import FollowUpDue
from crm_common.protocol.customer.holding import CustomerErased, CustomerReleased, CustomerTransferred
from crm_common.protocol.customer.pool import (
    CustomerAssigned,
    CustomerClaimed,
    CustomerQueued,
    PoolCreated,
    PoolRuleChanged,
)
from crm_common.protocol.customer.reclaim import CustomerReclaimed, CustomerReclaimWarned
from crm_common.protocol.customer.relations import ImportantDateDue
from crm_common.runtime.entrypoints import every, subscribe
from office.operations.offering import Offering
from office.usecases import customer_news

ImportEnded, ExportEnded = IMPORTS.finished, EXPORTS.done


class CustomerNews(Offering):
    """Events of customers become messages, each once."""

    @every("*/10 * * * *", name="office.pool_admins")
    def keep_pool_admins(self, run: JobRun) -> None:
        """Learns who has the role of a pool admin: they look after pools without admins of their own."""
        asked = {"role_codes": ["POOL_ADMIN"]}
        found = codec.decode_json(self.host.client.call("identity", "staffing", asked, run.context))
        customer_news.keep_pool_admins(run, [UUID(each) for each in found["roles"].get("POOL_ADMIN", ())])

    @subscribe(CustomerAssigned)
    def tell_of_assignment(self, event: CustomerAssigned, change: Change) -> None:
        customer_news.tell_of_assignment(change, event)

    @subscribe(CustomerClaimed)
    def tell_of_claim(self, event: CustomerClaimed, change: Change) -> None:
        customer_news.tell_of_claim(change, event)

    @subscribe(CustomerTransferred)
    def tell_of_transfer(self, event: CustomerTransferred, change: Change) -> None:
        customer_news.tell_of_transfer(change, event)

    @subscribe(CustomerQueued)
    def tell_of_queue(self, event: CustomerQueued, change: Change) -> None:
        customer_news.tell_of_queue(change, event)

    @subscribe(CustomerReleased)
    def tell_of_release(self, event: CustomerReleased, change: Change) -> None:
        customer_news.tell_of_release(change, event)

    @subscribe(CustomerReclaimed)
    def tell_of_reclaim(self, event: CustomerReclaimed, change: Change) -> None:
        customer_news.tell_of_reclaim(change, event)

    @subscribe(CustomerReclaimWarned)
    def warn_of_reclaim(self, event: CustomerReclaimWarned, change: Change) -> None:
        customer_news.warn_of_reclaim(change, event)

    @subscribe(FollowUpDue)
    def remind_of_contact(self, event: FollowUpDue, change: Change) -> None:
        customer_news.remind_of_contact(change, event)

    @subscribe(ImportantDateDue)
    def remind_of_date(self, event: ImportantDateDue, change: Change) -> None:
        customer_news.remind_of_date(change, event)

    @subscribe(CustomerErased)
    def forget_customer(self, event: CustomerErased, change: Change) -> None:
        customer_news.forget_customer(change, event)

    @subscribe(ImportEnded)
    def tell_of_import(self, event: ImportEnded, change: Change) -> None:  # type: ignore[valid-type]
        customer_news.tell_of_import(change, event, IMPORTS.noun)

    @subscribe(ExportEnded)
    def tell_of_export(self, event: ExportEnded, change: Change) -> None:  # type: ignore[valid-type]
        customer_news.tell_of_export(change, event, EXPORTS.noun)

    @subscribe(PoolCreated)
    def note_pool(self, event: PoolCreated, change: Change) -> None:
        customer_news.note_pool(change, event)

    @subscribe(PoolRuleChanged)
    def note_pool_rule(self, event: PoolRuleChanged, change: Change) -> None:
        customer_news.note_pool(change, event)
