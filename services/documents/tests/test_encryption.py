"""Encrypted files (DOC-05) and their recovery by two people (DOC-08)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crm_common.context import Actor
from filing.cabinet import Cabinet, cabinet, person
from filing.samples import txt
from infra.postgres import SharedPostgres
from serving.alone import employee

LI, WANG = person("li"), person("wang")
HOLDER, OTHER = (employee(name, "doc.view", "doc.recover", doc="ALL") for name in ("holder", "other"))
SECRET = "只有我知道的内容 confidential"


def encrypted(service: Cabinet, content: bytes = SECRET.encode(), by: Actor = LI) -> dict[str, Any]:
    made = service.uploaded(by, "密.txt", content)
    found: dict[str, Any] = service.call(by, "encrypt_document", id=made["id"])["document"]
    return found


def test_the_store_alone_gives_nothing_and_the_download_everything(service: Cabinet) -> None:
    """DOC-05: raw object bytes ≠ file bytes; download equals original, older and newer versions too."""
    made = service.uploaded(LI, "密.txt", b"first " * 50_000)
    service.uploaded(LI, "密.txt", SECRET.encode(), document_id=made["id"])
    clear = service.rows("SELECT object_key FROM document_version WHERE document_id = %s", made["id"])

    done = service.call(LI, "encrypt_document", id=made["id"])["document"]
    service.uploaded(LI, "密.txt", b"third confidential", document_id=made["id"])

    assert done["is_encrypted"] is True
    raw = service.kept(made["id"])
    assert [len(each) for each in raw] == [300_000 + 12 + 16 * 5, len(SECRET.encode()) + 28, 18 + 28]
    assert not any(b"first" in each or b"confidential" in each for each in raw)
    assert [service.taken(LI, made["id"], number) for number in (1, 2, 3)] == [
        b"first " * 50_000, SECRET.encode(), b"third confidential",
    ]  # fmt: skip
    assert [service.objects.stat(key) for (key,) in clear] == [None, None]
    assert service.call(LI, "encrypt_document", id=made["id"])["document"]["is_encrypted"] is True
    told = "SELECT count(*) FROM journal WHERE type = 'document.encrypted' AND subject = %s"
    assert service.rows(told, f"document/{made['id']}") == [(1,)]


def test_what_is_encrypted_is_read_by_its_owner_and_those_he_names(service: Cabinet) -> None:
    made = service.published(LI, encrypted(service))
    chief = person("chief", doc="ALL")
    assert service.seen(chief, made["id"])
    forbidden = ("FORBIDDEN", "the_right_on_the_file_is_missing")
    assert service.refusal(chief, "download_document", id=made["id"]) == forbidden
    assert service.refusal(chief, "encrypt_document", id=made["id"]) == forbidden
    assert service.rows("SELECT count(*) FROM document_text WHERE document_id = %s", made["id"]) == [(0,)]

    grants = [{"employee_id": WANG.id, "rights": ["DOWNLOAD"]}]
    service.call(LI, "share_document", id=made["id"], version=made["version"], grants=grants)

    assert service.taken(WANG, made["id"]) == SECRET.encode()


def test_a_restored_version_of_an_encrypted_file_opens(service: Cabinet) -> None:
    made = encrypted(service)
    newer = service.uploaded(LI, "密.txt", b"newer", document_id=made["id"])
    service.call(LI, "restore_document_version", id=made["id"], version=newer["version"], number=1)
    assert service.taken(LI, made["id"], 3) == SECRET.encode()


def test_two_together_recover_what_its_owner_left(service: Cabinet) -> None:
    """DOC-08: one approver → pending; two → readable; both are in the journal."""
    made = encrypted(service)
    listed = service.call(HOLDER, "encrypted_documents", select='[["id","id"]]', first=100)["nodes"]
    assert {"id": made["id"]} in listed
    asked = service.call(HOLDER, "request_document_recovery", document_id=made["id"], reason="离职")["recovery"]

    assert asked["approved_by_id"] is None
    missing = ("NOT_FOUND", "the_record_was_not_found")
    assert service.refusal(HOLDER, "download_document", id=made["id"]) == missing
    alone = service.refusal(HOLDER, "approve_document_recovery", id=asked["id"])
    assert alone == ("FORBIDDEN", "a_recovery_takes_two")

    done = service.call(OTHER, "approve_document_recovery", id=asked["id"])["recovery"]

    assert done["approved_by_id"] == str(OTHER.id)
    assert service.taken(HOLDER, made["id"]) == SECRET.encode()
    assert service.refusal(OTHER, "download_document", id=made["id"]) == missing
    again = service.refusal(OTHER, "approve_document_recovery", id=asked["id"])
    assert again == ("BAD_STATE", "the_recovery_is_decided_already")
    told = "SELECT type FROM journal WHERE subject = %s ORDER BY seq"
    types = [row[0] for row in service.rows(told, f"document/{made['id']}")]
    assert types[-3:] == ["document.recovery_requested", "document.recovered", "document.accessed"]
    assert service.alone.refused(LI, "request_document_recovery", document_id=made["id"], reason="x") == "FORBIDDEN"


def test_what_is_not_encrypted_needs_no_recovery(service: Cabinet) -> None:
    made = service.uploaded(LI, "a.txt", txt())
    refusal = service.refusal(HOLDER, "request_document_recovery", document_id=made["id"], reason="x")
    assert refusal == ("BAD_STATE", "only_an_encrypted_document_is_recovered")


def test_a_lost_key_is_replaced_by_the_one_kept_for_recovery(postgres_server: SharedPostgres, tmp_path: Path) -> None:
    """DOC-08: the service's secret is another one now; the secret for recovery is not."""
    with cabinet(postgres_server, tmp_path) as service:
        made = encrypted(service, SECRET.encode())
        with service.alone.store.transaction() as connection:
            # what a key wrapped by a secret that is lost looks like
            connection.exec_driver_sql("UPDATE document_version SET sealed_key = sealed_key || 'x'::bytea")
        lost = ("BAD_STATE", "the_key_of_the_document_is_lost")
        assert service.refusal(LI, "download_document", id=made["id"]) == lost

        asked = service.call(HOLDER, "request_document_recovery", document_id=made["id"], reason="密钥丢失")["recovery"]
        service.call(OTHER, "approve_document_recovery", id=asked["id"])

        assert service.taken(LI, made["id"]) == SECRET.encode()
        assert service.taken(HOLDER, made["id"]) == SECRET.encode()
        with service.alone.store.transaction() as connection:
            broken = "UPDATE document_version SET sealed_key = 'x'::bytea, recovery_key = 'x'::bytea"
            connection.exec_driver_sql(broken)
        asked = service.call(HOLDER, "request_document_recovery", document_id=made["id"], reason="再次")["recovery"]
        assert service.refusal(OTHER, "approve_document_recovery", id=asked["id"]) == lost
