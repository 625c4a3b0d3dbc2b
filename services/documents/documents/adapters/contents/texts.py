"""Texts: nothing but signs in a known encoding, and no other language in disguise."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from documents.adapters.contents.refusing import Unfit

_PIECE = 1 << 20
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# a tab, ends of lines and pages are all that a text has of the control signs
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_OTHERS = re.compile(
    r"\s*(?:<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<iframe|#!|%pdf-|%!ps|\{\\rtf|mz\x90|@echo off)",
    re.IGNORECASE,
)


def check_text(path: Path) -> None:
    """UTF-8, UTF-16 with its mark, or GB18030; no control signs; not HTML, XML, a script or their like."""
    encoding = encoding_of(path)
    if encoding is None:
        raise Unfit(another=True)
    with path.open("rb") as file:
        begin = file.read(1024).decode(encoding, "ignore").lstrip("\ufeff")
    if _OTHERS.match(begin):
        raise Unfit(another=True)


def encoding_of(path: Path) -> str | None:
    """In which of the three the whole file makes sense; None where in none."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = [encoding for mark, encoding in _MARKS if head.startswith(mark)]
    return next((each for each in marked or ("utf-8", "gb18030") if _is_text(path, each)), None)


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                if _CONTROL.search(decoder.decode(piece)):
                    return False
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False
    return True
