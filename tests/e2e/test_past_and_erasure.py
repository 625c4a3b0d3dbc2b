"""What a customer was, and that nobody can tell any more who it was, through GraphQL (CUS-04, 26, BYD-03, 06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, Refusal, do, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(240)]

CARD = "customer { id name address holding version }"
HISTORY = "query($id: ID!) { customerHistory(id: $id) { nodes { id type actorName changes } } }"
AS_OF = "query($id: ID!, $at: DateTime!) { customer(id: $id, asOf: $at) { name address contacts { name title } } }"
SEARCH = "query($text: String!) { search(text: $text) { hits { title } } }"
COLUMNS = "{ customerListColumns { version columns { name label sortable } } }"
ERASED = "（已清除）"


@dataclass(frozen=True)
class Desk:
    """A seller and his superior."""

    company: Company
    li: Person
    chief: Person

    def customer(self, name: str, **given: str) -> str:
        """A customer of li's."""
        phone = f"137{uuid4().int % 10**8:08}"
        return str(do(self.li, "createCustomer", CARD, name=name, phone=phone, **given)["customer"]["id"])


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    company = Company(system)
    department = company.department("往事部")
    position = company.position("往事", department)
    company.employee("p.li", position, company.preset("SALES"))
    head = company.employee("p.chief", position, company.preset("SALES_MANAGER"))
    version = company.version("department", department)
    do(company.admin, "setDepartmentHead", id=department, version=version, headId=head)
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE 'p.%%' AND line <> '{}'"
    until(lambda: system.rows(known, service="customer") == [(1,)], "the copies of the employees")
    return Desk(company, *(company.first_login(login) for login in ("p.li", "p.chief")))


def test_byd_06_a_customer_is_seen_and_made_as_it_was_with_a_report_of_what_others_changed(desk: Desk) -> None:
    made = desk.customer("往事公司", address="旧路")
    contact = do(desk.li, "createContact", "contact { id version }", customerId=made, name="旧人")["contact"]
    then = datetime.now(UTC).isoformat()
    do(desk.li, "updateContact", id=contact["id"], version=1, name="新人", title="经理")
    do(desk.li, "updateCustomer", id=made, version=1, name="改名公司")
    known = desk.li.ask(HISTORY, id=made)["nodes"][0]["id"]
    do(desk.chief, "updateCustomer", id=made, version=2, address="新路")

    assert desk.li.ask(AS_OF, id=made, at=then) == {
        "name": "往事公司", "address": "旧路", "contacts": [{"name": "旧人", "title": None}],
    }  # fmt: skip
    asked = {"id": made, "asOf": then, "knownId": known}
    report = "reverted conflicts { field then now since { by value } }"
    answer = do(desk.li, "revertCustomer", f"{CARD} {report}", version=3, **asked)
    assert answer["reverted"] == ["name"]
    assert answer["conflicts"] == [
        {"field": "address", "then": "旧路", "now": "新路", "since": [{"by": "p.chief", "value": "新路"}]}
    ]
    assert (answer["customer"]["name"], answer["customer"]["address"]) == ("往事公司", "新路")
    assert refuses(desk.li, "revertCustomer", version=4, fields=["phone"], **asked) == Refusal(
        "IMMUTABLE_FIELD",
        "fields",
        "The phone of a customer cannot be changed. Add further numbers as contacts.",
        "客户的手机号不可修改，其他号码请添加为联系人。",
    )


def test_cus_26_erase_and_the_search_for_the_old_name_gives_nothing(desk: Desk) -> None:
    name = f"忘川{uuid4().hex[:6]}"
    made = desk.customer(name, address=f"{name}路")
    admin = desk.company.admin
    until(lambda: admin.ask(SEARCH, text=name)["hits"] == [{"title": name}], "the index has the name")
    assert refuses(desk.chief, "eraseCustomer", id=made, name=name).code == "FORBIDDEN"
    assert refuses(admin, "eraseCustomer", id=made, name="别的") == Refusal(
        "VALIDATION", "name", "Type the customer's name as it stands in the record.", "请输入与记录一致的客户名称。"
    )

    erased = do(admin, "eraseCustomer", CARD, id=made, name=name)["customer"]

    assert (erased["name"], erased["address"], erased["holding"]) == (ERASED, None, "ERASED")
    assert admin.ask(SEARCH, text=name)["hits"] == []
    told = admin.ask(HISTORY, id=made)["nodes"]
    assert [each["type"] for each in told] == ["customer.erased", "customer.created"]
    assert told[1]["changes"]["name"] == [None, ERASED]
    assert name not in str(told)
    assert desk.li.ask("query($id: ID!) { customer(id: $id) { name } }", id=made) is None


def test_aud_03_erased_customers_are_forgotten_in_their_contracts_too(desk: Desk) -> None:
    name = f"忘约{uuid4().hex[:6]}"
    made, admin = desk.customer(name), desk.company.admin
    given = {"customerId": made, "name": f"{name}合同", "amount": "1000.00", "remark": name}
    contract = do(desk.li, "createContract", "contract { id number counterparty }", **given)["contract"]
    assert contract["counterparty"] == name
    do(admin, "eraseCustomer", CARD, id=made, name=name)
    asked = "query($id: ID!) { contract(id: $id) { number name counterparty remark customerName amount } }"
    forgotten = {"number": contract["number"], "name": ERASED, "counterparty": None, "remark": None,
                 "customerName": ERASED, "amount": "1000.00"}  # fmt: skip
    until(lambda: admin.ask(asked, id=contract["id"]) == forgotten, "finance has forgotten him")
    until(lambda: admin.ask(SEARCH, text=name)["hits"] == [], "the index has forgotten him")


def test_cus_04_lists_show_the_columns_that_were_chosen(desk: Desk) -> None:
    before = desk.li.ask(COLUMNS)
    shipped = [each["name"] for each in before["columns"] if not each["name"].startswith("custom.")]
    wanted = ["name", "level", "ownerName"]
    done = do(
        desk.company.admin, "setCustomerListColumns", "columns version", columns=wanted, version=before["version"]
    )
    assert done == {"columns": wanted, "version": before["version"] + 1, "userErrors": []}
    found = [each for each in desk.li.ask(COLUMNS)["columns"] if not each["name"].startswith("custom.")]
    assert found == [
        {"name": "name", "label": None, "sortable": True},
        {"name": "level", "label": None, "sortable": True},
        {"name": "ownerName", "label": None, "sortable": False},
    ]
    assert refuses(desk.li, "setCustomerListColumns", columns=wanted, version=1).code == "FORBIDDEN"
    do(desk.company.admin, "setCustomerListColumns", columns=shipped, version=done["version"])


def test_byd_03_a_pool_is_archived_when_another_one_takes_its_customers(desk: Desk) -> None:
    admin, tag = desk.company.admin, uuid4().hex[:6]
    made = [do(admin, "createPool", "pool { id }", name=f"{tag} {place}")["pool"]["id"] for place in range(2)]
    answer = do(admin, "archivePool", "moved pool { archived }", id=made[0], version=1, toId=made[1])
    assert (answer["moved"], answer["pool"]) == (0, {"archived": True})
    assert refuses(admin, "archivePool", id=made[1], version=1, toId=made[0]).code == "VALIDATION"
    do(admin, "archivePool", id=made[1], version=1)
