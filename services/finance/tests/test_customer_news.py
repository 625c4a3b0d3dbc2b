"""Whoever was erased is in no row and no event of finance any more; whoever went into another one is found there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from agreeing.company import Company
from crm_common import codec
from crm_common.changes import changing
from crm_common.context import Actor, system_context
from crm_common.journal import envelopes
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.customer.merging import CustomerMerged
from crm_common.protocol.customer.service import Holding
from crm_common.runtime.host import host_of
from finance.usecases import customer_news
from founded.house import NOW
from ledger.waiting import until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(120)]

TODAY = NOW.date()
GONE = "（已清除）"
# what was received or is to be sent, until it is done with
_PASSING = ("inbox", "outbox")
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^journal_(2|default)' ORDER BY 1"
)
MONEY = ("receivable.view", "receivable.edit", "receipt.create", "receipt.view", "receipt.confirm", "invoice.edit",
         "receipt.reverse", "expense.review", "expense.view")  # fmt: skip


def keeper(firm: Company, name: str) -> Actor:
    """Somebody of the company who may do everything with money."""
    scopes = dict.fromkeys(("receivable", "receipt", "invoice", "refund", "expense", "contract", "customer"), "ALL")
    actor = firm[name]
    return replace(actor, permissions=frozenset((*actor.permissions, *MONEY)), scopes={**actor.scopes, **scopes})


@pytest.fixture
def rich(firm: Company) -> Any:
    """The company, Fu and Fei with every right of money."""
    kept = {name: firm[name] for name in ("fu", "fei", "sun")}
    for name in kept:
        firm.people[name] = keeper(firm, name)
    yield firm
    firm.people.update(kept)


def standing(firm: Company, customer: dict[str, Any], word: str) -> dict[str, dict[str, Any]]:
    """One record of each kind that says something of the customer, with the word in each of its texts."""
    about = {"customer_id": customer["id"]}
    line = {"item": "MEALS", "spent_on": TODAY, "amount": "88.00", "remark": f"请{word}吃饭", "project": f"{word}项目"}
    claim = firm.call("sun", "create_expense_claim", title="餐费", lines=[line | about])["claim"]
    contract = firm.registered(
        name=f"{word}合同",
        counterparty=f"{word}公司",
        body=f"{word}正文",
        remark=word,
        payment_terms=f"{word}付",
        **about,
    )
    owed = firm.call("fu", "create_receivable", title=f"{word}尾款", amount="100.00", remark=word, **about)[
        "receivable"
    ]
    invoice = firm.call(
        "fu", "request_invoice", receivable_id=owed["id"], title=f"{word}抬头", amount="60.00", remark=word
    )["invoice"]
    given = {"receivable_id": owed["id"], "amount": "100.00", "received_on": TODAY, "payer": word, "remark": word}
    receipt = firm.call("fu", "create_receipt", **given)["receipt"]
    receipt = firm.call("fei", "confirm_receipt", id=receipt["id"], version=1)["receipt"]
    refund = firm.call("fu", "request_refund", receipt_id=receipt["id"], amount="1.00", reason=f"{word}多付")["refund"]
    made = {"claim": claim, "contract": contract, "receivable": owed, "invoice": invoice, "receipt": receipt}
    return made | {"refund": refund}


def saying(firm: Company, word: str) -> list[str]:
    """The tables of finance with a row that says the word."""
    tables = [row[0] for row in firm.store.rows(_TABLES) if row[0] not in _PASSING]
    said = "SELECT count(*) FROM {} t WHERE position(%s in t::text) > 0"
    return [table for table in tables if firm.store.rows(said.format(f'"{table}"'), (word,)) != [(0,)]]


def told(firm: Company, word: str) -> list[str]:
    """The types of events that say the word, as whoever may open them reads them, in the order of their names."""
    rows = firm.store.rows(f"SELECT {envelopes.COLUMNS} FROM journal")
    found = envelopes.recorded(rows, "/crm/finance", firm.store.rows)
    return sorted(each.type for each in found if word in codec.encode(each.data).decode())


def merged(firm: Company, gone: dict[str, Any], kept: dict[str, Any]) -> str:
    """One customer went into another; the merge's id."""
    versions: dict[str, Any] = {}
    for name, each in (("merged", gone), ("survivor", kept)):
        [found] = firm.call("adam", "customers_by_ids", service="customer", ids=[each["id"]])
        versions |= {f"{name}_id": each["id"], f"{name}_version": found["version"]}
    return str(firm.call("adam", "merge_customers", service="customer", **versions)["merge"]["id"])


def whose(firm: Company, records: dict[str, dict[str, Any]]) -> set[str]:
    """Whose these records are."""
    return {
        str(row[0])
        for table, record in records.items()
        for row in firm.store.rows(
            f"SELECT customer_id FROM expense_line WHERE claim_id = '{record['id']}'"
            if table == "claim"
            else f"SELECT customer_id FROM {table} WHERE id = '{record['id']}'"
        )
    }


def released(firm: Company, customer: dict[str, Any]) -> None:
    """Nothing of the customer is open any more, as customer has heard."""
    held = "SELECT count(*) FROM hold WHERE subject = %s"
    until(
        lambda: firm.stores["customer"].rows(held, (f"customer/{customer['id']}",)) == [(0,)],
        "nothing holds the customer",
    )


def test_aud_03_what_was_written_of_an_erased_customer_is_in_no_row_and_no_event(rich: Company) -> None:
    word = f"忘{uuid4().hex[:8]}"
    customer = rich.customer(name=f"{word}集团")
    records = standing(rich, customer, word)
    released(rich, customer)
    rows = [
        "contract",
        "contract_archive",
        "customer_ref",
        "expense_line",
        "invoice",
        "receipt",
        "receivable",
        "refund",
    ]
    until(lambda: set(rows) <= set(saying(rich, word)), f"{rows} say it, not {saying(rich, word)}")
    # at rest the journal says it nowhere; opened, each event that told it says it
    assert "journal" not in " ".join(saying(rich, word))
    before = told(rich, word)
    assert {"contract.signed", "expense.line_written", "invoice.requested", "receipt.created", "receivable.created",
            "receivable.settled", "refund.requested", "contract.archived"} <= set(before)  # fmt: skip

    given = {"id": customer["id"], "name": customer["name"]}
    rich.call("adam", "erase_customer", service="customer", **given)

    until(lambda: saying(rich, word) == [], f"nothing says it, not {saying(rich, word)}")
    assert told(rich, word) == []
    contract = rich.contract(records["contract"], "adam")
    assert (contract["name"], contract["counterparty"], contract["customer_name"]) == (GONE, None, GONE)
    assert (contract["amount"], contract["state"], contract["number"]) == (
        "100000.00", "SIGNED", records["contract"]["number"],
    )  # fmt: skip
    [receipt] = rich.call("fu", "receipts_by_ids", ids=[records["receipt"]["id"]])
    assert (receipt["amount"], receipt["state"], receipt["payer"]) == ("100.00", "CONFIRMED", None)
    [invoice] = rich.call("fu", "invoices_by_ids", ids=[records["invoice"]["id"]])
    assert (invoice["title"], invoice["amount"], invoice["customer_name"]) == (GONE, "60.00", GONE)
    last = rich.events(records["contract"])[-1]
    assert (last[0], last[1]["changes"]["body"], last[1]["changes"]["name"]) == (
        "contract.forgotten", [GONE, None], [GONE, GONE],
    )  # fmt: skip


def test_aud_03_what_was_written_of_others_stays(rich: Company) -> None:
    word, other = f"走{uuid4().hex[:8]}", f"留{uuid4().hex[:8]}"
    gone, kept = rich.customer(name=f"{word}集团"), rich.customer(name=f"{other}集团")
    line = {"item": "MEALS", "spent_on": TODAY, "amount": "1.00"}
    lines = [line | {"customer_id": each["id"], "remark": said} for each, said in ((gone, word), (kept, other))]
    claim = rich.call("sun", "create_expense_claim", title="两家", lines=lines)["claim"]
    rich.call("adam", "erase_customer", service="customer", id=gone["id"], name=gone["name"])
    until(lambda: saying(rich, word) == [], "it is forgotten")
    assert told(rich, word) == []
    assert "expense.line_written" in told(rich, other)
    remarks = "SELECT remark FROM expense_line WHERE claim_id = %s ORDER BY place"
    assert rich.store.rows(remarks, (claim["id"],)) == [("",), (other,)]


def test_cus_45_records_follow_the_survivor_and_come_back(rich: Company) -> None:
    word = f"并{uuid4().hex[:8]}"
    gone, kept = rich.customer(), rich.customer()
    records = standing(rich, gone, word)
    released(rich, gone)
    merge = merged(rich, gone, kept)
    until(lambda: whose(rich, records) == {kept["id"]}, "everything is the survivor's")
    shown = "SELECT customer_id FROM contract_archive WHERE contract_id = %s"
    assert rich.store.rows(shown, (records["contract"]["id"],)) == [(UUID(kept["id"]),)]
    moved = rich.events(records["contract"])[-1]
    assert (moved[0], moved[1]["changes"]) == ("contract.moved", {"customer_id": [gone["id"], kept["id"]]})
    later = rich.call("fu", "create_receivable", title="之后", amount="5.00", customer_id=kept["id"])["receivable"]

    rich.call("adam", "undo_merge", service="customer", id=merge)

    until(lambda: whose(rich, records) == {gone["id"]}, "everything is back")
    assert whose(rich, {"receivable": later}) == {kept["id"]}
    assert rich.store.rows("SELECT count(*) FROM customer_move WHERE merge_id = %s", (merge,)) == [(0,)]


def test_aud_03_whoever_went_into_an_erased_customer_is_forgotten_too(rich: Company) -> None:
    word = f"连{uuid4().hex[:8]}"
    gone, kept = rich.customer(name=f"{word}甲"), rich.customer(name=f"{word}乙")
    records = standing(rich, gone, word)
    released(rich, gone)
    merged(rich, gone, kept)
    until(lambda: whose(rich, records) == {kept["id"]}, "everything is the survivor's")
    rich.call("adam", "erase_customer", service="customer", id=kept["id"], name=kept["name"])
    until(lambda: saying(rich, word) == [], f"nothing says it, not {saying(rich, word)}")
    assert told(rich, word) == []


def test_aud_03_a_merge_that_is_heard_after_the_survivor_was_erased_leaves_nothing(rich: Company) -> None:
    word = f"迟{uuid4().hex[:8]}"
    gone, kept = rich.customer(name=f"{word}甲"), rich.customer()
    records = standing(rich, gone, word)
    # what customer tells by itself has been heard
    until(lambda: {"customer_ref", "search_document"} <= set(saying(rich, word)), "copy and index know it")
    said: dict[str, Any] = {"name": "", "owner_id": None, "changes": {}}
    survivor = UUID(kept["id"])
    of_merge: dict[str, Any] = {"merge_id": uuid4(), "survivor_id": survivor, "moved": {}}
    service = rich.services["finance"]
    told_of = (
        CustomerErased(customer_id=survivor, holding=Holding.ERASED, **said),
        CustomerMerged(customer_id=UUID(gone["id"]), holding=Holding.MERGED, **said, **of_merge),
        CustomerErased(customer_id=UUID(gone["id"]), holding=Holding.ERASED, **said),
    )
    for each in told_of:
        with changing(host_of(service.container), system_context("customer", correlation_id="test")) as change:
            customer_news.follow_customer(change, each)
    assert whose(rich, records) == {kept["id"]}
    # customer was not asked to erase anybody: its copy may come again
    until(lambda: set(saying(rich, word)) <= {"customer_ref"}, "no record says it")
    assert told(rich, word) == []
