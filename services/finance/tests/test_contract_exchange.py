"""Contracts come from files and leave in them, receivables leave (IOX-01, 02)."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

from crm_common.context import Actor
from crm_common.objects import FileObjects, open_objects
from crm_common.protocol.selection import names
from ledger.waiting import until
from owing import ENVIRONMENT
from serving.alone import Alone, employee
from serving.exported import exported

KEYS = ("contract.view", "contract.create", "contract.import", "contract.export")
HEAD = "合同名称,客户名称,合同金额,开始日期,结束日期,备注"
SHOWN = names("id", "state", "created", "updated", "skipped", "failed", "taken_back", "kept")


def keeper(service: Alone) -> Actor:
    """A salesperson who brings contracts of his own customers."""
    person = employee(f"keeper {uuid4().hex[:6]}", *KEYS, contract="SELF", customer="SELF")
    known = """
    INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
    VALUES (%s, 1, %s, true, %s, '', '/', '{}')
    """
    with service.store.transaction() as connection:
        connection.exec_driver_sql(known, (person.id, person.name, uuid4()))
    return person


def customer(service: Alone, name: str, owner: UUID | None) -> str:
    """A customer, as the service knows of it."""
    known = "INSERT INTO customer_ref (id, seq, name, owner_id, holding) VALUES (%s, 1, %s, %s, %s)"
    with service.store.transaction() as connection:
        connection.exec_driver_sql(known, (uuid4(), name, owner, "OWNED" if owner else "POOL"))
    return name


def imported(service: Alone, who: Actor, *rows: str, **more: Any) -> dict[str, Any]:
    """The import of a CSV file, gone through to its end."""
    job = service.call(who, "start_contract_import", kind="CONTRACT", file_name="合同.csv", **more)["job"]["id"]
    objects = open_objects(ENVIRONMENT.process)
    assert isinstance(objects, FileObjects)
    objects.put(f"imports/{job}/source", io.BytesIO("\n".join([HEAD, *rows]).encode("gb18030")))
    service.call(who, "map_contract_import", id=job)
    service.call(who, "run_contract_import", id=job)
    return ended(service, who, job)


def ended(service: Alone, who: Actor, job: str) -> dict[str, Any]:
    """The import, when it has come to its end."""

    def found() -> dict[str, Any]:
        [shown] = service.call(who, "contract_imports_by_ids", ids=[job], select=SHOWN)
        return dict(shown)

    until(lambda: found()["state"] in {"DONE", "FAILED", "UNDONE"}, "the import ends", 60)
    return found()


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    """(created, updated, skipped, failed)"""
    return job["created"], job["updated"], job["skipped"], job["failed"]


def drafts(service: Alone, who: Actor) -> list[tuple[Any, ...]]:
    """What there is of somebody's contracts."""
    asked = "SELECT name, state, amount::text, counterparty FROM contract WHERE owner_id = %s AND deleted_at IS NULL"
    return service.store.rows(f"{asked} ORDER BY number", (who.id,))


def test_iox_01_contracts_come_in_once_as_drafts_of_customers_in_scope(service: Alone) -> None:
    who = keeper(service)
    mine = customer(service, f"华信（北京）{uuid4().hex[:6]}", who.id)
    foreign, free = (customer(service, uuid4().hex, owner) for owner in (uuid4(), None))
    rows = (
        f"采购合同,{mine.replace('（', '(').replace('）', ')')},5000,2026-01-01,2026-12-31,",
        f"采购合同,{mine},7000,,,",
        f"甲,{foreign},1,,,",
        f"乙,{free},1,,,",
        f"丙,{mine},1,2026-12-31,2026-01-01,",
    )

    first, again = imported(service, who, *rows), imported(service, who, *rows)

    assert (counts(first), counts(again)) == ((1, 0, 1, 3), (0, 0, 2, 3))
    assert drafts(service, who) == [("采购合同", "DRAFT", "5000.00", mine)]
    undone = service.call(who, "undo_contract_import", id=first["id"])["job"]["id"]
    assert ended(service, who, undone)["taken_back"] == 1
    assert drafts(service, who) == []


def test_iox_01_an_import_that_updates_edits_drafts_and_what_was_changed_stays(service: Alone) -> None:
    who = keeper(service)
    mine = customer(service, uuid4().hex, who.id)
    first = imported(service, who, f"服务合同,{mine},5000,,,旧")

    assert counts(imported(service, who, f"服务合同,{mine},6000,,,", policy="UPDATE")) == (0, 1, 0, 0)

    assert drafts(service, who) == [("服务合同", "DRAFT", "6000.00", mine)]
    service.call(who, "undo_contract_import", id=first["id"])
    assert (ended(service, who, first["id"])["taken_back"], ended(service, who, first["id"])["kept"]) == (0, 1)


def test_iox_02_contracts_leave_by_scope_with_formulas_as_text(service: Alone) -> None:
    who, other = keeper(service), keeper(service)
    for each, remark in ((who, "=1+1"), (other, "")):
        imported(service, each, f"合同,{customer(service, uuid4().hex, each.id)},5000,,,{remark}")

    lines = exported(service, ENVIRONMENT, who, "CONTRACT", columns=["name", "state", "amount", "remark"])

    assert [line.split(",") for line in lines] == [["合同名称", "状态", "合同金额", "备注"],
                                                   ["合同", "拟订", "5000.00", "'=1+1"]]  # fmt: skip


def test_only_who_may_imports_and_exports(service: Alone) -> None:
    drafter = employee("only-drafter", "contract.view", "contract.create", "receivable.view")
    assert service.refused(drafter, "start_contract_import", kind="CONTRACT", file_name="x.csv") == "FORBIDDEN"
    assert service.refused(drafter, "start_finance_export", kind="CONTRACT", format="CSV") == "FORBIDDEN"
    of_contracts = employee("only-contracts", *KEYS, "receivable.view", contract="ALL", receivable="ALL")
    assert service.refused(of_contracts, "start_finance_export", kind="RECEIVABLE", format="CSV") == "FORBIDDEN"
    of_money = employee("only-money", "receivable.view", "receivable.export", "contract.view", receivable="ALL")
    assert exported(service, ENVIRONMENT, of_money, "RECEIVABLE", columns=["title", "open_amount"]) == [
        "应收说明,未收金额"
    ]
    assert service.refused(of_money, "start_finance_export", kind="CONTRACT", format="CSV") == "FORBIDDEN"
