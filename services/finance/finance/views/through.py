"""The scope of what belongs to a contract: it is seen by whoever sees the contract."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.reading import Scope
from crm_common.reading.scope import Reach


class ThroughContract:
    """Rows with a ``contract_id``, in the scope of the contract's own view."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def kind(self, actor: Actor | None) -> str | None:
        return self._scope.kind(actor)

    def condition(self, kind: str, reach: Reach) -> str:
        # {t} of the contract's own condition is the contract here
        seen = self._scope.condition(kind, reach).replace("{t}", "of_contract")
        return f"EXISTS (SELECT FROM contract of_contract WHERE of_contract.id = {{t}}.contract_id AND {seen})"

    def owners(self, kind: str) -> str | None:
        return self._scope.owners(kind)
