"""``python -m bench``: prepares a company, measures all contenders in turn, writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.contenders import Contender, family
from bench.customer_workloads import customer_workloads
from bench.ground import Ground, ground
from bench.measuring import Bench
from bench.prepare import Prepared, prepare, wait_for_search
from bench.report import machine, written
from bench.stage import Stage
from bench.workloads import workloads
from crm_servers.installing import Missing
from crm_servers.rabbitmq import RabbitServer

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def main(arguments: list[str]) -> int:
    """The exit code."""
    chosen = parser().parse_args(arguments)
    with ground() as place:
        print(f"a company of {chosen.employees} …", flush=True)
        prepared = prepare(place.server, employees=chosen.employees, customers=chosen.customers)
        stage = Stage(place.folder / "logs", prepared)
        place.closing.callback(stage.clear)
        contenders = start(stage, place, broker=not chosen.without_broker)
        urls = {"identity": prepared.admin_url, "customer": prepared.customer.admin_url}
        bench = Bench(urls, family(place.server.pid() or 0), lambda line: print(line, flush=True))
        text = measure(bench, prepared, contenders, chosen)
    if chosen.write:
        REPORT.write_text(text)
    print(text)
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    made = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    made.add_argument("--employees", type=int, default=20_000)
    made.add_argument("--customers", type=int, default=100_000)
    made.add_argument("--rounds", type=int, default=6)
    made.add_argument("--seconds", type=float, default=3.0, help="of each contender in each round")
    made.add_argument("--only", default="", help="keys of workloads, with commas: Q1,M1")
    made.add_argument("--without-broker", action="store_true", help="in one process only")
    made.add_argument("--print", dest="write", action="store_false", help="leave docs/benchmarks.md as it is")
    return made


def start(stage: Stage, place: Ground, *, broker: bool) -> list[Contender]:
    """All contenders, the yardstick first."""
    found = [stage.direct(), stage.in_process()]
    if broker:
        try:
            rabbit = RabbitServer(place.folder / "mq", place.lifeline, remove=True).start()
        except Missing as missing:
            raise SystemExit(f"{missing}; --without-broker measures the rest") from missing
        place.closing.callback(rabbit.kill)
        # the processes end before the broker does
        place.closing.callback(stage.clear)
        found.append(stage.over_broker(rabbit))
    return [*found, stage.resolvers()]


def measure(bench: Bench, prepared: Prepared, contenders: list[Contender], chosen: argparse.Namespace) -> str:
    """The report of all workloads that were asked for."""
    wait_for_search(prepared.customer.admin_url)
    for contender in contenders:
        contender.begin()
    every = [*workloads(prepared), *customer_workloads(prepared.customer.filled)]
    wanted = [each for each in every if not chosen.only or each.key in chosen.only.split(",")]
    # the resolvers are written for identity only
    able = {
        each.key: [one for one in contenders if one.key != "resolvers" or each.service == "identity"] for each in wanted
    }
    for each in wanted:
        bench.compare(each, able[each.key])
    results = {
        each.key: bench.run(each, able[each.key], rounds=chosen.rounds, seconds=chosen.seconds) for each in wanted
    }
    return written(wanted, contenders, results, machine(prepared, chosen.employees, chosen.customers))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
