"""Toxiproxy for tests: proxies of a test's own, to cut and to poison."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from crm_servers.waiting import free_ports


@dataclass(frozen=True)
class Proxy:
    """Listens on 127.0.0.1 at `port` and passes everything on to its upstream, until told otherwise."""

    api: str
    name: str
    port: int

    def put_before(self, url: str) -> str:
        """`url` with host and port of the proxy in place of the server's."""
        parts = urlsplit(url)
        credentials = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{credentials}@127.0.0.1:{self.port}".removeprefix("@")).geturl()

    def cut(self) -> None:
        """Closes all connections and refuses new ones."""
        self._change({"enabled": False})

    def restore(self) -> None:
        """Lets new connections through again, without toxics."""
        for toxic in self._ask("GET", "/toxics").json():
            self._ask("DELETE", f"/toxics/{toxic['name']}")
        self._change({"enabled": True})

    def poison(self, toxic: str, *, upstream: bool = False, **attributes: int) -> None:
        """Adds a toxic (latency, bandwidth, timeout, reset_peer, limit_data, …) to what comes back, or to what goes out
        with `upstream`. Attributes as toxiproxy names them: latency=500 (ms), bytes=100."""
        stream = "upstream" if upstream else "downstream"
        self._ask("POST", "/toxics", {"type": toxic, "stream": stream, "attributes": attributes})

    def remove(self) -> None:
        self._ask("DELETE", "")

    def _change(self, wanted: dict[str, object]) -> None:
        self._ask("POST", "", wanted)

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        address = f"{self.api}/proxies/{self.name}{path}"
        return httpx.request(method, address, json=body, timeout=10, trust_env=False).raise_for_status()


def new_proxy(api: str, upstream: str) -> Proxy:
    """A proxy to `upstream` (host:port)."""
    proxy = Proxy(api, f"test-{secrets.token_hex(4)}", free_ports(1)[0])
    wanted = {"name": proxy.name, "listen": f"127.0.0.1:{proxy.port}", "upstream": upstream, "enabled": True}
    httpx.post(f"{api}/proxies", json=wanted, timeout=10, trust_env=False).raise_for_status()
    return proxy
