"""Products come from files and leave in them (IOX-01, 02)."""

from __future__ import annotations

import io
from typing import Any

from crm_common.objects import FileObjects, open_objects
from crm_common.protocol.selection import names
from earning import ENVIRONMENT
from ledger.waiting import until
from serving.alone import Alone, employee

KEEPER = employee("keeper", "product.import", "product.export", "product.edit")
HEAD = "产品编码,产品名称,产品类型,单位,标准价,风险等级,期限（月）"
SHOWN = names("id", "state", "created", "updated", "skipped", "failed", "taken_back", "kept", "problem")


def files() -> FileObjects:
    """Where the service keeps files."""
    found = open_objects(ENVIRONMENT.process)
    assert isinstance(found, FileObjects)
    return found


def ended(service: Alone, job: str) -> dict[str, Any]:
    """The import, when it has come to its end."""

    def found() -> dict[str, Any]:
        [shown] = service.call(KEEPER, "product_imports_by_ids", ids=[job], select=SHOWN)
        return dict(shown)

    until(lambda: found()["state"] in {"DONE", "FAILED", "UNDONE"}, "the import ends", 60)
    return found()


def imported(service: Alone, *rows: str, **more: Any) -> dict[str, Any]:
    """The import of a CSV file, gone through to its end."""
    job = service.call(KEEPER, "start_product_import", kind="PRODUCT", file_name="产品.csv", **more)["job"]["id"]
    files().put(f"imports/{job}/source", io.BytesIO("\n".join([HEAD, *rows]).encode("gb18030")))
    service.call(KEEPER, "map_product_import", id=job)
    service.call(KEEPER, "run_product_import", id=job)
    return ended(service, job)


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    """(created, updated, skipped, failed)"""
    return job["created"], job["updated"], job["skipped"], job["failed"]


def test_iox_01_a_file_of_products_comes_in_once_and_what_is_wrong_stays_out(service: Alone) -> None:
    rows = (
        "I-1,车床,商品,台,1000,,",
        "I-2,稳健基金,投资产品,份,1.00,R2,12",
        "I-3,错,商品,台,1000,R2,",
        "i-1,又一台,商品,台,1,,",
    )

    first = imported(service, *rows)
    again = imported(service, *rows)

    assert counts(first) == (2, 0, 1, 1)
    assert counts(again) == (0, 0, 3, 1)
    shown = service.store.rows(
        "SELECT code, kind, risk, list_price::text FROM product WHERE code LIKE 'I-%%' ORDER BY code"
    )
    assert shown == [("I-1", "GOODS", None, "1000.00"), ("I-2", "INVESTMENT", "R2", "1.00")]
    undone = service.call(KEEPER, "undo_product_import", id=first["id"])["job"]["id"]
    assert ended(service, undone)["taken_back"] == 2
    assert service.store.rows("SELECT count(*) FROM product WHERE code LIKE 'I-%%'") == [(0,)]


def test_iox_01_an_import_that_updates_changes_what_is_there_and_what_was_changed_stays(service: Alone) -> None:
    first = imported(service, "U-1,车床,商品,台,1000,,")
    assert counts(imported(service, "u-1,车床二,商品,台,1200,,", policy="UPDATE")) == (0, 1, 0, 0)
    assert service.store.rows("SELECT name, list_price::text FROM product WHERE code = 'U-1'") == [
        ("车床二", "1200.00")
    ]

    service.call(KEEPER, "undo_product_import", id=first["id"])

    assert (ended(service, first["id"])["taken_back"], ended(service, first["id"])["kept"]) == (0, 1)


def test_only_who_may_imports_and_exports_products(service: Alone) -> None:
    editor = employee("only-editor", "product.edit", "performance.own")
    assert service.refused(editor, "start_product_import", kind="PRODUCT", file_name="x.csv") == "FORBIDDEN"
    assert service.refused(editor, "start_sales_export", kind="PRODUCT", format="CSV") == "FORBIDDEN"


def test_iox_02_the_catalogue_leaves_as_it_is_seen(service: Alone) -> None:
    service.call(KEEPER, "create_product", code="X-1", name="=1+1", unit="台", list_price="5", cost="3")
    kept = {"code": {"eq": "X-1"}}
    job = service.call(KEEPER, "start_sales_export", kind="PRODUCT", format="CSV", filter=kept)["job"]["id"]
    until(lambda: state(service, KEEPER, job) == "DONE", "the export ends", 60)
    link = service.call(KEEPER, "sales_export_file", id=job)
    grant = files().signer.read(link["url"])
    assert grant is not None
    line = b"".join(files().read(grant.key)).decode("utf-8-sig").splitlines()[1].split(",")
    assert (line[0], line[1].strip('"'), line[5], line[7]) == ("X-1", "'=1+1", "5.00", "3.00")


def state(service: Alone, who: Any, job: str) -> str:
    """How far an export has come."""
    [shown] = service.call(who, "sales_exports_by_ids", ids=[job], select=names("state"))
    return str(shown["state"])
