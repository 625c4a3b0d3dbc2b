"""What documents shows: each view bound to its table."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.documents.items import DocumentsItemView
from crm_common.reading import bind, by_owner
from documents.tables.items import item

ITEMS = bind(
    DocumentsItemView,
    item,
    fields={"owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id"},
    sort={"name": item.c.name_key},
    scope=by_owner("documents", owner=item.c.owner_id, people=employee_ref),
    default_order=[item.c.created_at.desc()],
)
