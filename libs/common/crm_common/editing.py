"""What every edit has in common: the version that the editor saw, and the difference that the event tells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import CommonRules
from crm_common.protocol.declare import Changes

T = TypeVar("T")


def expect_version(current: int, seen: int) -> None:
    """Refuse an edit that was made on an older version."""
    if current != seen:
        raise CommonRules.the_record_was_changed_meanwhile(field="version", current=current)


def chosen(value: T | UnsetType, present: T) -> T:
    """The value of a command's field, or the present one where the command leaves it out."""
    return present if value is UNSET else value


def difference(before: Any, after: Any, *, without: Collection[str] = ("id", "version")) -> Changes:
    """``{field: (before, after)}`` of two states of one dataclass; ``before`` None means that there was nothing."""
    changes: Changes = {}
    for each in fields(after if after is not None else before):
        if each.name in without:
            continue
        old = None if before is None else plain(getattr(before, each.name))
        new = None if after is None else plain(getattr(after, each.name))
        if old != new:
            changes[each.name] = (old, new)
    return changes


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset | set):
        parts = [plain(part) for part in value]
        return sorted(parts) if isinstance(value, frozenset | set) else parts
    return value
