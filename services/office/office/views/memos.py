"""Memos as they are shown: to whoever wrote them, and to nobody else."""

from __future__ import annotations

from crm_common.protocol.office.memos import MemoView
from crm_common.reading import bind
from office.tables import memo

MEMOS = bind(
    MemoView,
    memo,
    where="{t}.owner_id = {me}",
    sort={"title": memo.c.title_key},
    default_order=[memo.c.updated_at.desc()],
)
