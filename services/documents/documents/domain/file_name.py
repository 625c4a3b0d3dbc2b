"""What a file may be called: an ending of the closed list that fits its content, and nothing that deceives a reader."""

from __future__ import annotations

import unicodedata

from crm_common.protocol.documents.files import DocumentRules
from crm_common.protocol.documents.uploads import UploadRules

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain",
    "csv": "text/csv",
    "docx": _WORD,
    "xlsx": _SHEET,
    "pptx": _SLIDES,
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
}
"""The closed list: what is taken, by the file name's ending."""
_MOST_BYTES = 255
# Cc control, Cf format (direction, zero width), Cs surrogates, Co private, Zl Zp separators of lines
_DECEIVING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = frozenset('/\\:*?"<>|')


def type_of(name: str) -> str:
    """What a file of this name is to be; ``VALIDATION`` for an ending that is not taken."""
    stem, dot, ending = name.rpartition(".")
    found = TYPES.get(ending.lower())
    if not dot or not stem or found is None:
        raise UploadRules.files_of_this_type_are_not_taken(field="name", found=(dot + ending)[:20] or name[:20])
    return found


def checked_name(name: str, content_type: str | None = None) -> str:
    """The name without outer blanks, in its composed form; ``VALIDATION`` where it deceives or does not fit."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name or name.startswith("."):
        raise DocumentRules.a_document_has_a_name(field="name")
    deceiving = any(unicodedata.category(sign) in _DECEIVING or sign in _FORBIDDEN for sign in name)
    if deceiving or name.endswith(".") or len(name.encode("utf-8", "replace")) > _MOST_BYTES:
        raise UploadRules.a_file_name_has_no_such_signs(field="name")
    if content_type is not None and type_of(name) != content_type:
        raise UploadRules.the_content_is_not_what_the_name_says(field="name", found=content_type)
    return name
