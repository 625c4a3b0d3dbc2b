"""Programs that call the API (IDN-25)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from crm_common.protocol.identity.api_clients import (
    ApiClients,
    ApiClientsByIds,
    CreateApiClient,
    LoginApiClient,
    RenewApiClientSecret,
    RevokeApiClient,
    UpdateApiClient,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from identity.operations.offering import Offering
from identity.usecases import api_clients, keys


class ApiClientOperations(Offering):
    """What the service answers about API clients."""

    @rpc
    def api_clients(self, query: ApiClients) -> Raw:
        return self.views.page(query)

    @rpc
    def api_clients_by_ids(self, query: ApiClientsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_api_client(self, command: CreateApiClient) -> Raw:
        return self.commands.run(api_clients.create_api_client, command)

    @rpc
    def update_api_client(self, command: UpdateApiClient) -> Raw:
        return self.commands.run(api_clients.update_api_client, command)

    @rpc
    def renew_api_client_secret(self, command: RenewApiClientSecret) -> Raw:
        return self.commands.run(api_clients.renew_api_client_secret, command)

    @rpc
    def revoke_api_client(self, command: RevokeApiClient) -> Raw:
        return self.commands.run(api_clients.revoke_api_client, command)

    @rpc
    def login_api_client(self, command: LoginApiClient) -> Raw:
        usecase = partial(api_clients.login_api_client, signer=keys.signer(self.host))
        return self.commands.run(usecase, replace(command, idempotency_key=None))
