"""Imports: a table somebody sent becomes records of a service, batch by batch, exactly once, and can be taken back."""

from crm_common.imports.engine import Batch, Importer, Outcome, RowResult
from crm_common.imports.serving import importing
from crm_common.imports.tables import IMPORT_JOB, create_imports, import_binding

__all__ = [
    "IMPORT_JOB",
    "Batch",
    "Importer",
    "Outcome",
    "RowResult",
    "create_imports",
    "import_binding",
    "importing",
]
