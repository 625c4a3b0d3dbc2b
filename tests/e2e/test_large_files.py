"""100 MB up and down, clear and encrypted, without the gateway holding the file in its memory (DOC-01, 05)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from standing.person import Person
from standing.systems import System, on_broker
from walking.company import Company, do

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

SIZE = 100 * 1024 * 1024
LINE = "一百兆字节的文本文件，逐行相同。0123456789\n".encode()
ROOM = 40 * 1024 * 1024
"""What the gateway may grow by: pieces on their way, and what Python keeps; far from the file's size."""


@pytest.fixture(scope="module")
def spread(
    postgres_server: SharedPostgres, rabbitmq: SharedRabbit, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """The gateway in a process of its own, so that its memory is its own."""
    folder = tmp_path_factory.mktemp("large")
    with rabbitmq.vhost("large") as vhost, on_broker(postgres_server, vhost, folder, cold=True) as system:
        yield system


def pieces() -> Iterator[bytes]:
    """The file, piece by piece: the test holds no more of it than the gateway."""
    block, left = LINE * 4096, SIZE
    while left:
        yield block[:left]
        left -= min(left, len(block))


def resident(system: System) -> int:
    """Bytes of memory of the gateway."""
    return int(psutil.Process(system.processes["gateway"].running.pid).memory_info().rss)


def taken(person: Person, url: str) -> str:
    """The checksum of what comes under the address."""
    digest = hashlib.sha256()
    with httpx.stream("GET", person.url + url, trust_env=False, timeout=60) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_bytes(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def test_a_hundred_megabytes_pass_through_and_leave_the_gateway_small(spread: System) -> None:
    seller = seller_of(Company(spread))
    expected = hashlib.sha256()
    for piece in pieces():
        expected.update(piece)
    told = {"name": "大.txt", "size": SIZE, "contentType": "text/plain", "sha256": expected.hexdigest()}
    asked = do(seller, "requestUpload", "uploadId upload { url headers { name value } limit }", **told)
    upload: dict[str, Any] = asked["upload"]
    before = resident(spread)

    headers = {each["name"]: each["value"] for each in upload["headers"]}
    brought = httpx.put(seller.url + upload["url"], content=pieces(), headers=headers, trust_env=False, timeout=60)
    after_upload = resident(spread)
    made = do(seller, "confirmUpload", "document { id size sha256 }", uploadId=asked["uploadId"])["document"]
    link = do(seller, "downloadDocument", "file { url }", id=made["id"])["file"]["url"]
    came = taken(seller, link)
    after_download = resident(spread)
    do(seller, "encryptDocument", "document { isEncrypted }", id=made["id"])
    sealed = do(seller, "downloadDocument", "file { url }", id=made["id"])["file"]["url"]
    came_sealed = taken(seller, sealed)
    after_sealed = resident(spread)

    assert (upload["limit"], brought.status_code, made["size"]) == (SIZE, 201, SIZE)
    assert came == came_sealed == made["sha256"] == expected.hexdigest()
    grown = [each - before for each in (after_upload, after_download, after_sealed)]
    print(f"the gateway grew by {[each >> 20 for each in grown]} MB")
    assert max(grown) < ROOM


def seller_of(company: Company) -> Person:
    """Somebody who may bring files."""
    tag = uuid4().hex[:4]
    position = company.position("销售", company.department(f"大文件 {tag}"))
    company.employee(f"large.{tag}", position, company.preset("SALES"))
    return company.first_login(f"large.{tag}")
