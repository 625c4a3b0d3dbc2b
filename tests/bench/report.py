"""The report: what was measured against what must be reached, in tables, with what the machine was; no dates."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg

from bench.contenders import Contender
from bench.load import CONNECTIONS
from bench.measuring import Measured
from bench.prepare import Prepared
from bench.workloads import Workload

Results = Mapping[str, Mapping[str, Measured]]

# Requests per second as a part of direct's: what must be reached, and what we aim at.
GOALS = {
    ("in-process", "Q1"): (0.50, 0.65), ("in-process", "Q2"): (0.50, 0.60),
    ("in-process", "Q2d"): (0.50, 0.60), ("broker", "Q2d"): (0.22, 0.35),
    ("in-process", "Q3"): (0.55, 0.70), ("in-process", "M1"): (0.45, 0.60),
    ("broker", "Q1"): (0.30, 0.45), ("broker", "Q2"): (0.22, 0.35),
    ("broker", "Q3"): (0.28, 0.45), ("broker", "M1"): (0.20, 0.35),
    ("in-process", "CQ1"): (0.50, 0.65), ("broker", "CQ1"): (0.30, 0.45),
    ("in-process", "CQ2"): (0.50, 0.60), ("broker", "CQ2"): (0.22, 0.35),
    ("in-process", "CQ3"): (0.55, 0.70), ("broker", "CQ3"): (0.28, 0.45),
    ("in-process", "CM1"): (0.45, 0.60), ("broker", "CM1"): (0.20, 0.35),
    ("in-process", "CM2"): (0.70, 0.85), ("broker", "CM2"): (0.35, 0.50),
    ("in-process", "CM3"): (0.50, 0.70), ("broker", "CM3"): (0.22, 0.40),
}  # fmt: skip
RATIOS = """\
Requests per second as a part of *direct*'s in the same round, the median of the rounds; in brackets what must be
reached and what is aimed at."""
COSTS = """\
Processor time is what all processes of a contender spent, divided by its requests; on a shared machine it is the
steadiest of these numbers. Statements are counted by PostgreSQL, with BEGIN and COMMIT, and with what the relay does
after a change."""
METHOD = f"""\
- {CONNECTIONS} connections that ask again as soon as they are answered, from one process on the same machine; each
  request has other variables, the same sequence for everybody.
- Rounds: every contender in turn for some seconds, every second round in reverse, so that noise meets all alike.
- *Direct*: one prepared statement (asyncpg) that builds the whole GraphQL answer in PostgreSQL, global ids included,
  behind the least ASGI application under the same server; no login, no rights, no journal.
- *The product*: production profile, a logged-in actor with a data scope, every limit on but the rates; what is created
  is journaled and its event published.
- *Strawberry*: async resolvers with a data loader for each relation, asyncpg, cached parsing and validation; no login,
  no rights, no journal.
- Equal answers are a condition: before the load, 40 answers of every read are compared with direct's, each value."""
NOTES = Path(__file__).with_name("notes.md")


def machine(prepared: Prepared, employees: int, customers: int) -> list[str]:
    """What it was measured on."""
    with psycopg.connect(prepared.database_url) as connection:
        postgres = str(connection.info.server_version // 10_000) + "." + str(connection.info.server_version % 10_000)
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("strawberry-graphql", "psycopg", "asyncpg", "nameko"))
    wanted = f"{os.getloadavg()[0]:.1f} processes wanted to run at the end, the measured ones included"
    scope = f"the viewer's scope is a department tree of {len(prepared.employees):,} people"
    return [
        f"- {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()}; {wanted}.",
        f"- Python {platform.python_version()}, PostgreSQL {postgres} (synced to disk as in production), {versions}.",
        f"- {customers:,} customers with {customers * 3:,} follow-ups, as many customers in the pool.",
        f"- {employees:,} employees in 200 departments, 800 positions and 12 roles; {scope}.",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def written(
    workloads: Sequence[Workload], contenders: Sequence[Contender], results: Results, facts: Sequence[str]
) -> str:
    """The text of docs/benchmarks.md."""
    parts = [
        "# Benchmarks",
        "Written by `make bench` (`tests/bench`). Numbers of two machines cannot be compared, ratios mostly can.",
        "## Against direct SQL",
        _ratios(workloads, contenders, results),
        RATIOS,
        "## What a request costs",
        _costs(workloads, contenders, results),
        COSTS,
        "## The machine and the data",
        "\n".join(facts),
        "## How it is measured",
        METHOD,
        NOTES.read_text().strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _ratios(workloads: Sequence[Workload], contenders: Sequence[Contender], results: Results) -> str:
    rows = [["", *(f"{each.key} {each.name}" for each in workloads)]]
    for contender in contenders[1:]:
        row = [contender.name]
        for workload in workloads:
            goals = GOALS.get((contender.key, workload.key))
            if contender.key not in results[workload.key]:
                row.append("")
                continue
            said = f" ({goals[0]:.2f} / {goals[1]:.2f})" if goals else ""
            row.append(f"{results[workload.key][contender.key].ratio:.2f}{said}")
        rows.append(row)
    return _table(rows)


def _costs(workloads: Sequence[Workload], contenders: Sequence[Contender], results: Results) -> str:
    rows = [
        ["", "", "requests/s", "median ms", "95 % within ms", "processor ms", "of these", "to direct", "statements"]
    ]
    for workload in workloads:
        yardstick = results[workload.key][contenders[0].key]
        for contender in (each for each in contenders if each.key in results[workload.key]):
            found = results[workload.key][contender.key]
            parts = ", ".join(f"{part} {found.milliseconds(part):.2f}" for part in found.processor)
            rows.append(
                [
                    workload.key if contender is contenders[0] else "",
                    contender.name,
                    f"{statistics.median(found.rates):.0f}",
                    f"{statistics.median(found.medians):.1f}",
                    f"{statistics.median(found.slow):.1f}",
                    f"{found.milliseconds():.2f}",
                    parts,
                    f"{found.milliseconds() / yardstick.milliseconds():.1f} ×",
                    f"{found.statements:g}",
                ]
            )
    return _table(rows)


def _table(rows: list[list[str]]) -> str:
    head, *rest = rows
    lines = [head, ["---"] * len(head), *rest]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)
