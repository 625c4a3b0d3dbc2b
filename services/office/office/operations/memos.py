"""Memos: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.office.memos import CreateMemo, DeleteMemo, Memos, MemosByIds, UpdateMemo
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import memos


class MemoOperations(Offering):
    """Memos."""

    @rpc
    def memos(self, query: Memos) -> Raw:
        return self.views.page(query)

    @rpc
    def memos_by_ids(self, query: MemosByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_memo(self, command: CreateMemo) -> Raw:
        return self.commands.run(memos.create_memo, command)

    @rpc
    def update_memo(self, command: UpdateMemo) -> Raw:
        return self.commands.run(memos.update_memo, command)

    @rpc
    def delete_memo(self, command: DeleteMemo) -> Raw:
        return self.commands.run(memos.delete_memo, command)
