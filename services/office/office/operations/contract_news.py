"""What finance tells of contracts, and whom it concerns."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.contracts_events import (
    ContractAudited,
    ContractCorrected,
    ContractDeviated,
    ContractExpiring,
    ContractSigned,
    ContractTerminated,
)
from crm_common.runtime.entrypoints import subscribe
from office.operations.offering import Offering
from office.usecases import contract_news


class ContractNews(Offering):
    """Events of contracts become messages, each once."""

    @subscribe(ContractExpiring)
    def remind_of_ending_contract(self, event: ContractExpiring, change: Change) -> None:
        contract_news.remind_of_end(change, event)

    @subscribe(ContractDeviated)
    def tell_of_deviating_contract(self, event: ContractDeviated, change: Change) -> None:
        contract_news.tell_of_deviation(change, event)

    @subscribe(ContractSigned)
    def tell_of_registered_contract(self, event: ContractSigned, change: Change) -> None:
        contract_news.tell_of_registration(change, event)

    @subscribe(ContractCorrected)
    def tell_of_corrected_contract(self, event: ContractCorrected, change: Change) -> None:
        contract_news.tell_of_correction(change, event)

    @subscribe(ContractAudited)
    def tell_of_audited_contract(self, event: ContractAudited, change: Change) -> None:
        contract_news.tell_of_audit(change, event)

    @subscribe(ContractTerminated)
    def tell_of_terminated_contract(self, event: ContractTerminated, change: Change) -> None:
        contract_news.tell_of_termination(change, event)
