"""RabbitMQ for tests: the run's shared node; each test module works in a virtual host of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from crm_servers import addresses
from crm_servers.rabbitmq import create_vhost, delete_vhost, management


@dataclass(frozen=True)
class SharedRabbit:
    """The node of this run. `url` is its default virtual host; `how` it came: environment, container or native."""

    address: addresses.Rabbit
    how: str

    @property
    def url(self) -> str:
        return self.address.url

    def create_vhost(self, name: str = "test") -> str:
        """AMQP URL of a new, empty virtual host whose name starts with `name`; nobody else has it."""
        unique = f"{name}-{secrets.token_hex(4)}"
        create_vhost(self.address.management_url, unique)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{unique}"))

    def drop_vhost(self, url: str) -> None:
        """Removes a virtual host. A product leaves 230 queues there, and thousands of them keep a node from working.

        A node that takes longer than it answers a request goes on deleting; nobody waits for that.
        """
        with suppress(httpx.TransportError):
            delete_vhost(self.address.management_url, vhost_of(url))

    @contextmanager
    def vhost(self, name: str) -> Iterator[str]:
        """AMQP URL of a new virtual host, as `create_vhost` makes it, that is gone afterwards."""
        url = self.create_vhost(name)
        try:
            yield url
        finally:
            self.drop_vhost(url)

    def queues(self, url: str) -> list[dict[str, Any]]:
        """The management API's view of the queues in the virtual host of `url` (names and arguments are current,
        counters lag by up to 5 s)."""
        answer = management(self.address.management_url, "GET", f"/api/queues/{vhost_of(url)}")
        listed: list[dict[str, Any]] = answer.raise_for_status().json()
        return listed


def vhost_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")
