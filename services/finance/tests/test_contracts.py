"""Contracts end to end: drawn up, countersigned, signed, archived, registered, audited (CON-01, 03, 04; FIN-12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from agreeing.company import Company
from crm_common import codec
from crm_common.changes import changing
from crm_common.context import system_context
from crm_common.errors import Code, CrmError
from crm_common.protocol.office.approvals_events import ApprovalApproved, ApprovalRejected
from crm_common.runtime.host import host_of
from finance.usecases import contract_approval
from founded.house import NOW
from ledger.waiting import until

pytestmark = pytest.mark.timeout(120)

TODAY = NOW.date()


def countersigned(firm: Company, **more: Any) -> dict[str, Any]:
    """A contract of Sun's that everybody said yes to."""
    contract = firm.draft(amount="50000", **more)
    firm.take("sun", "submit_contract", contract)
    for name in ("mei", "kim", "fu", "fei"):
        firm.decide(name, contract)
    return firm.reaches(contract, "APPROVED")


def test_con_01_a_contract_is_drawn_up_edited_and_deleted_as_a_draft(firm: Company) -> None:
    customer = firm.customer()
    line = {"name": "设备", "quantity": "2", "price": "25000", "unit": "台"}
    made = firm.draft(customer_id=customer["id"], lines=[line], starts_on=TODAY, ends_on=TODAY + timedelta(days=365))
    assert (made["state"], made["counterparty"], made["amount"], made["currency"]) == (
        "DRAFT", customer["name"], "100000.00", "CNY",
    )  # fmt: skip
    assert made["number"].startswith(f"HT-{TODAY.year}-")
    edited = firm.take("sun", "update_contract", made, name="新合同", lines=[])
    assert (edited["name"], edited["version"]) == ("新合同", 2)
    kinds = [kind for kind, _ in firm.events(made)]
    assert kinds == ["contract.created", "contract.updated"]
    told = firm.events(made)[0][1]
    assert (told["record"], told["customer_id"], told["reference_id"]) == ("CONTRACT", customer["id"], made["id"])
    assert told["changes"]["lines"] == [None, [line | {"product_id": None}]]
    assert firm.call("sun", "delete_contract", id=made["id"], version=2) == {"deleted": True}
    assert firm.call("sun", "contracts_by_ids", ids=[made["id"]]) == [None]
    assert firm.refused("sun", "delete_contract", id=made["id"], version=3)[0] == "NOT_FOUND"


def test_con_01_numbers_are_unique_and_without_gaps_whoever_draws_up_at_once(firm: Company) -> None:
    customer = firm.customer()["id"]
    with ThreadPoolExecutor(4) as several:
        made = list(several.map(lambda _: firm.draft(customer_id=customer)["number"], range(8)))
    numbers = sorted(int(each.rpartition("-")[2]) for each in made)
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_con_01_the_customer_is_in_scope_and_in_somebodys_name(firm: Company) -> None:
    of_lin = firm.customer("lin")
    given = {"name": "合同", "amount": "1"}
    foreign = firm.refused("sun", "create_contract", customer_id=of_lin["id"], **given)
    assert foreign == ("NOT_FOUND", "the_record_was_not_found", "customer_id")
    assert firm.refused("sun", "create_contract", customer_id=uuid4(), **given)[0] == "NOT_FOUND"
    free = firm.customer("sun")
    firm.call("sun", "release_customers", service="customer", ids=[free["id"]], reason="不做了")
    pooled = firm.refused("sun", "create_contract", customer_id=free["id"], **given)
    assert pooled == ("BAD_STATE", "a_contract_is_made_with_an_owned_customer", "customer_id")
    assert firm.refused("kim", "create_contract", customer_id=of_lin["id"], **given)[0] == "FORBIDDEN"
    assert firm.refused(None, "create_contract", customer_id=of_lin["id"], **given)[0] == "UNAUTHENTICATED"


def test_contracts_are_seen_by_scope(firm: Company) -> None:
    mine = firm.draft("sun")

    def seen(name: str) -> bool:
        listed = firm.call(name, "contracts", first=100, filter={"id": {"eq": mine["id"]}})["nodes"]
        got = firm.call(name, "contracts_by_ids", ids=[mine["id"]])
        assert [bool(listed)] == [each is not None for each in got]
        return bool(listed)

    assert {name: seen(name) for name in ("sun", "mei", "lin", "kim", "fu")} == {
        "sun": True, "mei": True, "lin": False, "kim": True, "fu": True,
    }  # fmt: skip
    stranger = {"id": mine["id"], "version": 1}
    assert firm.refused("lin", "update_contract", **stranger, name="x")[0] == "NOT_FOUND"
    assert firm.refused("lin", "submit_contract", **stranger)[0] == "NOT_FOUND"
    assert firm.refused("lin", "delete_contract", **stranger)[0] == "NOT_FOUND"
    assert firm.refused("mei", "void_contract", **stranger, reason="x")[0] == "FORBIDDEN"


def test_con_03_two_countersigners_one_yes_is_not_enough(firm: Company) -> None:
    contract = firm.draft(amount="50000")
    waiting = firm.take("sun", "submit_contract", contract)
    assert waiting["state"] == "IN_APPROVAL"
    assert firm.refused("sun", "update_contract", id=contract["id"], version=waiting["version"], name="x")[0] == (
        "BAD_STATE"
    )
    firm.decide("mei", contract)
    firm.decide("kim", contract)
    firm.decide("fu", contract)
    assert firm.contract(contract)["state"] == "IN_APPROVAL"
    done = firm.decide("fei", contract)
    assert done["state"] == "APPROVED"
    approved = firm.reaches(contract, "APPROVED")
    assert approved["approval_id"] == done["id"]
    assert [kind for kind, _ in firm.events(contract)] == [
        "contract.created", "contract.submitted", "contract.approval_begun", "contract.approved",
    ]  # fmt: skip


def test_con_03_two_who_countersign_at_once_both_count(firm: Company) -> None:
    contract = firm.draft(amount="50000")
    firm.take("sun", "submit_contract", contract)
    firm.decide("mei", contract)

    def say_yes(name: str) -> None:
        def attempt() -> bool:
            try:
                firm.decide(name, contract)
            except CrmError as refusal:
                if refusal.code is not Code.CONFLICT:
                    raise
                return False
            return True

        until(attempt, f"{name}'s yes")

    with ThreadPoolExecutor(3) as several:
        list(several.map(say_yes, ("kim", "fu", "fei")))
    firm.reaches(contract, "APPROVED")
    assert [kind for kind, _ in firm.events(contract)].count("contract.approved") == 1


def test_con_03_a_rejected_contract_is_a_draft_again_and_may_be_submitted_anew(firm: Company) -> None:
    contract = firm.draft(amount="50000")
    firm.take("sun", "submit_contract", contract)
    first = firm.decide("mei", contract, "REJECT", comment="价格过低")
    refused = firm.reaches(contract, "DRAFT")
    assert refused["state_reason"] == "价格过低"
    firm.take("sun", "submit_contract", contract)
    assert firm.waiting(contract)["id"] != first["id"]


def test_con_03_what_was_returned_goes_on_when_it_is_submitted_again(firm: Company) -> None:
    contract = firm.draft(amount="50000")
    firm.take("sun", "submit_contract", contract)
    first = firm.decide("mei", contract, "RETURN", comment="请补充条款")
    firm.reaches(contract, "DRAFT")
    firm.take("sun", "update_contract", contract, payment_terms="货到付款")
    again = firm.take("sun", "submit_contract", contract)
    assert (again["state"], again["approval_id"]) == ("IN_APPROVAL", first["id"])
    assert firm.waiting(contract)["id"] == first["id"]
    for name in ("mei", "kim", "fu", "fei"):
        firm.decide(name, contract)
    firm.reaches(contract, "APPROVED")


def test_con_03_a_contract_that_no_flow_takes_is_a_draft_again(firm: Company) -> None:
    contract = firm.draft(amount="50000")
    store = firm.stores["office"]
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE approval_flow SET state = 'ARCHIVED' WHERE kind = 'contract'")
    try:
        with pytest.raises(CrmError) as refused:
            firm.take("sun", "submit_contract", contract)
        assert (refused.value.code.value, refused.value.rule) == ("BAD_STATE", "there_is_no_flow_for_this")
        taken_back = firm.contract(contract)
        assert taken_back["state"] == "DRAFT"
        assert taken_back["state_reason"]
    finally:
        with store.transaction() as connection:
            connection.exec_driver_sql("UPDATE approval_flow SET state = 'PUBLISHED' WHERE kind = 'contract'")


def test_con_03_whoever_was_cut_off_is_asked_about_again_by_the_job(firm: Company) -> None:
    contract = firm.draft(amount="50000")
    with firm.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE contract SET state = 'IN_APPROVAL', submissions = 1, submitted_by = owner_id,"
            " updated_at = updated_at - interval '2 minutes' WHERE id = %s",
            (contract["id"],),
        )
    firm.run("finance.contract_approvals")
    approval = firm.waiting(contract)["id"]
    until(lambda: firm.contract(contract)["approval_id"] == approval, "the approval is known")
    told = firm.stores["office"].rows("SELECT 1 FROM approval WHERE record_id = %s", (contract["id"],))
    assert len(told) == 1


def test_con_03_an_approval_that_is_told_twice_changes_nothing(firm: Company) -> None:
    contract = countersigned(firm)
    [told] = firm.stores["office"].rows(
        "SELECT data FROM journal WHERE type = 'approval.approved' AND data ->> 'record_id' = %s", (contract["id"],)
    )
    event = codec.from_builtins(told[0], ApprovalApproved)
    late = codec.from_builtins(told[0] | {"decided_by": str(uuid4()), "comment": "迟到"}, ApprovalRejected)
    before = firm.rows()
    with changing(host_of(firm.services["finance"].container), system_context("office", correlation_id="x")) as change:
        contract_approval.note(change, event)
        contract_approval.note(change, late)
    assert firm.rows() == before


def test_con_04_signing_archives_at_once_and_for_good(firm: Company) -> None:
    contract, scan = countersigned(firm), firm.scan()
    step = {"id": contract["id"], "version": contract["version"]}
    bare = firm.refused("sun", "sign_contract", **step, signed_on=TODAY)
    assert bare == ("VALIDATION", "a_signed_file_is_needed", "signed_files")
    others = firm.refused("mei", "sign_contract", **step, signed_on=TODAY, signed_files=[firm.scan("mei")])
    assert others[0] == "FORBIDDEN"
    for foreign in (uuid4(), firm.scan("kim")):
        given = step | {"signed_on": TODAY, "signed_files": [scan, foreign]}
        assert firm.refused("sun", "sign_contract", **given)[1] == "a_file_is_not_there"
    signed = firm.take("sun", "sign_contract", contract, signed_on=TODAY, signed_files=[scan])
    assert (signed["state"], signed["signed_files"], signed["audit"]) == ("SIGNED", [str(scan)], None)
    [entry] = firm.call("kim", "contract_archive", filter={"contract_id": {"eq": contract["id"]}})["nodes"]
    assert (entry["number"], entry["contract_number"], entry["signed_files"]) == (
        signed["archive_number"], contract["number"], [str(scan)],
    )  # fmt: skip
    for method, more in (
        ("update_contract", {"name": "x"}), ("delete_contract", {}), ("void_contract", {"reason": "x"}),
        ("submit_contract", {}), ("sign_contract", {"signed_on": TODAY, "signed_files": [scan]}),
        ("correct_contract", {"name": "x"}),
    ):  # fmt: skip
        again = {"id": contract["id"], "version": signed["version"]} | more
        assert firm.refused("sun", method, **again)[0] == "BAD_STATE", method
    with pytest.raises(Exception, match="permission denied"), firm.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE contract_archive SET signed_files = '{}'")
    with pytest.raises(CrmError) as kept:
        firm.call("sun", "delete_document", service="documents", id=scan)
    assert kept.value.code is Code.BAD_STATE
    kinds = [(kind, data.get("record")) for kind, data in firm.events(contract)][-2:]
    assert kinds == [("contract.signed", "CONTRACT_SIGNED"), ("contract.archived", None)]


def test_con_04_who_signs_twice_at_once_archives_once(firm: Company) -> None:
    contract = countersigned(firm)
    given = {"id": contract["id"], "version": contract["version"], "signed_on": TODAY}

    def sign(name: str) -> str:
        try:
            signed = firm.call(name, "sign_contract", **given, signed_files=[firm.scan(name)])
            return str(signed["contract"]["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(2) as several:
        assert sorted(several.map(sign, ("sun", "kim"))) == ["CONFLICT", "SIGNED"]
    entries = firm.call("kim", "contract_archive", filter={"contract_id": {"eq": contract["id"]}})["nodes"]
    assert len(entries) == 1


def test_registering_a_signed_contract_is_one_effect_under_one_key(firm: Company) -> None:
    customer, key = firm.customer(), uuid4().hex
    bare = {"customer_id": customer["id"], "name": "服务合同", "amount": "1", "signed_on": TODAY}
    assert firm.refused("sun", "register_signed_contract", **bare) == (
        "VALIDATION", "a_signed_file_is_needed", "signed_files",
    )  # fmt: skip
    given = bare | {"signed_files": [firm.scan()], "idempotency_key": key}
    first = firm.call("sun", "register_signed_contract", **given)["contract"]
    assert firm.call("sun", "register_signed_contract", **given)["contract"] == first
    assert (first["state"], first["audit"], first["is_registered"]) == ("SIGNED", "PENDING", True)
    [card] = firm.as_system("contract_cards", ids=[first["id"], uuid4()])
    assert card == {
        "id": first["id"], "number": first["number"], "customer_id": customer["id"], "owner_id": str(firm["sun"].id),
        "state": "SIGNED", "amount": "1.00", "currency": "CNY", "signed_on": TODAY.isoformat(),
    }  # fmt: skip
    assert firm.refused("sun", "contract_cards", ids=[first["id"]])[0] == "FORBIDDEN"


def test_fin_12_finance_gives_back_and_confirms_what_was_registered(firm: Company) -> None:
    contract = firm.registered()
    look = {"id": contract["id"], "version": 1}
    assert firm.refused("sun", "audit_contract", **look, confirm=True)[0] == "FORBIDDEN"
    assert firm.refused("fu", "audit_contract", **look, confirm=False)[1] == "a_return_has_a_reason"
    returned = firm.take("fu", "audit_contract", contract, confirm=False, reason="金额不符")
    assert (returned["audit"], returned["audit_reason"], returned["state"]) == ("RETURNED", "金额不符", "SIGNED")
    corrected = firm.take("sun", "correct_contract", contract, amount="90000")
    assert (corrected["amount"], corrected["audit"], corrected["revision"]) == ("90000.00", "PENDING", 2)
    confirmed = firm.take("fei", "audit_contract", contract, confirm=True)
    assert (confirmed["audit"], confirmed["audited_by"]) == ("CONFIRMED", str(firm["fei"].id))
    again = {"id": contract["id"], "version": confirmed["version"]}
    assert firm.refused("fu", "audit_contract", **again, confirm=True)[0] == "BAD_STATE"
    [entry] = firm.call("kim", "contract_archive", filter={"contract_id": {"eq": contract["id"]}})["nodes"]
    assert entry["amount"] == "100000.00"


def test_a_signed_contract_ends_before_its_time_and_a_draft_comes_to_nothing(firm: Company) -> None:
    signed, draft = firm.registered(), firm.draft()
    assert firm.refused("sun", "terminate_contract", id=signed["id"], version=1, reason="违约")[0] == "FORBIDDEN"
    over = firm.take("kim", "terminate_contract", signed, reason="违约")
    assert (over["state"], over["state_reason"]) == ("TERMINATED", "违约")
    void = firm.take("sun", "void_contract", draft, reason="客户取消")
    assert (void["state"], void["state_reason"]) == ("VOID", "客户取消")
    assert firm.refused("sun", "delete_contract", id=void["id"], version=void["version"])[0] == "BAD_STATE"


def test_cus_15_a_signed_contract_is_a_sales_record_of_its_customer(firm: Company) -> None:
    customer = firm.customer()
    contract = firm.registered(customer_id=customer["id"])
    found = "SELECT kind, reference_id FROM sales_record WHERE customer_id = %s"
    rows = until(lambda: firm.stores["customer"].rows(found, (customer["id"],)), "the sales record")
    assert rows == [("sales_record.contract_signed", UUID(contract["id"]))]


def test_con_04_files_that_documents_was_not_told_of_are_kept_by_the_job(firm: Company) -> None:
    contract = firm.registered()
    told = "SELECT count(*) FROM document_link WHERE document_id = %s"
    documents = firm.stores["documents"]
    assert documents.rows(told, (contract["signed_files"][0],)) == [(1,)]
    with firm.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE contract SET kept_files = '{}', updated_at = updated_at - interval '2 minutes' WHERE id = %s",
            (contract["id"],),
        )
    firm.run("finance.contract_files")
    kept = "SELECT kept_files = signed_files FROM contract WHERE id = %s"
    until(lambda: firm.store.rows(kept, (contract["id"],)) == [(True,)], "the files are kept")
    assert documents.rows(told, (contract["signed_files"][0],)) == [(1,)]


def test_con_02_a_contract_has_the_fields_that_the_company_defines(firm: Company) -> None:
    made = firm.call("adam", "create_contract_field", key="signPlace", name="签订地点", type="ADDRESS", required=True)
    [field] = made.values()
    try:
        given = {"customer_id": firm.customer()["id"], "name": "合同", "amount": "1"}
        lacking = firm.refused("sun", "create_contract", **given)
        assert (lacking[0], lacking[2]) == ("VALIDATION", "custom.signPlace")
        place = {"province": "上海市", "city": "上海市", "street": "世纪大道 1 号"}
        contract = firm.draft(custom={"signPlace": place})
        assert firm.events(contract)[0][1]["changes"]["custom.signPlace"][1]["street"] == "世纪大道 1 号"
        wrong = {"id": contract["id"], "version": 1, "custom": {"signPlace": "上海"}}
        assert firm.refused("sun", "update_contract", **wrong)[0] == "VALIDATION"
        moved = firm.take("sun", "update_contract", contract, custom={"signPlace": place | {"street": "陆家嘴"}})
        assert moved["version"] == 2
        [row] = firm.store.rows(
            "SELECT custom -> 'signPlace' ->> 'street' FROM contract WHERE id = %s", (contract["id"],)
        )
        assert row == ("陆家嘴",)
    finally:
        firm.call("adam", "archive_contract_field", id=field["id"], version=field["version"])


def test_cus_09_contracts_go_along_with_their_customer_unless_the_transfer_keeps_them(firm: Company) -> None:
    for cascade, owner in ((True, "lin"), (False, "sun")):
        customer = firm.customer()
        contract = firm.draft(customer_id=customer["id"])
        given = {"ids": [customer["id"]], "to_id": firm["lin"].id, "cascade": cascade}
        results = firm.call("sun", "transfer_customers", service="customer", **given)["results"]
        assert [each["code"] for each in results] == [None]
        after = firm.customer()
        second = firm.draft(customer_id=after["id"])
        firm.call("sun", "transfer_customers", service="customer", **given | {"ids": [after["id"]], "cascade": True})
        # events of the later transfer are told after those of the earlier one
        until(lambda: firm.contract(second)["owner_id"] == str(firm["lin"].id), "the later one")  # noqa: B023
        if cascade:
            firm.becomes(contract, "owner_id", str(firm[owner].id))
        assert firm.contract(contract)["owner_id"] == str(firm[owner].id)


def test_idn_23_contracts_of_who_leaves_are_counted_and_passed_on(firm: Company) -> None:
    made = [firm.draft("mei"), firm.registered("mei")]
    before = firm.as_system("owned_here", employee_id=firm["mei"].id)["counts"]["contract"]
    assert before >= 2
    moved = firm.as_system("hand_over_here", from_id=firm["mei"].id, to_ids=[firm["lin"].id])["moved"]
    assert moved == {"contract": before}
    assert {firm.contract(each)["owner_id"] for each in made} == {str(firm["lin"].id)}
    assert firm.as_system("owned_here", employee_id=firm["mei"].id) == {"counts": {"contract": 0}}
