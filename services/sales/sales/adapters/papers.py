"""Papers of an order: its contract, which finance keeps, and its vouchers, which documents keeps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.protocol.finance.contract_states import SIGNED_STATES, ContractState
from crm_common.protocol.sales.orders_commands import SignedContract
from crm_common.protocol.sales.orders_rules import OrderRules
from crm_common.protocol.selection import names
from crm_common.runtime.client import PeerClient
from sales.adapters.customers import as_sales, reference
from sales.domain.order_parts import Picture


@dataclass(frozen=True, slots=True)
class Papers:
    """Asks finance and documents."""

    client: PeerClient
    context: Context

    def expect_signed(self, contract_id: UUID, customer_id: UUID) -> UUID:
        """The contract: signed, and of this customer."""
        asked = {"ids": [str(contract_id)]}
        found = codec.decode_json(self.client.call("finance", "contract_cards", asked, as_sales(self.context)))
        if not found:
            raise OrderRules.a_contract_was_not_found(field="contract_id")
        if UUID(found[0]["customer_id"]) != customer_id:
            raise OrderRules.a_contract_is_of_the_same_customer(field="contract_id")
        if ContractState(found[0]["state"]) not in SIGNED_STATES:
            raise OrderRules.a_contract_is_signed(field="contract_id")
        return contract_id

    def register(
        self, contract: SignedContract, customer_id: UUID, *, amount: Decimal, currency: str, key: str
    ) -> UUID:
        """Register a contract that was signed offline, in the caller's own name; the same key again is the same one."""
        given = codec.to_builtins(contract)
        asked = {name: value for name, value in given.items() if value is not None}
        asked |= {"customer_id": str(customer_id), "currency": currency, "idempotency_key": key}
        asked.setdefault("amount", str(amount))
        asked["select"] = {"contract": names("id")}
        answer = codec.decode_json(self.client.call("finance", "register_signed_contract", asked, self.context))
        return UUID(answer["contract"]["id"])

    def pictures(self, ids: Collection[UUID]) -> dict[UUID, Picture]:
        """Those of these files that the caller has uploaded himself: nobody shows others' files by ordering."""
        if not ids:
            return {}
        asked = {"ids": [str(each) for each in ids]}
        found = codec.decode_json(self.client.call("documents", "document_cards", asked, as_sales(self.context)))
        me = str(self.context.authenticated().id)
        return {
            UUID(each["id"]): Picture(UUID(each["id"]), each["content_type"], each["sha256"])
            for each in found
            if each["owner_id"] == me
        }

    def keep(self, order_id: UUID, submission_id: UUID, ids: Collection[UUID]) -> None:
        """The files are the order's vouchers, seen by whoever sees the order, and neither replaced nor deleted."""
        files = [str(each) for each in ids]
        linked = {"subject": f"sales:order/{order_id}", "kind": "VOUCHER", "document_ids": files}
        me = str(self.context.authenticated().id)
        self.client.call("documents", "link_documents", linked | {"by_id": me}, as_sales(self.context))
        locked = {"reference": reference(submission_id), "document_ids": files}
        self.client.call("documents", "lock_documents", locked, as_sales(self.context))

    def let_go(self, submission_id: UUID) -> None:
        """The submission no longer needs its files as they are."""
        self.client.call(
            "documents", "unlock_documents", {"reference": reference(submission_id)}, as_sales(self.context)
        )
