"""The link to accounting systems (FIN-22): the export is the confirmed receipts of the period."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common import codec
from infra.postgres import SharedPostgres
from owing.books import TODAY, Books, books, seller
from serving.alone import employee

pytestmark = pytest.mark.infra

FEI = employee("fei", "finance.report", finance="ALL")
MONTH = {"from_day": "2026-11-01", "to_day": "2026-11-30"}


@pytest.fixture(scope="module")
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    with books(postgres_server) as made:
        yield made


def export(kept: Books, of: Any, **more: Any) -> dict[str, Any]:
    return dict(kept.service.call(of, "accounting_export", **MONTH | more))


def confirmed(kept: Books, by: Any, amount: str, **more: Any) -> dict[str, Any]:
    return kept.confirm(kept.enter(by, kept.sell(by), amount, **more))


def test_fin_22_the_export_is_the_confirmed_receipts_of_the_period_with_their_external_ids(kept: Books) -> None:
    li = seller()
    own = replace(FEI, id=li.id, scopes={})
    first, second = confirmed(kept, li, "10.00", payer="=cmd|x"), confirmed(kept, li, "20.00")
    confirmed(kept, li, "30.00", received_on=TODAY - timedelta(days=40))
    kept.enter(li, kept.sell(li), "40.00")
    noted = {"receipt_id": first["id"], "external_id": "PZ-2026-11-001"}
    assert [kept.service.call(FEI, "note_external_id", **noted)["noted"] for _ in range(2)] == [True, False]

    told = export(kept, own, format="JSON")
    rows = codec.decode_json(told["text"])
    assert [(row["receipt_id"], row["amount"], row["external_id"]) for row in rows] == [
        (first["id"], "10.00", "PZ-2026-11-001"), (second["id"], "20.00", None),
    ]  # fmt: skip
    assert (told["name"], told["count"], told["next"]) == ("receipts_2026-11-01_2026-11-30.json", 2, None)
    table = list(csv.DictReader(io.StringIO(export(kept, own)["text"])))
    assert [(row["receipt_id"], row["amount"], row["received_on"]) for row in table] == [
        (first["id"], "10.00", "2026-11-23"), (second["id"], "20.00", "2026-11-23"),
    ]  # fmt: skip
    assert not table[0]["payer"].startswith("=")


def test_a_long_export_goes_on_behind_its_last_receipt(kept: Books) -> None:
    li = seller()
    own = replace(FEI, id=li.id, scopes={})
    ids = [confirmed(kept, li, "1.00")["id"] for _ in range(3)]
    part = export(kept, own, first=2, format="JSON")
    rest = export(kept, own, first=2, format="JSON", after=part["next"])
    found = [row["receipt_id"] for each in (part, rest) for row in codec.decode_json(each["text"])]
    assert (found, part["next"], rest["next"]) == (sorted(ids), sorted(ids)[1], None)


def test_an_external_id_is_of_one_confirmed_receipt(kept: Books) -> None:
    li, external = seller(), uuid4().hex
    first, second = confirmed(kept, li, "1.00"), confirmed(kept, li, "1.00")
    pending = kept.enter(li, kept.sell(li), "1.00")
    kept.service.call(FEI, "note_external_id", receipt_id=first["id"], external_id=external)
    same = {"receipt_id": second["id"], "external_id": external}
    assert kept.service.refused(FEI, "note_external_id", **same) == "DUPLICATE"
    other = {"receipt_id": pending["id"], "external_id": "x"}
    assert kept.service.refused(FEI, "note_external_id", **other) == "BAD_STATE"
    near = replace(FEI, id=uuid4(), scopes={})
    assert kept.service.refused(near, "note_external_id", **same) == "NOT_FOUND"
    assert kept.service.refused(li, "note_external_id", **same) == "FORBIDDEN"
    assert kept.service.refused(li, "accounting_export", **MONTH) == "FORBIDDEN"
    assert kept.service.refused(None, "accounting_export", **MONTH) == "UNAUTHENTICATED"
