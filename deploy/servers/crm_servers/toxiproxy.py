"""Toxiproxy on 127.0.0.1: stands between a client and a server and cuts, delays or narrows what passes."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx

from crm_servers.installing import go_install
from crm_servers.process import GuardedProcess, own
from crm_servers.waiting import free_ports

MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server"
VERSION = "v2.5.0"


def installed() -> Path:
    """The program, built once into the cache; Missing when it cannot be."""
    return go_install("toxiproxy", MODULE, VERSION)


class ToxiproxyServer:
    """The proxy's control server; `url` is its HTTP API."""

    def __init__(self, folder: Path, lifeline: Path, *, remove: bool = False) -> None:
        program = installed()
        port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{port}"
        self._process = GuardedProcess(
            name="toxiproxy",
            folder=own(folder),
            lifeline=lifeline,
            command=[str(program), "-host", "127.0.0.1", "-port", str(port)],
            orphan_signal=signal.SIGKILL if remove else 0,
            remove=remove,
        )

    def start(self) -> ToxiproxyServer:
        self._process.start(ready=self._answers, seconds=30)
        return self

    def stop(self) -> None:
        self._process.stop()

    def running(self) -> bool:
        return self._process.running()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/version", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False
