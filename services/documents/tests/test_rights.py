"""Who sees, takes, changes and shares a file (DOC-02, 03): drafts, scope, grants, and the records it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.ids import to_global
from filing.cabinet import Cabinet, person
from filing.neighbours import Customers, customers
from filing.samples import jpeg, pdf, png, txt
from infra.postgres import SharedPostgres
from serving.alone import employee

LI, WANG = person("li"), person("wang")
NAMES = '[["id","id"],["name","name"]]'


@pytest.fixture(scope="module")
def neighbour(service: Cabinet, postgres_server: SharedPostgres) -> Iterator[Customers]:
    """The real customer service beside documents: it says who sees a customer."""
    with customers(service, postgres_server) as served:
        yield served


def listed(service: Cabinet, by: Actor, **more: object) -> set[str]:
    return {each["id"] for each in service.call(by, "documents", select=NAMES, first=100, **more)["nodes"]}


def test_a_draft_is_its_author_s_alone(service: Cabinet) -> None:
    """DOC-02: draft not in others' list."""
    chief = person("chief", doc="ALL")
    made = service.uploaded(LI, "a.txt", txt("draft"))

    assert made["id"] in listed(service, LI)
    assert made["id"] not in listed(service, chief)
    assert not service.seen(chief, made["id"])
    assert service.refusal(chief, "download_document", id=made["id"]) == ("NOT_FOUND", "the_record_was_not_found")


def test_a_published_file_is_seen_in_scope_and_withdrawn_again(service: Cabinet) -> None:
    """DOC-02, 03."""
    chief = person("chief", doc="ALL")
    made = service.published(LI, service.uploaded(LI, "a.txt", txt("news")))
    assert made["state"] == "PUBLISHED"
    assert made["published_at"] is not None
    assert made["id"] in listed(service, chief)
    assert service.taken(chief, made["id"]) == b"news"
    assert not service.seen(WANG, made["id"])
    assert service.refusal(chief, "update_document", id=made["id"], version=2, name="b.txt")[0] == "FORBIDDEN"

    gone = service.call(LI, "withdraw_document", id=made["id"], version=made["version"])["document"]

    assert (gone["state"], gone["published_at"]) == ("DRAFT", None)
    assert not service.seen(chief, made["id"])
    again = service.refusal(LI, "withdraw_document", id=made["id"], version=gone["version"])
    assert again == ("BAD_STATE", "only_a_published_document_is_withdrawn")


def test_rights_are_given_to_a_person_step_by_step(service: Cabinet) -> None:
    """DOC-03: view, download, edit, share."""
    made = service.published(LI, service.uploaded(LI, "a.txt", txt("one")))
    file = made["id"]

    def give(*rights: str) -> None:
        [(version,)] = service.rows("SELECT version FROM document WHERE id = %s", file)
        grants = [{"employee_id": WANG.id, "rights": rights}]
        service.call(LI, "share_document", id=file, version=version, grants=grants)

    give("VIEW")
    assert file in listed(service, WANG)
    assert service.call(WANG, "view_document", id=file)["text"] == "one"
    forbidden = ("FORBIDDEN", "the_right_on_the_file_is_missing")
    assert service.refusal(WANG, "download_document", id=file) == forbidden
    give("DOWNLOAD")
    assert service.taken(WANG, file) == b"one"
    assert service.refusal(WANG, "request_upload", document_id=file, **told(b"two")) == forbidden
    give("EDIT")
    assert service.uploaded(WANG, "a.txt", b"two", document_id=file)["number"] == 2
    assert service.refusal(WANG, "share_document", id=file, version=9, grants=[]) == forbidden
    assert service.refusal(WANG, "delete_document", id=file) == forbidden
    give("SHARE")
    [(version,)] = service.rows("SELECT version FROM document WHERE id = %s", file)
    more = [{"employee_id": uuid4(), "rights": ["DOWNLOAD"]}]
    refusal = service.refusal(WANG, "share_document", id=file, version=version, grants=more)
    assert refusal == ("FORBIDDEN", "a_right_is_given_by_who_has_it")
    assert service.alone.events()[-1] == "document.acl_changed"


def told(content: bytes) -> dict[str, object]:
    return {"name": "a.txt", "size": len(content), "content_type": "text/plain", "sha256": "0" * 64}


def test_a_right_names_exactly_one(service: Cabinet) -> None:
    made = service.uploaded(LI, "a.txt", txt())
    both = [{"employee_id": WANG.id, "role_id": uuid4(), "rights": ["VIEW"]}]
    for grants in (both, [{"rights": ["VIEW"]}]):
        refusal = service.refusal(LI, "share_document", id=made["id"], version=1, grants=grants)
        assert refusal == ("VALIDATION", "a_right_is_given_to_one")


def test_a_right_of_a_department_reaches_those_below_it(service: Cabinet) -> None:
    """DOC-03."""
    sales, east, zhao = uuid4(), uuid4(), person("zhao")
    known = "INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)"
    with service.alone.store.transaction() as connection:
        values = (zhao.id, "赵", east, f"/{sales}/{east}/")
        connection.exec_driver_sql(f"{known} VALUES (%s, 1, %s, true, %s, '东', %s, '{{}}')", values)
    made = service.published(LI, service.uploaded(LI, "a.txt", txt()))
    grants = [{"department_id": sales, "rights": ["VIEW"]}]
    service.call(LI, "share_document", id=made["id"], version=made["version"], grants=grants)

    assert made["id"] in listed(service, zhao)
    assert made["id"] not in listed(service, WANG)
    [shown] = service.call(LI, "document_grants", id=made["id"], select='[["department_id","department_id"]]')["nodes"]
    assert UUID(shown["department_id"]) == sales


def test_a_file_of_a_record_follows_the_record(service: Cabinet, neighbour: Customers) -> None:
    """DOC-03: no right on the record → file NOT_FOUND; whoever sees the record takes the file."""
    mine, boss = neighbour.created(neighbour.li, "华信"), neighbour.boss
    made = service.uploaded(neighbour.li, "合同.pdf", pdf())
    about = to_global("Customer", mine)
    service.call(neighbour.li, "attach_documents", subject=about, document_ids=[made["id"]])

    assert service.rows("SELECT state FROM document WHERE id = %s", made["id"]) == [("PUBLISHED",)]
    assert listed(service, neighbour.li, about=about) == {made["id"]}
    assert listed(service, boss, about=about) == {made["id"]}
    assert service.taken(boss, made["id"]) == pdf()
    assert not service.seen(neighbour.wang, made["id"])
    assert service.refusal(neighbour.wang, "download_document", id=made["id"])[0] == "NOT_FOUND"
    assert service.refusal(neighbour.wang, "documents", about=about) == ("NOT_FOUND", "the_record_was_not_found")
    assert service.alone.events()[-1] == "document.accessed"


def test_who_loses_the_record_loses_its_files_though_he_brought_them(service: Cabinet, neighbour: Customers) -> None:
    mine = neighbour.created(neighbour.li, "移交")
    made = service.uploaded(neighbour.li, "合同.pdf", pdf())
    about = to_global("Customer", mine)
    service.call(neighbour.li, "attach_documents", subject=about, document_ids=[made["id"]])
    assert made["id"] in listed(service, neighbour.li)

    neighbour.hand_over(mine, neighbour.wang)

    assert made["id"] not in listed(service, neighbour.li)
    assert not service.seen(neighbour.li, made["id"])
    assert service.taken(neighbour.wang, made["id"]) == pdf()


def test_one_attaches_one_s_own_files_to_records_one_sees(service: Cabinet, neighbour: Customers) -> None:
    """Naming somebody's file by its id does not show it."""
    mine, others = neighbour.created(neighbour.wang, "王的"), neighbour.created(neighbour.li, "李的")
    made = service.uploaded(neighbour.li, "a.png", png())
    refusals = [
        service.refusal(neighbour.wang, "attach_documents", subject=to_global("Customer", each), document_ids=[file])
        for each, file in ((mine, made["id"]), (others, made["id"]))
    ]
    assert refusals == [("NOT_FOUND", "the_record_was_not_found")] * 2
    stolen = {"subject": f"customer:customer/{mine}", "kind": "VOUCHER", "document_ids": [made["id"]]}
    with pytest.raises(Exception, match="NOT_FOUND"):
        service.system("link_documents", **stolen, by_id=neighbour.wang.id)
    assert service.system("link_documents", **stolen, by_id=neighbour.li.id) == {"linked": 1}
    assert service.system("link_documents", **stolen, by_id=neighbour.li.id) == {"linked": 0}


def test_a_voucher_is_an_image_or_a_pdf_and_stays_while_its_order_stands(
    service: Cabinet, neighbour: Customers
) -> None:
    """DOC-09★: delete voucher of submitted order → BAD_STATE; unlocked, it goes."""
    record = f"customer:customer/{neighbour.created(neighbour.li, '凭证')}"
    paid, note = (service.uploaded(neighbour.li, *each)["id"] for each in (("a.jpg", jpeg()), ("b.txt", txt())))
    with pytest.raises(Exception, match="a_voucher_is_an_image_or_a_pdf"):
        service.system("link_documents", subject=record, kind="VOUCHER", document_ids=[note])
    service.system("link_documents", subject=record, kind="VOUCHER", document_ids=[paid])
    order = f"sales:order/{uuid4()}"

    assert service.system("lock_documents", reference=order, document_ids=[paid]) == {"locked": 1}
    assert service.system("lock_documents", reference=order, document_ids=[paid]) == {"locked": 0}

    locked = ("BAD_STATE", "a_locked_document_stays_as_it_is")
    assert service.refusal(neighbour.li, "delete_document", id=paid) == locked
    replacing = told(b"x") | {"name": "a.jpg", "content_type": "image/jpeg"}
    assert service.refusal(neighbour.li, "request_upload", document_id=paid, **replacing) == locked
    [card] = service.system("document_cards", ids=[paid])
    assert (card["name"], card["content_type"], card["state"]) == ("a.jpg", "image/jpeg", "PUBLISHED")
    assert service.system("unlock_documents", reference=order) == {"unlocked": 1}
    assert service.system("unlock_documents", reference=order) == {"unlocked": 0}
    deleted = service.call(neighbour.li, "delete_document", id=paid)["document"]
    assert deleted["deleted_at"] is not None
    assert service.system("document_cards", ids=[paid]) == []


def test_what_is_archived_is_read_only(service: Cabinet, neighbour: Customers) -> None:
    """DOC-10: overwrite → BAD_STATE."""
    record = f"customer:customer/{neighbour.created(neighbour.li, '归档')}"
    made = service.uploaded(neighbour.li, "合同.pdf", pdf())
    service.system("link_documents", subject=record, kind="ARCHIVE", document_ids=[made["id"]])
    read_only = ("BAD_STATE", "an_archived_document_is_read_only")
    replacing = told(b"x") | {"name": "合同.pdf", "content_type": "application/pdf"}

    assert service.refusal(neighbour.li, "request_upload", document_id=made["id"], **replacing) == read_only
    assert service.refusal(neighbour.li, "update_document", id=made["id"], version=2, name="b.pdf") == read_only
    assert service.refusal(neighbour.li, "delete_document", id=made["id"]) == read_only
    restoring = {"id": made["id"], "version": 2, "number": 1}
    assert service.refusal(neighbour.li, "restore_document_version", **restoring) == read_only
    assert service.taken(neighbour.boss, made["id"]) == pdf()


def test_without_the_key_nothing_is_open(service: Cabinet) -> None:
    guest = employee("guest")
    assert service.alone.refused(guest, "documents") == "FORBIDDEN"
    assert service.alone.refused(None, "documents") == "UNAUTHENTICATED"
    assert service.alone.refused(LI, "document_cards", ids=[uuid4()]) == "FORBIDDEN"
