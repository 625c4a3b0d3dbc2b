"""API clients (IDN-25): programs that act with key and secret, within listed permissions, until revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.identity.service import VERSION_DOC, EmployeeId, Name, Text, Version, identity
from crm_common.protocol.identity.sessions import Secret, SessionTokens
from crm_common.protocol.policy import PUBLIC, needs
from crm_common.protocol.views import Ref, shown

SEE = needs("api_client.view", "api_client.edit")
EDIT = needs("api_client.edit")
ApiClientId = Annotated[UUID, Ref("ApiClient")]


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class ApiClientView:
    """A program that may call the API."""

    id: UUID = shown("The id.")
    name: str = shown("What it is called.", filterable=True, sortable=True)
    purpose: str | None = shown("What it is for.")
    key: str = shown("What it logs in with, beside its secret.")
    permissions: list[str] = shown("The permission keys it may use.")
    active: bool = shown("Whether it may log in: not revoked and not expired.", filterable=True)
    expires_at: datetime | None = shown("When it ends by itself.", filterable=True, sortable=True)
    revoked_at: datetime | None = shown("When it was revoked.", filterable=True, sortable=True)
    last_used_at: datetime | None = shown("Its latest login.", filterable=True, sortable=True)
    created_by_id: EmployeeId | None = shown("Who made it.")
    created_at: datetime = shown("When it was made.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@identity.query(SEE, returns=ApiClientView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClients(ListQuery):
    """The programs that may call the API; without an order by name."""


@identity.query(SEE, returns=ApiClientView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientsByIds(GetQuery):
    """API clients by id."""


@identity.command(EDIT, returns={"api_client": ApiClientView, "secret": str})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateApiClient(Command):
    """Let a program call the API; its secret is answered once. One cannot give permissions one does not hold."""

    name: Name = given("What it is called; unique among the active ones.")
    purpose: Text | None = given("What it is for.", default=None)
    permissions: tuple[str, ...] = given("The permission keys it may use.")
    expires_at: datetime | None = given("When it ends by itself.", default=None)


@identity.command(EDIT, returns={"api_client": ApiClientView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateApiClient(Command):
    """Change what a program is called, may do, or when it ends."""

    id: ApiClientId = given("The API client.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("What it is called.", default=UNSET)
    purpose: Text | UnsetType | None = given("What it is for.", default=UNSET)
    permissions: tuple[str, ...] | UnsetType = given("The permission keys it may use.", default=UNSET)
    expires_at: datetime | UnsetType | None = given("When it ends by itself.", default=UNSET)


@identity.command(EDIT, returns={"api_client": ApiClientView, "secret": str})
@dataclass(frozen=True, slots=True, kw_only=True)
class RenewApiClientSecret(Command):
    """Give a program a new secret, answered once; the old one and its tokens are dead at once."""

    id: ApiClientId = given("The API client.")
    version: Version = given(VERSION_DOC)


@identity.command(EDIT, returns={"api_client": ApiClientView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiClient(Command):
    """Shut a program out for good; its tokens are dead at once."""

    id: ApiClientId = given("The API client.")
    version: Version = given(VERSION_DOC)


@identity.command(PUBLIC, returns={"tokens": SessionTokens})
@dataclass(frozen=True, slots=True, kw_only=True)
class LoginApiClient(Command):
    """Change key and secret for an access token. There is no refresh token: log in again."""

    key: Annotated[str, Meta(min_length=1, max_length=100)] = given("The key.")
    secret: Secret = given("The secret.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientEvent(Event):
    """What every event of an API client tells; never its secret."""

    api_client_id: UUID
    name: str
    changes: Changes


@identity.event("api_client.created", subject="api_client_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientCreated(ApiClientEvent):
    """A program may call the API."""


@identity.event("api_client.updated", subject="api_client_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientUpdated(ApiClientEvent):
    """What a program may do, or its name or end, changed."""


@identity.event("api_client.secret_renewed", subject="api_client_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientSecretRenewed(ApiClientEvent):
    """A program got a new secret."""


@identity.event("api_client.revoked", subject="api_client_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientRevoked(ApiClientEvent):
    """A program was shut out."""
