"""``python -m bench.money``: what sums, rankings and ageing take where there are a million orders. Prints a table.

Not part of ``make bench``: filling takes a minute. Asked of the services themselves, as gateways ask them; what it
printed stands in docs/benchmarks.md (notes.md).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from bench.ground import Ground, ground
from bench.money_data import DEPARTMENT, DIRECTOR, FINANCE, HEAD, PEOPLE, SALES, TEAM, fill
from crm_common.context import Actor, ActorKind
from crm_common.protocol.declare import services
from crm_servers.addresses import Postgres
from earning import ENVIRONMENT
from finance.service import FinanceService
from infra.postgres import SharedPostgres, with_database
from sales.service import SalesService
from serving.alone import Alone, alone

ASKED = 100
PEOPLE_WHO_ASK = {f"all {PEOPLE:,}": (DIRECTOR, "ALL"), f"a team of {TEAM}": (HEAD, "TEAM")}
_YEAR = {"from_day": "2026-01-01", "to_day": "2026-12-31"}
_MONTH = {"from_day": "2026-11-01", "to_day": "2026-11-30"}
QUESTIONS: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "performance by person, a month": ("sales", "performance_by_person", _MONTH),
    "performance by person, a year": ("sales", "performance_by_person", _YEAR),
    "performance by day, a month": ("sales", "performance_by_day", _MONTH),
    "performance by month, a year": ("sales", "performance_by_month", _YEAR),
    "ranking by amount, a year": ("sales", "sales_ranking", _YEAR),
    "ranking by receipts, a year": ("sales", "sales_ranking", _YEAR | {"by": "RECEIPTS"}),
    "records, latest 50": ("sales", "performances", {"first": 50}),
    "targets with what was attained, 50": ("sales", "targets", {"first": 50}),
    "services that end within 30 days, 50": ("sales", "renewals", {"first": 50, "within_days": 30}),
    "funnel, a year": ("sales", "sales_funnel", _YEAR),
    "forecast": ("sales", "sales_forecast", {}),
    "ageing of receivables": ("finance", "receivables_ageing", {}),
}
KEYS = ("performance.own", "performance.view_team", "target.view", "order.view", "opp.view", "forecast.view",
        "receivable.view")  # fmt: skip


def viewer(who: tuple[Any, str]) -> Actor:
    """Somebody with every right, who sees so far."""
    scopes = dict.fromkeys(("performance", "target", "order", "opp", "forecast", "receivable"), who[1])
    return Actor(kind=ActorKind.EMPLOYEE, id=who[0], name="bench", department_id=DEPARTMENT,
                 permissions=frozenset(KEYS), scopes=scopes)  # fmt: skip


def standing(place: Ground, closing: ExitStack, rows: int) -> dict[str, Alone]:
    """The services with so many orders behind them."""
    server = SharedPostgres(Postgres(place.server.url, place.server.url), "bench")
    found = {}
    for service, statements in ((SalesService, SALES), (FinanceService, FINANCE)):
        served = closing.enter_context(alone(server, service, environment=ENVIRONMENT))
        [(database,)] = served.store.rows("SELECT current_database()")
        fill(with_database(server.url, database), statements, rows)
        found[served.name] = served
    return found


def measured(served: Mapping[str, Alone]) -> Iterator[str]:
    """A line for each question that the services know, with p50 and p95 of who sees all and of a head."""
    for name, (service, method, asked) in QUESTIONS.items():
        if method not in services()[service].queries:
            continue
        columns = []
        for who in PEOPLE_WHO_ASK.values():
            took = sorted(_timed(served[service], viewer(who), method, asked) for _ in range(ASKED + 10))
            columns.append(f"{took[ASKED // 2]:.1f} | {took[ASKED * 95 // 100]:.1f}")
        yield f"| {name} | {' | '.join(columns)} |"


def _timed(served: Alone, actor: Actor, method: str, asked: Mapping[str, Any]) -> float:
    began = time.perf_counter()
    served.call(actor, method, **asked)
    return (time.perf_counter() - began) * 1e3


def main() -> None:
    """Fill and ask."""
    parser = argparse.ArgumentParser(prog="python -m bench.money", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="orders, each with its performance and receivable")
    chosen = parser.parse_args()
    with ExitStack() as closing:
        place = closing.enter_context(ground())
        began = time.perf_counter()
        served = standing(place, closing, chosen.rows)
        print(f"{chosen.rows:,} orders written in {time.perf_counter() - began:.0f} s", flush=True)
        print("| asked | " + " | ".join(f"{who}: p50 ms | p95 ms" for who in PEOPLE_WHO_ASK) + " |")
        print("|---" * (1 + 2 * len(PEOPLE_WHO_ASK)) + "|")
        for line in measured(served):
            print(line, flush=True)


if __name__ == "__main__":
    main()
