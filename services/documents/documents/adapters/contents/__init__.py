"""What a file really is, found out by its content: each kind's own structure is gone through, nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from documents.adapters.contents.audio import check_mp3, check_ogg, check_wav
from documents.adapters.contents.images import check_gif, check_jpeg, check_png, check_webp
from documents.adapters.contents.named import expect_alone, stranger
from documents.adapters.contents.office import check_document, check_slides, check_workbook
from documents.adapters.contents.pdf import check_pdf
from documents.adapters.contents.refusing import Unfit, refusal
from documents.adapters.contents.texts import check_text
from documents.domain.file_name import TYPES

__all__ = ["checked_content"]

_CHECKS: dict[str, Callable[[Path], None]] = {
    TYPES["pdf"]: check_pdf,
    TYPES["jpg"]: check_jpeg,
    TYPES["png"]: check_png,
    TYPES["gif"]: check_gif,
    TYPES["webp"]: check_webp,
    TYPES["txt"]: check_text,
    TYPES["csv"]: check_text,
    TYPES["docx"]: check_document,
    TYPES["xlsx"]: check_workbook,
    TYPES["pptx"]: check_slides,
    TYPES["mp3"]: check_mp3,
    TYPES["wav"]: check_wav,
    TYPES["ogg"]: check_ogg,
}


def checked_content(path: Path, expected: str) -> str:
    """The content type; ``VALIDATION`` where the content is another one, damaged, or carries what it should not."""
    try:
        _CHECKS[expected](path)
        expect_alone(path, expected)
    except Unfit as unfit:
        raise refusal(unfit, stranger(path)) from unfit
    return expected
