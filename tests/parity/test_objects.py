"""Files behave alike in a folder behind the gateway and in a real S3: one suite for both adapters."""

from __future__ import annotations

import io
import secrets
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from crm_common.errors import Code, CrmError
from crm_common.objects import FileObjects, NoSuchObjectError, Objects, Upload
from crm_common.objects.port import CHUNK, copy_to
from crm_common.objects.s3 import S3Objects
from crm_common.objects.served import SealedObjects
from crm_servers.addresses import S3
from crm_servers.waiting import free_ports
from gateway.files import Files
from gateway.http.answers import Cors
from ledger.waiting import until

pytestmark = pytest.mark.infra
TYPE = "text/csv; charset=utf-8"
SECRET = b"the secret of the folder's addresses"


class Reader(io.RawIOBase):
    """So many bytes that are made while they are read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(self.left, size if size >= 0 else self.left)
        self.left -= taken
        return b"x" * taken


@contextmanager
def served(folder: Path) -> Iterator[FileObjects]:
    [port] = free_ports(1)
    objects = FileObjects(folder, SECRET, root=f"http://127.0.0.1:{port}/")
    served = Files(objects, SealedObjects(objects, objects.signer), Cors(()))
    config = uvicorn.Config(served, port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the server listens")
    yield objects
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module", params=["files", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Objects]:
    """Each adapter in turn, in a place of its own."""
    if request.param == "files":
        with served(tmp_path_factory.mktemp("objects")) as files:
            yield files
    else:
        s3: S3 = request.getfixturevalue("s3")
        keys = {"access_key": s3.access_key, "secret_key": s3.secret_key}
        yield S3Objects(s3.url, bucket=f"test-{secrets.token_hex(4)}", region="us-east-1", **keys)


@pytest.fixture
def key() -> str:
    return f"imports/{secrets.token_hex(8)}/source.csv"


def bring(upload: Upload, content: bytes, content_type: str = TYPE) -> int:
    """What a client does with an upload's description: the status, below 300 when the file was taken."""
    if upload.method == "POST":
        form = {**upload.fields, **({"Content-Type": content_type} if content_type != TYPE else {})}
        answer = httpx.post(upload.url, data=form, files={"file": ("a.csv", content)}, trust_env=False)
    else:
        headers = {**upload.headers, "content-type": content_type}
        answer = httpx.put(upload.url, content=content, headers=headers, trust_env=False)
    return answer.status_code


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False)


def test_what_is_put_is_read_whole_or_in_part_until_it_is_deleted(objects: Objects, key: str, tmp_path: Path) -> None:
    content = bytes(range(256)) * 5_000
    assert objects.put(key, io.BytesIO(content)) == len(content)
    stored = objects.stat(key)
    assert stored is not None
    assert (stored.size, abs(stored.changed_at.timestamp() - time.time()) < 60) == (len(content), True)
    assert b"".join(objects.read(key)) == content
    assert b"".join(objects.read(key, start=300, end=700_000)) == content[300:700_000]
    assert b"".join(objects.read(key, start=len(content) - 3)) == content[-3:]
    assert copy_to(objects, key, tmp_path / "copy") == len(content)
    assert (tmp_path / "copy").read_bytes() == content
    objects.put(key, io.BytesIO(b"replaced"))
    assert list(objects.read(key)) == [b"replaced"]
    objects.delete(key)
    objects.delete(key)
    assert objects.stat(key) is None
    with pytest.raises(NoSuchObjectError):
        next(objects.read(key))


def test_an_empty_object_is_one(objects: Objects, key: str) -> None:
    assert objects.put(key, io.BytesIO()) == 0
    assert b"".join(objects.read(key)) == b""


@pytest.mark.parametrize("wrong", ["../up", "/root", "a//b", "a/../b", ".hidden", "a\0b", "中文", "", "a" * 200])
def test_a_key_leads_nowhere_else(objects: Objects, wrong: str) -> None:
    with pytest.raises(ValueError, match="not an object's key"):
        objects.put(wrong, io.BytesIO(b"x"))
    with pytest.raises(ValueError, match="not an object's key"):
        objects.download_url(wrong, name="a", content_type=TYPE, seconds=9)


def test_a_client_brings_a_file_and_takes_it_under_its_name(objects: Objects, key: str) -> None:
    upload = objects.upload(key, content_type=TYPE, limit=1000, seconds=60)
    assert bring(upload, "姓名,电话\n".encode()) < 300
    url = objects.download_url(key, name="客户 1.csv", content_type=TYPE, seconds=60)
    answer = get(url)
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "姓名,电话\n", TYPE)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%AE%A2%E6%88%B7%201.csv"
    part = get(url, range="bytes=7-12")
    assert (part.status_code, part.text, part.headers["content-range"]) == (206, "电话", "bytes 7-12/14")
    assert get(url, range="bytes=-1").content == b"\n"
    assert get(url, range="bytes=99-").status_code == 416


def test_a_file_may_be_as_large_as_allowed_and_not_a_byte_larger(objects: Objects, key: str) -> None:
    upload = objects.upload(key, content_type=TYPE, limit=CHUNK, seconds=60)
    assert bring(upload, b"x" * (CHUNK + 1)) in (400, 413)
    assert objects.stat(key) is None
    assert bring(upload, b"x" * CHUNK) < 300
    stored = objects.stat(key)
    assert stored is not None
    assert stored.size == CHUNK


def test_a_file_is_of_the_type_that_was_allowed(objects: Objects, key: str) -> None:
    upload = objects.upload(key, content_type=TYPE, limit=1000, seconds=60)
    assert bring(upload, b"<script>", content_type="text/html") in (403, 415)
    assert objects.stat(key) is None


def test_an_address_ends_with_its_time_and_may_not_be_altered(objects: Objects, key: str) -> None:
    objects.put(key, io.BytesIO(b"secret"))
    url = objects.download_url(key, name="a.csv", content_type=TYPE, seconds=60)
    for altered in (url[:-5] + ("AAAAA" if not url.endswith("AAAAA") else "BBBBB"), url.replace("/files/", "/files/e")):
        if altered != url:
            assert get(altered).status_code == 403
    late = objects.download_url(key, name="a.csv", content_type=TYPE, seconds=1)
    until(lambda: get(late).status_code == 403, "the address ends")
    assert b"secret" not in get(late).content


def test_an_address_is_for_one_method(objects: Objects, key: str) -> None:
    objects.put(key, io.BytesIO(b"here"))
    url = objects.download_url(key, name="a.csv", content_type=TYPE, seconds=60)
    for method in ("PUT", "DELETE", "POST"):
        assert httpx.request(method, url, content=b"evil", trust_env=False).status_code in (400, 403, 405)
    assert b"".join(objects.read(key)) == b"here"


def test_much_is_stored_and_read_with_little_memory(objects: Objects, key: str) -> None:
    size = 48 << 20
    tracemalloc.start()
    objects.put(key, Reader(size))  # type: ignore[arg-type]
    assert sum(map(len, objects.read(key))) == size
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    objects.delete(key)
    # two parts of a multipart upload; a folder needs far less
    assert peak < 20 << 20


def test_the_store_answers(objects: Objects) -> None:
    assert objects.check()


def test_an_s3_that_is_away_is_unavailable_and_unhealthy() -> None:
    [port] = free_ports(1)
    keys: Any = {"access_key": "a", "secret_key": "b", "bucket": "c", "region": "us-east-1"}
    away = S3Objects(f"http://127.0.0.1:{port}", **keys)
    with pytest.raises(CrmError) as refused:
        away.stat("a")
    assert refused.value.code is Code.UNAVAILABLE
    assert not away.check()


def test_a_second_file_under_one_address_is_refused_by_a_folder(tmp_path: Path) -> None:
    with served(tmp_path) as files:
        upload = files.upload("a/b", content_type=TYPE, limit=9, seconds=60)
        assert (bring(upload, b"first"), bring(upload, b"second")) == (201, 409)
        assert b"".join(files.read("a/b")) == b"first"


def test_a_broken_upload_leaves_nothing_behind(tmp_path: Path) -> None:
    with served(tmp_path) as files:
        upload = files.upload("a/b", content_type=TYPE, limit=10_000_000, seconds=60)

        def pieces() -> Iterator[bytes]:
            yield b"x" * 100_000
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            httpx.put(upload.url, content=pieces(), headers=upload.headers, trust_env=False)
        until(lambda: not list((tmp_path / ".incoming").iterdir()), "nothing waits")
        assert files.stat("a/b") is None


def test_a_writer_that_fails_leaves_no_half_object(tmp_path: Path) -> None:
    files = FileObjects(tmp_path, SECRET)
    files.put("a/b", io.BytesIO(b"whole"))
    with pytest.raises(TypeError), files.incoming("a/b") as file:
        file.write("half of it is no bytes")  # type: ignore[call-overload]
    assert b"".join(files.read("a/b")) == b"whole"
    files.delete("a/b")
    assert [each.name for each in tmp_path.iterdir()] == [".incoming"]
