"""The address book as it is shown: colleagues of the projection, and the viewer's own contacts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.protocol.office.address_book import AddressBook, AddressBookEntry, AddressContactView, AddressKind
from crm_common.protocol.selection import names
from crm_common.reading import bind
from crm_common.runtime.host import ServiceHost
from crm_common.runtime.providers import BoundPeer
from crm_common.text_order import pinyin_key
from office.domain.address import is_called, mail_link
from office.tables import address_contact

ADDRESS_CONTACTS = bind(
    AddressContactView,
    address_contact,
    where="{t}.owner_id = {me}",
    sort={"name": address_contact.c.name_key},
    default_order=[address_contact.c.name_key],
)
_COLLEAGUES = "SELECT id, name, department_name FROM employee_ref WHERE active"
_CONTACTS = "SELECT id, name, company, title, phone, email FROM address_contact WHERE owner_id = %s"


def address_book(
    host: ServiceHost, identity: BoundPeer, context: Context, query: AddressBook
) -> list[AddressBookEntry]:
    """Who is meant, by name; how colleagues are reached, identity says under the viewer's own rights."""
    me = context.authenticated().id
    kinds = query.kinds or tuple(AddressKind)
    found = [*_colleagues(host)] if AddressKind.COLLEAGUE in kinds else []
    if AddressKind.CONTACT in kinds:
        found += [_contact(row) for row in host.store.rows(_CONTACTS, (me,))]
    if query.search and query.search.strip():
        found = [each for each in found if is_called(each["name"], query.search)]
    found.sort(key=lambda each: (_key(each["name"]), str(each["employee_id"] or each["contact_id"])))
    page = found[query.skip : query.skip + query.first]
    _reach(identity, [each for each in page if each["kind"] is AddressKind.COLLEAGUE])
    return [AddressBookEntry(**each, mail_link=mail_link(each["email"])) for each in page]


def _colleagues(host: ServiceHost) -> Iterable[dict[str, Any]]:
    unknown = {"contact_id": None, "title": None, "phone": None, "email": None}
    for identifier, name, department in host.store.rows(_COLLEAGUES):
        yield unknown | {
            "kind": AddressKind.COLLEAGUE, "employee_id": identifier, "name": name, "company": department,
        }  # fmt: skip


def _contact(row: tuple[Any, ...]) -> dict[str, Any]:
    known = dict(zip(("contact_id", "name", "company", "title", "phone", "email"), row, strict=True))
    return known | {"kind": AddressKind.CONTACT, "employee_id": None}


def _reach(identity: BoundPeer, colleagues: list[dict[str, Any]]) -> None:
    """Add phone and address where identity is there and shows them to the viewer."""
    if not colleagues:
        return
    asked = {"ids": [str(each["employee_id"]) for each in colleagues], "select": names("phone", "email")}
    try:
        answers = identity.call("employees_by_ids", asked)
    except CrmError:
        return  # the names are worth something without
    for each, answer in zip(colleagues, answers, strict=True):
        each.update(answer or {})


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    return pinyin_key(name, surname=True)
