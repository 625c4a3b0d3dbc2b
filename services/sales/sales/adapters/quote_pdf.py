"""A quote as PDF; a function of its values alone, so that it can be run apart (ADR 0152)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportlab.platypus import Flowable

from crm_common.pages import Frame, columns, figure, headline, printed, said, space, sums, title
from sales.domain.quote import QuoteLine

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
    across = "草稿" if paper.is_draft else None
    frame = Frame(title=f"报价单 {paper.number}", author=paper.company, foot=paper.number, across=across)
    return printed(frame, _story(paper))


def _story(paper: Paper) -> list[Flowable]:
    story = [headline(paper.company), title("报价单"), space(4), _about(paper)]
    story += [space(4), _lines(paper), space(6)]
    if paper.terms:
        story += [said("条款："), *(said(line) for line in paper.terms.splitlines())]
    return story


def _about(paper: Paper) -> Flowable:
    until = "" if paper.valid_until is None else paper.valid_until.isoformat()
    rows = (
        (f"客户：{paper.customer}", f"编号：{paper.number}（第 {paper.revision} 版）"),
        (f"报价人：{paper.owner}", f"日期：{paper.day.isoformat()}　有效期至：{until or '—'}"),
    )
    return columns(rows, (93, 93))


def _lines(paper: Paper) -> Flowable:
    rows = []
    for place, line in enumerate(paper.lines, start=1):
        figures = (_plain(line.quantity), f"{line.price:,.2f}", _discount(line.discount), f"{line.amount:,.2f}")
        texts = (str(place), line.code, line.name, line.unit)
        rows.append([*(said(each) for each in texts), *(figure(each) for each in figures)])
    return sums(_HEADS, rows, f"合计（{paper.currency}）：{paper.amount:,.2f}", _COLUMNS)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _discount(share: Decimal) -> str:
    return f"{_plain(share * 100)}%" if share else ""
