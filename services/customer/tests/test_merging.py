"""Merging two customers that are one, and taking it back (CUS-45, BYD-11): what moves, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from crm_common.journal.rebuild import verify
from crm_common.protocol.selection import Selected, dump
from customer.domain.phone import mask
from customer.store import merging
from customer.views.rebuilt import TABLES
from dealing.firm import MANAGER, Firm, firm
from infra.postgres import SharedPostgres
from selling import number

pytestmark = pytest.mark.infra

STEWARD = (*MANAGER, "customer.merge", "customer.edit", "customer.follow", "field.edit", "field.view")
BELONGING = {"contacts": "name", "follow_ups": "content", "needs": "content", "important_dates": "title"}


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        steward = made.person("definer", *STEWARD)
        made.call(steward, "create_customer_field", key="taxNo", type="TEXT", name="税号", unique=True, searchable=True)
        yield made


@pytest.fixture
def li(company: Firm) -> Actor:
    return company.person("li", *STEWARD)


def made(company: Firm, by: Actor, **given: Any) -> dict[str, Any]:
    values = {"name": f"客户 {uuid4().hex[:8]}", "phone": number()} | given
    return dict(company.call(by, "create_customer", **values)["customer"])


def seen(company: Firm, by: Actor, customer_id: str, *names: str, **below: str) -> Any:
    """A customer's values, and of what is below it one value each."""
    chosen = [Selected(name, name) for name in names]
    chosen += [Selected(field, field, {}, (Selected(name, name),)) for field, name in below.items()]
    [found] = company.call(by, "customers_by_ids", ids=[customer_id], select=dump(chosen))
    if found is None or not below:
        return found
    return {key: [each[below[key]] for each in value] if key in below else value for key, value in found.items()}


def version(company: Firm, customer: dict[str, Any]) -> int:
    return int(company.row(UUID(customer["id"]), "version"))


def versions(company: Firm, survivor: dict[str, Any], merged: dict[str, Any]) -> dict[str, Any]:
    """What a merge of two customers as they are now names."""
    return {
        "survivor_id": survivor["id"],
        "survivor_version": version(company, survivor),
        "merged_id": merged["id"],
        "merged_version": version(company, merged),
    }


def merged_into(company: Firm, by: Actor, survivor: dict[str, Any], merged: dict[str, Any]) -> Any:
    return company.call(by, "merge_customers", **versions(company, survivor, merged))


def rich(company: Firm, by: Actor) -> dict[str, Any]:
    """A customer to which one record of every kind belongs."""
    values = {
        "address": "中山路 1 号",
        "region": "beijing",
        "tags": ["老客户", "决策快"],
        "custom": {"taxNo": uuid4().hex},
    }
    of = made(company, by, **values)
    contact = {"name": "王经理", "phones": [{"label": "手机", "number": number()}]}
    company.call(by, "create_contact", customer_id=of["id"], **contact)
    products = [{"name": "稳健基金"}]
    company.call(by, "create_follow_up", customer_id=of["id"], type="PHONE", content="谈了报价", products=products)
    company.call(by, "add_need", customer_id=of["id"], content="三年期产品")
    company.call(by, "add_important_date", customer_id=of["id"], title="签约日", day="2024-05-02")
    return of


def state(company: Firm) -> list[Any]:
    """Everything that merging touches, but versions and moments of change, which only ever grow."""
    told = {
        "customer": "id, name, phone_index, address, region, tags, custom, holding, owner_id, owned_since, stage,"
        " merged_into_id, customer_class, signed_at, last_follow_up_at, next_contact_at",
        "contact": "id, customer_id, deleted_at IS NULL",
        "customer_share": "*",
        "relation": "*",
        "custom_value": "*",
        **{name: "id, customer_id" for name in merging.MOVING if name != "contact"},
    }
    found = []
    for table, columns in told.items():
        where = " WHERE deleted_at IS NULL" if table == "contact" else ""
        rows = company.store.rows(f"SELECT row(x.*)::text FROM (SELECT {columns} FROM {table}{where}) x ORDER BY 1")
        found.append((table, rows))
    return found


def test_every_table_that_names_a_customer_moves_or_stays_for_a_reason(company: Firm) -> None:
    named = {
        row[0]
        for row in company.store.rows(
            "SELECT table_name::text FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND column_name IN ('customer_id', 'entity_id')"
        )
    }
    assert named == {*merging.MOVING, *merging.APART, *merging.CLEARED, *merging.STAYING}


def test_cus_45_byd_11_everything_moves_to_the_survivor_which_keeps_its_phone(company: Firm, li: Actor) -> None:
    kept, gone = made(company, li, address="解放路 9 号", tags=["决策快"]), rich(company, li)
    company.call(li, "set_customer_stage", id=gone["id"], version=version(company, gone), stage="LOST", reason="停业")
    answer = merged_into(company, li, kept, gone)
    assert (answer["survivor"]["id"], answer["survivor"]["phone"]) == (kept["id"], kept["phone"])
    assert (answer["merged"]["holding"], answer["merged"]["merged_into_id"]) == ("MERGED", kept["id"])
    assert answer["merge"]["merged_name"] == gone["name"]
    # the record: what was there stays, what was lacking comes
    record = seen(company, li, kept["id"], "address", "region", "tags", "stage", "name")
    assert record == {
        "address": "解放路 9 号", "region": "beijing", "tags": ["决策快", "老客户"], "stage": "POTENTIAL",
        "name": kept["name"],
    }  # fmt: skip
    belonging = seen(company, li, kept["id"], **BELONGING, interests="name")
    assert belonging == {
        "contacts": ["王经理", gone["name"]], "follow_ups": ["谈了报价"], "needs": ["三年期产品"],
        "important_dates": ["签约日"], "interests": ["稳健基金"],
    }  # fmt: skip
    assert seen(company, li, gone["id"], **BELONGING) == {name: [] for name in BELONGING}
    assert company.row(UUID(kept["id"]), "custom").keys() == {"taxNo"}
    timeline = company.call(li, "timeline", customer_id=kept["id"], select=dump([Selected("kind", "kind")]))["nodes"]
    assert [each["kind"] for each in timeline].count("followup.created") == 1
    assert "customer.absorbed" in [each["kind"] for each in timeline]


def test_cus_06_the_other_number_becomes_a_masked_contact_and_finds_the_survivor(company: Firm, li: Actor) -> None:
    kept, gone = made(company, li), made(company, li)
    merged_into(company, li, kept, gone)
    numbers = Selected("phones", "phones", {}, (Selected("number", "number"), Selected("label", "label")))
    select = dump([Selected("name", "name"), numbers])
    found = company.call(li, "contacts", phone=gone["phone"], select=select)["nodes"]
    assert found == [{"name": gone["name"], "phones": [{"number": gone["phone"], "label": "合并"}]}]
    chief = company.person("chief", "customer.view", customer="ALL")
    [masked] = company.call(chief, "contacts", phone=gone["phone"], select=select)["nodes"]
    assert masked["phones"][0]["number"] == mask(gone["phone"])
    # two of one number need no contact
    twin = made(company, li, phone=kept["phone"], name="另一个名字")
    assert merged_into(company, li, kept, twin)["survivor"]["id"] == kept["id"]
    assert company.call(li, "contacts", phone=kept["phone"], select=select)["nodes"] == []


def test_the_old_id_leads_to_the_survivor_for_whoever_sees_that(company: Firm, li: Actor) -> None:
    first, second, last = (made(company, li) for _ in range(3))
    merged_into(company, li, second, first)
    merged_into(company, li, last, second)
    leading = dump([Selected("holding", "holding"), Selected("to", "merged_into", {}, (Selected("id", "id"),))])
    ask = {"ids": [first["id"], second["id"], last["id"]], "select": leading}
    merged = {"holding": "MERGED", "to": {"id": last["id"]}}
    assert company.call(li, "customers_by_ids", **ask) == [merged, merged, {"holding": "OWNED", "to": None}]
    assert company.call(company.person("wang", *STEWARD), "customers_by_ids", **ask) == [None, None, None]
    assert [each["id"] for each in company.call(li, "my_customers")["nodes"]] == [last["id"]]
    merges = company.call(li, "customer_merges", select=dump([Selected("moved", "moved")]))["nodes"]
    assert len(merges) == 2


def test_byd_11_undoing_puts_everything_back(company: Firm, li: Actor) -> None:
    wang = company.person("wang", *STEWARD)
    kept, gone, other = made(company, li), rich(company, li), made(company, li)
    for one, two, kind in ((gone, other, "PARENT"), (kept, other, "PARTNER"), (gone, other, "PARTNER"),
                           (kept, gone, "AFFILIATE"), (other, gone, "SUPPLIER")):  # fmt: skip
        company.call(li, "add_relation", customer_id=one["id"], kind=kind, other_id=two["id"])
    company.call(li, "share_customer", id=gone["id"], employee_id=wang.id, right="FOLLOW")
    before = state(company)
    merge = merged_into(company, li, kept, gone)["merge"]
    related = seen(company, li, kept["id"], relations="kind")
    assert related == {"relations": ["PARENT", "PARTNER"]}
    shared = company.call(wang, "shared_customers", select=dump([Selected("id", "id")]))["nodes"]
    assert shared == [{"id": kept["id"]}]
    assert state(company) != before
    answer = company.call(li, "undo_merge", id=merge["id"])
    assert answer["conflicts"] == []
    assert (answer["customer"]["holding"], answer["customer"]["owner_id"]) == ("OWNED", str(li.id))
    assert state(company) == before
    assert company.refused(li, "undo_merge", id=merge["id"]) == "BAD_STATE"


def test_byd_11_what_moved_on_meanwhile_stays_and_is_named(company: Firm, li: Actor) -> None:
    kept, gone, other = made(company, li), rich(company, li), made(company, li)
    relation = company.call(li, "add_relation", customer_id=gone["id"], kind="PARTNER", other_id=other["id"])[
        "relation"
    ]
    merge = merged_into(company, li, kept, gone)["merge"]
    company.call(li, "update_customer", id=kept["id"], version=version(company, kept), address="新址")
    company.call(li, "remove_relation", id=relation["id"])
    [date] = seen(company, li, kept["id"], important_dates="id")["important_dates"]
    company.call(li, "remove_important_date", id=date, version=1)
    [contact] = company.call(li, "contacts", phone=gone["phone"])["nodes"]
    company.call(li, "update_contact", id=contact["id"], version=1, title="老板")
    company.call(li, "create_follow_up", customer_id=kept["id"], type="VISIT", content="合并之后")
    answer = company.call(li, "undo_merge", id=merge["id"])
    assert sorted((each["kind"], each["name"], each["record_id"]) for each in answer["conflicts"]) == [
        ("CONTACT", "contact", contact["id"]),
        ("FIELD", "address", None),
        ("RECORD", "important_date", date),
        ("RELATION", "relation", relation["id"]),
    ]
    assert seen(company, li, kept["id"], "address", follow_ups="content") == {
        "address": "新址",
        "follow_ups": ["合并之后"],
    }
    assert seen(company, li, gone["id"], "address", follow_ups="content") == {
        "address": "中山路 1 号",
        "follow_ups": ["谈了报价"],
    }


def test_a_merged_customer_comes_back_to_the_survivors_owner_when_its_own_has_left(company: Firm, li: Actor) -> None:
    chief = company.person("chief", *STEWARD, customer="ALL")
    wang = company.person("wang", *STEWARD)
    kept, gone = made(company, li), made(company, wang)
    merge = merged_into(company, chief, kept, gone)["merge"]
    with company.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE employee_ref SET active = false WHERE id = %s", (wang.id,))
    answer = company.call(chief, "undo_merge", id=merge["id"])
    assert answer["conflicts"] == [{"kind": "OWNER", "name": "owner_id", "record_id": str(wang.id)}]
    assert answer["customer"]["owner_id"] == str(li.id)


def test_undoing_is_refused_where_there_is_a_twin_by_now_or_a_later_merge(company: Firm, li: Actor) -> None:
    kept, gone, last = made(company, li), made(company, li), made(company, li)
    first = merged_into(company, li, kept, gone)["merge"]
    twin = made(company, li, name=gone["name"], phone=gone["phone"])
    # the refusal itself is written down (CUS-02)
    with pytest.raises(CrmError) as refusal:
        company.call(li, "undo_merge", id=first["id"])
    assert refusal.value.code == "DUPLICATE"
    assert company.row(UUID(gone["id"]), "holding") == "MERGED"
    second = merged_into(company, li, last, kept)["merge"]
    assert company.refused(li, "undo_merge", id=first["id"]) == "NOT_FOUND"
    chief = company.person("chief", *STEWARD, customer="ALL")
    assert company.refused(chief, "undo_merge", id=first["id"]) == "BAD_STATE"
    company.call(li, "undo_merge", id=second["id"])
    merged_into(company, li, last, twin)
    assert company.call(li, "undo_merge", id=first["id"])["conflicts"] == []


def test_cus_23_merging_is_for_owned_customers_in_reach_with_nothing_open(company: Firm, li: Actor) -> None:
    one, two = made(company, li), made(company, li)
    chief = company.person("chief", *STEWARD, customer="ALL")
    stranger = company.person("stranger", *STEWARD)
    named = versions(company, one, two)
    assert company.refused(company.person("seller", "customer.edit"), "merge_customers", **named) == "FORBIDDEN"
    assert company.refused(stranger, "merge_customers", **named) == "NOT_FOUND"
    assert company.refused(li, "merge_customers", **named | {"merged_id": one["id"]}) == "VALIDATION"
    assert company.refused(li, "merge_customers", **named | {"merged_version": 9}) == "CONFLICT"
    [pooled] = company.pooled()
    for key in ("merged_id", "survivor_id"):
        assert company.refused(chief, "merge_customers", **named | {key: pooled}) == "READ_ONLY"
    reference = f"sales:order/{uuid4()}"
    company.as_system("hold", customer_id=two["id"], reference=reference, reason="OPEN_RECEIVABLE")
    assert company.refused(li, "merge_customers", **named) == "BAD_STATE"
    company.as_system("release_hold", customer_id=two["id"], reference=reference)
    company.call(li, "merge_customers", **named)
    assert company.refused(chief, "merge_customers", **named | {"survivor_version": 2}) == "BAD_STATE"
    update = {"id": two["id"], "version": 2, "address": "x"}
    assert company.refused(chief, "update_customer", **update) == "BAD_STATE"


def test_a_merge_that_would_make_a_company_its_own_parent_is_refused(company: Firm, li: Actor) -> None:
    top, middle, bottom = (made(company, li) for _ in range(3))
    for child, parent in ((bottom, middle), (middle, top)):
        company.call(li, "add_relation", customer_id=child["id"], kind="PARENT", other_id=parent["id"])
    assert company.refused(li, "merge_customers", **versions(company, top, bottom)) == "BAD_STATE"
    merged_into(company, li, top, middle)
    assert seen(company, li, top["id"], relations="kind") == {"relations": []}


def test_two_merges_crossing_leave_one_customer(company: Firm, li: Actor) -> None:
    for _ in range(5):
        one, two = made(company, li), made(company, li)
        found = together(company, li, ("merge_customers", versions(company, one, two)),
                         ("merge_customers", versions(company, two, one)))  # fmt: skip
        # whoever is second finds his survivor merged: out of a seller's reach
        assert sorted(found) == ["NOT_FOUND", "done"]
        holdings = sorted(company.row(UUID(each["id"]), "holding") for each in (one, two))
        assert holdings == ["MERGED", "OWNED"]


def test_a_merge_against_a_follow_up_loses_nothing(company: Firm, li: Actor) -> None:
    for _ in range(5):
        kept, gone = made(company, li), made(company, li)
        said = {"customer_id": gone["id"], "type": "PHONE", "content": "同时"}
        found = together(company, li, ("merge_customers", versions(company, kept, gone)), ("create_follow_up", said))
        belonging = company.store.rows("SELECT customer_id::text FROM follow_up WHERE customer_id IN (%s, %s)",
                                       (kept["id"], gone["id"]))  # fmt: skip
        outcomes: dict[tuple[str, ...], list[tuple[str, ...]]] = {
            ("done", "NOT_FOUND"): [],
            # the follow-up was first; the merge had seen the customer before
            ("CONFLICT", "done"): [(gone["id"],)],
            ("done", "done"): [(kept["id"],)],
        }
        assert belonging == outcomes[found]


def test_a_merge_against_a_release_never_merges_a_pool_customer(company: Firm, li: Actor) -> None:
    for _ in range(5):
        kept, gone = made(company, li), made(company, li)
        released = {"ids": [gone["id"]], "reason": "搬走了"}
        found = together(
            company, li, ("merge_customers", versions(company, kept, gone)), ("release_customers", released)
        )
        holding = company.row(UUID(gone["id"]), "holding")
        # a release answers for each customer: it is done in any case
        assert (found[0], holding) in {("done", "MERGED"), ("READ_ONLY", "POOL")}


def test_a_merge_against_a_transfer_leaves_the_customer_in_one_hand(company: Firm) -> None:
    department = company.house.department("合并部")
    li, wang = (company.employee(name, department, *STEWARD) for name in ("li", "wang"))
    for _ in range(5):
        kept, gone = made(company, li), made(company, li)
        merge = ("merge_customers", versions(company, kept, gone))
        found = together(company, li, merge, ("transfer_customers", {"ids": [gone["id"]], "to_id": wang.id}))
        row = company.row(UUID(gone["id"]), "holding", "owner_id", "merged_into_id")
        # the transfer answers for each customer; once it was first, the customer is out of the steward's reach
        outcomes = {"done": ("MERGED", None, UUID(kept["id"])), "NOT_FOUND": ("OWNED", wang.id, None)}
        assert row == outcomes[found[0]]


def test_a_merge_against_a_claim_takes_only_what_is_claimed(company: Firm, li: Actor) -> None:
    for _ in range(5):
        kept, [pooled] = made(company, li), company.pooled()
        claimed = {"id": str(pooled)}
        merge = ("merge_customers", versions(company, kept, claimed))
        found = together(company, li, merge, ("claim_customers", {"ids": [pooled]}))
        # claimed it has another version than the one that was seen in the pool
        assert found[0] in {"READ_ONLY", "CONFLICT"}
        assert company.row(pooled, "holding", "owner_id") == ("OWNED", li.id)


def test_byd_05_customers_rebuilt_from_their_events_equal_the_table(company: Firm, li: Actor) -> None:
    kept, gone = made(company, li), rich(company, li)
    merge = merged_into(company, li, kept, gone)["merge"]
    assert differences(company) == []
    company.call(li, "undo_merge", id=merge["id"])
    assert differences(company) == []
    told = [kind for kind, _ in company.events(UUID(gone["id"]))]
    assert told[-2:] == ["customer.merged", "customer.unmerged"]
    [history] = [each for kind, each in company.events(UUID(gone["id"])) if kind == "customer.merged"]
    assert history["changes"]["holding"] == ["OWNED", "MERGED"]
    assert history["changes"]["merged_into_id"] == [None, kept["id"]]
    assert len(history["moved"]["contact"]) == 1


def differences(company: Firm) -> list[str]:
    # customers that the test itself wrote without events are not compared
    told = f"SELECT t.id, t.state FROM ({TABLES['customer']}) t JOIN journal j ON j.subject = 'customer/' || t.id"
    found = verify(company.store, "customer", f"{told} AND j.type = 'customer.created'")
    return [f"{each.field}: {each.journal!r} {each.table!r}" for each in found if each.field is not None]


def together(company: Firm, by: Actor, *calls: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
    """The calls at once; of each: done, or the code of its refusal."""

    def run(call: tuple[str, dict[str, Any]]) -> str:
        try:
            company.call(by, call[0], **call[1])
        except CrmError as refusal:
            return refusal.code.value
        return "done"

    with ThreadPoolExecutor(len(calls)) as threads:
        return tuple(threads.map(run, calls))
