"""Versity's S3 gateway on 127.0.0.1, over a folder: a second S3, so that nothing rests on what only MinIO does."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx

from crm_servers.installing import go_install
from crm_servers.memory import remembered
from crm_servers.process import GuardedProcess, own

MODULE = "github.com/versity/versitygw/cmd/versitygw"
VERSION = "v1.8.0"


def installed() -> Path:
    """The program, built once into the cache; Missing when it cannot be."""
    return go_install("versitygw", MODULE, VERSION)


class VersityServer:
    """One server in `folder`; address and keys stay over `stop` and `start`."""

    def __init__(self, folder: Path, lifeline: Path, *, remove: bool = False) -> None:
        self.folder = own(folder)
        program = installed()
        noted = remembered(self.folder, "versitygw", ports=1)
        address = f"127.0.0.1:{noted.ports[0]}"
        self.url = f"http://{address}"
        self.access_key = "crm"
        self.secret_key = noted.password
        # extended attributes are not on every file system; beside the files their metadata is on any
        data, beside = own(folder / "data"), own(folder / "metadata")
        self._process = GuardedProcess(
            name="versitygw",
            folder=folder,
            lifeline=lifeline,
            command=[
                str(program),
                "--port",
                address,
                "--health",
                "/health",
                "posix",
                "--sidecar",
                str(beside),
                str(data),
            ],
            environment={
                "HOME": str(own(folder / "home")),
                "ROOT_ACCESS_KEY_ID": self.access_key,
                "ROOT_SECRET_ACCESS_KEY": self.secret_key,
            },
            orphan_signal=signal.SIGKILL if remove else 0,
            remove=remove,
        )

    def start(self) -> VersityServer:
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
            return httpx.get(f"{self.url}/health", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False
