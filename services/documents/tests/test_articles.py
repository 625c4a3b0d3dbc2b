"""Internal articles (DOC-11): restricted to departments, drafts for those who edit, each reader counted once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from filing.cabinet import Cabinet
from serving.alone import employee

EDITOR = employee("editor", "article.edit", "article.publish")
SALES, FINANCE = uuid4(), uuid4()
SUN, FU = employee("sun"), employee("fu")
_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '', %s, '{}')
"""


@pytest.fixture(scope="module", autouse=True)
def people(service: Cabinet) -> None:
    with service.alone.store.transaction() as connection:
        for each, department in ((SUN, SALES), (FU, FINANCE), (EDITOR, FINANCE)):
            connection.exec_driver_sql(_KNOWN, (each.id, each.name, department, f"/{uuid4()}/{department}/"))


def written(service: Cabinet, title: str, *departments: UUID, published: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = service.call(EDITOR, "create_article", title=title, body="正文", department_ids=departments)[
        "article"
    ]
    if published:
        made = service.call(EDITOR, "publish_article", id=made["id"], version=made["version"])["article"]
    return made


def titles(service: Cabinet, by: Actor) -> set[str]:
    return {each["title"] for each in service.call(by, "articles", select='[["title","title"]]', first=100)["nodes"]}


def test_another_department_does_not_read_a_restricted_article(service: Cabinet) -> None:
    """DOC-11."""
    made = written(service, "销售话术", SALES)
    open_to_all = written(service, "考勤制度")

    assert {"销售话术", "考勤制度"} <= titles(service, SUN)
    assert "销售话术" not in titles(service, FU)
    assert "考勤制度" in titles(service, FU)
    assert service.call(FU, "articles_by_ids", ids=[made["id"]], select='[["id","id"]]') == [None]
    assert service.refusal(FU, "read_article", id=made["id"]) == ("NOT_FOUND", "the_record_was_not_found")
    assert service.call(FU, "read_article", id=open_to_all["id"])["article"]["read_count"] == 1


def test_each_reader_counts_once(service: Cabinet) -> None:
    made = written(service, "阅读数")
    assert service.call(SUN, "read_article", id=made["id"])["article"]["read_count"] == 1
    again = service.call(SUN, "read_article", id=made["id"])["article"]
    assert (again["read_count"], again["read_at"] is not None) == (1, True)
    assert service.call(FU, "read_article", id=made["id"])["article"]["read_count"] == 2
    assert service.alone.events()[-1] == "article.read"


def test_a_draft_is_for_those_who_edit(service: Cabinet) -> None:
    made = written(service, "草稿", published=False)
    assert "草稿" in titles(service, EDITOR)
    assert "草稿" not in titles(service, SUN)
    assert service.refusal(SUN, "read_article", id=made["id"])[0] == "NOT_FOUND"
    assert service.alone.refused(SUN, "create_article", title="x") == "FORBIDDEN"
    assert service.alone.refused(employee("writer", "article.edit"), "publish_article", id=made["id"], version=1) == (
        "FORBIDDEN"
    )


def test_an_article_is_changed_published_and_withdrawn_in_order(service: Cabinet) -> None:
    made = written(service, " 次序 ", published=False)
    assert made["title"] == "次序"
    conflict = ("CONFLICT", "the_record_was_changed_meanwhile")
    assert service.refusal(EDITOR, "update_article", id=made["id"], version=9, title="x") == conflict
    not_yet = ("BAD_STATE", "only_a_published_article_is_withdrawn")
    assert service.refusal(EDITOR, "withdraw_article", id=made["id"], version=1) == not_yet
    assert service.refusal(EDITOR, "update_article", id=made["id"], version=1, title="  ")[0] == "VALIDATION"

    changed = service.call(EDITOR, "update_article", id=made["id"], version=1, body="新", category_id=None)["article"]
    out = service.call(EDITOR, "publish_article", id=made["id"], version=2)["article"]
    again = service.refusal(EDITOR, "publish_article", id=made["id"], version=3)
    back = service.call(EDITOR, "withdraw_article", id=made["id"], version=3)["article"]

    assert (changed["body"], changed["version"], out["state"], back["state"]) == ("新", 2, "PUBLISHED", "DRAFT")
    assert again == ("BAD_STATE", "the_article_is_published_already")
    assert "次序" not in titles(service, SUN)
    gone = service.refusal(EDITOR, "create_article", title="x", category_id=uuid4())
    assert gone == ("NOT_FOUND", "the_record_was_not_found")
