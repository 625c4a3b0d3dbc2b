"""What office knows of a customer goes when the customer is erased (AUD-03, CUS-26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from crm_common.ids import to_global
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.office.rules import FiringStatus
from office.domain.comment import Comment
from office.domain.rule import Firing
from office.store import comments, rules
from serving.alone import Alone, employee
from serving.hearing import hear

AT = datetime(2026, 11, 24, tzinfo=UTC)
RULE = """
INSERT INTO rule (id, name, name_key, description, active, event_type, delay_minutes, actions, owner_id, version,
    created_at, updated_at) VALUES (%s, '回访', 'huifang', '', false, 'customer.claimed', 0, '[]', %s, 1, now(), now())
"""


def commented(about: str, parent: Comment | None = None) -> Comment:
    return Comment(
        id=uuid4(), subject=about, parent_id=parent.id if parent else None, author_id=uuid4(),
        body="老张说周五签", mention_ids=(), created_at=AT,
    )  # fmt: skip


def fired(rule_id: Any, about: str) -> Firing:
    return Firing(
        id=uuid4(), rule_id=rule_id, rule_name="回访", owner_id=uuid4(), event_id=uuid4(), event_type=None,
        record=about, occurred_at=AT, correlation_id="c", depth=1, data={}, actions=[], found={"name": "老张"},
        status=FiringStatus.DONE, results=[], due_at=AT, next_try=AT, fired_at=AT, finished_at=AT,
    )  # fmt: skip


def test_aud_03_what_was_said_and_what_rules_saw_of_an_erased_customer_is_forgotten(service: Alone) -> None:
    gone, kept, li, rule_id = uuid4(), uuid4(), employee("forgetting li"), uuid4()
    with service.store.transaction() as connection:
        connection.exec_driver_sql(RULE, (rule_id, li.id))
        for each in (gone, kept):
            about = to_global("Customer", each)
            thread = commented(about)
            comments.insert(connection, thread)
            comments.insert(connection, replace(commented(about, thread), body="好的"))
            rules.fire(connection, fired(rule_id, about))

    hear(
        service,
        CustomerErased(customer_id=gone, name="", owner_id=None, holding=Holding.ERASED, changes={}),
    )

    said = service.store.rows("SELECT subject, body FROM comment ORDER BY body")
    assert said == [(to_global("Customer", kept), "好的"), (to_global("Customer", kept), "老张说周五签")]
    seen = dict(service.store.rows("SELECT record, found FROM rule_firing WHERE rule_id = %s", (rule_id,)))
    assert seen == {to_global("Customer", gone): {}, to_global("Customer", kept): {"name": "老张"}}
