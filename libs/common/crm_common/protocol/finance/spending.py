"""What everything that spends money shares: what an amount is, and what is refused about it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.money import is_amount
from crm_common.protocol.finance.service import DocumentId

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Remark = Annotated[str, Meta(max_length=2_000)]
Why = Annotated[str, Meta(min_length=1, max_length=1_000)]
Reference = Annotated[str, Meta(min_length=1, max_length=100)]
Documents = Annotated[tuple[DocumentId, ...], Meta(max_length=20)]


class SpendingRules(Rules):
    """Refusals that everything that spends money shares."""

    an_amount_is_above_zero = Rule(
        Code.VALIDATION,
        en="An amount is above zero, with at most two decimals.",
        zh="金额须大于零，最多两位小数。",
    )
    a_document_does_not_exist = Rule(
        Code.VALIDATION, en="One of these files does not exist, or is not yours.", zh="附件不存在或不属于您。"
    )
    what_happens_is_not_in_the_future = Rule(
        Code.VALIDATION, en="This day lies in the future.", zh="日期不能晚于今天。"
    )


class PaymentMethod(StrEnum):
    """How money is handed over."""

    BANK = "BANK"
    """By bank transfer (银行转账)."""
    CASH = "CASH"
    """In cash (现金)."""
    CHEQUE = "CHEQUE"
    """By cheque (支票)."""
    ALIPAY = "ALIPAY"
    """By Alipay (支付宝)."""
    WECHAT = "WECHAT"
    """By WeChat Pay (微信)."""
    OTHER = "OTHER"
    """Otherwise (其他)."""


def expect_amount(amount: Decimal, field: str) -> Decimal:
    """The amount, if it is above zero with at most two decimals; else VALIDATION for ``field``."""
    if not is_amount(amount) or not amount:
        raise SpendingRules.an_amount_is_above_zero(field=field)
    return amount
