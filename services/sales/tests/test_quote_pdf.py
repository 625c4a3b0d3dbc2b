"""A quote on paper (SAL-14), read again with somebody else's eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from pypdf import PdfReader

from crm_common.protocol.sales.prices import PriceRule
from sales.adapters.quote_pdf import Paper, render
from sales.domain.quote import QuoteLine

LINE = QuoteLine(
    product_id=UUID(int=1), code="CNC-1", name="数控机床 <A&B>", unit="台", quantity=Decimal("2.5000"),
    price=Decimal("120000.00"), price_rule=PriceRule.LIST_PRICE, price_list_name=None, discount=Decimal("0.1250"),
    amount=Decimal("262500.00"), below_floor=False,
)  # fmt: skip
PAPER = Paper(
    company="华信科技有限公司", customer="北方集团", owner="李伟", number="QT20261123-000001", revision=2,
    day=date(2026, 11, 23), valid_until=date(2026, 12, 23), currency="CNY", amount=Decimal("262500.00"), lines=(LINE,),
    terms="货到付款\n含税含运费", is_draft=False,
)  # fmt: skip


def texts(pdf: bytes) -> list[str]:
    """What each page says, without spaces."""
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_it_says_who_offers_what_to_whom_and_for_how_much() -> None:
    [page] = texts(render(PAPER))
    for said in (
        "华信科技有限公司", "报价单", "客户：北方集团", "报价人：李伟", "编号：QT20261123-000001（第2版）",
        "有效期至：2026-12-23", "CNC-1", "数控机床<A&B>", "2.5", "120,000.00", "12.5%", "合计（CNY）：262,500.00",
        "货到付款", "含税含运费",
    ):  # fmt: skip
        assert said in page, (said, page)
    assert "草稿" not in page


def test_a_draft_says_that_it_is_one() -> None:
    [page] = texts(render(replace(PAPER, is_draft=True)))
    assert "草稿" in page


def test_many_lines_go_on_over_pages_under_their_headings() -> None:
    pages = texts(render(replace(PAPER, lines=(LINE,) * 100)))
    assert len(pages) > 1
    assert all("单价" in page for page in pages if "CNC-1" in page)
    assert sum(page.count("CNC-1") for page in pages) == 100


def test_the_same_quote_is_the_same_file() -> None:
    assert render(PAPER) == render(PAPER)


def test_characters_that_no_font_has_do_not_stop_it() -> None:
    assert render(replace(PAPER, terms="𠮷 😀 \x0b"))[:5] == b"%PDF-"
