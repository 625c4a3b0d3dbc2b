"""Which tables of customers come in and go out (IOX-01, 02)."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.exports import Exporter
from crm_common.imports import Importer
from crm_common.protocol.customer.customers import Customers
from crm_common.protocol.customer.pool import PoolCustomers
from crm_common.protocol.declare import ListQuery
from crm_common.protocol.policy import needs
from crm_common.reading import Reader
from customer.usecases import arrivals, contact_arrivals, lead_arrivals
from customer.views import columns, lists, people_columns
from customer.views import pool as pools

IMPORTERS = {
    "CUSTOMER": Importer(columns.importable, arrivals.write_customers, arrivals.take_back),
    "POOL_CUSTOMER": Importer(columns.pooled, arrivals.write_pool_customers, arrivals.take_back),
    "CONTACT": Importer(people_columns.contacts, contact_arrivals.write_contacts, contact_arrivals.take_back),
    "LEAD": Importer(people_columns.leads, lead_arrivals.write_leads, lead_arrivals.take_back),
}


def _in_hands(reader: Reader, query: ListQuery, context: Context) -> bytes:
    needs("customer.export").check(context)
    assert isinstance(query, Customers)
    return reader.page(query, context, where=lists.in_hands(query))


def _in_pool(reader: Reader, query: ListQuery, context: Context) -> bytes:
    needs("pool.export").check(context)
    assert isinstance(query, PoolCustomers)
    return reader.page(pools.without_phone(query), context, where=pools.in_pool(query))


EXPORTERS = {
    "CUSTOMER": Exporter(Customers, columns.exportable, page=_in_hands),
    "POOL_CUSTOMER": Exporter(PoolCustomers, columns.exportable, page=_in_pool),
}
