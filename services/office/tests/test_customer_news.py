"""What happens to customers is told to those it concerns, each once (features §14.1; CUS-16, 20, 50)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from crm_common.context import Actor
from crm_common.ids import to_global
from crm_common.protocol.customer.exchange import EXPORTS, IMPORTS
from crm_common.protocol.customer.follow_ups import FollowUpDue
from crm_common.protocol.customer.holding import CustomerErased, CustomerReleased, CustomerTransferred
from crm_common.protocol.customer.pool import CustomerAssigned, CustomerClaimed, CustomerQueued, PoolRuleChanged
from crm_common.protocol.customer.reclaim import CustomerReclaimed, CustomerReclaimWarned
from crm_common.protocol.customer.relations import DateKind, ImportantDateDue
from crm_common.protocol.customer.service import Holding, PoolReason
from serving.alone import Alone, employee
from serving.hearing import deliver, envelope, hear

DUE = datetime(2026, 12, 1, 2, tzinfo=UTC)


def somebody() -> Actor:
    return employee(uuid4().hex)


def told(service: Alone, who: Actor) -> list[tuple[str, str]]:
    """Kind and title of his messages, by kind."""
    return sorted((each["kind"], each["title"]) for each in service.call(who, "messages")["nodes"])


def customer(name: str, owner: Actor | None, **changes: tuple[Any, Any]) -> Any:
    return {
        "customer_id": uuid4(),
        "name": name,
        "owner_id": owner.id if owner else None,
        "holding": Holding.OWNED if owner else Holding.POOL,
        "changes": changes,
    }


def test_cus_20_an_assignment_of_25_to_two_notifies_each_once(service: Alone) -> None:
    li, wang, call = somebody(), somebody(), uuid4()
    before = service.events().count("message.arrived")
    owners = [li, wang] * 12 + [li]
    hear(
        service,
        *(
            CustomerAssigned(**customer(f"K{n}", owner), reason=None, call_id=call)
            for n, owner in enumerate(owners)
        ),
    )  # fmt: skip

    assert service.events().count("message.arrived") == before + 2
    [(kind, for_li)], [(_, for_wang)] = told(service, li), told(service, wang)
    assert kind == "customers_assigned"
    assert for_li.startswith("13 位客户已分配给您，包括「K")
    assert for_wang.startswith("12 位客户已分配给您，包括「K")


def test_an_event_that_comes_twice_is_told_once(service: Alone) -> None:
    li = somebody()
    arriving = envelope(CustomerAssigned(**customer("K", li), reason=None, call_id=uuid4()), "call")
    deliver(service, [arriving])
    deliver(service, [arriving])
    assert told(service, li) == [("customers_assigned", "客户「K」已分配给您")]


def test_cus_16_the_owner_is_warned_once_for_each_end_of_his_days(service: Alone) -> None:
    li = somebody()
    about = customer("恒泰贸易", li)
    warned = CustomerReclaimWarned(**about, due_at=DUE, reason=PoolReason.NO_FOLLOWUP)
    hear(service, warned)
    hear(service, warned)
    assert told(service, li) == [("reclaim_warned", "客户「恒泰贸易」将于 2026-12-01 10:00 回收到公海")]
    [message] = service.call(li, "messages")["nodes"]
    assert message["text"] == "原因：超期未跟进。及时跟进可继续保留。"
    assert message["about"] == to_global("Customer", about["customer_id"])

    hear(service, CustomerReclaimWarned(**about, due_at=DUE.replace(month=11), reason=PoolReason.NO_FOLLOWUP))
    assert service.call(li, "unread_messages") == 2


def test_what_leaves_a_name_is_told_to_the_old_owner_and_the_admins_of_the_pool(service: Alone) -> None:
    li, admin, pool = somebody(), somebody(), uuid4()
    hear(service, PoolRuleChanged(pool_id=pool, name="东区", changes={"admin_ids": ([], [str(admin.id)])}))
    into: Any = {"pool_id": (None, str(pool))}
    for n in range(3):
        event = CustomerReclaimed(
            **customer(f"K{n}", None, **into), from_owner_id=li.id, due_at=DUE, reason=PoolReason.NO_CONTRACT
        )
        hear(service, event, call="run 1")
    assert told(service, li) == [("customers_reclaimed", "您的 3 位客户已被公海回收，包括「K2」")]
    assert told(service, admin) == [("customers_pooled", "3 位客户进入您管理的公海，包括「K2」")]

    hear(service, CustomerReleased(**customer("R", None, **into), from_owner_id=li.id, reason="手机 13800138000"))
    assert ("customers_released", "客户「R」已从您名下释放到公海") in told(service, li)
    assert ("customers_pooled", "客户「R」进入您管理的公海：主动释放") in told(service, admin)


def test_whoever_gets_customers_is_told_and_who_loses_them_too(service: Alone) -> None:
    li, wang, head = somebody(), somebody(), somebody()
    hear(service, CustomerClaimed(**customer("C", li), call_id=uuid4()))
    hear(service, CustomerTransferred(**customer("T", wang), from_owner_id=li.id, reason=None, cascade=True))
    queued: dict[str, Any] = {"department_id": uuid4(), "head_id": head.id, "reason": None, "call_id": uuid4()}
    hear(service, CustomerQueued(**customer("Q", None), **queued))

    assert told(service, li) == [
        ("customers_claimed", "您已领取客户「C」"),
        ("customers_given_away", "您的客户「T」已转移给同事"),
    ]
    assert told(service, wang) == [("customers_transferred", "客户「T」已转移给您")]
    assert told(service, head) == [("customers_queued", "客户「Q」在部门队列中等待您分派")]


def test_cus_50_the_next_contact_and_days_to_think_of_are_remembered(service: Alone) -> None:
    li = somebody()
    about: dict[str, Any] = {"customer_id": uuid4(), "customer_name": "鼎盛", "owner_id": li.id}
    hear(service, FollowUpDue(follow_up_id=uuid4(), **about, next_contact_at=DUE))
    day: dict[str, Any] = {"kind": DateKind.BIRTHDAY, "title": "生日", "due_on": date(2026, 12, 2), "contact_id": None}
    hear(service, ImportantDateDue(important_date_id=uuid4(), **about, **day))
    hear(service, ImportantDateDue(important_date_id=uuid4(), **about | {"owner_id": None}, **day))
    assert told(service, li) == [
        ("follow_up_due", "请于 2026-12-01 10:00 联系客户「鼎盛」"),
        ("important_date_due", "客户「鼎盛」的生日：2026-12-02"),
    ]


def test_aud_03_what_names_an_erased_customer_is_forgotten(service: Alone) -> None:
    li = somebody()
    service.call(li, "choose_delivery", email_kinds=["customers_claimed"])
    gone, kept = customer("旧名", li), customer("新名", li)
    for about in (gone, kept):
        hear(service, CustomerClaimed(**about, call_id=uuid4()))
    assert len(service.call(li, "deliveries")["nodes"]) == 2
    hear(service, CustomerErased(**gone | {"name": "", "owner_id": None, "holding": Holding.ERASED}))
    assert told(service, li) == [("customers_claimed", "您已领取客户「新名」")]
    assert len(service.call(li, "deliveries")["nodes"]) == 1
    texts = [text for row in service.store.rows("SELECT title_zh, title_en FROM message") for text in row]
    assert not any("旧名" in text for text in texts)


def test_imports_and_exports_tell_whoever_asked_for_them(service: Alone) -> None:
    li, import_id = somebody(), uuid4()
    counts: dict[str, Any] = {"created": 8, "updated": 0, "skipped": 3, "failed": 1}
    hear(service, IMPORTS.finished(import_id=import_id, owner_id=li.id, kind="CUSTOMERS", state="DONE", **counts))
    done: dict[str, Any] = {"kind": "CUSTOMERS", "rows": 1200, "reason": None, "filter": None}
    hear(service, EXPORTS.done(export_id=UUID(int=5), owner_id=li.id, **done))

    finished, ready = sorted(service.call(li, "messages")["nodes"], key=lambda each: -len(each["text"]))
    assert finished["text"] == "新建 8，更新 0，跳过 3，失败 1。"
    assert finished["about"] == to_global("CustomerImport", import_id)
    assert ready["title"] == "您的导出已完成，共 1200 行"
