"""The custom fields of a contract that a command gives: checked, kept with the contract, indexed (CON-02)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.changes import Change
from crm_common.custom_fields import writing
from crm_common.custom_fields.definitions import Definitions
from crm_common.custom_fields.values import Checked, check
from crm_common.protocol.declare import Changes
from finance.domain.contract import Contract
from finance.store.contract_custom import CONTRACT_CUSTOM


@dataclass(frozen=True, slots=True)
class Custom:
    """Values and the definitions they were checked against; nothing where the command says nothing of them."""

    _given: tuple[Definitions, Checked] | None

    @property
    def changes(self) -> Changes:
        """What the event tells."""
        return {} if self._given is None else self._given[1].changes

    def kept_in(self, contract: Contract) -> Contract:
        """The contract with its values."""
        return contract if self._given is None else replace(contract, custom=self._given[1].stored)

    def index(self, change: Change, contract_id: UUID) -> None:
        """Let them be found."""
        if self._given is not None:
            definitions, values = self._given
            writing.write(change, CONTRACT_CUSTOM, definitions, {contract_id: values})


def given(change: Change, values: dict[str, Any] | UnsetType) -> Custom:
    """Those of a new contract; ``VALIDATION`` names each that is wrong, or needed and missing."""
    definitions = writing.current(change, CONTRACT_CUSTOM)
    return Custom((definitions, check(definitions, values)))


def edited(change: Change, contract: Contract, values: dict[str, Any] | UnsetType) -> Custom:
    """Those of an edit."""
    if values is UNSET:
        return Custom(None)
    definitions = writing.current(change, CONTRACT_CUSTOM)
    return Custom((definitions, check(definitions, values, before=contract.custom)))
