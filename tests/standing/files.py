"""A folder's signed addresses, served as the gateway serves them, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from crm_common.objects import FileObjects
from crm_common.objects.served import SealedObjects
from crm_servers.waiting import free_ports
from gateway.files import Files
from gateway.http.answers import Cors
from ledger.waiting import until


@contextmanager
def serving(folder: Path, secret: bytes) -> Iterator[str]:
    """The address before which the signed ones stand."""
    [port] = free_ports(1)
    objects = FileObjects(folder, secret)
    served = Files(objects, SealedObjects(objects, objects.signer), Cors(()))
    server = uvicorn.Server(uvicorn.Config(served, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the server listens")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
