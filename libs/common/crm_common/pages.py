"""Papers of the company as PDF: Chinese text, tables over pages, page numbers, a word across (ADR 0152).

Import it where something is printed, not before: the library of pages is 10 MB that a process takes then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

# The character collection Adobe-GB1, which PDF readers have a Chinese font for: none is shipped, none is embedded.
_FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
_TITLE = ParagraphStyle("title", fontName=_FONT, fontSize=20, leading=28, alignment=1)
_HEADLINE = ParagraphStyle("headline", fontName=_FONT, fontSize=12, leading=18, alignment=1)
_TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=9, leading=13, wordWrap="CJK")
_FIGURE = ParagraphStyle("figure", parent=_TEXT, alignment=2)
_CLAUSE = ParagraphStyle("clause", parent=_TEXT, fontSize=10.5, leading=17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a story. ``foot`` is before the page number; ``across``: a word over every page."""

    title: str
    author: str
    foot: str
    across: str | None = None
    margin: int = 12
    """Left and right, in millimetres."""


def printed(frame: Frame, story: Sequence[Flowable]) -> bytes:
    """The PDF, on A4. The same frame and story are the same bytes."""
    file = BytesIO()
    page: dict[str, Any] = {"leftMargin": frame.margin * mm, "rightMargin": frame.margin * mm}
    page |= {"topMargin": 18 * mm, "bottomMargin": 18 * mm}
    document = SimpleDocTemplate(file, pagesize=A4, title=frame.title, author=frame.author, invariant=1, **page)
    edge = partial(_edge, frame)
    document.build(list(story), onFirstPage=edge, onLaterPages=edge)
    return file.getvalue()


def title(text: str) -> Flowable:
    """What the paper is, large and in the middle."""
    return Paragraph(escape(text), _TITLE)


def headline(text: str) -> Flowable:
    """A line in the middle."""
    return Paragraph(escape(text), _HEADLINE)


def said(text: str) -> Flowable:
    """A small paragraph, as in a table; it wraps Chinese."""
    return Paragraph(escape(text), _TEXT)


def clause(text: str) -> Flowable:
    """A paragraph to be read; an empty one is a line's space."""
    return Paragraph(escape(text), _CLAUSE) if text.strip() else Spacer(0, 4 * mm)


def figure(text: str) -> Flowable:
    """A number in a table, to the right."""
    return Paragraph(escape(text), _FIGURE)


def space(height: int) -> Flowable:
    """Nothing, so many millimetres high."""
    return Spacer(0, height * mm)


def columns(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Flowable:
    """Texts beside one another, without lines; ``widths`` in millimetres."""
    return Table([[said(each) for each in row] for row in rows], colWidths=[width * mm for width in widths])


def sums(heads: Sequence[str], rows: Sequence[Sequence[Flowable]], total: str, widths: Sequence[int]) -> Flowable:
    """A table whose heads are repeated on each page, with the total in its last row; ``widths`` in millimetres."""
    head = [said(each) for each in heads]
    last = [figure(total), *([""] * (len(heads) - 1))]
    table = Table([head, *(list(row) for row in rows), last], colWidths=[width * mm for width in widths], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("SPAN", (0, -1), (-1, -1)),
            ]
        )
    )
    return table


def _edge(frame: Frame, canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(_FONT, 8)
    canvas.drawCentredString(A4[0] / 2, 10 * mm, f"{frame.foot}　第 {document.page} 页")
    if frame.across is not None:
        canvas.setFont(_FONT, 90)
        canvas.setFillGray(0.9)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(45)
        canvas.drawCentredString(0, 0, frame.across)
    canvas.restoreState()
