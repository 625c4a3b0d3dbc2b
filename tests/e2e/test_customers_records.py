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


def test_walk_4_byd_04_a_field_of_the_company_s_own_is_typed_and_live_within_two_seconds(sales: Sales) -> None:
    new = {"key": "taxNo", "type": "TEXT", "name": "税号", "searchable": True, "unique": True}
    do(sales.company.admin, "createCustomerField", "field { id }", **new)
    asked = "{ myCustomers(first: 1) { nodes { custom { taxNo } } } }"
    until(lambda: "errors" not in sales.li.send(asked), "the new field", seconds=2)
    given = {"name": "有税号", "phone": "13800138444", "custom": {"taxNo": "91310000X"}}
    made = do(sales.li, "createCustomer", "customer { id custom { taxNo } }", **given)["customer"]
    assert made["custom"] == {"taxNo": "91310000X"}
    found = '{ customers(filter: {custom: {taxNo: {eq: "91310000X"}}}) { nodes { id } } }'
    assert sales.chief.ask(found)["nodes"] == [{"id": made["id"]}]
    again = given | {"name": "别家", "phone": "13800138445"}
    assert refuses(sales.li, "createCustomer", **again).code == "VALIDATION"


def test_sch_01_a_customer_is_found_by_pinyin_and_masked_for_others(sales: Sales) -> None:
    found = sales.customer("成都锦程物流有限公司", "13800138555")
    asked = '{ search(text: "jincheng") { hits { title } } }'
    hit = {"hits": [{"title": "成都锦程物流有限公司"}]}
    until(lambda: (sales.li.send(asked).get("data") or {}).get("search") == hit, "the index", seconds=30)
    assert sales.wang.ask(asked) == {"hits": []}
    assert sales.chief.ask(asked) == hit
    assert found


def test_byd_06_a_customer_is_asked_for_as_of_a_moment(sales: Sales) -> None:
    found = sales.customer("昨日名称", "13800138666")
    then = sales.li.ask("query($id: ID!) { customer(id: $id) { updatedAt } }", id=found)["updatedAt"]
    do(sales.li, "updateCustomer", id=found, version=1, name="今日名称")
    asked = "query($id: ID!, $then: DateTime!) { customer(id: $id, asOf: $then) { name } }"
    assert sales.li.ask(asked, id=found, then=then) == {"name": "昨日名称"}
    history = "query($id: ID!) { customerHistory(id: $id) { nodes { type } } }"
    kinds = [each["type"] for each in sales.li.ask(history, id=found)["nodes"]]
    assert kinds == ["customer.updated", "customer.created"]


def test_cus_48_05_a_customer_is_shared_and_a_view_of_a_list_kept(sales: Sales) -> None:
    found = sales.customer("共享客户", "13800138777")
    wang = sales.wang.ask("{ me { id } }")["id"]
    do(sales.li, "shareCustomer", id=found, employeeId=wang, right="FOLLOW")
    shared = "{ sharedCustomers { nodes { name phone collaborators { employeeName right } } } }"
    assert sales.wang.ask(shared)["nodes"] == [
        {
            "name": "共享客户",
            "phone": "138****8777",
            "collaborators": [{"employeeName": "c.wang", "right": "FOLLOW"}],
        }
    ]
    view = {"list": "MY_CUSTOMERS", "name": "上海", "filter": {"region": {"eq": "shanghai"}}, "columns": ["name"]}
    kept = do(sales.li, "createSavedView", "savedView { name filter columns }", **view)["savedView"]
    assert kept == {"name": "上海", "filter": {"region": {"eq": "shanghai"}}, "columns": ["name"]}
    wrong = view | {"name": "x", "filter": {"phone": {"contains": "138"}}}
    assert refuses(sales.li, "createSavedView", **wrong).code == "VALIDATION"
