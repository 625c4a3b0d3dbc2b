"""MinIO on 127.0.0.1: an S3 server for objects. Built from its Go module, as there is no package of it."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx

from crm_servers.installing import go_install
from crm_servers.memory import remembered
from crm_servers.process import GuardedProcess, own

MODULE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"  # the last state before the project was archived


def installed() -> Path:
    """The program, built once into the cache; Missing when it cannot be."""
    return go_install("minio", MODULE, VERSION)


class MinioServer:
    """One server in `folder`; address and keys stay over `stop` and `start`."""

    def __init__(self, folder: Path, lifeline: Path, *, remove: bool = False) -> None:
        self.folder = own(folder)
        program = installed()
        noted = remembered(self.folder, "minio", ports=1)
        own(self.folder / "data")
        self.url = f"http://127.0.0.1:{noted.ports[0]}"
        self.access_key = "crm"
        self.secret_key = noted.password
        self._process = GuardedProcess(
            name="minio",
            folder=folder,
            lifeline=lifeline,
            command=[
                str(program),
                "server",
                "--quiet",
                "--address",
                f"127.0.0.1:{noted.ports[0]}",
                str(folder / "data"),
            ],
            environment={
                "HOME": str(own(folder / "home")),
                "MINIO_ROOT_USER": self.access_key,
                "MINIO_ROOT_PASSWORD": self.secret_key,
                "MINIO_BROWSER": "off",
                "MINIO_UPDATE": "off",
            },
            orphan_signal=signal.SIGKILL if remove else 0,
            remove=remove,
        )

    def start(self) -> MinioServer:
        """Returns when the server takes requests."""
        self._process.start(ready=self._answers, seconds=60)
        return self

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def running(self) -> bool:
        return self._process.running()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/minio/health/ready", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False
