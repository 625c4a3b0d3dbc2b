"""The link to accounting systems (财务系统集成, FIN-22): confirmed receipts, and what they are called there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, given
from crm_common.protocol.finance.receipts import ReceiptId
from crm_common.protocol.finance.service import finance
from crm_common.protocol.policy import needs

ACCOUNT = needs("finance.report")
MOST_RECEIPTS = 1_000
ExternalId = Annotated[str, Meta(min_length=1, max_length=100)]


class AccountingRules(Rules):
    """Refusals about the link to accounting systems."""

    an_external_id_is_of_one_receipt = Rule(
        Code.DUPLICATE,
        en="Another receipt has the external id {external_id}.",
        zh="外部编号 {external_id} 已用于其他回款单。",
    )
    only_confirmed_receipts_are_accounted_for = Rule(
        Code.BAD_STATE, en="Only confirmed receipts are accounted for.", zh="只有已确认的回款单才能入账。"
    )


class AccountingFormat(StrEnum):
    """How receipts are written."""

    CSV = "CSV"
    """A table with a line of names; texts that a spreadsheet would take for formulas stay texts."""
    JSON = "JSON"
    """A list of objects with the same names; amounts are texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingFile:
    """Confirmed receipts, written for an accounting system."""

    name: str
    """What the file may be called."""
    content_type: str
    """What it holds."""
    text: str
    """The receipts: receipt_id, received_on, customer_id, customer_name, order_id, contract_id, amount, currency,
    method, payer, confirmed_at, external_id."""
    count: int
    """How many they are."""
    next: ReceiptId | None
    """Ask again behind this one for more; null: these are the last."""


@finance.query(ACCOUNT, returns=AccountingFile)
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingExport:
    """The confirmed receipts of a period in the viewer's data scope of finance reports, by the order of their ids."""

    from_day: date = given("The first day of payment.")
    to_day: date = given("The last day of payment.")
    format: AccountingFormat = given("How they are written.", default=AccountingFormat.CSV)
    after: ReceiptId | None = given("Go on behind this one.", default=None)
    first: Annotated[int, Meta(ge=1, le=MOST_RECEIPTS)] = given("How many at most.", default=MOST_RECEIPTS)


@finance.command(ACCOUNT, returns={"noted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteExternalId(Command):
    """Note what the accounting system calls a confirmed receipt; false when it was known already."""

    receipt_id: ReceiptId = given("The receipt.")
    external_id: ExternalId = given("What it is called there; no other receipt is.")


@finance.event("receipt.accounted", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAccounted(Event):
    """An accounting system said what it calls a receipt."""

    receipt_id: UUID
    changes: Changes
