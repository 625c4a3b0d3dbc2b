"""Products."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Amount, Document, Id, Ids, Sorted, history, identifier, needed
from sales.tables.metadata import metadata

product = sa.Table(
    "product",
    metadata,
    identifier(),
    needed("code", Sorted),
    needed("code_fold", Sorted),  # what makes two codes the same: without case and width
    needed("name", Sorted),
    needed("name_key", Sorted),  # by which lists are sorted: pinyin
    needed("kind", Sorted),
    sa.Column("category", Sorted),
    needed("unit", Sorted),
    needed("list_price", Amount),
    needed("currency", Sorted),
    sa.Column("cost", Amount),
    sa.Column("floor_price", Amount),
    needed("on_sale", sa.Boolean),
    sa.Column("term_months", sa.Integer),
    sa.Column("risk", Sorted),
    sa.Column("description", Sorted),
    needed("picture_ids", Ids),
    needed("custom", Document),
    sa.Column("created_by", Id),
    *history(),
)
