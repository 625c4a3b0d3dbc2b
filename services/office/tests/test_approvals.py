"""Approvals as a service (OFC-24 … 28): the commands on a real database, beside identity."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from approving.company import LEAVE, Company
from crm_common.errors import CrmError
from crm_common.ids import to_global
from founded.house import NOW
from office.store import approvals

pytestmark = pytest.mark.infra


def test_ofc_24_a_leave_is_decided_by_head_then_hr_then_the_general_manager(firm: Company) -> None:
    leave = firm.start("sun")
    assert (leave["state"], leave["path"], leave["node"]) == ("PENDING", ["superior", "hr", "top"], "superior")
    assert firm.asked(leave) == ["mei"]
    assert firm.refused("odo", "decide_approval", id=leave["id"], version=1, verdict="APPROVE")[0] == "NOT_FOUND"
    firm.decide("mei", leave)
    assert firm.asked(leave) == ["odo"]
    firm.decide("odo", leave)
    assert firm.asked(leave) == ["adam"]
    done = firm.decide("adam", leave, comment="同意")
    assert (done["state"], done["node"], done["version"]) == ("APPROVED", None, 4)
    told = firm.events(leave)
    assert [kind for kind, _ in told] == [
        "approval.started", "approval.assigned", "approval.decided", "approval.assigned", "approval.decided",
        "approval.assigned", "approval.decided", "approval.approved",
    ]  # fmt: skip
    end = told[-1][1]
    assert end["snapshot_hash"] == leave["snapshot_hash"] == done["snapshot_hash"]
    # what a consumer within office does; events tell nobody what was asked for
    with firm.store.transaction() as connection:
        assert approvals.submitted(connection, UUID(end["approval_id"]), end["revision"]) == LEAVE
    assert "回家" not in str(told)


def test_ofc_24_on_any_one_yes_ends_it_and_messages_go_to_whom_they_concern(firm: Company) -> None:
    asked = firm.start("sun", "supplies", items="纸两箱")
    assert firm.asked(asked) == ["mei", "odo"]
    firm.decide("odo", asked)
    assert firm.asked(asked) == []
    about = to_global("Approval", asked["id"])
    rows = firm.store.rows("SELECT receiver_id, kind, title_zh FROM message WHERE about = %s", (about,))
    names = {actor.id: name for name, actor in firm.people.items()}
    assert sorted((names[row[0]], row[1], row[2]) for row in rows) == [
        ("mei", "approval_asked", "sun提交的“物品领用”待您审批"),
        ("odo", "approval_asked", "sun提交的“物品领用”待您审批"),
        ("sun", "approval_approved", "您的“物品领用”已审批通过"),
    ]


def test_a_stale_decision_is_a_conflict_and_one_after_the_end_is_bad_state(firm: Company) -> None:
    asked = firm.start("sun", "supplies", items="纸")
    given = {"id": asked["id"], "version": 1, "verdict": "APPROVE"}
    firm.call("sun", "urge_approval", id=asked["id"])
    assert firm.refused("mei", "decide_approval", **given) == ("CONFLICT", "the_record_was_changed_meanwhile")
    firm.decide("mei", asked)
    assert firm.refused("odo", "decide_approval", **given) == ("BAD_STATE", "an_ended_approval_stays_as_it_is")


def test_a_decision_repeated_by_its_key_has_one_effect(firm: Company) -> None:
    leave = firm.start("sun")
    given = {"id": leave["id"], "version": 1, "verdict": "APPROVE", "idempotency_key": uuid4().hex}
    first = firm.call("mei", "decide_approval", **given)
    before = firm.rows()
    assert firm.call("mei", "decide_approval", **given) == first
    assert firm.rows() == before
    assert firm.asked(leave) == ["odo"]


def test_what_is_returned_is_edited_and_keeps_every_revision(firm: Company) -> None:
    leave = firm.start("sun")
    assert firm.refused("mei", "decide_approval", id=leave["id"], version=1, verdict="RETURN")[0] == "VALIDATION"
    sent = firm.decide("mei", leave, "RETURN", comment="请写明地点")
    assert sent["state"] == "RETURNED"
    edited = LEAVE | {"reason": "回成都"}
    given = {"id": leave["id"], "version": sent["version"]}
    assert firm.refused("mei", "resubmit_approval", form=edited, **given)[0] == "FORBIDDEN"
    assert firm.refused("sun", "resubmit_approval", form=edited | {"to": "2026-11-01"}, **given)[0] == "VALIDATION"
    again = firm.call("sun", "resubmit_approval", form=edited, **given)["approval"]
    assert (again["state"], again["revision"], again["form"]) == ("PENDING", 2, edited)
    assert again["snapshot_hash"] != leave["snapshot_hash"]
    kept = firm.store.rows(
        "SELECT revision, form, hash FROM approval_snapshot WHERE approval_id = %s ORDER BY revision", (leave["id"],)
    )
    assert kept == [(1, LEAVE, leave["snapshot_hash"]), (2, edited, again["snapshot_hash"])]
    assert [kind for kind, _ in firm.events(leave)][-3:] == [
        "approval.returned", "approval.resubmitted", "approval.assigned",
    ]  # fmt: skip


def test_what_was_submitted_is_never_written_again(firm: Company) -> None:
    leave = firm.start("sun")
    for statement in (
        "UPDATE approval_snapshot SET form = '{}' WHERE approval_id = %s",
        "DELETE FROM approval_step WHERE approval_id = %s",
    ):
        with pytest.raises(Exception, match="permission denied"):
            firm.store.rows(statement, (leave["id"],))


def test_withdraw_transfer_add_and_urge_by_the_service(firm: Company) -> None:
    leave = firm.start("sun")
    transfer = {"id": leave["id"], "version": 1, "employee_id": firm["kim"].id}
    assert firm.refused("mei", "transfer_approval", **transfer | {"employee_id": firm["sun"].id})[0] == "VALIDATION"
    assert firm.refused("mei", "transfer_approval", **transfer | {"employee_id": uuid4()})[0] == "VALIDATION"
    firm.call("mei", "transfer_approval", **transfer, comment="出差")
    assert firm.asked(leave) == ["kim"]
    firm.call("kim", "add_approval_signer", id=leave["id"], version=2, employee_id=firm["fu"].id)
    assert firm.asked(leave) == ["fu"]
    firm.decide("fu", leave)
    assert firm.asked(leave) == ["kim"]
    firm.call("sun", "urge_approval", id=leave["id"])
    assert firm.refused("sun", "urge_approval", id=leave["id"])[0] == "LIMIT_EXCEEDED"
    firm.clock.moment += timedelta(hours=1)
    firm.call("sun", "urge_approval", id=leave["id"])
    withdraw = {"id": leave["id"], "version": firm.version(leave)}
    assert firm.refused("sun", "withdraw_approval", **withdraw)[0] == "BAD_STATE"
    other = firm.start("sun")
    gone = firm.call("sun", "withdraw_approval", id=other["id"], version=1)["approval"]
    assert gone["state"] == "WITHDRAWN"
    assert firm.events(other)[-1][0] == "approval.withdrawn"


def test_ofc_26_every_box_has_what_it_says_and_the_counts_are_right(firm: Company) -> None:
    before = {name: firm.call(name, "my_approval_counts") for name in ("sun", "mei", "odo", "kim")}

    def more(name: str, **expected: int) -> None:
        now = firm.call(name, "my_approval_counts")
        grown = {key: now[key] - before[name][key] for key in now}
        assert grown == {"started": 0, "to_do": 0, "done": 0, "copied": 0} | expected

    one, two = firm.start("sun"), firm.start("sun", "supplies", items="笔")
    more("sun", started=2)
    more("mei", to_do=2)
    more("odo", to_do=1)
    firm.decide("mei", one)
    firm.decide("mei", two)
    more("sun", started=1)
    more("mei", done=2)
    more("odo", to_do=1)
    more("kim")
    assert {one["id"], two["id"]} <= set(firm.box("sun", "STARTED"))
    assert one["id"] in firm.box("odo", "TO_DO")
    assert two["id"] not in firm.box("odo", "TO_DO")
    assert firm.box("mei", "DONE")[:2] == [two["id"], one["id"]]
    for box in ("STARTED", "TO_DO", "DONE", "COPIED"):
        assert not {one["id"], two["id"]} & set(firm.box("kim", box))
    assert firm.call("kim", "approvals_by_ids", ids=[one["id"]]) == [None]
    assert firm.call("adam", "approvals_by_ids", ids=[one["id"]]) == [None]


def test_ofc_26_a_copy_goes_out_when_it_is_approved(firm: Company) -> None:
    kind = f"gift_{uuid4().hex[:8]}"
    plan = {
        "start": [{"to": "one"}],
        "nodes": [{"key": "one", "name": "上级", "way": "ANY", "approvers": [{"by": "SUPERIOR"}]}],
        "copies": [{"by": "PERSON", "employee_id": firm["kim"].id}],
    }
    flow = firm.call("adam", "create_flow", kind=kind, name="礼品", plan=plan)["flow"]
    firm.call("adam", "publish_flow", id=flow["id"], version=1)
    asked = firm.call("sun", "start_approval", kind=kind, form={})["approval"]
    assert asked["id"] not in firm.box("kim", "COPIED")
    firm.decide("mei", asked)
    assert firm.box("kim", "COPIED") == [asked["id"]]


def test_ofc_27_every_ready_form_can_be_started_and_refuses_what_is_wrong(firm: Company) -> None:
    forms: dict[str, dict[str, Any]] = {
        "leave": LEAVE,
        "leave_return": {"leave": "L-1", "to": "2026-12-02"},
        "overtime": {
            "begins": "2026-12-05T01:00:00Z", "ends": "2026-12-05T09:00:00Z", "compensation": "PAY", "reason": "上线",
        },
        "business_trip": {"destination": "上海", "from": "2026-12-01", "to": "2026-12-02", "reason": "拜访"},
        "supplies": {"items": "纸"},
        "expense": {"category": "TRAVEL", "amount": "12000", "day": "2026-11-20", "reason": "机票"},
        "payment": {"payee": "华东物流", "amount": "800", "reason": "运费"},
        "contract": {"name": "采购合同", "counterparty": "北方集团", "amount": "200000"},
        "contract_change": {"contract": "HT-1", "title": "增加设备", "amount": "-5000", "reason": "减配"},
        "order_void": {"order": "SO-1", "amount": "100", "reason": "重复"},
        "refund": {"receipt": "R-1", "amount": "100", "reason": "退货"},
        "write_off": {"receivable": "SO-1", "customer": "北方集团", "amount": "100", "reason": "破产"},
        "quote_price": {"quote": "QT-1", "customer": "北方集团", "amount": "100", "lines": "机床", "reason": "老客户"},
        "discount": {"customer": "北方集团", "amount": "100", "percent": "30", "reason": "老客户"},
    }  # fmt: skip
    flows = firm.call("sun", "approval_flows", first=100)["nodes"]
    assert set(forms) <= {each["kind"] for each in flows}
    for kind, form in forms.items():
        asked = firm.start("sun", kind, **form)
        assert (asked["state"], firm.asked(asked)[0]) == ("PENDING", "mei"), kind
        assert firm.refused("sun", "start_approval", kind=kind, form=form | {"colour": "red"})[0] == "VALIDATION"
        required = next(iter(form))
        lacking = {key: value for key, value in form.items() if key != required}
        assert firm.refused("sun", "start_approval", kind=kind, form=lacking)[0] == "VALIDATION", kind
    unknown = firm.refused("sun", "start_approval", kind="nothing", form={})
    assert unknown == ("BAD_STATE", "there_is_no_flow_for_this")


def test_a_preview_tells_who_would_decide_and_why_and_starts_nothing(firm: Company) -> None:
    before = firm.rows()

    def previewed(name: str, amount: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
        form = {"category": "OFFICE", "amount": amount, "day": "2026-11-20", "reason": "椅子"}
        found = firm.call(name, "preview_approval", kind="expense", form=form)
        return [(each["node"], each["way"], [(one["name"], one["why"]) for one in each["approvers"]]) for each in found]

    assert previewed("sun", "9999.99") == [
        ("superior", "ANY", [("mei", "SUPERIOR")]), ("finance", "ANY", [("fu", "ROLE")]),
    ]  # fmt: skip
    assert previewed("sun", "10000")[2:] == [("top", "ANY", [("adam", "TOP")])]
    # who asks is left out, and nobody else has the role
    assert [who for _, _, who in previewed("fu", "1")] == [
        [("adam", "SUPERIOR")],
        [("adam", "FLOW_ADMIN"), ("管理员", "FLOW_ADMIN")],
    ]
    assert firm.rows() == before


def test_ofc_28_a_delegate_sees_the_tasks_and_decides_on_whose_behalf(firm: Company) -> None:
    leave, trip = firm.start("sun"), firm.start("sun", "supplies", items="纸")
    until = NOW + timedelta(days=3)
    given = {"to_id": firm["kim"].id, "kinds": ["leave"], "ends_at": until}
    assert firm.refused("mei", "delegate_approvals", **given | {"to_id": firm["mei"].id})[0] == "VALIDATION"
    assert firm.refused("mei", "delegate_approvals", **given | {"to_id": uuid4()})[0] == "VALIDATION"
    assert firm.refused("mei", "delegate_approvals", **given | {"ends_at": NOW})[0] == "VALIDATION"
    made = firm.call("mei", "delegate_approvals", **given)["delegation"]
    assert made["is_active"] is True
    assert leave["id"] in firm.box("kim", "TO_DO")
    assert trip["id"] not in firm.box("kim", "TO_DO")
    assert firm.call("kim", "approvals_by_ids", ids=[trip["id"]]) == [None]
    firm.decide("kim", leave)
    [step] = firm.store.rows(
        "SELECT by_id, on_behalf_of FROM approval_step WHERE approval_id = %s AND kind = 'APPROVED'", (leave["id"],)
    )
    assert step == (firm["kim"].id, firm["mei"].id)
    assert leave["id"] in firm.box("kim", "DONE")
    other = firm.start("sun")
    assert firm.refused("kim", "end_approval_delegation", id=made["id"])[0] == "NOT_FOUND"
    ended = firm.call("mei", "end_approval_delegation", id=made["id"])["delegation"]
    assert ended["is_active"] is False
    assert firm.refused("mei", "end_approval_delegation", id=made["id"])[0] == "BAD_STATE"
    assert other["id"] not in firm.box("kim", "TO_DO")
    assert firm.refused("kim", "decide_approval", id=other["id"], version=1, verdict="APPROVE")[0] == "NOT_FOUND"
    assert firm.call("sun", "approval_delegations")["nodes"] == []


def test_a_delegation_holds_in_its_time_only(firm: Company) -> None:
    leave = firm.start("sun")
    begins = NOW + timedelta(days=1)
    given = {"to_id": firm["kim"].id, "starts_at": begins, "ends_at": begins + timedelta(days=1)}
    firm.call("mei", "delegate_approvals", **given)
    seen = []
    for days in (0.0, 1.0, 1.9, 2.0):
        firm.clock.moment = NOW + timedelta(days=days)
        seen.append(leave["id"] in firm.box("kim", "TO_DO"))
    assert seen == [False, True, True, False]


def test_a_record_waits_for_one_approval_of_a_kind_at_a_time(firm: Company) -> None:
    record = uuid4()
    form = {"name": "采购合同", "counterparty": "北方集团", "amount": "500"}
    given = {
        "kind": "contract", "record_type": "contract", "record_id": record, "initiator_id": firm["sun"].id,
        "form": form,
    }  # fmt: skip
    assert firm.refused("sun", "start_approval_for", **given)[0] == "FORBIDDEN"
    key = uuid4().hex
    first = firm.as_system("start_approval_for", **given, idempotency_key=key)
    assert firm.as_system("start_approval_for", **given, idempotency_key=key) == first
    with pytest.raises(CrmError) as refused:
        firm.as_system("start_approval_for", **given)
    assert refused.value.code.value == "DUPLICATE"
    approval = {"id": first["approval_id"]}
    firm.decide("mei", approval, "REJECT", comment="太贵")
    kind, data = firm.events(approval)[-1]
    assert (kind, data["record_type"], data["record_id"]) == ("approval.rejected", "contract", str(record))
    assert firm.as_system("start_approval_for", **given)["approval_id"] != first["approval_id"]
    with pytest.raises(CrmError) as stranger:
        firm.as_system("start_approval_for", **given | {"initiator_id": uuid4(), "record_id": uuid4()})
    assert stranger.value.rule == "an_active_employee_asks"


def test_without_a_session_nothing_is_open(firm: Company) -> None:
    for method, given in (
        ("my_approvals", {"box": "TO_DO"}), ("approval_flows", {}), ("my_approval_counts", {}),
        ("start_approval", {"kind": "leave", "form": LEAVE}), ("approval_delegations", {}),
    ):  # fmt: skip
        with pytest.raises(CrmError) as refused:
            firm.call(None, method, **given)
        assert refused.value.code.value == "UNAUTHENTICATED", method
