"""What a service says of its searchable records: which view they are, where their words stand, whose they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.context import Context
from crm_common.projections.tables import employee_ref
from crm_common.protocol.views import ViewShape, shape_of
from crm_common.reading.bindings import Expression, named
from crm_common.reading.scope import Scope, by_owner

if TYPE_CHECKING:
    from crm_common.runtime.host import ServiceHost

_OWNERS = sa.Table("owners", sa.MetaData(), sa.Column("owner_id", sa.Uuid))

ByPhone = Callable[["ServiceHost", str], Sequence[UUID]]
"""The ids of the records that have this whole number, by its fingerprint; digits only, as they were typed."""


Seen = Callable[["ServiceHost", Sequence[UUID], Context], Collection[UUID]]
"""Which of these records the caller sees; asked with at most 1,000, outside of any transaction."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searchable:
    """Records of ``view`` (which the protocol declared by ``searchable``) as documents.

    ``table`` holds them under the uuid column ``id``. ``names``: columns, or SQL with ``{t}``, the title first: what is
    found exactly, by its readings and with slips of the finger. ``texts``: everything else that is found by its words
    (``"(SELECT string_agg(v.text, ' ') FROM custom_value v WHERE v.entity_id = {t}.id)"``). Phone numbers in any of
    them are not indexed. ``where`` (SQL with ``{t}``) leaves records out, such as deleted ones.

    ``aggregate`` is the first part of the records' subject in the journal: every change of a record that shows in its
    names, texts, owner or ``where`` records an event of it, whose ``seq`` is the document's version.
    ``owner`` is whose a record is and ``also`` (SQL with ``{t}``, a uuid[]) who sees it besides; with ``module`` they
    narrow what the index looks through to what is somebody's whom the actor's scope for the module reaches, or
    nobody's: so his own records are found among a million others. SQL decides what he sees; leave ``module`` out where
    others see records too whom ``also`` does not name. ``by_phone`` finds records by a whole number.

    ``parent`` is an aggregate and the column that holds its key: a record that shows or is seen by something of its
    parent's (a contact by its customer's owner) is indexed again with each of its parent's events.

    ``seen`` says which of the records the caller sees, where SQL alone cannot, as other services own what decides.
    """

    view: type
    table: sa.Table
    aggregate: str
    names: Sequence[Expression]
    texts: Sequence[Expression] = ()
    where: str = "true"
    owner: Expression | None = None
    also: str | None = None
    module: str | None = None
    people: sa.Table = employee_ref
    parent: tuple[str, sa.Column[Any]] | None = None
    by_phone: ByPhone | None = None
    seen: Seen | None = None

    @property
    def shape(self) -> ViewShape:
        """The view's shape."""
        return shape_of(self.view)

    @property
    def type(self) -> str:
        """The documents' type: the view's name outside."""
        return self.shape.name

    @property
    def aggregates(self) -> tuple[str, ...]:
        """The first parts of all subjects whose events change a document."""
        return (self.aggregate, self.parent[0]) if self.parent else (self.aggregate,)

    @property
    def reach(self) -> Scope | None:
        """Whose records the index is asked for: a scope over rows that have nothing but an ``owner_id``."""
        if self.owner is None or self.module is None:
            return None
        return by_owner(self.module, owner=_OWNERS.c.owner_id, people=self.people)

    @property
    def source(self) -> str:
        """The table as it stands in SQL."""
        return named(self.table)


def placed(expression: Expression, alias: str) -> str:
    """The expression on the row ``alias``."""
    if isinstance(expression, str):
        return f"({expression.replace('{t}', alias)})"
    return f'{alias}."{expression.name}"'
