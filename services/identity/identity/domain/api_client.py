"""API clients (IDN-25): a key, a secret, listed permissions of its maker, an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from crm_common.context import Actor, ActorKind
from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.identity.api_clients import (
    ApiClientCreated,
    ApiClientEvent,
    ApiClientRevoked,
    ApiClientSecretRenewed,
    ApiClientUpdated,
    CreateApiClient,
    UpdateApiClient,
)
from crm_common.protocol.identity.permissions import permissions, section_of
from crm_common.protocol.identity.session_rules import ApiClientRules
from identity.domain.names import cleaned

_UNTOLD = frozenset({"id", "version", "secret_hash"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClient:
    """A program that may call the API. Of its secret only a hash is known."""

    id: UUID
    name: str
    purpose: str | None
    key: str
    secret_hash: bytes
    permissions: tuple[str, ...]
    expires_at: datetime | None
    revoked_at: datetime | None
    created_by_id: UUID | None
    version: int

    def active(self, now: datetime) -> bool:
        """Whether it may log in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create(
    command: CreateApiClient, new_id: UUID, *, key: str, secret_hash: bytes, by: Actor, now: datetime
) -> tuple[ApiClient, ApiClientCreated]:
    """A new API client, with no more rights than its maker has."""
    created = ApiClient(
        id=new_id,
        name=cleaned(command.name),
        purpose=command.purpose,
        key=key,
        secret_hash=secret_hash,
        permissions=_given(command.permissions, by),
        expires_at=_later(command.expires_at, now),
        revoked_at=None,
        created_by_id=by.id if by.kind is ActorKind.EMPLOYEE else None,
        version=1,
    )
    changes = difference(None, created, without=_UNTOLD)
    return created, ApiClientCreated(api_client_id=new_id, name=created.name, changes=changes)


def update(
    before: ApiClient, command: UpdateApiClient, *, by: Actor, now: datetime
) -> tuple[ApiClient, list[ApiClientEvent]]:
    """Another name, purpose, end or other permissions; the editor gives no more than he has."""
    _expect_editable(before, command.version)
    wanted = chosen(command.permissions, before.permissions)
    # what it had already, the editor need not hold; what is new he must
    _given(tuple(key for key in wanted if key not in before.permissions), by, needed=False)
    after = replace(
        before,
        name=cleaned(chosen(command.name, before.name)),
        purpose=chosen(command.purpose, before.purpose),
        permissions=_ordered(wanted),
        expires_at=_later(command.expires_at, now)
        if isinstance(command.expires_at, datetime)
        else chosen(command.expires_at, before.expires_at),
        version=before.version + 1,
    )
    changes = difference(before, after, without=_UNTOLD)
    if not changes:
        return before, []
    return after, [ApiClientUpdated(api_client_id=after.id, name=after.name, changes=changes)]


def renew(before: ApiClient, version: int, secret_hash: bytes) -> tuple[ApiClient, ApiClientEvent]:
    """Another secret."""
    _expect_editable(before, version)
    after = replace(before, secret_hash=secret_hash, version=before.version + 1)
    return after, ApiClientSecretRenewed(api_client_id=after.id, name=after.name, changes={})


def revoke(before: ApiClient, version: int, now: datetime) -> tuple[ApiClient, ApiClientEvent]:
    """The end of it."""
    _expect_editable(before, version)
    after = replace(before, revoked_at=now, version=before.version + 1)
    changes = difference(before, after, without=_UNTOLD)
    return after, ApiClientRevoked(api_client_id=after.id, name=after.name, changes=changes)


def _expect_editable(before: ApiClient, version: int) -> None:
    expect_version(before.version, version)
    if before.revoked_at is not None:
        raise ApiClientRules.a_revoked_api_client_stays_revoked(name=before.name)


def _given(keys: Iterable[str], by: Actor, *, needed: bool = True) -> tuple[str, ...]:
    given = _ordered(keys)
    if needed and not given:
        raise ApiClientRules.an_api_client_needs_a_permission(field="permissions")
    for key in given:
        if by.kind is not ActorKind.SYSTEM and not by.may(key):
            raise ApiClientRules.one_gives_only_what_one_holds(field="permissions", permission=key)
        # a program has no place in the organisation: it sees all or nothing of what a key opens
        if by.kind is not ActorKind.SYSTEM and by.scope(section_of(key)) != "ALL":
            raise ApiClientRules.a_program_sees_no_more_than_its_maker(field="permissions", permission=key)
    return given


def _ordered(keys: Iterable[str]) -> tuple[str, ...]:
    wanted = set(keys)
    unknown = sorted(wanted - permissions().keys())
    if unknown:
        raise ApiClientRules.one_gives_only_what_one_holds(field="permissions", permission=unknown[0])
    return tuple(key for key in permissions() if key in wanted)


def _later(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is not None and moment <= now:
        raise ApiClientRules.an_api_client_ends_in_the_future(field="expires_at")
    return moment
