"""Who works in the tests of the service, and the customers they enter."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from crm_common.context import Actor
from crm_common.journal.envelopes import COLUMNS, recorded, source_of
from crm_common.journal.history import history
from crm_common.settings import load
from crm_common.store import Store
from customer.settings import CustomerSettings
from serving.alone import Alone, employee

_FILES = TemporaryDirectory(prefix="crm")
TOLD = {
    "CUSTOMER_DATABASE_URL": "postgresql:///of-each-test",
    "CUSTOMER_KEY_SECRET": "the key of the tests, of 32 bytes or more",
    "CRM_CLUSTER_SECRET": "a secret of the tests that has 32 bytes",
    "CRM_OBJECTS_FOLDER": _FILES.name,
}
ENVIRONMENT = load(CustomerSettings, "CUSTOMER_", TOLD)
"""What the service is told by its environment in tests; stores are made of other databases."""
SELLER = ("customer.view", "customer.create", "customer.edit")


def known(service: Alone, person: Actor, *, active: bool = True, line: tuple[UUID, ...] = ()) -> Actor:
    """The employee, as identity's events have told this service of him."""
    department = person.department_id or uuid4()
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)"
            " VALUES (%s, 1, %s, %s, %s, 'Sales', %s, %s) ON CONFLICT (id) DO NOTHING",
            (person.id, person.name, active, department, f"/{department}/", list(line)),
        )
    return person


def seller(service: Alone, name: str, *further: str, **scopes: str) -> Actor:
    """A salesperson this service knows of."""
    return known(service, employee(name, *SELLER, *further, **scopes))


def events_of(store: Store, subject: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data, as it was recorded, of a record's events in their order (``customer/<uuid>``)."""
    return [(entry.type, entry.data) for entry in reversed(history(store, subject))]


def events_of_type(store: Store, kind: str) -> dict[UUID, dict[str, Any]]:
    """The data, as it was recorded, of all events of a type, by their ids and in their order."""
    rows = store.rows(f"SELECT {COLUMNS} FROM journal WHERE type = %s ORDER BY position", (kind,))
    return {event.id: event.data for event in recorded(rows, source_of("customer"), store.rows)}


_numbers = iter(range(10_000_000, 99_999_999))


def number() -> str:
    """A mobile number that no other test uses."""
    return f"139{next(_numbers)}"


def created(service: Alone, by: Actor, **given: Any) -> dict[str, Any]:
    """A new customer as its creator sees it."""
    values = {"name": f"客户 {uuid4().hex[:8]}", "phone": number()} | given
    found: dict[str, Any] = service.call(by, "create_customer", **values)["customer"]
    return found
