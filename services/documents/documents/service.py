"""The documents service: files of people and records: upload, versions, rights, recovery."""

from __future__ import annotations

from crm_common.projections.employees import EMPLOYEES
from documents.operations.articles import ArticleOperations
from documents.operations.categories import CategoryOperations
from documents.operations.encrypting import EncryptionOperations
from documents.operations.files import FileOperations
from documents.operations.linking import LinkOperations
from documents.operations.recordings import RecordingOperations
from documents.operations.sharing import SharingOperations
from documents.operations.uploads import UploadOperations


class DocumentsService(
    UploadOperations,
    FileOperations,
    LinkOperations,
    CategoryOperations,
    EncryptionOperations,
    ArticleOperations,
    RecordingOperations,
    SharingOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "documents"
    projections = (EMPLOYEES,)
