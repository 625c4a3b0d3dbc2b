"""Acceptance walk, step 23, through GraphQL in both modes: a leave of three nodes, an ANY node, delegates, returns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, refused, refuses, until
from walking.pushed import following

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

APPROVAL = "approval { id state node version revision snapshotHash isToDo }"
LEAVE = {"leaveKind": "ANNUAL", "from": "2026-12-01", "to": "2026-12-02", "toHalf": "MORNING", "reason": "回家"}
BOX = "query($box: ApprovalBox!) { myApprovals(box: $box, first: 100) { totalCount nodes { id } } }"
COUNTS = "{ myApprovalCounts { started toDo done copied } }"
ONE = """query($id: ID!) { approval(id: $id) { state node form initiatorName initiator { name }
    tasks { nodeName approverName why state } steps { kind byName onBehalfOfName comment }
    snapshots { revision hash } } }"""
PREVIEW = """query($form: JSON!) { previewApproval(kind: "leave", form: $form) {
    node way approvers { name why inPlaceOfName } } }"""
PUSHED = "subscription { messageArrived { record { kind about title } } }"
FLOWS = """{ approvalFlows(first: 1, filter: {kind: {eq: "leave"}}) { nodes { kind version
    fields { key type name nameEn required maxLength
    options { key name nameEn archived } } draftFields { key } revisions(first: 1) { revision plan { nodes { key } } }
    draft { start { to conditions { field operator values departmentIds } } allows resumes asksAgain
        nodes { key name nameEn way approvers { by roleId } next { to conditions { field } } }
        copies { by } admin { by roleCode level employeeId } } } } }"""
CHANGED = "subscription { approvalChanged { record { id node } } }"
RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { outcome report } userErrors { code field message } } }"""


class Walk(Company):
    """Sellers S2 and S3, their head M, O as human resources, F of finance, A as general manager."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tag = uuid4().hex[:5]
        sales, office = self.department(f"销售 {self.tag}"), self.department(f"行政 {self.tag}")
        seller, clerk = self.position("销售", sales), self.position("行政", office)
        # of a company of its own: nobody else has this role
        self.hr = self.role(f"人事 {self.tag}", "org.view")
        roles = {"s2": (seller, "SALES"), "m": (seller, "SALES_MANAGER"), "f": (clerk, "FINANCE")}
        self.ids = {
            name: self.employee(f"{name}.{self.tag}", position, self.preset(role))
            for name, (position, role) in roles.items()
        }
        self.ids["o"] = self.employee(f"o.{self.tag}", clerk, self.hr)
        self._lead(sales, self.ids["m"])
        self._lead(self.root, str(self.admin.ask("{ me { id } }")["id"]))
        self.s2, self.m, self.f, self.o = (self.first_login(f"{name}.{self.tag}") for name in self.ids)
        self.kind = self._leave_of_our_own()

    def flow(self, plan: dict[str, Any], *fields: dict[str, Any]) -> str:
        """The kind of a new flow in use."""
        kind = f"k{uuid4().hex[:8]}"
        given = {"kind": kind, "name": f"流程 {kind}", "fields": list(fields), "plan": plan}
        flow = do(self.admin, "createFlow", "flow { id version }", **given)["flow"]
        do(self.admin, "publishFlow", "flow { id }", **flow)
        return kind

    def start(self, by: Person, kind: str, **form: Any) -> dict[str, Any]:
        made: dict[str, Any] = do(by, "startApproval", APPROVAL, kind=kind, form=form)["approval"]
        return made

    def decide(self, by: Person, approval: dict[str, Any], verdict: str = "APPROVE", **more: Any) -> dict[str, Any]:
        found = by.ask("query($id: ID!) { approval(id: $id) { version } }", id=approval["id"])
        given = {"id": approval["id"], "version": found["version"], "verdict": verdict} | more
        made: dict[str, Any] = do(by, "decideApproval", APPROVAL, **given)["approval"]
        return made

    def box(self, person: Person, box: str) -> list[str]:
        return [each["id"] for each in person.ask(BOX, box=box)["nodes"]]

    def _lead(self, department: str, head: str) -> None:
        version = self.version("department", department)
        do(self.admin, "setDepartmentHead", id=department, version=version, headId=head)

    def _leave_of_our_own(self) -> str:
        """Head → HR → general manager, as the ready form has it, with the role of this company."""
        nodes = [
            {"key": "head", "name": "上级", "way": "ANY", "approvers": [{"by": "SUPERIOR"}], "next": [{"to": "hr"}]},
            {"key": "hr", "name": "人事", "way": "ANY", "approvers": [{"by": "ROLE", "roleId": self.hr}],
             "next": [{"to": "top"}]},
            {"key": "top", "name": "总经理", "way": "ANY", "approvers": [{"by": "TOP"}]},
        ]  # fmt: skip
        day = {"type": "DATE", "required": True}
        fields = [{"key": "from", "name": "从", **day}, {"key": "to", "name": "至", **day}]
        return self.flow({"start": [{"to": "head"}], "nodes": nodes}, *fields)


@pytest.fixture(scope="module")
def walk(system: System) -> Walk:
    return Walk(system)


def test_walk_23_a_leave_keeps_the_order_head_hr_general_manager(walk: Walk) -> None:
    with following(walk.m, PUSHED) as pushed:
        leave = walk.start(walk.s2, walk.kind, **{"from": "2026-12-01", "to": "2026-12-02"})
        until(lambda: pushed.pushed, "the push to the head")
        record = pushed.pushed[0]["messageArrived"]["record"]
        assert (record["kind"], record["about"]) == ("approval_asked", leave["id"])
        assert f"s2.{walk.tag}" in record["title"]
    assert (leave["state"], leave["node"]) == ("PENDING", "head")
    decide = {"id": leave["id"], "version": leave["version"], "verdict": "APPROVE"}
    assert refuses(walk.o, "decideApproval", **decide).code == "NOT_FOUND"
    own = refuses(walk.s2, "decideApproval", **decide)
    assert (own.code, own.zh) == ("FORBIDDEN", "不能审批自己发起的申请。")
    with following(walk.s2, CHANGED) as mine, following(walk.f, CHANGED) as another:
        assert walk.decide(walk.m, leave)["node"] == "hr"
        until(lambda: {"approvalChanged": {"record": {"id": leave["id"], "node": "hr"}}} in mine.pushed, "the change")
        assert another.pushed == []
    assert refuses(walk.m, "decideApproval", **decide | {"version": 2}).code == "FORBIDDEN"
    stale = refuses(walk.o, "decideApproval", **decide)
    assert (stale.code, stale.field) == ("CONFLICT", "version")
    assert walk.decide(walk.o, leave, comment="余额充足")["node"] == "top"
    done = walk.decide(walk.admin, leave)
    assert (done["state"], done["node"], done["snapshotHash"]) == ("APPROVED", None, leave["snapshotHash"])
    seen = walk.s2.ask(ONE, id=leave["id"])
    assert [each["kind"] for each in seen["steps"]] == [
        "STARTED", "NODE_BEGUN", "APPROVED", "NODE_BEGUN", "APPROVED", "NODE_BEGUN", "APPROVED",
    ]  # fmt: skip
    assert seen["steps"][4]["comment"] == "余额充足"
    assert [(each["nodeName"], each["why"], each["state"]) for each in seen["tasks"]] == [
        ("上级", "SUPERIOR", "APPROVED"), ("人事", "ROLE", "APPROVED"), ("总经理", "TOP", "APPROVED"),
    ]  # fmt: skip
    assert seen["initiator"] == {"name": f"s2.{walk.tag}"}
    assert walk.f.ask(ONE, id=leave["id"]) is None
    over = refuses(walk.admin, "decideApproval", **decide | {"version": done["version"]})
    assert (over.code, over.zh) == ("BAD_STATE", "该审批已结束（APPROVED）。")


def test_walk_23_a_second_form_with_one_any_node_ends_by_the_first_yes(walk: Walk) -> None:
    people = [{"by": "PERSON", "employeeId": walk.ids[name]} for name in ("m", "f")]
    node = {"key": "one", "name": "任意一人", "way": "ANY", "approvers": people}
    kind = walk.flow({"start": [{"to": "one"}], "nodes": [node]})
    asked = walk.start(walk.s2, kind)
    assert asked["id"] in walk.box(walk.m, "TO_DO")
    assert asked["id"] in walk.box(walk.f, "TO_DO")
    assert walk.decide(walk.f, asked)["state"] == "APPROVED"
    assert asked["id"] not in walk.box(walk.m, "TO_DO")
    assert asked["id"] in walk.box(walk.f, "DONE")
    late = {"id": asked["id"], "version": 1, "verdict": "APPROVE"}
    assert refuses(walk.m, "decideApproval", **late).code == "BAD_STATE"


def test_ofc_24_a_returned_form_is_edited_and_decided_anew(walk: Walk) -> None:
    leave = walk.start(walk.s2, walk.kind, **{"from": "2026-12-01", "to": "2026-12-02"})
    silent = {"id": leave["id"], "version": leave["version"], "verdict": "RETURN"}
    why = refuses(walk.m, "decideApproval", **silent)
    assert (why.code, why.field, why.zh) == ("VALIDATION", "comment", "驳回或退回时请填写意见。")
    sent = walk.decide(walk.m, leave, "RETURN", comment="日期有误")
    assert (sent["state"], walk.s2.ask(ONE, id=leave["id"])["steps"][-1]["comment"]) == ("RETURNED", "日期有误")
    again = {"id": leave["id"], "version": sent["version"]}
    wrong = refuses(walk.s2, "resubmitApproval", **again, form={"from": "2026-12-03", "to": "2026-12-02"})
    assert (wrong.code, wrong.field) == ("VALIDATION", "form.to")
    edited = do(
        walk.s2, "resubmitApproval", APPROVAL, **again, form={"from": "2026-12-03", "to": "2026-12-04"}
    )["approval"]  # fmt: skip
    assert (edited["state"], edited["revision"]) == ("PENDING", 2)
    kept = walk.s2.ask(ONE, id=leave["id"])["snapshots"]
    assert [each["hash"] for each in kept] == [leave["snapshotHash"], edited["snapshotHash"]]
    gone = do(walk.s2, "withdrawApproval", APPROVAL, id=walk.start(walk.s2, walk.kind, **LEAVE_DAYS)["id"], version=1)
    assert gone["approval"]["state"] == "WITHDRAWN"


LEAVE_DAYS = {"from": "2026-12-08", "to": "2026-12-08"}


def test_ofc_28_a_delegate_sees_the_tasks_and_decides_on_whose_behalf(walk: Walk) -> None:
    leave = walk.start(walk.s2, walk.kind, **LEAVE_DAYS)
    assert walk.f.ask(ONE, id=leave["id"]) is None
    until_then = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    given = {"toId": walk.ids["f"], "kinds": [walk.kind], "endsAt": until_then}
    made = do(walk.m, "delegateApprovals", "delegation { id isActive toName }", **given)["delegation"]
    assert (made["isActive"], made["toName"]) == (True, f"f.{walk.tag}")
    assert leave["id"] in walk.box(walk.f, "TO_DO")
    assert walk.decide(walk.f, leave)["node"] == "hr"
    step = walk.s2.ask(ONE, id=leave["id"])["steps"][2]
    assert (step["byName"], step["onBehalfOfName"]) == (f"f.{walk.tag}", f"m.{walk.tag}")
    ended = do(walk.m, "endApprovalDelegation", "delegation { isActive }", id=made["id"])["delegation"]
    assert ended["isActive"] is False


def test_ofc_26_a_preview_tells_who_will_decide_and_the_counts_follow(walk: Walk) -> None:
    form = {"leaveKind": "SICK", "reason": "感冒", **LEAVE_DAYS}
    nodes = walk.s2.ask(PREVIEW, form=form)
    assert [each["node"] for each in nodes] == ["superior", "hr", "top"]
    assert nodes[0]["approvers"] == [{"name": f"m.{walk.tag}", "why": "SUPERIOR", "inPlaceOfName": None}]
    lacking = {key: value for key, value in form.items() if key != "reason"}
    assert refused(walk.s2, PREVIEW, form=lacking).code == "VALIDATION"
    before = walk.s2.ask(COUNTS)
    asked = walk.start(walk.s2, "leave", **LEAVE)
    assert walk.s2.ask(COUNTS) == before | {"started": before["started"] + 1}
    walk.decide(walk.m, asked, "REJECT", comment="太忙")
    assert walk.s2.ask(COUNTS) == before


def test_ofc_27_ready_forms_are_there_for_everybody_and_drafts_for_editors_only(walk: Walk) -> None:
    found = walk.s2.ask("{ approvalFlows(first: 100) { nodes { kind name state fields { key type required } } } }")
    kinds = {each["kind"] for each in found["nodes"]}
    assert {"leave", "business_trip", "supplies", "expense", "payment", "contract", "order_void", "discount"} <= kinds
    assert {each["state"] for each in found["nodes"]} == {"PUBLISHED"}
    [leave] = walk.admin.ask(FLOWS)["nodes"]
    assert [each["key"] for each in leave["draft"]["nodes"]] == ["superior", "hr", "top"]
    assert leave["draft"]["admin"] == {"by": "ROLE", "roleCode": "ADMIN", "level": 1, "employeeId": None}
    assert walk.s2.send(FLOWS)["data"]["approvalFlows"]["nodes"][0]["draft"] is None
    plan = {"start": [{"to": "one"}], "nodes": [{"key": "one", "name": "一", "way": "ANY", "approvers": [{"by": "TOP"}],
            "next": [{"to": "one"}]}]}  # fmt: skip
    draft = {"kind": "x", "name": "x", "plan": plan}
    assert refuses(walk.s2, "createFlow", **draft).code == "FORBIDDEN"
    circle = refuses(walk.admin, "createFlow", **draft)
    assert (circle.code, circle.zh) == ("VALIDATION", "流程在“one”处形成循环，无法结束。")


def test_14_1_questions_of_who_is_disabled_go_to_others(walk: Walk) -> None:
    login = f"h{uuid4().hex[:6]}"
    gone = walk.employee(login, walk.position("临时", walk.department(f"临时 {login}")))
    to_him = [{"by": "PERSON", "employeeId": gone}]
    node = {"key": "one", "name": "一", "way": "ANY", "approvers": to_him}
    admin = {"by": "PERSON", "employeeId": walk.ids["o"]}
    kind = walk.flow({"start": [{"to": "one"}], "nodes": [node], "admin": admin})
    asked = walk.start(walk.s2, kind)
    do(walk.admin, "disableEmployee", id=gone, version=walk.version("employee", gone))

    def moved() -> bool:
        run = walk.admin.ask(RUN, **{"in": {"name": "office.approval_reroute"}})["run"]
        assert run["outcome"] == "DONE"
        return asked["id"] in walk.box(walk.o, "TO_DO")

    until(moved, "the way to the flow's administrator", 30)
    assert walk.decide(walk.o, asked)["state"] == "APPROVED"
