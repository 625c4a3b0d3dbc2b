"""The proxy passes, delays, cuts and restores connections to a real server."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
import pytest

from infra.postgres import SharedPostgres
from infra.toxiproxy import Proxy


def test_a_proxy_passes_delays_cuts_and_restores(
    postgres_server: SharedPostgres, toxiproxy: Callable[[str], Proxy]
) -> None:
    server = urlsplit(postgres_server.address.tcp_url)
    proxy = toxiproxy(f"{server.hostname}:{server.port}")
    url = proxy.put_before(postgres_server.address.tcp_url)
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        proxy.poison("latency", latency=300)
        started = time.monotonic()
        connection.execute("SELECT 1")
        assert time.monotonic() - started >= 0.3
        proxy.cut()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        psycopg.connect(url)
    proxy.restore()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
