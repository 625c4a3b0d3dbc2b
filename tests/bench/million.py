"""``python -m bench.million``: search and import where there are a million customers. Prints what it found.

Not part of ``make bench``: filling takes minutes. What it printed stands in docs/benchmarks.md (notes.md).
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.asking import Asking
from bench.ground import ground
from bench.prepare import Prepared, prepare
from bench.stage import Stage
from crm_servers.elasticsearch import ElasticsearchServer

ASKED = 600
_SEARCH = """query($text: String!) {
    search(text: $text, types: [CUSTOMER, CONTACT, LEAD], first: 20) { hits { id title } unavailable } }"""
_START = """mutation($input: StartCustomerImportInput!) { startCustomerImport(input: $input) {
    job { id } upload { url headers { name value } } userErrors { message } } }"""
_MAP = "mutation($id: ID!) { mapCustomerImport(input: {id: $id}) { job { state } userErrors { message } } }"
_RUN = "mutation($id: ID!) { runCustomerImport(input: {id: $id}) { job { state } userErrors { message } } }"
_JOB = "query($id: ID!) { customerImport(id: $id) { state created skipped failed problem } }"


def texts(prepared: Prepared, count: int) -> Iterator[str]:
    """What people look for: names, their beginnings, initials and readings, whole numbers nobody has."""
    chance = random.Random(7)
    with psycopg.connect(prepared.customer.owner_url) as owner:
        rows = owner.execute("SELECT name, name_key FROM customer TABLESAMPLE SYSTEM (1) LIMIT 5000").fetchall()
    for number in range(count):
        name, key = chance.choice(rows)
        yield (name, name[:2], name[:-2], key.split()[0], f"139{number:08}")[number % 5]


def searched(asking: Asking, prepared: Prepared) -> dict[str, float]:
    """Milliseconds of a search, one after the other, through GraphQL."""
    took = []
    for text in [*texts(prepared, ASKED // 4), *texts(prepared, ASKED)]:
        began = time.perf_counter()
        found = asking.ask(_SEARCH, text=text)["search"]
        took.append((time.perf_counter() - began) * 1e3)
        if found["unavailable"]:
            raise RuntimeError("search is not there")
    counted = sorted(took[ASKED // 4 :])
    return {"p50": counted[ASKED // 2], "p95": counted[ASKED * 95 // 100], "p99": counted[ASKED * 99 // 100]}


def table(path: Path, rows: int) -> None:
    """A file as people send it."""
    with path.open("w", encoding="utf-8") as file:
        file.write("客户名称,手机号,邮箱\n")
        for number in range(rows):
            file.write(f"远达贸易{number},186{number:08},n{number}@example.com\n")


def imported(asking: Asking, path: Path) -> tuple[float, list[float], dict[str, Any]]:
    """(seconds, megabytes of the process at every tenth of the way, what became of the rows)."""
    begun = asking.ask(_START, input={"kind": "CUSTOMER", "fileName": path.name})["startCustomerImport"]
    job, upload = begun["job"]["id"], begun["upload"]
    address = upload["url"] if "://" in upload["url"] else f"http://127.0.0.1:{asking.contender.port}{upload['url']}"
    headers = {each["name"]: each["value"] for each in upload["headers"]}
    with path.open("rb") as file:
        httpx.put(address, content=file, headers=headers, timeout=600, trust_env=False).raise_for_status()
    asking.ask(_MAP, id=job)
    began, rows, held = time.perf_counter(), path.read_bytes().count(b"\n") - 1, [asking.megabytes()]
    asking.ask(_RUN, id=job)
    while (now := asking.ask(_JOB, id=job)["customerImport"])["state"] not in ("DONE", "FAILED"):
        if now["created"] >= len(held) * rows / 10:
            held.append(asking.megabytes())
        asking.contender.begin()  # an access token lives for minutes
        time.sleep(1)
    return time.perf_counter() - began, [*held, asking.megabytes()], now


def wait(ready: Callable[[], bool], seconds: float) -> float:
    """Seconds until it was so."""
    began = time.perf_counter()
    while not ready():
        if time.perf_counter() - began > seconds:
            raise RuntimeError(f"not within {seconds} s")
        time.sleep(1)
    return time.perf_counter() - began


def built(prepared: Prepared) -> bool:
    """Whether the index has been built."""
    with psycopg.connect(prepared.customer.owner_url) as owner:
        return owner.execute("SELECT 1 FROM search_state WHERE live > 0").fetchone() is not None


def main() -> None:
    """Fill, index, search, import; each line as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000, help="half of them in the pool")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the file that is imported")
    chosen = parser.parse_args()
    with ground() as place:
        elastic = ElasticsearchServer(place.folder / "es", place.lifeline, remove=True).start()
        place.closing.callback(elastic.kill)
        prepared = prepare(place.server, employees=20_000, customers=chosen.customers // 2)
        stage = Stage(place.folder / "logs", prepared, CRM_SEARCH_URL=elastic.url)
        place.closing.callback(stage.clear)
        contender = stage.in_process()
        contender.begin()
        asking = Asking(contender, stage.processes()[-1])
        seconds = wait(lambda: built(prepared), 3600)
        print(f"index of {chosen.customers:,} customers: {seconds:.0f} s, {asking.megabytes():.0f} MB", flush=True)
        contender.begin()
        found = ", ".join(f"{name} {value:.1f} ms" for name, value in searched(asking, prepared).items())
        print(f"search: {found}", flush=True)
        path = place.folder / "customers.csv"
        table(path, chosen.rows)
        seconds, held, job = imported(asking, path)
        print(f"import of {chosen.rows:,} rows: {seconds:.0f} s, {chosen.rows / seconds:.0f} rows/s, {job}")
        print("memory while importing, MB: " + " ".join(f"{each:.0f}" for each in held), flush=True)


if __name__ == "__main__":
    main()
