"""Rankings, the board of salespeople, and the receipts they count."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.receivables_events import ReceiptConfirmed, ReceiptReversed
from crm_common.protocol.sales.rankings import BoardPerson, RankedPerson, SalesBoard, SalesRanking
from crm_common.runtime.entrypoints import rpc, subscribe
from sales.operations.offering import Offering
from sales.usecases.receipts import note_receipt
from sales.views import board, rankings


class RankingOperations(Offering):
    """Rankings."""

    @rpc
    def sales_ranking(self, query: SalesRanking) -> list[RankedPerson]:
        return rankings.ranking(self.host, self.context, query)

    @rpc
    def sales_board(self, query: SalesBoard) -> list[BoardPerson]:
        return board.board(self.host, self.context, query)

    @subscribe(ReceiptConfirmed)
    def count_receipt(self, event: ReceiptConfirmed, change: Change) -> None:
        note_receipt(change, event)

    @subscribe(ReceiptReversed)
    def uncount_receipt(self, event: ReceiptReversed, change: Change) -> None:
        note_receipt(change, event)
