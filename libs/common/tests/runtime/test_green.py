"""One green process does many things at once: calls, database, heartbeats, heavy computing."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import httpx
import pytest

from crm_common import codec
from crm_common.runtime.heavy import apart
from probe.house import House, asking
from probe.running import ServiceProcesses

pytestmark = pytest.mark.infra


def test_ten_slow_statements_in_one_process_run_at_once(broker: House) -> None:
    calls = [broker.begin("probe", "slow", {"seconds": 0.5}, asking(seconds=30)) for _ in range(10)]
    times = [codec.decode_json(call(40)) for call in calls]

    # by the database's own clock: all ten were under way together, in one service process
    assert max(each["began"] for each in times) < min(each["ended"] for each in times)


def test_as_many_as_there_are_workers_run_at_once_and_no_more(broker: House) -> None:
    calls = [broker.begin("probe", "slow", {"seconds": 0.3}, asking(seconds=30)) for _ in range(20)]
    times = sorted((codec.decode_json(call(40)) for call in calls), key=lambda each: each["began"])
    at_once = max(sum(each["began"] <= one["began"] < each["ended"] for each in times) for one in times)

    assert at_once == 10


def test_health_and_metrics_are_served_beside_the_work(broker: House, processes: ServiceProcesses) -> None:
    probe = processes.only("probe")
    broker.call("probe", "rows", {"count": 1})
    ready = httpx.get(f"{probe.health}/health/ready")

    assert httpx.get(f"{probe.health}/health/live").json() == {"live": True}
    assert (ready.status_code, ready.json()) == (
        200, {"ready": True, "checks": {"running": True, "broker": True, "database": True}},
    )  # fmt: skip
    assert httpx.get(f"{probe.health}/elsewhere").status_code == 404
    assert probe.metric('crm_broker_connected{connection="probe.consumer"}') == 1.0
    assert probe.metric('crm_rpc_in_work{service="probe"}') == 0.0


def test_heavy_work_does_not_stop_the_green_threads() -> None:
    script = """
        from crm_common.runtime.green import patch
        patch()
        import time, threading
        from crm_common.runtime.heavy import apart
        import hashlib
        ticks = []
        stop = threading.Event()
        def tick():
            while not stop.is_set():
                ticks.append(time.monotonic())
                time.sleep(0.01)
        threading.Thread(target=tick).start()
        began = time.monotonic()
        # releases the GIL, as argon2 does, and holds its thread
        apart(hashlib.pbkdf2_hmac, "sha256", b"x", b"y", 1_500_000)
        ended = time.monotonic()
        stop.set()
        during = sum(began < tick < ended for tick in ticks)
        print(ended - began > 0.1, during >= 5)
    """
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )

    assert run.stdout.split() == ["True", "True"]


def test_heavy_work_in_a_thread_runs_right_there() -> None:
    assert apart(divmod, 7, 3) == (2, 1)
