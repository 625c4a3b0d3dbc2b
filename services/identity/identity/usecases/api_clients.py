"""Commands about API clients (IDN-25)."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Once
from crm_common.context import Actor, ActorKind
from crm_common.errors import CommonRules
from crm_common.protocol.identity import session_rules as numbers
from crm_common.protocol.identity.api_clients import (
    CreateApiClient,
    LoginApiClient,
    RenewApiClientSecret,
    RevokeApiClient,
    UpdateApiClient,
)
from crm_common.protocol.identity.session_rules import ApiClientRules
from identity.adapters.passwords import random_token, token_hash
from identity.domain import api_client as domain
from identity.domain import session as session_domain
from identity.domain.api_client import ApiClient
from identity.domain.session import Session
from identity.store import api_clients, sessions
from identity.usecases.ending import end_all
from identity.usecases.keys import Signer
from identity.usecases.sessions import act_as, tokens_of


def create_api_client(change: Change, command: CreateApiClient) -> dict[str, Any]:
    """A program that may call the API, and its secret."""
    secret, new_id = random_token(), change.new_id()
    created, event = domain.create(
        command,
        new_id,
        key=f"crm_{new_id.hex}",
        secret_hash=token_hash(secret),
        by=change.context.authenticated(),
        now=change.now,
    )
    _expect_free_name(change, created)
    api_clients.insert(change.connection, created, change.now)
    change.record(event)
    return {"api_client": created.id, "secret": Once(secret)}


def update_api_client(change: Change, command: UpdateApiClient) -> dict[str, Any]:
    """Other facts of a program."""
    before = _found(change, command.id)
    after, events = domain.update(before, command, by=change.context.authenticated(), now=change.now)
    if events:
        _expect_free_name(change, after)
        api_clients.save(change.connection, after, change.now)
        change.record(*events)
    return {"api_client": after.id}


def renew_api_client_secret(change: Change, command: RenewApiClientSecret) -> dict[str, Any]:
    """Another secret; what was begun with the old one ends."""
    secret = random_token()
    after, event = domain.renew(_found(change, command.id), command.version, token_hash(secret))
    api_clients.save(change.connection, after, change.now)
    change.record(event)
    end_all(change, "secret_renewed", api_client_id=after.id)
    return {"api_client": after.id, "secret": Once(secret)}


def revoke_api_client(change: Change, command: RevokeApiClient) -> dict[str, Any]:
    """The end of a program's access."""
    after, event = domain.revoke(_found(change, command.id), command.version, change.now)
    api_clients.save(change.connection, after, change.now)
    change.record(event)
    end_all(change, "revoked", api_client_id=after.id)
    return {"api_client": after.id}


def login_api_client(change: Change, command: LoginApiClient, *, signer: Signer) -> dict[str, Any]:
    """A short session for a program; its secret is random and long, so guessing needs no counting."""
    found = api_clients.by_key(change.connection, command.key)
    known = found.secret_hash if found else b"\0" * 32
    right = hmac.compare_digest(known, token_hash(command.secret))
    if found is None or not right or not found.active(change.now):
        raise ApiClientRules.key_or_secret_is_wrong()
    act_as(change, Actor(kind=ActorKind.API_CLIENT, id=found.id, name=found.name))
    until = change.now + timedelta(minutes=change.settings.get(numbers.ACCESS_MINUTES))
    begun, event = session_domain.begin(
        Session(
            id=change.new_id(),
            employee_id=None,
            api_client_id=found.id,
            client="api",
            address=change.context.address,
            started_at=change.now,
            refreshed_at=change.now,
            expires_at=min(until, found.expires_at) if found.expires_at else until,
        )
    )
    sessions.insert_session(change.connection, begun)
    api_clients.note_use(change.connection, found.id, change.now)
    change.record(event)
    return {"tokens": Once(tokens_of(change, begun, signer, None))}


def _found(change: Change, client_id: UUID) -> ApiClient:
    found = api_clients.get(change.connection, client_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _expect_free_name(change: Change, wanted: ApiClient) -> None:
    if api_clients.name_is_taken(change.connection, wanted.name, by_other_than=wanted.id):
        raise ApiClientRules.an_api_client_name_is_unique(field="name", name=wanted.name)
