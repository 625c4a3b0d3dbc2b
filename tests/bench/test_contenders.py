"""The contenders answer alike: without that a comparison of their speed says nothing."""

from __future__ import annotations

import pytest

from bench.contenders import family
from bench.customer_workloads import customer_workloads
from bench.ground import ground
from bench.load import load
from bench.measuring import Bench
from bench.prepare import prepare
from bench.stage import Stage
from bench.workloads import workloads


@pytest.mark.infra
def test_every_contender_gives_the_same_answers_and_withstands_load() -> None:
    with ground() as place:
        prepared = prepare(place.server, employees=1_000, customers=3_000)
        assert 100 < len(prepared.employees) < 250
        stage = Stage(place.folder / "logs", prepared)
        place.closing.callback(stage.clear)
        contenders = [stage.direct(), stage.in_process(), stage.resolvers()]
        urls = {"identity": prepared.admin_url, "customer": prepared.customer.admin_url}
        bench = Bench(urls, family(place.server.pid() or 0), print)
        for each in contenders:
            each.begin()
        for workload in [*workloads(prepared), *customer_workloads(prepared.customer.filled)]:
            able = contenders if workload.service == "identity" else contenders[:2]
            bench.compare(workload, able)
            for each in able:
                outcome = load(each.port, each.requests(workload), 0.2)
                assert outcome.fault is None
                assert outcome.requests >= 16
        page = workloads(prepared)[0]
        # what the service's loops ask meanwhile is counted too, and is little
        assert [round(bench.count(page, each)) for each in contenders[:2]] == [1, 1]
