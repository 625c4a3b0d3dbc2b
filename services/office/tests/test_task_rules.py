"""The states of a task (OFC-17): every action from every state, allowed or BAD_STATE."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.office.tasks import TaskPriority, TaskStatus
from office.domain import task as domain
from office.domain.task import Action, Task

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
S, A = TaskStatus, Action
ALLOWED = {
    (A.EDIT, S.ASSIGNED): S.ASSIGNED, (A.EDIT, S.ACCEPTED): S.ACCEPTED, (A.EDIT, S.IN_PROGRESS): S.IN_PROGRESS,
    (A.ASSIGN, S.ASSIGNED): S.ASSIGNED, (A.ASSIGN, S.ACCEPTED): S.ASSIGNED, (A.ASSIGN, S.IN_PROGRESS): S.ASSIGNED,
    (A.ACCEPT, S.ASSIGNED): S.ACCEPTED,
    (A.PROGRESS, S.ACCEPTED): S.IN_PROGRESS, (A.PROGRESS, S.IN_PROGRESS): S.IN_PROGRESS,
    (A.COMPLETE, S.ACCEPTED): S.DONE, (A.COMPLETE, S.IN_PROGRESS): S.DONE,
    (A.VERIFY, S.DONE): S.VERIFIED,
    (A.REOPEN, S.DONE): S.IN_PROGRESS, (A.REOPEN, S.VERIFIED): S.IN_PROGRESS,
    (A.CANCEL, S.ASSIGNED): S.CANCELLED, (A.CANCEL, S.ACCEPTED): S.CANCELLED, (A.CANCEL, S.IN_PROGRESS): S.CANCELLED,
}  # fmt: skip


def task(status: TaskStatus) -> Task:
    return Task(
        id=UUID(int=1), title="x", body="", status=status, priority=TaskPriority.NORMAL, assigner_id=UUID(int=2),
        assignee_id=UUID(int=3), version=4,
    )  # fmt: skip


@pytest.mark.parametrize(("action", "status"), list(product(Action, TaskStatus)))
def test_ofc_17_an_action_leads_where_the_table_says_or_is_a_bad_state(action: Action, status: TaskStatus) -> None:
    expected = ALLOWED.get((action, status))
    if expected is None:
        with pytest.raises(CrmError) as refused:
            domain.acted(task(status), action, 4)
        assert (refused.value.code, refused.value.details) == (Code.BAD_STATE, {"status": status.value})
    else:
        after = domain.acted(task(status), action, 4)
        assert (after.status, after.version) == (expected, 5)


def test_a_stale_version_is_a_conflict_where_the_state_allows_it() -> None:
    with pytest.raises(CrmError) as refused:
        domain.acted(task(S.ASSIGNED), A.ACCEPT, 3)
    assert refused.value.code is Code.CONFLICT


def test_done_and_sent_back_say_how_much_is_done() -> None:
    done = domain.completed(task(S.ACCEPTED), 4, "两套样品已寄出", NOW)
    assert (done.progress, done.result, done.done_at) == (100, "两套样品已寄出", NOW)
    back = domain.reopened(done, 5, "少一套")
    assert (back.progress, back.result, back.done_at, back.status) == (99, "少一套", None, S.IN_PROGRESS)
