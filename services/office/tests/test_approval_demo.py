"""The approvals of the demo company: at different nodes, decided by its own people, loaded once."""

from __future__ import annotations

import pytest

from approving.company import company
from infra.postgres import SharedPostgres
from office.usecases.approval_demo import INVENTED

pytestmark = pytest.mark.infra


def test_a_few_approvals_stand_at_different_nodes_and_are_loaded_once(postgres_server: SharedPostgres) -> None:
    with company(postgres_server) as firm:
        given = {"initiator_ids": [firm["sun"].id]}
        assert firm.as_system("load_demo_approvals", **given) == {"loaded": len(INVENTED)}
        assert firm.as_system("load_demo_approvals", **given) == {"loaded": 0}
        found = firm.store.rows(
            "SELECT title, state, CASE WHEN ended_at IS NULL THEN path[place + 1] END FROM approval"
        )
        assert {title: (state, node) for title, state, node in found} == {
            "年假三天": ("PENDING", "superior"),
            "病假": ("PENDING", "hr"),
            "婚假": ("APPROVED", None),
            "拜访苏州客户": ("RETURNED", "superior"),
            "客户招待费": ("PENDING", "finance"),
            "年度框架折扣": ("REJECTED", None),
            "打印纸与硒鼓": ("PENDING", "one"),
        }
        assert firm.call("sun", "my_approval_counts")["started"] == 5
        assert firm.call("mei", "my_approval_counts") == {"started": 0, "to_do": 2, "done": 5, "copied": 0}
