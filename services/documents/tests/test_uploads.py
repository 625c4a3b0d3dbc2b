"""Bringing files (DOC-01): an address, a confirmation that looks at what came, and nothing of what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from documents.domain.file_name import type_of
from filing.cabinet import Cabinet, person
from filing.samples import SAMPLES, pdf, png, txt
from serving.alone import employee

LI = person("li")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_that_is_taken_is_taken(service: Cabinet, name: str) -> None:
    """DOC-01."""
    made = service.uploaded(LI, name, SAMPLES[name])

    told = {key: made[key] for key in ("name", "content_type", "size", "state", "number", "version")}
    assert told == {
        "name": name,
        "content_type": type_of(name),
        "size": len(SAMPLES[name]),
        "state": "DRAFT",
        "number": 1,
        "version": 1,
    }
    assert service.alone.events()[-1] == "document.uploaded"
    assert service.taken(LI, made["id"]) == SAMPLES[name]


def test_an_address_takes_exactly_the_type_and_size_that_were_told(service: Cabinet) -> None:
    answer = service.request(LI, "说明.txt", txt("你好"))

    upload = answer["upload"]
    assert upload["url"].startswith("/files/")
    assert (upload["method"], upload["limit"]) == ("PUT", 6)
    assert upload["headers"] == [{"name": "content-type", "value": "text/plain"}]
    [(until, now)] = service.rows("SELECT expires_at, now() FROM upload WHERE id = %s", answer["upload_id"])
    assert timedelta(minutes=14) < until - now <= timedelta(minutes=15)


def test_a_wrong_checksum_is_refused_and_removed(service: Cabinet) -> None:
    """DOC-01: wrong checksum → VALIDATION."""
    upload = service.request(LI, "说明.txt", b"what was told")["upload_id"]
    service.bring(upload, b"what was sent")

    refusal = service.refusal(LI, "confirm_upload", upload_id=upload)

    assert refusal == ("VALIDATION", "the_checksum_is_wrong")
    assert service.objects.stat(f"uploads/{upload}") is None
    assert service.refusal(LI, "confirm_upload", upload_id=upload) == ("BAD_STATE", "the_file_has_not_come")


def test_a_file_of_another_length_is_refused(service: Cabinet) -> None:
    upload = service.request(LI, "说明.txt", b"1234")["upload_id"]
    service.bring(upload, b"12345")
    assert service.refusal(LI, "confirm_upload", upload_id=upload) == ("VALIDATION", "the_file_has_another_size")


def test_a_file_has_a_byte_and_at_most_the_limit(service: Cabinet) -> None:
    """DOC-01: limit + 1 byte is refused before there is an address."""
    told = {"name": "a.txt", "content_type": "text/plain", "sha256": "0" * 64}
    most = 100 * 1024 * 1024
    too_large = ("VALIDATION", "a_file_is_not_so_large")

    assert service.refusal(LI, "request_upload", size=most + 1, **told) == too_large
    assert service.refusal(LI, "request_upload", size=0, **told) == too_large
    assert service.call(LI, "request_upload", size=most, **told)["upload"]["limit"] == most


def test_an_exe_is_refused_whatever_it_is_called(service: Cabinet) -> None:
    """DOC-01: .exe → VALIDATION."""
    program = b"MZ\x90\x00" + bytes(200)
    told = {"size": len(program), "content_type": "application/x-msdownload", "sha256": "0" * 64}
    refusal = service.refusal(LI, "request_upload", name="setup.exe", **told)
    assert refusal == ("VALIDATION", "files_of_this_type_are_not_taken")

    upload = service.request(LI, "setup.pdf", program)["upload_id"]
    service.bring(upload, program)
    refusal = service.refusal(LI, "confirm_upload", upload_id=upload)
    assert refusal == ("VALIDATION", "the_content_is_not_what_the_name_says")


def test_confirming_twice_is_one_file(service: Cabinet) -> None:
    upload = service.request(LI, "a.png", png())["upload_id"]
    service.bring(upload, png())
    first = service.call(LI, "confirm_upload", upload_id=upload)["document"]
    events = service.alone.events()

    assert service.call(LI, "confirm_upload", upload_id=upload)["document"] == first
    assert service.alone.events() == events


def test_somebody_else_s_upload_is_not_found(service: Cabinet) -> None:
    upload = service.request(LI, "a.png", png())["upload_id"]
    service.bring(upload, png())
    refusal = service.refusal(person("wang"), "confirm_upload", upload_id=upload)
    assert refusal == ("NOT_FOUND", "the_record_was_not_found")


def test_what_the_client_sends_after_the_check_is_not_what_is_given(service: Cabinet) -> None:
    """The address may live on in an S3: what lies under it is not the file."""
    made = service.uploaded(LI, "a.png", png())
    [(upload,)] = service.rows("SELECT id FROM upload WHERE document_id = %s", made["id"])
    assert service.objects.stat(f"uploads/{upload}") is None
    service.bring(str(upload), b"MZ something else")

    assert service.taken(LI, made["id"]) == png()


def test_what_is_never_confirmed_is_removed(service: Cabinet) -> None:
    upload = service.request(LI, "a.pdf", pdf())["upload_id"]
    service.bring(upload, pdf())
    [(until,)] = service.rows("SELECT expires_at FROM upload WHERE id = %s", upload)

    service.run("documents.expired_uploads", until + timedelta(hours=2))

    assert service.objects.stat(f"uploads/{upload}") is None
    assert service.refusal(LI, "confirm_upload", upload_id=upload) == ("NOT_FOUND", "the_record_was_not_found")


def test_an_upload_needs_its_right(service: Cabinet) -> None:
    reader, told = employee("reader", "doc.view"), {"name": "a.txt", "size": 1, "content_type": "text/plain"}
    assert service.alone.refused(reader, "request_upload", **told, sha256="0" * 64) == "FORBIDDEN"
    assert service.alone.refused(None, "request_upload", **told, sha256="0" * 64) == "UNAUTHENTICATED"
