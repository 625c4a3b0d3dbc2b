"""``python -m bench.pages``: what pages of a list take where there are few customers, and where there are a million.

Both are asked in turn, so that noise meets them alike. Not part of ``make bench``: filling takes minutes.
"""

from __future__ import annotations

import argparse
import random
import time
from contextlib import ExitStack
from typing import Any

from bench.asking import Asking
from bench.customers import LEVELS, REGIONS
from bench.ground import Ground, ground
from bench.prepare import prepare, wait_for_search
from bench.stage import Stage

ASKED = 1_000
DEEP = 20
"""Pages that somebody has turned."""
_PAGE = """query($filter: CustomerFilter, $orderBy: [CustomerOrder!], $after: String) {
  customers(first: 50, filter: $filter, orderBy: $orderBy, after: $after) {
    nodes { id name phone region level createdAt ownerName followUps(first: 3) { content } }
    pageInfo { endCursor }
  }
}"""


def shapes(number: int) -> dict[str, dict[str, Any]]:
    """The lists that people look at; values differ from one request to the next."""
    chance = random.Random(number)
    region, level = chance.choice(REGIONS), chance.choice(LEVELS)
    both = {"region": {"eq": region}, "level": {"eq": level}}
    return {
        "latest first": {},
        "of a region": {"filter": {"region": {"eq": region}}},
        "of a region and level": {"filter": both},
        "of a region and level, by name": {"filter": both, "orderBy": [{"field": "NAME"}]},
    }


def standing(place: Ground, closing: ExitStack, customers: int) -> Asking:
    """The product with so many customers, half of them in the pool."""
    prepared = prepare(place.server, employees=20_000, customers=customers // 2)
    stage = Stage(place.folder / "logs", prepared)
    closing.callback(stage.clear)
    contender = stage.in_process()
    wait_for_search(prepared.customer.admin_url, seconds=3600)
    contender.begin()
    return Asking(contender, stage.processes()[-1])


def cursor(asking: Asking, shape: dict[str, Any]) -> str:
    """Where the twentieth page of a list begins."""
    after = None
    for _ in range(DEEP):
        after = asking.ask(_PAGE, **shape, after=after)["customers"]["pageInfo"]["endCursor"] or after
    return str(after)


def measured(askings: dict[int, Asking]) -> list[str]:
    """A line for each list, first and deep, with p50 and p99 of every size."""
    times: dict[tuple[str, int], list[float]] = {}
    deep = {
        (name, size): cursor(asking, shape) for size, asking in askings.items() for name, shape in shapes(0).items()
    }
    for number in range(ASKED):
        for size, asking in askings.items():
            if number % 200 == 0:
                asking.contender.begin()
            for name, shape in shapes(number).items():
                _timed(times.setdefault((name, size), []), asking, shape)
            for name, shape in shapes(0).items():
                again = {**shape, "after": deep[name, size]}
                _timed(times.setdefault((f"{name}, page {DEEP + 1}", size), []), asking, again)
    sizes = sorted(askings)
    names = dict.fromkeys(name for name, _ in times)
    return [f"| {name} | " + " | ".join(_percentiles(times[name, size]) for size in sizes) + " |" for name in names]


def _timed(into: list[float], asking: Asking, variables: dict[str, Any]) -> None:
    began = time.perf_counter()
    asking.ask(_PAGE, **variables)
    into.append((time.perf_counter() - began) * 1e3)


def _percentiles(took: list[float]) -> str:
    counted = sorted(took[len(took) // 10 :])
    return f"{counted[len(counted) // 2]:.1f} | {counted[len(counted) * 99 // 100]:.1f}"


def main() -> None:
    """Fill both and compare."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="customers in all")
    sizes = parser.parse_args().sizes
    with ExitStack() as closing:
        askings = {size: standing(closing.enter_context(ground()), closing, size) for size in sorted(sizes)}
        print("| list | " + " | ".join(f"{size:,}: p50 ms | p99 ms" for size in sorted(sizes)) + " |")
        print("|---" * (1 + 2 * len(sizes)) + "|")
        print("\n".join(measured(askings)), flush=True)


if __name__ == "__main__":
    main()
