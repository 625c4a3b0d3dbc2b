"""The scanner of uploads: spoken to by clamd's own protocol over a real connection; without it nothing is taken."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_common.errors import Code, CrmError
from documents.adapters.scanning import Clamd
from filing.cabinet import Cabinet, cabinet, person
from filing.samples import txt
from infra.postgres import SharedPostgres

pytestmark = pytest.mark.enable_socket
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 300_000


class Daemon(socketserver.StreamRequestHandler):
    """Answers INSTREAM as clamd does: chunks with their lengths, then the verdict."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > MOST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@pytest.fixture(scope="module")
def daemon() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def scanned(port: int, path: Path, content: bytes) -> CrmError:
    path.write_bytes(content)
    with pytest.raises(CrmError) as refused:
        Clamd("127.0.0.1", port, 5).expect_clean(path)
    return refused.value


def test_what_is_clean_passes_and_what_is_not_is_named(daemon: int, tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(b"a" * 290_000)
    Clamd("127.0.0.1", daemon, 5).expect_clean(path)

    refusal = scanned(daemon, path, b"a" * 200_000 + EICAR)

    assert (refusal.code, refusal.details) == (Code.VALIDATION, {"found": "Eicar-Test-Signature"})


def test_a_scanner_that_gives_up_or_is_away_lets_nothing_pass(daemon: int, tmp_path: Path) -> None:
    assert scanned(daemon, tmp_path / "content", b"a" * 1_000_000).code is Code.UNAVAILABLE
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert scanned(port, tmp_path / "content", b"a").code is Code.UNAVAILABLE


def test_an_upload_is_scanned_where_a_scanner_is_configured(
    daemon: int, postgres_server: SharedPostgres, tmp_path: Path
) -> None:
    """DOC-01: what was found is refused and removed."""
    li, told = person("li"), {"DOCUMENTS_CLAMD_HOST": "127.0.0.1", "DOCUMENTS_CLAMD_PORT": str(daemon)}
    with cabinet(postgres_server, tmp_path, told) as service:
        assert service.uploaded(li, "a.txt", txt("clean"))["state"] == "DRAFT"
        upload = refused(service, EICAR)
        assert service.objects.stat(f"uploads/{upload}") is None


def refused(service: Cabinet, content: bytes) -> str:
    li = person("li")
    upload = str(service.request(li, "a.txt", content)["upload_id"])
    service.bring(upload, content)
    found = service.refusal(li, "confirm_upload", upload_id=upload)
    assert found == ("VALIDATION", "the_scanner_found_something")
    return upload
