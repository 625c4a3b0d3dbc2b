"""Contracts: what is asked and told of them. What neighbours know is asked before a transaction opens."""

from __future__ import annotations

from functools import partial

from msgspec import UNSET

from crm_common.jobs import JobRun
from crm_common.protocol.finance.contract_archive import ArchivedContractsByIds, ContractArchive
from crm_common.protocol.finance.contract_reports import ContractTotal, ContractTotals
from crm_common.protocol.finance.contracts import (
    AuditContract,
    ContractCard,
    ContractCards,
    Contracts,
    ContractsByIds,
    CorrectContract,
    CreateContract,
    DeleteContract,
    RegisterSignedContract,
    SignContract,
    TerminateContract,
    UpdateContract,
    VoidContract,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from finance.adapters.customers import customer_in_scope
from finance.adapters.documents import Files
from finance.operations.offering import Offering
from finance.store.contracts import cards
from finance.usecases import contract_files, contracts
from finance.views import contract_sums


class ContractOperations(Offering):
    """Contracts and their archive."""

    customers = Peer("customer")

    @rpc
    def contracts(self, query: Contracts) -> Raw:
        return self.views.page(query)

    @rpc
    def contracts_by_ids(self, query: ContractsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def contract_archive(self, query: ContractArchive) -> Raw:
        return self.views.page(query)

    @rpc
    def archived_contracts_by_ids(self, query: ArchivedContractsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def contract_totals(self, query: ContractTotals) -> list[ContractTotal]:
        return contract_sums.totals(self.host, self.context, query)

    @rpc
    def contract_cards(self, query: ContractCards) -> tuple[ContractCard, ...]:
        return cards(self.host.store, query.ids)

    @rpc
    def create_contract(self, command: CreateContract) -> Raw:
        customer = customer_in_scope(self.customers, command.customer_id)
        return self.commands.run(partial(contracts.create_contract, customer), command)

    @rpc
    def register_signed_contract(self, command: RegisterSignedContract) -> Raw:
        customer = customer_in_scope(self.customers, command.customer_id)
        self._files.expect(command.signed_files, field="signed_files")
        contract_id = self.host.ids()
        answer = self.commands.run(partial(contracts.register_signed_contract, customer, contract_id), command)
        contract_files.keep(self.host, self.context, [contract_id])
        return answer

    @rpc
    def update_contract(self, command: UpdateContract) -> Raw:
        return self.commands.run(contracts.update_contract, command)

    @rpc
    def delete_contract(self, command: DeleteContract) -> Raw:
        return self.commands.run(contracts.delete_contract, command)

    @rpc
    def void_contract(self, command: VoidContract) -> Raw:
        return self.commands.run(contracts.void_contract, command)

    @rpc
    def sign_contract(self, command: SignContract) -> Raw:
        self._files.expect(command.signed_files, field="signed_files")
        answer = self.commands.run(contracts.sign_contract, command)
        contract_files.keep(self.host, self.context, [command.id])
        return answer

    @rpc
    def correct_contract(self, command: CorrectContract) -> Raw:
        if command.signed_files is not UNSET:
            self._files.expect(command.signed_files, field="signed_files")
        answer = self.commands.run(contracts.correct_contract, command)
        contract_files.keep(self.host, self.context, [command.id])
        return answer

    @rpc
    def audit_contract(self, command: AuditContract) -> Raw:
        return self.commands.run(contracts.audit_contract, command)

    @rpc
    def terminate_contract(self, command: TerminateContract) -> Raw:
        return self.commands.run(contracts.terminate_contract, command)

    @every("* * * * *", name="finance.contract_files")
    def keep_files_of_contracts(self, run: JobRun) -> None:
        """Files of signed contracts that documents was not told of, as whoever signed was cut off, are kept now."""
        contract_files.keep_again(run, self.host)

    @property
    def _files(self) -> Files:
        return Files(self.host.client, self.context)
