"""How a check says that a file is not taken."""

from __future__ import annotations

from crm_common.errors import CrmError
from crm_common.protocol.documents.uploads import UploadRules


class Unfit(Exception):  # noqa: N818 - it says what a file is, and becomes a refusal
    """The file is not what it is called (``another``), or it is, but damaged or hostile: then ``why``."""

    def __init__(self, why: str = "", *, another: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.another = another


def refusal(unfit: Unfit, found: str) -> CrmError:
    """The refusal that people read; ``found`` says what the file seems to be."""
    if unfit.another:
        return UploadRules.the_content_is_not_what_the_name_says(field="name", found=found)
    return UploadRules.the_file_is_damaged_or_hostile(field="upload_id", why=unfit.why)
