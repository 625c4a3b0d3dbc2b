"""Elasticsearch as one node on 127.0.0.1, from the Maven artifact that carries the real server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path

import httpx

from crm_servers.installing import SECONDS, Missing, apt_install
from crm_servers.memory import remembered
from crm_servers.places import cache_folder, exclusively
from crm_servers.process import GuardedProcess, hand_over, own

VERSION = "8.19.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"

SETTINGS = """\
cluster.name: crm
node.name: crm
discovery.type: single-node
xpack.security.enabled: false
http.host: 127.0.0.1
http.port: {http}
transport.host: 127.0.0.1
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
cluster.routing.allocation.disk.threshold_enabled: false
"""


def installed() -> Path:
    """The folder of the unpacked server, fetched once into the cache; Missing when it cannot be had."""
    home = cache_folder() / f"elasticsearch-{VERSION}"
    with exclusively(cache_folder() / "elasticsearch.lock"):
        if not home.exists():
            fetch(home)
    return home


def fetch(home: Path) -> None:
    if shutil.which("mvn") is None:
        apt_install("maven")
    fetched = home.parent / f"elasticsearch-{VERSION}.fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    copy = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={fetched}"]
    done = subprocess.run(copy, cwd=home.parent, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise Missing(f"Elasticsearch: Maven could not fetch {ARTIFACT}: {done.stdout.strip()[-500:]}")
    with zipfile.ZipFile(next(fetched.glob("*.zip"))) as archive:
        archive.extractall(fetched)
    unpacked = fetched / f"elasticsearch-{VERSION}"
    for program in (unpacked / "bin").iterdir():  # a zip has no modes
        program.chmod(0o755)
    unpacked.rename(home)
    shutil.rmtree(fetched)


def java_home() -> str:
    """The JDK that runs the server (17 or newer)."""
    if given := os.environ.get("JAVA_HOME"):
        return given
    if shutil.which("java") is None:
        apt_install("default-jre-headless")
    found = shutil.which("java")
    if found is None:
        raise Missing("Elasticsearch: no Java on this machine")
    return str(Path(found).resolve().parents[1])


class ElasticsearchServer:
    """One node in `folder`, without security (it answers on the loopback only)."""

    def __init__(self, folder: Path, lifeline: Path, *, remove: bool = False) -> None:
        self.folder = own(folder)
        home = installed()
        noted = remembered(folder, "elasticsearch", ports=2)
        self.port = noted.ports[0]
        self._configure(home, noted.ports)
        self._process = GuardedProcess(
            name="elasticsearch",
            folder=folder,
            lifeline=lifeline,
            command=[str(home / "bin" / "elasticsearch")],
            environment={
                "ES_PATH_CONF": str(folder / "config"),
                "ES_JAVA_HOME": java_home(),
                "ES_JAVA_OPTS": "-Xms512m -Xmx512m -XX:-UsePerfData",
                "ES_TMPDIR": str(own(folder / "tmp")),
            },
            orphan_signal=signal.SIGKILL if remove else 0,
            remove=remove,
        )

    def _configure(self, home: Path, ports: tuple[int, ...]) -> None:
        config, logs = own(self.folder / "config"), own(self.folder / "logs")
        # The options write logs and dumps relative to the program's folder, which is not ours to write.
        options = (home / "config" / "jvm.options").read_text().replace("=logs/", f"={logs}/")
        hand_over(config / "jvm.options", options.replace("HeapDumpPath=data", f"HeapDumpPath={self.folder}"))
        hand_over(config / "log4j2.properties", (home / "config" / "log4j2.properties").read_text())
        settings = SETTINGS.format(http=ports[0], transport=ports[1], folder=self.folder)
        hand_over(config / "elasticsearch.yml", settings)
        own(config / "jvm.options.d")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> ElasticsearchServer:
        """Returns when the node takes requests."""
        self._process.start(ready=self._answers, seconds=180)
        return self

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def running(self) -> bool:
        return self._process.running()

    def _answers(self) -> bool:
        try:
            health = httpx.get(f"{self.url}/_cluster/health", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return health.is_success and health.json()["status"] in {"yellow", "green"}
