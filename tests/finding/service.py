"""The service class, and the way its tests change records: rows and events in one transaction, as commands do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_common.changes import Change, ChangeHost, changing
from crm_common.context import Actor, system_context
from crm_common.projections.tables import employee_ref
from crm_common.reading import bind, by_owner
from crm_common.reading.scope import Reach
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.host import ServiceHost
from crm_common.runtime.providers import Views
from crm_common.runtime.raw import Raw
from crm_common.runtime.searching import Search
from crm_common.search import Searchable
from crm_common.vault import Vault
from finding import corpus
from finding.corpus import Record
from finding.protocol import BuyerView, FirmChanged, Firms, FirmsByIds, MemberView, PeopleByIds, PersonChanged

VAULT = Vault(b"the secret of tests, of 32 bytes or more", "finding/phone")

_tables = sa.MetaData()
firm = sa.Table(
    "firm",
    _tables,
    sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False),
    sa.Column("short_name", sa.Text(collation="C")),
    sa.Column("about", sa.Text(collation="C")),
    sa.Column("owner_id", postgresql.UUID(as_uuid=True)),
    sa.Column("phone", sa.Text(collation="C")),
    sa.Column("phone_print", sa.LargeBinary),
    sa.Column("shared_with", postgresql.ARRAY(postgresql.UUID(as_uuid=True)), nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
)
person = sa.Table(
    "person",
    _tables,
    sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False),
    sa.Column("firm_id", postgresql.UUID(as_uuid=True)),
)

_OWNED = by_owner("firm", owner=firm.c.owner_id, people=employee_ref)


class Shared:
    """Firms are seen as their owner's, and by those they are shared with."""

    def kind(self, actor: Actor | None) -> str | None:
        """See `crm_common.reading.Scope`."""
        return _OWNED.kind(actor)

    def condition(self, kind: str, reach: Reach) -> str:
        """See `crm_common.reading.Scope`."""
        return f"({_OWNED.condition(kind, reach)} OR {{me}} = ANY ({{t}}.shared_with))"

    def owners(self, kind: str) -> str | None:
        """See `crm_common.reading.Scope`."""
        return _OWNED.owners(kind)


class OfFirm(Shared):
    """People are seen by whoever sees their firm; those of none by everybody."""

    def condition(self, kind: str, reach: Reach) -> str:
        """See `crm_common.reading.Scope`."""
        seen = super().condition(kind, Reach.PROBE).replace("{t}", "f")
        return f"({{t}}.firm_id IS NULL OR EXISTS (SELECT FROM firm f WHERE f.id = {{t}}.firm_id AND {seen}))"


FIRMS = bind(
    BuyerView,
    firm,
    fields={
        "phone": "CASE WHEN {t}.owner_id = {me} THEN {t}.phone"
        " ELSE left({t}.phone, 3) || '****' || right({t}.phone, 4) END"
    },
    scope=Shared(),
    where="NOT {t}.deleted",
)
PEOPLE = bind(MemberView, person, scope=OfFirm())


def firms_by_phone(host: ServiceHost, number: str) -> Sequence[UUID]:
    """As a service that encrypts its numbers finds one: by the fingerprint of its normal form."""
    digits = number.removeprefix("+86")
    rows = host.store.rows("SELECT id FROM firm WHERE phone_print = %s", (VAULT.fingerprint(digits.encode()),))
    return [record for (record,) in rows]


SEARCHABLES = (
    Searchable(
        view=BuyerView,
        table=firm,
        aggregate="firm",
        names=(firm.c.name, firm.c.short_name),
        texts=(firm.c.about, "SELECT string_agg(p.name, ' / ' ORDER BY p.name) FROM person p WHERE p.firm_id = {t}.id"),
        where="NOT {t}.deleted",
        owner=firm.c.owner_id,
        also="{t}.shared_with",
        module="firm",
        by_phone=firms_by_phone,
    ),
    Searchable(
        view=MemberView,
        table=person,
        aggregate="person",
        names=(person.c.name,),
        texts=("SELECT f.name FROM firm f WHERE f.id = {t}.firm_id",),
        owner="SELECT f.owner_id FROM firm f WHERE f.id = {t}.firm_id",
        also="SELECT f.shared_with FROM firm f WHERE f.id = {t}.firm_id",
        module="firm",
        parent=("firm", person.c.firm_id),
    ),
)


class FindingService:
    """Answers what is found, and the records themselves."""

    name = "finding"
    views = Views((FIRMS, PEOPLE))
    search = Search(SEARCHABLES)

    @rpc
    def firms(self, query: Firms) -> Raw:
        return self.views.page(query)

    @rpc
    def firms_by_ids(self, query: FirmsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def people_by_ids(self, query: PeopleByIds) -> Raw:
        return self.views.get(query)


def save_firm(change: Change, record: UUID, **columns: Any) -> None:
    """Write some columns of a firm (all there are, where it is new), and tell of it."""
    if "phone" in columns:
        columns["phone_print"] = VAULT.fingerprint(columns["phone"].encode())
    given = {"id": record, "deleted": False, **columns}
    names = ", ".join(given)
    values = ", ".join(f"%({name})s" for name in given)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    if "name" in columns:
        change.connection.exec_driver_sql(
            f"INSERT INTO firm ({names}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {sets}", given
        )
    else:
        change.connection.exec_driver_sql(
            f"UPDATE firm SET {', '.join(f'{name} = %({name})s' for name in columns)} WHERE id = %(id)s", given
        )
    change.record(FirmChanged(firm_id=record, changes={name: (None, str(columns[name])) for name in columns}))


def save(change: Change, record: Record, owner: UUID | None = None) -> None:
    """Write a record of the corpus, and tell of it."""
    if record.kind == "Buyer":
        save_firm(change, record.id, name=record.name, short_name=record.also, about=record.text, owner_id=owner)
        return
    change.connection.exec_driver_sql(
        "INSERT INTO person (id, name) VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
        (record.id, record.name),
    )
    change.record(PersonChanged(person_id=record.id, changes={"name": (None, record.name)}))


def save_person(change: Change, name: str, at: UUID | None) -> UUID:
    """Write a person of a firm, and tell of it."""
    record = corpus.person(name).id
    change.connection.exec_driver_sql(
        "INSERT INTO person (id, name, firm_id) VALUES (%s, %s, %s) ON CONFLICT (id) DO UPDATE SET firm_id ="
        " EXCLUDED.firm_id",
        (record, name, at),
    )
    change.record(PersonChanged(person_id=record, changes={"firm_id": (None, str(at))}))
    return record


def saving(host: ChangeHost) -> Any:
    """A transaction of the service's own with its `Change`."""
    return changing(host, system_context("finding", correlation_id="saving"))
