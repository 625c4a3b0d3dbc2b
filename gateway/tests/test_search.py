"""``search`` asks every service that has something to be found, merges by score, and does without the silent ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from crm_common.context import Actor, ActorKind, Context, system_context
from crm_common.errors import CommonRules, CrmError
from crm_common.ids import to_global
from crm_common.protocol import declare
from crm_common.protocol.declare import GetQuery, ServiceProtocol
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import shown
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from finding import databases
from finding.corpus import CORPUS, person
from finding.protocol import finding, known
from finding.service import FindingService, save, saving
from gateway.schema import GatewaySchema, build_schema
from gateway.search import search
from infra.postgres import SharedPostgres
from ledger.host import LedgerHost
from library.answering import Answering, ask, context
from probe.house import SEAL

shop = ServiceProtocol("finding_shop", doc="Goods, for tests of search.")
declare._SERVICES.pop("finding_shop")


@shop.view(AUTHENTICATED)
@dataclass(slots=True)
class ShopGoodView:
    """A good."""

    id: UUID = shown("Its id.")
    name: str = shown("Its name.")
    unit_price: str = shown("Its price.")


@shop.query(AUTHENTICATED, returns=ShopGoodView, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShopGoodsByIds(GetQuery):
    """Goods by id."""


shop.searchable(ShopGoodView, title="name", details=("unit_price",))

QUERY = """query($text: String!, $types: [SearchType!], $first: Int! = 20) {
search(text: $text, types: $types, first: $first) {
  hits { id type title score details { name text } } counts { type count } unavailable
} }"""


def hit(kind: str, number: int, score: int, **details: str) -> dict[str, Any]:
    shown = [{"name": name, "text": text} for name, text in details.items()]
    return {"type": kind, "id": str(UUID(int=number)), "score": score, "title": f"{kind} {number}", "details": shown}


FOUND = {
    "finding": {
        "hits": [hit("Buyer", 1, 1000), hit("Member", 2, 350)],
        "counts": [{"type": "Buyer", "count": 1}, {"type": "Member", "count": 1}],
    },
    "finding_shop": {
        "hits": [hit("ShopGood", 3, 500, unit_price="12.50")],
        "counts": [{"type": "ShopGood", "count": 1}],
    },
}


@dataclass
class Searching(Answering):
    """Answers for both services; those in ``silent`` do not."""

    silent: tuple[str, ...] = ()
    refusal: CrmError | None = None

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        self.methods = {"search": lambda _: FOUND[service], "search_measures": lambda _: MEASURED[service]}
        answer = await super().call(service, method, payload, context)
        if service in self.silent:
            raise CommonRules.the_service_is_unavailable(service=service)
        if self.refusal is not None:
            raise self.refusal
        return answer


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema([finding, shop], hand_written=search([finding, shop]))


def shown_hit(kind: str, constant: str, number: int, score: int, **details: str) -> dict[str, Any]:
    return {
        "id": to_global(kind, UUID(int=number)),
        "type": constant,
        "title": f"{kind} {number}",
        "score": score,
        "details": [{"name": name, "text": text} for name, text in details.items()],
    }


FIRM, MEMBER, GOOD = (
    shown_hit("Buyer", "BUYER", 1, 1000),
    shown_hit("Member", "MEMBER", 2, 350),
    shown_hit("ShopGood", "SHOP_GOOD", 3, 500, unitPrice="12.50"),
)


def test_all_services_are_asked_and_their_hits_merged_by_score(schema: GatewaySchema) -> None:
    client = Searching()

    answer = ask(schema, QUERY, client, {"text": "华信"})

    assert answer == {
        "data": {
            "search": {
                "hits": [FIRM, GOOD, MEMBER],
                "counts": [
                    {"type": "BUYER", "count": 1},
                    {"type": "MEMBER", "count": 1},
                    {"type": "SHOP_GOOD", "count": 1},
                ],
                "unavailable": [],
            }
        }
    }
    assert [(call.service, call.method, call.payload) for call in client.calls] == [
        ("finding", "search", {"text": "华信", "first": 20}),
        ("finding_shop", "search", {"text": "华信", "first": 20}),
    ]


def test_only_services_of_the_types_are_asked(schema: GatewaySchema) -> None:
    client = Searching()

    answer = ask(schema, QUERY, client, {"text": "x", "types": ["SHOP_GOOD"], "first": 1})

    assert answer["data"]["search"]["hits"] == [GOOD]
    assert [(call.service, call.payload) for call in client.calls] == [
        ("finding_shop", {"text": "x", "first": 1, "types": ["ShopGood"]})
    ]


def test_no_more_hits_than_asked_for_are_left_after_merging(schema: GatewaySchema) -> None:
    answer = ask(schema, QUERY, Searching(), {"text": "x", "first": 2})

    assert answer["data"]["search"]["hits"] == [FIRM, GOOD]


def test_a_silent_service_costs_its_own_part_and_is_named(schema: GatewaySchema) -> None:
    answer = ask(schema, QUERY, Searching(silent=("finding",)), {"text": "x"})

    assert answer == {
        "data": {
            "search": {
                "hits": [GOOD],
                "counts": [{"type": "SHOP_GOOD", "count": 1}],
                "unavailable": ["finding"],
            }
        }
    }


def test_when_all_are_silent_the_field_is_unavailable(schema: GatewaySchema) -> None:
    answer = ask(schema, QUERY, Searching(silent=("finding", "finding_shop")), {"text": "x"})

    assert answer["data"] == {"search": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAVAILABLE"]


def test_a_refusal_is_no_silence(schema: GatewaySchema) -> None:
    refusal = CommonRules.a_value_has_the_wrong_shape(field="text", problem="too long")

    answer = ask(schema, QUERY, Searching(refusal=refusal), {"text": "x"})

    assert answer["data"] == {"search": None}
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION"


def test_nobody_waits_long_for_a_slow_service(schema: GatewaySchema) -> None:
    client = Searching()

    ask(schema, QUERY, client, {"text": "x"})

    assert all(0 < call.context.deadline - time.time() <= 2.0 for call in client.calls)


@pytest.mark.parametrize(("first", "code"), [(101, "LIMIT_EXCEEDED"), (-1, "VALIDATION")])
def test_the_number_of_hits_has_its_limits(schema: GatewaySchema, first: int, code: str) -> None:
    client = Searching()

    answer = ask(schema, QUERY, client, {"text": "x", "first": first})

    assert answer["errors"][0]["extensions"]["code"] == code
    assert client.calls == []


def test_a_session_is_needed(schema: GatewaySchema) -> None:
    answer = ask(schema, QUERY, Searching(), {"text": "x"}, context(anonymous=True))

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_services_without_anything_to_be_found_have_no_such_field() -> None:
    nothing = ServiceProtocol("finding_nothing", doc="Nothing.")
    declare._SERVICES.pop("finding_nothing")

    assert search([nothing]).query is None


def asked(text: str, searches: int, hits: int, without_result: int) -> dict[str, Any]:
    return {"text": text, "searches": searches, "hits": hits, "without_result": without_result}


MEASURED: dict[str, Any] = {
    "finding": {
        "popular": [asked("华信", 3, 6, 0), asked("螺丝", 2, 0, 2), asked("没有", 1, 0, 1)],
        "without_result": [asked("螺丝", 2, 0, 2), asked("没有", 1, 0, 1)],
    },
    "finding_shop": {
        "popular": [asked("华信", 3, 0, 3), asked("螺丝", 2, 8, 0), asked("没有", 1, 0, 1)],
        "without_result": [asked("华信", 3, 0, 3), asked("没有", 1, 0, 1)],
    },
}


def test_what_was_not_found_by_any_service_is_listed(schema: GatewaySchema) -> None:
    """SCH-03: popular and no-result queries."""
    rows = "text searches hits withoutResult"
    query = f"{{ searchMeasures(days: 7) {{ popular {{ {rows} }} withoutResult {{ {rows} }} unavailable }} }}"
    client = Searching()

    answer = ask(schema, query, client, None, context("sys.operate"))

    nothing = {"text": "没有", "searches": 1, "hits": 0, "withoutResult": 1}
    assert answer["data"]["searchMeasures"] == {
        "popular": [
            {"text": "华信", "searches": 3, "hits": 6, "withoutResult": 0},
            {"text": "螺丝", "searches": 2, "hits": 8, "withoutResult": 0},
            nothing,
        ],
        "withoutResult": [nothing],
        "unavailable": [],
    }
    assert client.calls[0].payload == {"days": 7, "first": 20}
    refused = ask(schema, query, Searching(), None, context("firm.view"))
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.fixture
def runtime(postgres_server: SharedPostgres) -> Iterator[LocalRuntime]:
    """The real service on a real database, with the corpus in its index."""
    with known(), databases.migrated(postgres_server) as database:
        store = Store(database.url, service=databases.SERVICE)
        made = LocalRuntime(seal=SEAL, threads=4)
        service = made.add(FindingService, store=store, settings=GivenSettings())
        with saving(LedgerHost(store, service="finding")) as change:
            for record in CORPUS[:40]:
                save(change, record)
        service.scheduler.run_now("finding.search_rebuild", system_context("finding", correlation_id="build"))
        yield made
        store.close()


def test_a_service_that_is_declared_is_found_through_the_gateway(schema: GatewaySchema, runtime: LocalRuntime) -> None:
    actor = Actor(
        kind=ActorKind.EMPLOYEE, id=UUID(int=9), name="x", permissions=frozenset({"firm.view", "person.view"})
    )
    caller = Context(actor=actor, correlation_id="c", deadline=time.time() + 10, language="zh")

    answer = ask(schema, QUERY, runtime.client, {"text": "zhangsan", "types": ["MEMBER"]}, caller)

    best = answer["data"]["search"]["hits"][0]
    assert best == {
        "id": to_global("Member", person("张三").id), "type": "MEMBER", "title": "张三", "score": 350, "details": [],
    }  # fmt: skip
