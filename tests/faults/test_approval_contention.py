"""Two and more decide at once (OFC-24): one effect, the others are told; a repeated decision has no second effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from approving.company import Company, company
from crm_common.errors import CrmError
from infra.postgres import SharedPostgres

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

ROUNDS = 12


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres) -> Iterator[Company]:
    with company(postgres_server) as made:
        yield made


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """All of them begin together; what became of each: done, or the code of the refusal."""
    start = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> str:
        start.wait()
        try:
            call()
        except CrmError as refusal:
            return refusal.code.value
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def drawn(firm: Company, way: str, *names: str) -> str:
    """The kind of a flow of one node."""
    kind = f"k{uuid4().hex[:8]}"
    people = [{"by": "PERSON", "employee_id": str(firm[each].id)} for each in names]
    plan = {"start": [{"to": "one"}], "nodes": [{"key": "one", "name": "一", "way": way, "approvers": people}]}
    flow = firm.call("adam", "create_flow", kind=kind, name="流程", plan=plan)["flow"]
    firm.call("adam", "publish_flow", id=flow["id"], version=1)
    return kind


def told(firm: Company, approval: dict[str, Any]) -> Counter[str]:
    return Counter(kind for kind, _ in firm.events(approval))


def test_of_those_who_decide_at_once_on_an_any_node_one_has_the_effect(firm: Company) -> None:
    names = ("mei", "odo", "fu", "kim")
    kind = drawn(firm, "ANY", *names)
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        asked = firm.start("sun", kind)
        verdicts = {name: ("APPROVE", "REJECT")[place % 2] for place, name in enumerate(names)}

        def deciding(
            name: str, asked: dict[str, Any] = asked, verdicts: dict[str, str] = verdicts
        ) -> Callable[[], Any]:
            given = {"id": asked["id"], "version": 1, "verdict": verdicts[name], "comment": "x"}
            return lambda: firm.call(name, "decide_approval", **given)

        became = at_once(*(deciding(name) for name in names))
        assert became.count("done") == 1
        assert set(became) <= {"done", "BAD_STATE", "CONFLICT"}
        winner = names[became.index("done")]
        [(state,)] = firm.store.rows("SELECT state FROM approval WHERE id = %s", (asked["id"],))
        assert state == {"APPROVE": "APPROVED", "REJECT": "REJECTED"}[verdicts[winner]]
        events = told(firm, asked)
        assert (events["approval.decided"], events["approval.approved"] + events["approval.rejected"]) == (1, 1)
        outcomes[winner] += 1
    assert sum(outcomes.values()) == ROUNDS


def test_one_decision_sent_many_times_at_once_by_its_key_has_one_effect(firm: Company) -> None:
    kind = drawn(firm, "SEQUENCE", "mei", "odo")
    asked = firm.start("sun", kind)
    given = {"id": asked["id"], "version": 1, "verdict": "APPROVE", "idempotency_key": uuid4().hex}
    became = at_once(*(lambda: firm.call("mei", "decide_approval", **given) for _ in range(6)))
    assert became == ["done"] * 6
    assert firm.asked(asked) == ["odo"]
    assert told(firm, asked)["approval.decided"] == 1


def test_of_withdrawing_and_deciding_at_once_one_happens(firm: Company) -> None:
    kind = drawn(firm, "ANY", "mei")
    for _ in range(ROUNDS):
        asked = firm.start("sun", kind)
        decide = {"id": asked["id"], "version": 1, "verdict": "APPROVE"}
        withdraw = {"id": asked["id"], "version": 1}
        became = at_once(
            lambda d=decide: firm.call("mei", "decide_approval", **d),  # type: ignore[misc]
            lambda w=withdraw: firm.call("sun", "withdraw_approval", **w),  # type: ignore[misc]
        )
        assert sorted(became) == ["BAD_STATE", "done"]
        events = told(firm, asked)
        assert events["approval.approved"] + events["approval.withdrawn"] == 1


def test_a_record_for_which_many_start_an_approval_waits_for_one(firm: Company) -> None:
    record = uuid4()
    given = {
        "kind": "order_void", "record_type": "order", "record_id": record, "initiator_id": firm["sun"].id,
        "form": {"order": "SO-1", "amount": "10", "reason": "x"},
    }  # fmt: skip
    became = at_once(*(lambda: firm.as_system("start_approval_for", **given) for _ in range(6)))
    assert sorted(became) == ["DUPLICATE"] * 5 + ["done"]
    assert firm.store.rows("SELECT count(*) FROM approval WHERE record_id = %s", (record,)) == [(1,)]
