"""Items: the rules alone."""

from __future__ import annotations

from uuid import UUID

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.documents.items import CreateDocumentsItem, RenameDocumentsItem
from documents.domain import item as domain

ITEM, _ = domain.create(CreateDocumentsItem(name=" 样品 "), UUID(int=1), UUID(int=2))


def test_an_item_has_a_name() -> None:
    assert (ITEM.name, ITEM.version) == ("样品", 1)
    with pytest.raises(CrmError) as refused:
        domain.create(CreateDocumentsItem(name="  "), UUID(int=1), None)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "name")


def test_a_change_on_an_old_version_is_a_conflict() -> None:
    with pytest.raises(CrmError) as refused:
        domain.rename(ITEM, RenameDocumentsItem(id=ITEM.id, version=2, name="x"))
    assert refused.value.code is Code.CONFLICT


def test_the_same_name_is_no_change() -> None:
    assert domain.rename(ITEM, RenameDocumentsItem(id=ITEM.id, version=1, name="样品")) == (ITEM, [])
