"""The documents service: files of people and records: upload, versions, rights, recovery."""

from __future__ import annotations

from crm_common.projections.employees import EMPLOYEES
from documents.operations.items import ItemOperations


class DocumentsService(
    ItemOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "documents"
    projections = (EMPLOYEES,)
