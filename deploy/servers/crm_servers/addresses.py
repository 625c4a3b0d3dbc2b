"""Where a provided server answers; plain values that go between processes as JSON."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Postgres:
    """`url` for clients here (may be a Unix socket), `tcp_url` for what must go through a port (toxiproxy)."""

    url: str
    tcp_url: str

    @classmethod
    def from_environment(cls, prefix: str) -> Postgres | None:
        url = os.environ.get(f"{prefix}POSTGRES_URL")
        return cls(url, url) if url else None


@dataclass(frozen=True)
class Rabbit:
    """`url` (amqp://user:password@host:port/vhost) and the management API with the same user."""

    url: str
    management_url: str

    @classmethod
    def from_environment(cls, prefix: str) -> Rabbit | None:
        url = os.environ.get(f"{prefix}AMQP_URL")
        if not url:
            return None
        parts = urlsplit(url)
        usual = f"http://{parts.username}:{parts.password}@{parts.hostname}:15672"
        return cls(url, os.environ.get(f"{prefix}AMQP_MANAGEMENT_URL") or usual)


@dataclass(frozen=True)
class Elasticsearch:
    url: str

    @classmethod
    def from_environment(cls, prefix: str) -> Elasticsearch | None:
        url = os.environ.get(f"{prefix}ELASTICSEARCH_URL")
        return cls(url) if url else None


@dataclass(frozen=True)
class S3:
    """`url` without credentials. From the environment they come inside it: http://key:secret@host:port."""

    url: str
    access_key: str
    secret_key: str

    @classmethod
    def from_environment(cls, prefix: str) -> S3 | None:
        url = os.environ.get(f"{prefix}S3_URL")
        if not url:
            return None
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        return cls(address, parts.username or "", parts.password or "")


@dataclass(frozen=True)
class Toxiproxy:
    """`url` of its HTTP API."""

    url: str

    @classmethod
    def from_environment(cls, prefix: str) -> Toxiproxy | None:
        url = os.environ.get(f"{prefix}TOXIPROXY_URL")
        return cls(url) if url else None


@dataclass(frozen=True)
class OtherS3:
    """An S3 of other hands than the usual one; as `S3`."""

    url: str
    access_key: str
    secret_key: str

    @classmethod
    def from_environment(cls, prefix: str) -> OtherS3 | None:
        given = S3.from_environment(f"{prefix}OTHER_")
        return None if given is None else cls(given.url, given.access_key, given.secret_key)


Address = Postgres | Rabbit | Elasticsearch | S3 | OtherS3 | Toxiproxy
