"""Versions (DOC-07), categories (DOC-06), the access log (DOC-12), the recycle bin (DOC-15), and finding by fields."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.context import Actor
from filing.cabinet import Cabinet, person
from filing.samples import docx, pdf, txt
from serving.alone import employee

LI, WANG = person("li"), person("wang")
KEEPER = employee("keeper", "doc.category", "doc.view")
AUDITOR = employee("auditor", "audit.view")
CONFLICT = ("CONFLICT", "the_record_was_changed_meanwhile")


def listed(service: Cabinet, by: Actor, **asked: Any) -> list[str]:
    return [each["name"] for each in service.call(by, "documents", select='[["name","name"]]', **asked)["nodes"]]


def test_an_older_version_becomes_current_again(service: Cabinet) -> None:
    """DOC-07: restore v1 → v3 = v1 content."""
    made = service.uploaded(LI, "a.txt", b"first")
    service.uploaded(LI, "a.txt", b"second", document_id=made["id"])
    assert service.taken(LI, made["id"]) == b"second"
    assert service.taken(LI, made["id"], 1) == b"first"

    back = service.call(LI, "restore_document_version", id=made["id"], version=2, number=1)["document"]

    assert (back["number"], back["version"], back["sha256"]) == (3, 3, made["sha256"])
    assert service.taken(LI, made["id"]) == b"first"
    told = "SELECT number, restored_from FROM document_version WHERE document_id = %s ORDER BY number"
    assert service.rows(told, made["id"]) == [(1, None), (2, None), (3, 1)]
    restoring = {"id": made["id"], "number": 9}
    assert service.refusal(LI, "restore_document_version", version=3, **restoring)[1] == "there_is_no_such_version"
    assert service.refusal(LI, "restore_document_version", version=1, **restoring) == CONFLICT
    assert service.refusal(LI, "download_document", id=made["id"], number=9)[1] == "there_is_no_such_version"


def test_a_version_of_another_kind_takes_its_name_along(service: Cabinet) -> None:
    made = service.uploaded(LI, "报告.docx", docx())
    after = service.uploaded(LI, "报告.pdf", pdf(), document_id=made["id"])
    assert (after["name"], after["content_type"]) == ("报告.pdf", "application/pdf")
    refusal = service.refusal(LI, "update_document", id=made["id"], version=2, name="报告.docx")
    assert refusal == ("VALIDATION", "the_content_is_not_what_the_name_says")


def test_a_file_is_called_and_classified_otherwise(service: Cabinet) -> None:
    made = service.uploaded(LI, "a.txt", txt(), tags=["合同", "合同", "重要"])
    assert made["tags"] == ["合同", "重要"]
    new = service.call(LI, "update_document", id=made["id"], version=1, name=" b.txt ", tags=["新"])["document"]
    assert (new["name"], new["tags"], new["version"]) == ("b.txt", ["新"], 2)
    assert service.call(LI, "update_document", id=made["id"], version=2, name="b.txt")["document"]["version"] == 2
    assert service.refusal(LI, "update_document", id=made["id"], version=1, name="c.txt") == CONFLICT


def test_categories_are_a_tree_that_files_lie_in(service: Cabinet) -> None:
    """DOC-06: move, count; a category with files cannot be deleted."""

    def category(name: str, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = service.call(KEEPER, "create_document_category", name=name, **more)["category"]
        return made

    top = category("制度")
    low = category("人事", parent_id=top["id"])
    made = service.published(LI, service.uploaded(LI, "假期.txt", txt(), category_id=low["id"]))
    assert made["category_name"] == "人事"
    [seen] = service.call(KEEPER, "document_categories_by_ids", ids=[low["id"]], select='[["n","document_count"]]')
    assert seen == {"n": 1}

    full = ("BAD_STATE", "a_category_with_content_is_not_deleted")
    assert service.refusal(KEEPER, "delete_document_category", id=low["id"]) == full
    assert service.refusal(KEEPER, "delete_document_category", id=top["id"]) == full
    below = {"id": top["id"], "version": 1, "parent_id": low["id"]}
    assert service.refusal(KEEPER, "update_document_category", **below)[1] == "a_category_does_not_move_below_itself"
    assert service.refusal(KEEPER, "create_document_category", name=" 制度 ")[0] == "DUPLICATE"
    assert service.alone.refused(LI, "create_document_category", name="x") == "FORBIDDEN"

    service.call(LI, "update_document", id=made["id"], version=made["version"], category_id=top["id"])
    assert service.call(KEEPER, "delete_document_category", id=low["id"]) == {"deleted": True}
    gone = service.refusal(LI, "request_upload", category_id=low["id"], **TOLD)
    assert gone == ("NOT_FOUND", "the_record_was_not_found")


TOLD = {"name": "a.txt", "size": 1, "content_type": "text/plain", "sha256": "0" * 64}


def test_files_are_found_by_name_kind_tag_and_owner(service: Cabinet) -> None:
    """DOC-04."""
    zhou = person("zhou")
    for name, content, tags in (("甲.txt", txt(), ["a", "b"]), ("乙.pdf", pdf(), ["a"]), ("丙.txt", txt(), [])):
        service.uploaded(zhou, name, content, tags=tags)

    assert listed(service, zhou) == ["丙.txt", "乙.pdf", "甲.txt"]
    assert listed(service, zhou, tags=["a"]) == ["乙.pdf", "甲.txt"]
    assert listed(service, zhou, tags=["a", "b"]) == ["甲.txt"]
    assert listed(service, zhou, filter={"name": {"contains": "乙"}}) == ["乙.pdf"]
    assert listed(service, zhou, filter={"content_type": {"eq": "application/pdf"}}) == ["乙.pdf"]
    assert listed(service, zhou, filter={"owner_id": {"eq": str(LI.id)}}) == []
    assert sorted(listed(service, zhou, order_by=[{"field": "name"}])) == sorted(["丙.txt", "甲.txt", "乙.pdf"])


def test_each_reading_and_each_download_is_one_row(service: Cabinet) -> None:
    """DOC-12: download → one row; refused ones leave none."""
    made = service.published(LI, service.uploaded(LI, "a.txt", b"said"))
    service.call(LI, "download_document", id=made["id"])
    assert service.call(LI, "view_document", id=made["id"])["text"] == "said"
    service.refusal(WANG, "download_document", id=made["id"])

    select = '[["action","action"],["number","number"],["who","employee_id"],["name","document_name"]]'
    rows = service.call(AUDITOR, "document_accesses", document_id=made["id"], select=select)["nodes"]

    told = {"number": 1, "who": str(LI.id), "name": "a.txt"}
    assert rows == [{"action": "VIEW", **told}, {"action": "DOWNLOAD", **told}]
    assert service.alone.refused(LI, "document_accesses") == "FORBIDDEN"


def test_a_deleted_file_waits_thirty_days_and_is_gone_then(service: Cabinet) -> None:
    """DOC-15."""
    made = service.uploaded(LI, "a.txt", b"waste")
    file = made["id"]
    deleted = service.call(LI, "delete_document", id=file, reason="错")["document"]["deleted_at"]
    assert "a.txt" in [
        each["name"] for each in service.call(LI, "deleted_documents", select='[["name","name"]]')["nodes"]
    ]
    assert service.refusal(LI, "download_document", id=file) == ("FORBIDDEN", "the_right_on_the_file_is_missing")
    [(moment,)] = service.rows("SELECT deleted_at FROM document WHERE id = %s", file)
    assert deleted is not None

    service.run("documents.purge", moment + timedelta(days=29))
    back = service.call(LI, "restore_document", id=file)["document"]
    assert (back["deleted_at"], service.taken(LI, file)) == (None, b"waste")
    assert service.refusal(LI, "restore_document", id=file)[1] == "only_a_deleted_document_is_restored"

    service.call(LI, "delete_document", id=file)
    [(moment, key)] = service.rows(
        "SELECT d.deleted_at, v.object_key FROM document d JOIN document_version v ON v.document_id = d.id"
        " WHERE d.id = %s",
        file,
    )
    service.run("documents.purge", moment + timedelta(days=30, seconds=1))
    assert service.objects.stat(key) is None
    assert service.rows("SELECT count(*) FROM document_version WHERE document_id = %s", file) == [(0,)]
    assert service.refusal(LI, "restore_document", id=file) == ("NOT_FOUND", "the_record_was_not_found")
    assert service.alone.events()[-1] == "document.purged"
