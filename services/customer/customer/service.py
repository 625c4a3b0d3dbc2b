"""The customer service: customers and the public pool, contacts, follow-ups, leads."""

from __future__ import annotations

from crm_common.custom_fields.offering import offers
from crm_common.exports import exporting
from crm_common.imports import importing
from crm_common.projections.declare import SnapshotSource
from crm_common.projections.employees import EMPLOYEES
from crm_common.protocol.customer.exchange import EXPORTS, IMPORTS
from customer.operations.consents import ConsentOperations
from customer.operations.contact_plan import ContactPlanOperations
from customer.operations.contacts import ContactOperations
from customer.operations.credit import CreditOperations
from customer.operations.customers import CustomerOperations
from customer.operations.demo import DemoOperations
from customer.operations.exchange import EXPORTERS, IMPORTERS
from customer.operations.extras import ExtraOperations
from customer.operations.finance_news import FinanceNews
from customer.operations.follow_ups import FollowUpOperations
from customer.operations.handover import HandoverOperations
from customer.operations.leads import LeadOperations
from customer.operations.linking import LinkOperations
from customer.operations.merging import MergeOperations
from customer.operations.partners import PartnerOperations
from customer.operations.pool import PoolOperations
from customer.operations.purchases import PurchaseOperations
from customer.operations.quality import QualityOperations
from customer.operations.relations import RelationOperations
from customer.operations.saved_views import SavedViewOperations
from customer.operations.solutions import SolutionOperations
from customer.store.custom import CUSTOM
from customer.views.customers import CUSTOMERS_SNAPSHOT
from customer.views.rebuilt import TABLES


@exporting(EXPORTS, EXPORTERS)
@importing(IMPORTS, IMPORTERS)
@offers(CUSTOM)
class CustomerService(
    CustomerOperations,
    CreditOperations,
    DemoOperations,
    ExtraOperations,
    FinanceNews,
    HandoverOperations,
    ConsentOperations,
    ContactOperations,
    ContactPlanOperations,
    FollowUpOperations,
    LinkOperations,
    MergeOperations,
    PartnerOperations,
    PoolOperations,
    PurchaseOperations,
    QualityOperations,
    RelationOperations,
    SavedViewOperations,
    SolutionOperations,
    LeadOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "customer"
    rebuilt = TABLES
    projections = (EMPLOYEES,)
    snapshots = {"customers": SnapshotSource("customer", CUSTOMERS_SNAPSHOT)}  # noqa: RUF012 - read by the runtime
