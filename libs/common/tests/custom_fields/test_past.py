"""Custom fields as they were at a moment (BYD-06)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from crm_common import codec
from crm_common.errors import CrmError
from crm_common.journal.past import Past, get_as_of
from crm_common.protocol.selection import Selected, dump
from crm_common.runtime.providers import Views
from depot.protocol import CratesByIds, CrateView
from depot.running import Depot, keeper

PAST = Past(view=CrateView, aggregate="crate", recorded=("name",), custom=True)


def was(depot: Depot, crate: str, moment: datetime, *fields: str) -> Any:
    (views,) = (each for each in depot.runtime.services["depot"].container.dependencies if isinstance(each, Views))
    custom = Selected("c", "custom", {}, tuple(Selected(name, name) for name in fields))
    query = CratesByIds(ids=(UUID(crate),), select=dump([Selected("name", "name"), custom]))
    answer = get_as_of(PAST, query, moment, store=depot.store, reader=views.reader, context=keeper())
    return codec.decode_json(answer)[0]


def test_a_record_had_the_custom_values_that_its_events_had_said_until_then(depot: Depot) -> None:
    depot.define("risk")
    depot.define("price", "MONEY")
    crate = depot.put("it", risk="low", price="1.5")
    first = datetime.now(UTC)
    depot.call("update_crate", id=crate, custom={"risk": "high"})
    second = datetime.now(UTC)
    depot.call("update_crate", id=crate, custom={"risk": None, "price": "2"})
    now = datetime.now(UTC)

    assert was(depot, crate, first, "risk", "price") == {"name": "it", "c": {"risk": "low", "price": "1.50"}}
    assert was(depot, crate, second, "risk", "filled", "json") == {
        "name": "it",
        "c": {"risk": "high", "filled": 2, "json": {"risk": "high", "price": "1.50"}},
    }
    assert was(depot, crate, now, "risk", "price") == {"name": "it", "c": {"risk": None, "price": "2.00"}}
    with pytest.raises(CrmError) as refused:
        was(depot, crate, now, "nothing")
    assert (refused.value.rule, refused.value.field) == ("a_field_is_unknown", "select.c.nothing")
