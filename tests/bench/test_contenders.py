"""The contenders answer alike: without that a comparison of their speed says nothing."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.contenders import family
from bench.customer_workloads import customer_workloads
from bench.load import load
from bench.measuring import Bench
from bench.prepare import counting_server, prepare
from bench.stage import Stage
from bench.workloads import workloads
from crm_servers.lifeline import Lifeline


@pytest.mark.infra
def test_every_contender_gives_the_same_answers_and_withstands_load() -> None:
    with ExitStack() as closing:
        # short, as sockets lie in it
        folder = Path(tempfile.mkdtemp(prefix="bench"))
        folder.chmod(0o755)
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        lifeline = Lifeline(folder / "lifeline")
        closing.callback(lifeline.release)
        server = counting_server(folder / "pg", lifeline.path)
        closing.callback(server.stop)
        prepared = prepare(server, employees=1_000, customers=3_000)
        assert 100 < len(prepared.employees) < 250
        stage = Stage(folder / "logs", prepared)
        closing.callback(stage.clear)
        contenders = [stage.direct(), stage.in_process(), stage.resolvers()]
        urls = {"identity": prepared.admin_url, "customer": prepared.customer.admin_url}
        bench = Bench(urls, family(server.pid() or 0), print)
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
