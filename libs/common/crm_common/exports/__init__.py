"""Exports: a filtered list becomes a file, as its viewer sees it, in the background, with a trace of who took what."""

from crm_common.exports.engine import Exporter
from crm_common.exports.serving import exporting
from crm_common.exports.tables import EXPORT_JOB, create_exports, export_binding

__all__ = ["EXPORT_JOB", "Exporter", "create_exports", "export_binding", "exporting"]
