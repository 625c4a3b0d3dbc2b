"""Handover (IDN-23): who may receive, and who receives what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from crm_common.protocol.identity.handover import HandOver
from crm_common.protocol.identity.rules import ReviewRules

T = TypeVar("T")


def receivers(command: HandOver) -> frozenset[UUID]:
    """Everybody who receives something; refuses a handover to nobody or to oneself."""
    named = [("to_ids", command.to_ids)]
    named += [(f"parts.{place}.to_ids", part.to_ids) for place, part in enumerate(command.parts)]
    for field, ids in named:
        if not ids:
            raise ReviewRules.a_handover_has_a_receiver(field=field)
        if command.from_id in ids:
            raise ReviewRules.nobody_receives_his_own_records(field=field)
    return frozenset(receiver for _, ids in named for receiver in ids)


def expect_active(wanted: Collection[UUID], active: Collection[UUID]) -> None:
    """Refuse receivers whose accounts are disabled or who do not exist."""
    if set(wanted) - set(active):
        raise ReviewRules.a_receiver_is_an_active_employee(field="to_ids")


def receivers_of_kind(command: HandOver, kind: str) -> tuple[UUID, ...]:
    """Who receives the records of one kind."""
    return next((part.to_ids for part in command.parts if part.kind == kind), command.to_ids)


def shares(records: Sequence[T], to: Sequence[UUID]) -> list[tuple[T, UUID]]:
    """The records with their receivers, in turn, so that nobody gets two more than another."""
    return [(record, to[place % len(to)]) for place, record in enumerate(records)]


def by_receivers(command: HandOver, counts: Mapping[str, int]) -> dict[tuple[UUID, ...], list[str]]:
    """The kinds of which there are records, by who receives them."""
    grouped: dict[tuple[UUID, ...], list[str]] = {}
    for kind in sorted(kind for kind, count in counts.items() if count):
        grouped.setdefault(receivers_of_kind(command, kind), []).append(kind)
    return grouped
