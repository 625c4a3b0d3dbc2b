"""Rounds of load: every contender in turn, forwards and backwards, so that what the machine does meets all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from bench.contenders import Contender
from bench.load import Outcome, load
from bench.workloads import Workload

WARM_UP = 1.0
COMPARED = 40
COUNTED = 50


@dataclass(slots=True)
class Measured:
    """One contender at one workload: a value for each round, processor milliseconds by part."""

    rates: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    processor: dict[str, list[float]] = field(default_factory=dict)
    statements: float = 0.0

    @property
    def ratio(self) -> float:
        """Requests per second, as a part of direct's in the same round; the median of the rounds."""
        return statistics.median(self.ratios)

    def milliseconds(self, part: str | None = None) -> float:
        """Processor time per request: of one part, or of all together."""
        parts = [part] if part else list(self.processor)
        return sum(statistics.median(self.processor[each]) for each in parts)


class Bench:
    """Measures contenders on the services' databases at ``urls`` (a superuser's).

    ``postgres`` reads the processor time there.
    """

    def __init__(self, urls: Mapping[str, str], postgres: Callable[[], float], say: Callable[[str], None]) -> None:
        self._urls = urls
        self._postgres = postgres
        self._say = say

    def compare(self, workload: Workload, contenders: Sequence[Contender]) -> None:
        """Refuse to measure contenders that do not give the same answers."""
        if workload.undo:
            return
        first, *others = contenders
        for number in range(COMPARED):
            expected = first.answer(workload, number)
            for other in others:
                if other.answer(workload, number) != expected:
                    raise RuntimeError(f"{other.name} and {first.name} differ on {workload.key}, request {number}")

    def run(
        self, workload: Workload, contenders: Sequence[Contender], *, rounds: int, seconds: float
    ) -> dict[str, Measured]:
        """What each contender (the first is the yardstick) made of the workload."""
        found = {each.key: Measured() for each in contenders}
        for each in contenders:
            self._load(workload, each, WARM_UP)
        for number in range(rounds):
            turn = contenders if number % 2 == 0 else list(reversed(contenders))
            rates = {each.key: self._measure(workload, each, found[each.key], seconds) for each in turn}
            for key, rate in rates.items():
                found[key].rates.append(rate)
                found[key].ratios.append(rate / rates[contenders[0].key])
            self._say(f"{workload.key} " + "  ".join(f"{key} {rate:.0f}/s" for key, rate in rates.items()))
        for each in contenders:
            found[each.key].statements = self.count(workload, each)
        return found

    def _measure(self, workload: Workload, contender: Contender, into: Measured, seconds: float) -> float:
        self._undo([workload])
        works = {**contender.works, "PostgreSQL": self._postgres}
        before = {part: read() for part, read in works.items()}
        outcome = self._load(workload, contender, seconds)
        for part, read in works.items():
            spent = (read() - before[part]) / outcome.requests * 1000
            into.processor.setdefault(part, []).append(spent)
        into.medians.append(outcome.percentile(0.5) * 1000)
        into.slow.append(outcome.percentile(0.95) * 1000)
        return outcome.rate

    @staticmethod
    def _load(workload: Workload, contender: Contender, seconds: float) -> Outcome:
        contender.begin()
        outcome = load(contender.port, contender.requests(workload), seconds)
        if outcome.fault:
            raise RuntimeError(f"{contender.name} fails at {workload.key}: {outcome.fault}")
        return outcome

    def count(self, workload: Workload, contender: Contender) -> float:
        """Statements per request, asked one by one; BEGIN and COMMIT count, what a relay does afterwards too."""
        contender.begin()
        contender.answer(workload, 2_000_000)
        with counting(self._urls["identity"]) as calls:
            for number in range(COUNTED):
                contender.answer(workload, 3_000_000 + number)
            return round(calls() / COUNTED, 1)

    def _undo(self, workloads: Iterable[Workload]) -> None:
        for each in workloads:
            if each.undo:
                with psycopg.connect(self._urls[each.service], autocommit=True) as admin:
                    admin.execute(each.undo)
                    admin.execute(f"VACUUM (ANALYZE) {each.table}")


@contextmanager
def counting(url: str) -> Iterator[Callable[[], float]]:
    """Within the block the server counts statements; what is given reads how many there were so far."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET pg_stat_statements.track = 'top'")
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("SELECT pg_stat_statements_reset()")

        def calls() -> float:
            read = "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"
            found = admin.execute(read).fetchone()
            return float(found[0] or 0) if found else 0.0

        try:
            yield calls
        finally:
            admin.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
            admin.execute("SELECT pg_reload_conf()")
