"""DOC-13: files behave the same whatever store they lie in: a folder, MinIO, and an S3 of other hands."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from crm_servers.addresses import S3
from filing.cabinet import SECRET, Cabinet, cabinet, person
from filing.samples import docx, pdf, png
from infra.postgres import SharedPostgres
from standing.files import serving

pytestmark = pytest.mark.infra
LI = person("li")


@pytest.fixture(scope="module", params=["files", "s3", "other_s3"])
def service(
    request: pytest.FixtureRequest, postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cabinet]:
    """Documents over each store in turn; a folder's addresses are served as the gateway serves them."""
    folder = tmp_path_factory.mktemp("files")
    with ExitStack() as closing:
        if request.param == "files":
            root = closing.enter_context(serving(folder, SECRET.encode()))
            told = {"CRM_OBJECTS_FOLDER": str(folder), "CRM_OBJECTS_PUBLIC_URL": root}
        else:
            s3: S3 = request.getfixturevalue(request.param)
            told = {
                "CRM_OBJECTS_URL": s3.url,
                "CRM_OBJECTS_ACCESS_KEY": s3.access_key,
                "CRM_OBJECTS_SECRET_KEY": s3.secret_key,
                "CRM_OBJECTS_BUCKET": f"test-{secrets.token_hex(4)}",
            }
        yield closing.enter_context(cabinet(postgres_server, folder, told))


def sent(upload: dict[str, Any], content: bytes) -> int:
    """What a client does with the address: the status."""
    fields, headers = ({each["name"]: each["value"] for each in upload[name]} for name in ("fields", "headers"))
    if upload["method"] == "POST":
        answer = httpx.post(upload["url"], data=fields, files={"file": ("a", content)}, trust_env=False)
    else:
        answer = httpx.put(upload["url"], content=content, headers=headers, trust_env=False)
    return answer.status_code


def uploaded(service: Cabinet, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    asked = service.request(LI, name, content, **more)
    assert sent(asked["upload"], content) < 300
    found: dict[str, Any] = service.call(LI, "confirm_upload", upload_id=asked["upload_id"])["document"]
    return found


def taken(service: Cabinet, document: str) -> httpx.Response:
    url = service.call(LI, "download_document", id=document)["file"]["url"]
    return httpx.get(url, trust_env=False)


def test_a_file_comes_as_it_went_under_its_name(service: Cabinet) -> None:
    made = uploaded(service, "合同 1.pdf", pdf())
    found = taken(service, made["id"])
    assert (found.status_code, found.content) == (200, pdf())
    assert found.headers["content-type"] == "application/pdf"
    disposition = "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C%201.pdf"
    assert found.headers["content-disposition"] == disposition
    assert made["sha256"] == hashlib.sha256(pdf()).hexdigest()


def test_the_store_takes_what_was_told_and_not_a_byte_more(service: Cabinet) -> None:
    """DOC-01: limit + 1 byte is refused by the store itself."""
    asked = service.request(LI, "a.png", png())["upload"]
    assert sent(asked, png() + b"x") >= 400
    assert sent(asked, png()) < 300


def test_versions_stay_apart_and_a_second_sending_changes_nothing(service: Cabinet) -> None:
    one, two = docx("first"), docx("second")
    first = service.request(LI, "a.docx", one)
    assert sent(first["upload"], one) < 300
    made = service.call(LI, "confirm_upload", upload_id=first["upload_id"])["document"]
    # the address may still be good; what lies behind it is nobody's file any more
    sent(first["upload"], b"x" * len(one))
    uploaded(service, "a.docx", two, document_id=made["id"])

    assert taken(service, made["id"]).content == two
    assert service.taken(LI, made["id"], 1) == one


def test_the_store_alone_gives_nothing_of_an_encrypted_file(service: Cabinet) -> None:
    """DOC-05, 13."""
    content = b"confidential " * 20_000
    made = uploaded(service, "a.txt", content)
    service.call(LI, "encrypt_document", id=made["id"])
    [raw] = service.kept(made["id"])
    assert b"confidential" not in raw
    assert len(raw) > len(content)
    assert service.taken(LI, made["id"]) == content


def test_what_is_refused_is_removed(service: Cabinet) -> None:
    asked = service.request(LI, "a.pdf", b"MZ" + bytes(100))
    sent(asked["upload"], b"MZ" + bytes(100))
    refusal = service.refusal(LI, "confirm_upload", upload_id=asked["upload_id"])
    assert refusal == ("VALIDATION", "the_content_is_not_what_the_name_says")
    assert service.objects.stat(f"uploads/{asked['upload_id']}") is None


def test_a_deleted_and_purged_file_leaves_the_store(service: Cabinet) -> None:
    made = uploaded(service, "a.png", png())
    [(key,)] = service.rows("SELECT object_key FROM document_version WHERE document_id = %s", made["id"])
    service.call(LI, "delete_document", id=made["id"])
    [(moment,)] = service.rows("SELECT deleted_at FROM document WHERE id = %s", made["id"])
    service.run("documents.purge", moment + timedelta(days=31))
    assert service.objects.stat(key) is None
