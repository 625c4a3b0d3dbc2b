"""A small service that only reads: teams, people, labels and notes in a real PostgreSQL, and a reader bound to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid5

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crm_common.clock import FixedClock
from crm_common.context import Actor, ActorKind, Context
from crm_common.protocol import declare
from crm_common.protocol.declare import GetQuery, ListQuery, OneQuery, OrderBy, ServiceProtocol
from crm_common.protocol.policy import AUTHENTICATED, PUBLIC, needs
from crm_common.protocol.selection import Selected, dump
from crm_common.protocol.views import child, shown
from crm_common.reading import Reader, bind, by_owner, many, one, same_row

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # in Shanghai it is already the 24th
SEE, PAY, NOTES = needs("people.view"), needs("pay.view"), needs("note.view")

protocol = ServiceProtocol("reading_test", doc="A service for tests of the read path.")
# it is nobody's service: it stands in the list of services only while a test here runs
declare._SERVICES.pop("reading_test")


class Mood(StrEnum):
    CALM = "CALM"
    BUSY = "BUSY"


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class LabelView:
    """A label."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)


@protocol.view(NOTES)
@dataclass(slots=True, kw_only=True)
class JottingView:
    """A note about a person."""

    id: UUID = shown("Its id.")
    text: str = shown("What it says.", filterable=True)
    written_at: datetime = shown("When.", sortable=True)
    author: StaffView | None = child("Who wrote it.", filterable=True)


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AddressView:
    """Where somebody lives."""

    city: str | None = shown("The city.", filterable=True)
    street: str | None = shown("The street.")


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class TeamView:
    """A team."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    parent: TeamView | None = child("The team above.", filterable=True)
    children: list[TeamView] = child("The teams below.", limit=50)
    people: list[StaffView] = child("Who is in it.", limit=50, filterable=True)


@protocol.view(SEE)
@dataclass(slots=True, kw_only=True)
class StaffView:
    """Somebody."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("The name.", filterable=True, sortable=True)
    nick: str | None = shown("A second name.", filterable=True, sortable=True)
    level: int = shown("A small number.", filterable=True, sortable=True)
    points: int | None = shown("A big number.", filterable=True, sortable=True)
    ratio: float | None = shown("A share.", filterable=True, sortable=True)
    salary: Decimal | None = shown("What is paid.", filterable=True, sortable=True, policy=PAY)
    price: Decimal | None = shown("An amount.", filterable=True, sortable=True)
    active: bool = shown("Still here.", filterable=True, sortable=True)
    mood: Mood | None = shown("How he feels.", filterable=True, sortable=True)
    born_on: date | None = shown("Birthday.", filterable=True, sortable=True)
    joined_at: datetime | None = shown("When he came.", filterable=True, sortable=True)
    words: list[str] = shown("Some words.", filterable=True)
    extra: dict[str, Any] | None = shown("Anything.")
    shout: str = shown("The name, aloud.", filterable=True, sortable=True)
    is_me: bool = shown("Whether it is the viewer.")
    team: TeamView | None = child("The team.", filterable=True)
    boss: StaffView | None = child("The nearest superior.")
    address: AddressView | None = child("Where he lives.", filterable=True)
    labels: list[LabelView] = child("His labels.", limit=30, filterable=True)
    notes: list[JottingView] = child("Notes about him.", limit=30, filterable=True)


@protocol.query(SEE, returns=StaffView)
@dataclass(frozen=True, slots=True, kw_only=True)
class People(ListQuery):
    """People."""


@protocol.query(PUBLIC, returns=LabelView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Labels(ListQuery):
    """Labels."""


@protocol.query(NOTES, returns=JottingView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Notes(ListQuery):
    """Notes."""


@protocol.query(AUTHENTICATED, returns=TeamView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Teams(ListQuery):
    """Teams."""


@protocol.query(SEE, returns=StaffView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleByIds(GetQuery):
    """People by id."""


@protocol.query(SEE, returns=StaffView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Myself(OneQuery):
    """Oneself."""


meta = sa.MetaData()
TEXT = sa.Text(collation="C")
team = sa.Table(
    "team", meta,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("parent_id", sa.Uuid),
    sa.Column("path", TEXT, nullable=False),
)  # fmt: skip
person = sa.Table(
    "person", meta,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("name_key", TEXT, nullable=False),
    sa.Column("nick", sa.Text),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("points", sa.BigInteger),
    sa.Column("ratio", sa.Float),
    sa.Column("salary", sa.Numeric(12, 2)),
    sa.Column("price", sa.Numeric),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("mood", sa.Enum(Mood, name="mood")),
    sa.Column("born_on", sa.Date),
    sa.Column("joined_at", sa.DateTime(timezone=True)),
    sa.Column("words", ARRAY(sa.Text), nullable=False),
    sa.Column("extra", JSONB),
    sa.Column("city", sa.Text),
    sa.Column("street", sa.Text),
    sa.Column("department_id", sa.Uuid),
    sa.Column("department_path", TEXT, nullable=False),
    sa.Column("line", ARRAY(sa.Uuid), nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
)  # fmt: skip
label = sa.Table("label", meta, sa.Column("id", sa.Uuid, primary_key=True), sa.Column("name", TEXT, nullable=False))
person_label = sa.Table(
    "person_label", meta,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("label_id", sa.Uuid, primary_key=True),
)  # fmt: skip
note = sa.Table(
    "note", meta,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("author_id", sa.Uuid, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

BINDINGS = (
    bind(LabelView, label, default_order=("name",)),
    bind(
        JottingView, note,
        children={"author": one(note.c.author_id)},
        scope=by_owner("note", owner=note.c.author_id, people=person),
        default_order=("-written_at",),
    ),
    bind(AddressView, person),
    bind(
        TeamView, team,
        children={
            "parent": one(team.c.parent_id),
            "children": many(team.c.parent_id),
            "people": many(person.c.department_id, where="{c}.active"),
        },
        default_order=(team.c.path,),
    ),
    bind(
        StaffView, person,
        fields={"shout": "upper({t}.name)", "is_me": "{t}.id = {me}"},
        sort={"name": person.c.name_key},
        children={
            "team": one(person.c.department_id),
            "boss": one("{c}.id = {t}.line[1]"),
            "address": same_row("{t}.city IS NOT NULL OR {t}.street IS NOT NULL"),
            "labels": many(through=(person_label.c.person_id, person_label.c.label_id)),
            "notes": many(note.c.person_id, order=("-written_at",)),
        },
        scope=by_owner("people", owner=person.c.id, people=person),
        where="NOT {t}.gone",
    ),
)  # fmt: skip


def number(text: str) -> UUID:
    """An id that a test can name."""
    return uuid5(UUID(int=0), text)


def select(*fields: Any) -> str:
    return dump(Selected(each, each) if isinstance(each, str) else each for each in fields)


@dataclass
class Connection:
    """A store of one connection, which counts its statements and keeps the last one."""

    connection: psycopg.Connection
    statements: int = 0
    last: tuple[str, Any] = ("", ())

    def read(self, sql: str, parameters: Any = ()) -> bytes | None:
        self.statements, self.last = self.statements + 1, (sql, parameters)
        result = self.connection.cursor().execute(sql, parameters, prepare=True).pgresult
        assert result is not None
        return result.get_value(0, 0) if result.ntuples else None


@dataclass
class Company:
    """What the tests use."""

    engine: sa.Engine
    store: Connection
    reader: Reader
    views: ClassVar[dict[str, type]] = {"Staff": StaffView, "Label": LabelView, "Team": TeamView}
    tables = meta.tables
    bindings = BINDINGS
    query, labels_query, teams_query, notes_query = People, Labels, Teams, Notes
    get_query, one_query = PeopleByIds, Myself
    order = OrderBy
    number = staticmethod(number)
    select = staticmethod(select)

    def insert(self, table: sa.Table, *rows: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.insert(table), list(rows))

    def person(self, name: str, **columns: Any) -> UUID:
        given = dict.fromkeys((c.name for c in person.c if c.nullable), None) | {
            "id": number(name), "name": name, "name_key": name, "level": 1, "active": True, "words": [],
            "department_path": "/", "line": [], "gone": False,
        }  # fmt: skip
        row = given | columns
        self.insert(person, row)
        return UUID(str(row["id"]))

    def viewer(self, name: str = "viewer", **about: Any) -> Context:
        keys = about.pop("permissions", frozenset({"people.view", "pay.view", "note.view"}))
        scopes = about.pop("scopes", {"people": "ALL", "note": "ALL"})
        who = {"kind": ActorKind.EMPLOYEE, "id": number(name), "name": name, **about}
        actor = Actor(permissions=frozenset(keys), scopes=scopes, **who)
        return Context(actor=actor, correlation_id="test", deadline=0.0)

    def people(self, *fields: Any, context: Context | None = None, **about: Any) -> dict[str, Any]:
        query = People(select=select(*fields), **about)
        answer: dict[str, Any] = json.loads(self.reader.page(query, context or self.viewer()))
        return answer

    def names(self, context: Context | None = None, **about: Any) -> list[str]:
        return [node["name"] for node in self.people("name", context=context, **about)["nodes"]]

    def load(self, read: Callable[..., bytes], *arguments: Any, **more: Any) -> Any:
        return json.loads(read(*arguments, **more))


@pytest.fixture(scope="module")
def engine(postgres_database: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(sa.make_url(postgres_database).set(drivername="postgresql+psycopg"))
    meta.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def connection(postgres_database: str, engine: sa.Engine) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def company(engine: sa.Engine, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    monkeypatch.setitem(declare._SERVICES, "reading_test", protocol)
    store = Connection(connection)
    yield Company(engine, store, Reader(BINDINGS, store, clock=FixedClock(NOW)))
    connection.execute("TRUNCATE person, team, label, person_label, note")
