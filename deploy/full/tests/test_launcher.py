"""The launcher over a small repository: real servers, a service that migrates and runs, an end without leftovers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm_servers.waiting import free_ports, wait_until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

# Uses what it is given: its database as owner and as itself, RabbitMQ, and tells what it saw.
SERVICE = """
import json, os, signal, sys
from pathlib import Path

import kombu, psycopg

PREFIX = "STOCK_ROOM_"
FOLDER = Path(__file__).parent

if sys.argv[1] == "migrate":
    with psycopg.connect(os.environ[PREFIX + "OWNER_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (id int GENERATED ALWAYS AS IDENTITY)")
        connection.execute("GRANT SELECT, INSERT ON starts TO crm_stock_room")
    sys.exit()

def stop(signum, frame):
    FOLDER.joinpath("drained").touch()
    sys.exit()

signal.signal(signal.SIGTERM, stop)
with psycopg.connect(os.environ[PREFIX + "DATABASE_URL"]) as connection:
    connection.execute("INSERT INTO starts DEFAULT VALUES")
    starts = connection.execute("SELECT count(*) FROM starts").fetchone()[0]
with kombu.Connection(os.environ["CRM_AMQP_URL"]) as connection:
    connection.ensure_connection(max_retries=1)
told = {"starts": starts, "pid": os.getpid(), "names": sorted(n for n in os.environ if n.startswith(("CRM_", PREFIX)))}
FOLDER.joinpath("told.new").write_text(json.dumps(told))
FOLDER.joinpath("told.new").rename(FOLDER / "told.json")
print("serving", flush=True)
while True:
    signal.pause()
"""

# Declares one secret and one address of its own.
SETTINGS = """
from dataclasses import dataclass
from crm_common.settings import Secret, ServiceSettings, variable

@dataclass(frozen=True, slots=True, kw_only=True)
class StockRoomSettings(ServiceSettings):
    key_secret: Secret = variable("Seals something.", least_length=32)
    search_url: str = variable("Elasticsearch.")
"""

LAUNCH = """
import sys
from pathlib import Path
from crm_full.launcher import launch
sys.exit(launch(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    package = tmp_path / "services" / "stock-room" / "stock_room"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(SERVICE)
    (package / "settings.py").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A short path: PostgreSQL's socket lies in it."""
    folder = Path(tempfile.mkdtemp(prefix="crm-full-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def start(repository: Path, data: Path, **more: str) -> tuple[subprocess.Popen[str], dict[str, object]]:
    """Starts the full system; returns when its service serves, with what the service told."""
    package = repository / "services" / "stock-room" / "stock_room"
    (package / "told.json").unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(package.parent), **more}
    command = [sys.executable, "-c", LAUNCH, str(repository), str(data), str(free_ports(1)[0])]
    with (repository / "output").open("a") as output:
        launcher = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, text=True, start_new_session=True
        )
    told = package / "told.json"
    wait_until(lambda: told.exists() or launcher.poll() is not None, 200, (repository / "output").read_text)
    assert told.exists(), (repository / "output").read_text()
    return launcher, json.loads(told.read_text())


def processes_below(data: Path) -> list[psutil.Process]:
    """Every process that has something of the data folder on its command line or as its working folder."""
    found = []
    for each in psutil.process_iter():
        try:
            if str(data) in " ".join(each.cmdline()) or str(data) in each.cwd():
                found.append(each)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_the_full_system_starts_migrates_serves_keeps_its_data_and_leaves_nothing_running(
    repository: Path, data: Path
) -> None:
    launcher, told = start(repository, data)
    assert told["starts"] == 1
    shared = ["CRM_AMQP_URL", "CRM_CLUSTER_SECRET", "CRM_METRICS_PORT"]
    shared += ["CRM_OBJECTS_ACCESS_KEY", "CRM_OBJECTS_SECRET_KEY", "CRM_OBJECTS_URL", "CRM_SEARCH_URL"]
    assert told["names"] == [*shared, "STOCK_ROOM_DATABASE_URL", "STOCK_ROOM_KEY_SECRET", "STOCK_ROOM_SEARCH_URL"]
    running = " ".join(" ".join(each.cmdline()) for each in processes_below(data))
    for program in ("postgres", "beam.smp", "elasticsearch", "minio"):
        assert program in running
    assert json.loads((data / "secrets.json").read_text())["cluster"] not in running

    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(timeout=120) == 0
    assert (repository / "services" / "stock-room" / "stock_room" / "drained").exists()
    assert processes_below(data) == []

    launcher, told = start(repository, data)
    assert told["starts"] == 2
    service = psutil.Process(int(str(told["pid"])))
    launcher.kill()
    launcher.wait()
    wait_until(lambda: processes_below(data) == [] and not service.is_running(), 90, "end of everything after kill -9")
