"""The scope of what belongs to a receivable: whose the receivable is."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.reading import Scope
from crm_common.reading.scope import Reach


class ThroughReceivable:
    """Rows with a ``receivable_id``, in the scope of its owner."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def kind(self, actor: Actor | None) -> str | None:
        return self._scope.kind(actor)

    def condition(self, kind: str, reach: Reach) -> str:
        # {t} of the receivable's own condition is the receivable here
        seen = self._scope.condition(kind, reach).replace("{t}", "owed")
        return f"EXISTS (SELECT FROM receivable owed WHERE owed.id = {{t}}.receivable_id AND {seen})"

    def owners(self, kind: str) -> str | None:
        return self._scope.owners(kind)
