"""Orders leave in files (IOX-02)."""

from __future__ import annotations

import pytest

from crm_common.protocol.sales.orders import OrderState as S
from earning import ENVIRONMENT
from earning.approved import known
from ordering.reviewing import KEYS, placed
from serving.alone import Alone
from serving.exported import exported

pytestmark = pytest.mark.infra


def test_iox_02_the_orders_of_ones_scope_leave_as_the_list_shows_them(service: Alone) -> None:
    li = known(service, "export.li", *KEYS, "order.export", order="SELF")
    other = known(service, "export.other", *KEYS, order="SELF")
    mine, foreign = placed(service, li, S.APPROVED), placed(service, other, S.APPROVED)
    with service.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE sales_order SET remark = '=1+1' WHERE id = %s", (mine.id,))
    both = {"id": {"in": [str(mine.id), str(foreign.id)]}}

    head, *lines = exported(
        service, ENVIRONMENT, li, "ORDER", noun="sales", filter=both, columns=["number", "state", "amount", "remark"]
    )

    assert head == "订单编号,状态,订单金额,备注"
    assert [line.split(",") for line in lines] == [[mine.number, "已通过", "120000.00", "'=1+1"]]


def test_only_who_holds_order_export_exports_orders(service: Alone) -> None:
    seller = known(service, "export.seller", *KEYS, "performance.own", order="SELF")
    assert service.refused(seller, "start_sales_export", kind="ORDER", format="CSV") == "FORBIDDEN"
