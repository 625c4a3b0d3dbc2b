"""A quote as PDF, laid out by ReportLab; a function of its values alone, so that it can be run apart (ADR 0152)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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

from sales.domain.quote import QuoteLine

# The character collection Adobe-GB1, which PDF readers have a Chinese font for: none is shipped, none is embedded.
_FONT = "STSong-Light"
_TITLE = ParagraphStyle("title", fontName=_FONT, fontSize=20, leading=28, alignment=1)
_HEADLINE = ParagraphStyle("headline", fontName=_FONT, fontSize=12, leading=18, alignment=1)
_TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=9, leading=13, wordWrap="CJK")
_FIGURE = ParagraphStyle("figure", parent=_TEXT, alignment=2)
_COLUMNS = (9, 24, 58, 13, 18, 24, 14, 26)
_HEADS = ("序号", "编码", "产品", "单位", "数量", "单价", "折扣", "金额")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a quote says on paper."""

    company: str
    customer: str
    owner: str
    number: str
    revision: int
    day: date
    valid_until: date | None
    currency: str
    amount: Decimal
    lines: tuple[QuoteLine, ...]
    terms: str | None
    is_draft: bool


def render(paper: Paper) -> bytes:
    """The PDF. The same paper is the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    file = BytesIO()
    title = f"报价单 {paper.number}"
    page: dict[str, Any] = {
        "leftMargin": 12 * mm,
        "rightMargin": 12 * mm,
        "topMargin": 18 * mm,
        "bottomMargin": 18 * mm,
    }
    document = SimpleDocTemplate(file, pagesize=A4, title=title, author=paper.company, invariant=1, **page)
    edge = partial(_edge, paper)
    document.build(_story(paper), onFirstPage=edge, onLaterPages=edge)
    return file.getvalue()


def _story(paper: Paper) -> list[Flowable]:
    story = [_head(paper.company, _HEADLINE), _head("报价单", _TITLE), Spacer(0, 4 * mm), _about(paper)]
    story += [Spacer(0, 4 * mm), _lines(paper), Spacer(0, 6 * mm)]
    if paper.terms:
        story += [_said("条款："), *(_said(line) for line in paper.terms.splitlines())]
    return story


def _about(paper: Paper) -> Table:
    until = "" if paper.valid_until is None else paper.valid_until.isoformat()
    rows = [
        [_said(f"客户：{paper.customer}"), _said(f"编号：{paper.number}（第 {paper.revision} 版）")],
        [_said(f"报价人：{paper.owner}"), _said(f"日期：{paper.day.isoformat()}　有效期至：{until or '—'}")],
    ]
    return Table(rows, colWidths=[93 * mm, 93 * mm])


def _lines(paper: Paper) -> Table:
    rows = [[_said(each) for each in _HEADS]]
    for place, line in enumerate(paper.lines, start=1):
        figures = (_plain(line.quantity), f"{line.price:,.2f}", _discount(line.discount), f"{line.amount:,.2f}")
        texts = (str(place), line.code, line.name, line.unit)
        rows.append([*(_said(each) for each in texts), *(_figure(each) for each in figures)])
    total = f"合计（{paper.currency}）：{paper.amount:,.2f}"
    rows.append([_figure(total), *([""] * (len(_HEADS) - 1))])
    table = Table(rows, colWidths=[width * mm for width in _COLUMNS], repeatRows=1)
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


def _edge(paper: Paper, canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(_FONT, 8)
    canvas.drawCentredString(A4[0] / 2, 10 * mm, f"{paper.number}　第 {document.page} 页")
    if paper.is_draft:
        canvas.setFont(_FONT, 90)
        canvas.setFillGray(0.9)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(45)
        canvas.drawCentredString(0, 0, "草稿")
    canvas.restoreState()


def _head(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


def _said(text: str) -> Paragraph:
    return Paragraph(escape(text), _TEXT)


def _figure(text: str) -> Paragraph:
    return Paragraph(escape(text), _FIGURE)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _discount(share: Decimal) -> str:
    return f"{_plain(share * 100)}%" if share else ""
