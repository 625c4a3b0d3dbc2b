"""Customers through GraphQL (CUS-01, 02, 06, 13, 14): entered once, edited, seen by those whose they are."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, Refusal, do, refuses, until

pytestmark = pytest.mark.infra

CARD = "customer { id name phone holding ownerName completeness version }"


ONE = "query($id: ID!) { customer(id: $id) { name phone ownerName } }"


@dataclass(frozen=True)
class Sales:
    """Two sellers and their superior."""

    company: Company
    li: Person
    wang: Person
    chief: Person

    def customer(self, name: str, phone: str) -> str:
        """A customer of li's, once everybody knows his name."""
        made = do(self.li, "createCustomer", CARD, name=name, phone=phone)["customer"]
        until(lambda: self.li.ask(ONE, id=made["id"])["ownerName"] == "c.li", "the owner's name")
        return str(made["id"])


@pytest.fixture(scope="module")
def sales(system: System) -> Sales:
    company = Company(system)
    department = company.department("客户部")
    position = company.position("客户销售", department)
    for login in ("c.li", "c.wang"):
        company.employee(login, position, company.preset("SALES"))
    head = company.employee("c.head", position, company.preset("SALES_MANAGER"))
    version = company.version("department", department)
    do(company.admin, "setDepartmentHead", id=department, version=version, headId=head)
    return Sales(company, *(company.first_login(login) for login in ("c.li", "c.wang", "c.head")))


def test_walk_4_cus_01_02_a_customer_is_created_once_whoever_has_it(sales: Sales) -> None:
    made = do(sales.li, "createCustomer", CARD, name=" 上海 远方 ", phone="+86 138-0013-8111")["customer"]
    assert {name: made[name] for name in ("name", "phone", "holding", "version")} == {
        "name": "上海 远方",
        "phone": "13800138111",
        "holding": "OWNED",
        "version": 1,
    }
    until(lambda: sales.li.ask(ONE, id=made["id"])["ownerName"] == "c.li", "the owner's name")
    assert refuses(sales.wang, "createCustomer", name="上海　远方", phone="１３８００１３８１１１") == Refusal(
        "DUPLICATE",
        "phone",
        "A customer with this phone and name exists already (OWNED, owner: c.li).",
        "已存在相同手机号和名称的客户（OWNED，负责人：c.li）。",
    )
    asked = '{ customerDuplicate(name: "上海 远方", phone: "138 0013 8111") { exists state ownerName } }'
    assert sales.wang.ask(asked) == {"exists": True, "state": "OWNED", "ownerName": "c.li"}
    mine = '{ myCustomers(name: "远方") { totalCount nodes { name phone } } }'
    assert sales.li.ask(mine) == {"totalCount": 1, "nodes": [{"name": "上海 远方", "phone": "13800138111"}]}
    assert sales.wang.ask(mine) == {"totalCount": 0, "nodes": []}


def test_walk_4_cus_13_14_superiors_see_the_record_and_a_mask_others_nothing(sales: Sales) -> None:
    found = sales.customer("上海 远望", "13800138000")
    masked = {"name": "上海 远望", "phone": "138****8000"}
    theirs = '{ customers(filter: {phone: {eq: "138 0013 8000"}}) { totalCount nodes { name phone } } }'
    assert sales.chief.ask(theirs) == {"totalCount": 1, "nodes": [masked]}
    assert sales.wang.ask(theirs) == {"totalCount": 0, "nodes": []}
    assert sales.wang.ask(ONE, id=found) is None
    assert sales.company.admin.ask(ONE, id=found) == masked | {"ownerName": "c.li"}
    assert sales.li.ask(ONE, id=found)["phone"] == "13800138000"


def test_walk_4_cus_06_everything_but_the_phone_is_edited_by_owner_and_superior(sales: Sales) -> None:
    found = sales.customer("北京 远景", "13800138222")
    changed = do(sales.chief, "updateCustomer", CARD, id=found, version=1, address="朝阳")["customer"]
    assert (changed["version"], changed["phone"]) == (2, "138****8222")
    assert refuses(sales.company.admin, "updateCustomer", id=found, version=2, phone="13800138001") == Refusal(
        "IMMUTABLE_FIELD",
        "phone",
        "The phone of a customer cannot be changed. Add further numbers as contacts.",
        "客户的手机号不可修改，其他号码请添加为联系人。",
    )
    assert refuses(sales.li, "updateCustomer", id=found, version=1, address="x").code == "CONFLICT"
    assert refuses(sales.wang, "updateCustomer", id=found, version=2, address="x").code == "NOT_FOUND"


def test_cus_46_regions_are_entries_of_a_dictionary(sales: Sales) -> None:
    asked = "{ dictionaryEntries(dictionary: REGION, first: 2) { nodes { code label } } }"
    assert sales.li.ask(asked)["nodes"] == [{"code": "beijing", "label": "北京"}, {"code": "tianjin", "label": "天津"}]
    given = {"name": "字典", "phone": "13800138333", "region": "火星"}
    assert refuses(sales.li, "createCustomer", **given) == Refusal(
        "VALIDATION",
        "region",
        "火星 is not an entry of the dictionary REGION.",
        "“火星”不在字典“REGION”中。",
    )
