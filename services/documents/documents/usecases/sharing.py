"""Rights on a file, given to others (DOC-03)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.editing import expect_version
from crm_common.protocol.documents.events import DocumentAclChanged
from crm_common.protocol.documents.rights import DocumentRight, GivenRights, RightRules
from crm_common.protocol.documents.sharing import ShareDocument
from documents.domain import document as domain
from documents.store import files, grants
from documents.store.grants import Grant
from documents.usecases.changing import locked, told


def share_document(may: Collection[DocumentRight]) -> Usecase:
    """These have rights, and no others; nobody gives what he has not."""

    def run(change: Change, command: ShareDocument) -> dict[str, Any]:
        before = locked(change, command.id)
        expect_version(before.version, command.version)
        given = [_checked(change.new_id(), each, may, place) for place, each in enumerate(command.grants)]
        present = grants.of(change.connection, before.id)
        if _named(present) == _named(given):
            return {"document": before.id}
        after = domain.touched(before)
        files.save(change.connection, after, change.now)
        grants.replace(change.connection, before.id, given, change.now)
        about = told(before, after) | {"changes": {"grants": (_named(present), _named(given))}}
        change.record(DocumentAclChanged(**about))
        return {"document": after.id}

    return run


def _checked(grant_id: UUID, given: GivenRights, may: Collection[DocumentRight], place: int) -> Grant:
    if sum(each is not None for each in (given.employee_id, given.department_id, given.role_id)) != 1:
        raise RightRules.a_right_is_given_to_one(field=f"grants.{place}")
    rights = sorted({DocumentRight.VIEW, *given.rights})
    if not set(rights) <= set(may):
        raise RightRules.a_right_is_given_by_who_has_it(field=f"grants.{place}.rights")
    return Grant(
        id=grant_id,
        employee_id=given.employee_id,
        department_id=given.department_id,
        role_id=given.role_id,
        rights=tuple(rights),
    )


def _named(given: Sequence[Grant]) -> list[dict[str, Any]]:
    """The grants as an event tells them."""
    told = [
        {
            "employee_id": str(each.employee_id) if each.employee_id else None,
            "department_id": str(each.department_id) if each.department_id else None,
            "role_id": str(each.role_id) if each.role_id else None,
            "rights": [right.value for right in each.rights],
        }
        for each in given
    ]
    return sorted(told, key=str)
