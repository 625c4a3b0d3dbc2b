"""Records as of a moment, their history as viewers may read it, and how to make them what they were (BYD-06)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from crm_common.changes import changing
from crm_common.context import Context
from crm_common.errors import Code, CrmError
from crm_common.journal import history
from crm_common.journal.past import Below, Past, get_as_of
from crm_common.journal.told import Told, history_binding, history_page, masked_changes
from crm_common.protocol import declare
from crm_common.protocol.declare import Changes, Event, ListQuery, ServiceProtocol, given
from crm_common.protocol.history import GetAsOfQuery, HistoryEntryView
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.selection import Selected, dump
from crm_common.protocol.views import Ref, child, shown
from crm_common.provision import Provisioned
from crm_common.reading import Reader, bind, many, masked, one
from crm_common.restoring import restoration
from crm_common.vault import Vault
from ledger.events import entry_id
from ledger.host import LedgerHost, caller

protocol = ServiceProtocol("past_test", doc="Accounts, for tests of the past.")
declare._SERVICES.pop("past_test")
PAY = needs("account.pay")


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class AccountView:
    """An account."""

    id: UUID = shown("Its id.")
    name: str = shown("Its name.")
    price: Decimal | None = shown("An amount.")
    total: int | None = shown("A number that may be long.")
    due: datetime | None = shown("A moment.")
    pay: int | None = shown("Not for everybody.", policy=PAY)
    phone: str | None = shown("A number.", masked=True)
    shout: str = shown("The name, aloud.")
    tags: list[str] = shown("Some words.")
    owner_id: Annotated[UUID, Ref("Employee")] | None = shown("Whose it is.")
    parent: AccountView | None = child("The one above.")
    lines: list[LineView] = child("Its lines.", limit=5)


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class LineView:
    """A line of an account."""

    id: UUID = shown("Its id.")
    text: str = shown("What it says.")


@protocol.query(AUTHENTICATED, returns=AccountView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsByIds(GetAsOfQuery):
    """Accounts by id."""


@protocol.query(AUTHENTICATED, returns=HistoryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHistory(ListQuery):
    """The history of an account."""

    id: UUID = given("The account.")


@protocol.event("account.changed", subject="account_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(Event):
    """An account was made or changed."""

    account_id: UUID
    changes: Changes
    reason: str | None = None


@protocol.event("line.changed", subject="line_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanged(Event):
    """A line was made or changed."""

    line_id: UUID
    changes: Changes


@protocol.event("line.deleted", subject="line_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LineDeleted(Event):
    """A line was deleted."""

    line_id: UUID
    changes: Changes


meta = sa.MetaData()
account = sa.Table(
    "account", meta,
    sa.Column("id", sa.Uuid, primary_key=True), sa.Column("name", sa.Text), sa.Column("price", sa.Numeric),
    sa.Column("total", sa.BigInteger), sa.Column("due", sa.DateTime(timezone=True)), sa.Column("pay", sa.Integer),
    sa.Column("phone_cipher", sa.LargeBinary), sa.Column("phone_mask", sa.Text), sa.Column("owner_id", sa.Uuid),
    sa.Column("parent_id", sa.Uuid), sa.Column("gone", sa.Boolean, nullable=False, server_default="false"),
)  # fmt: skip
line = sa.Table(
    "line", meta,
    sa.Column("id", sa.Uuid, primary_key=True), sa.Column("account_id", sa.Uuid), sa.Column("text", sa.Text),
    sa.Column("gone", sa.Boolean, nullable=False, server_default="false"),
)  # fmt: skip
BINDINGS = (
    bind(
        AccountView, account,
        fields={
            "shout": "upper({t}.name)",
            "tags": "'{}'::text[]",
            "phone": masked(account.c.phone_cipher, account.c.phone_mask, visible="{t}.owner_id = {me}"),
        },
        children={"parent": one(account.c.parent_id), "lines": many(line.c.account_id)},
        where="NOT {t}.gone",
    ),
    bind(LineView, line, where="NOT {t}.gone"),
    history_binding(masked_changes({"phone": "stars", "fax": "stars"})),
)  # fmt: skip
PAST = Past(
    view=AccountView,
    aggregate="account",
    recorded=("name", "price", "total", "due", "pay", "owner_id", "tags"),
    renamed={"phone": "phone_mask"},
    absent={"tags": []},
    below={
        "parent": "parent_id",
        "lines": Below(
            aggregate="line",
            field="account_id",
            candidates="SELECT id, account_id FROM line WHERE account_id = ANY(%(ids)s) OR gone ORDER BY text",
        ),
    },
)
TOLD = Told(view=AccountView, aggregates=("account", "hold"), policy=needs("account.view", "account.edit"))
BEGIN = datetime(2026, 1, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Books(NamedTuple):
    host: LedgerHost
    reader: Reader

    def tell(self, which: str, day: float, /, *, reason: str | None = None, by: str = "anna", **changes: Any) -> None:
        with changing(self.host, caller(by), now=BEGIN + day * DAY) as change:
            change.record(AccountChanged(account_id=entry_id(which), changes=changes, reason=reason))

    def row(self, table: sa.Table, which: str, /, **columns: Any) -> None:
        with self.host.store.transaction() as connection:
            connection.execute(sa.insert(table).values(id=entry_id(which), **columns))

    def at(self, day: float, *fields: Any, names: str = "a", context: Context | None = None) -> list[Any]:
        select = dump(Selected(each, each) if isinstance(each, str) else each for each in fields) if fields else None
        query = AccountsByIds(ids=tuple(entry_id(name) for name in names), select=select)
        about: dict[str, Any] = {"store": self.host.store, "reader": self.reader, "context": context or caller()}
        found: list[Any] = json.loads(get_as_of(PAST, query, BEGIN + day * DAY, **about))
        return found

    def told(self, context: Context, *fields: str, **about: Any) -> list[Any]:
        select = dump(Selected(each, each) for each in fields)
        query = AccountHistory(id=entry_id("a"), select=select, **about)
        page = history_page(TOLD, query.id, query, self.reader, context)
        found: list[Any] = json.loads(page)["nodes"]
        return found


@pytest.fixture
def books(host: LedgerHost, database: Provisioned, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    monkeypatch.setitem(declare._SERVICES, "past_test", protocol)
    engine = sa.create_engine(sa.make_url(database.owner_url).set(drivername="postgresql+psycopg"))
    meta.create_all(engine)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("CREATE FUNCTION stars(t text) RETURNS text LANGUAGE sql AS $$ SELECT left(t, 1) || '***' $$")
        yield Books(host, Reader(BINDINGS, host.store, vault=Vault(b"s" * 32, "phones")))
        owner.execute("DROP FUNCTION stars")
    meta.drop_all(engine)
    engine.dispose()


@pytest.fixture
def story(books: Books) -> Books:
    """Account a: made on day 0, changed on days 1 and 2; its lines x (since day 1), y (days 1 to 2), z (of b first)."""
    books.row(account, "a", name="C", price=3, owner_id=entry_id("anna"), phone_mask="138****0000")
    books.row(account, "b", name="B")
    books.tell("a", 0, name=(None, "A"), price=(None, "1.50"), total=(None, 2**60), phone_mask=(None, "138****5678"))
    books.tell("a", 1, name=("A", "B"), due=(None, "2026-05-01T08:00:00+08:00"), pay=(None, 7), reason="a typo")
    books.tell(
        "a", 2, name=("B", "C"), owner_id=(None, str(entry_id("bert"))), parent_id=(None, str(entry_id("b"))), by="bert"
    )
    books.row(line, "x", account_id=entry_id("a"), text="2")
    books.row(line, "y", account_id=entry_id("a"), text="1", gone=True)
    books.row(line, "z", account_id=entry_id("a"), text="3")
    with changing(books.host, caller(), now=BEGIN + DAY) as change:
        for name, above in (("x", "a"), ("y", "a"), ("z", "b")):
            change.record(LineChanged(line_id=entry_id(name), changes={"account_id": (None, str(entry_id(above)))}))
    with changing(books.host, caller(), now=BEGIN + 2 * DAY) as change:
        ids = (str(entry_id("b")), str(entry_id("a")))
        change.record(LineChanged(line_id=entry_id("z"), changes={"account_id": ids}))
        change.record(LineDeleted(line_id=entry_id("y"), changes={"account_id": (str(entry_id("a")), None)}))
    return books


def test_a_record_is_shown_as_it_was_in_the_forms_of_today(story: Books) -> None:
    fields = ("id", "name", "price", "total", "due", "owner_id")
    first: dict[str, Any] = {
        "name": "A",
        "price": "1.50",
        "total": "1152921504606846976",
        "due": None,
        "owner_id": None,
    }
    second = first | {"name": "B", "due": "2026-05-01T00:00:00.000000Z"}
    third = second | {"name": "C", "owner_id": str(entry_id("bert"))}
    a = {"id": str(entry_id("a"))}
    assert [story.at(day, *fields)[0] for day in (-0.01, 0, 0.99, 1, 2, 400)] == [
        None, a | first, a | first, a | second, a | third, a | third,
    ]  # fmt: skip


def test_what_belonged_to_a_record_is_named_by_its_ids(story: Books) -> None:
    ids = (Selected("id", "id"), Selected("kind", "__typename"))
    fields = (Selected("parent", "parent", {}, ids), Selected("lines", "lines", {}, ids))

    def lines(*names: str) -> list[Any]:
        return [{"id": str(entry_id(name)), "kind": "Line"} for name in names]

    assert story.at(0, *fields) == [{"parent": None, "lines": []}]
    assert story.at(1, *fields) == [{"parent": None, "lines": lines("y", "x")}]
    parent = {"id": str(entry_id("b")), "kind": "Account"}
    assert story.at(2, *fields) == [{"parent": parent, "lines": lines("x", "z")}]
    assert story.at(2, Selected("lines", "lines", {"first": 1}, ids)) == [{"lines": lines("x")}]


def test_the_past_is_seen_with_today_s_rights(story: Books) -> None:
    assert story.at(1, "pay") == [{"pay": None}]
    assert story.at(1, "pay", context=caller("anna", "account.pay")) == [{"pay": 7}]
    with story.host.store.transaction() as connection:
        connection.execute(sa.update(account).values(gone=True).where(account.c.name == "C"))
    assert story.at(1, "name", names="ab") == [None, None]
    with pytest.raises(CrmError) as refused:
        story.at(1, "name", context=replace(caller(), actor=None))
    assert refused.value.code is Code.UNAUTHENTICATED


def test_a_masked_field_is_its_mask_of_that_time_for_everybody(story: Books) -> None:
    assert story.at(0, "phone", context=caller("anna")) == [{"phone": "138****5678"}]


def test_what_nothing_was_said_of_is_what_it_was_then(story: Books) -> None:
    story.tell("a", 3, tags=(None, ["x"]))
    assert [story.at(day, "tags") for day in (2, 3)] == [[{"tags": []}], [{"tags": ["x"]}]]


def test_what_never_moves_belongs_where_it_is_today(story: Books) -> None:
    lines = Below(
        aggregate="line", candidates="SELECT id, account_id FROM line WHERE account_id = ANY(%(ids)s) ORDER BY text"
    )
    ids = (Selected("id", "id"),)
    query = AccountsByIds(ids=(entry_id("a"),), select=dump([Selected("lines", "lines", {}, ids)]))
    about: dict[str, Any] = {"store": story.host.store, "reader": story.reader, "context": caller()}
    found = [
        json.loads(get_as_of(replace(PAST, below={"lines": lines}), query, BEGIN + day * DAY, **about))
        for day in (0, 1)
    ]
    assert found == [[{"lines": []}], [{"lines": [{"id": str(entry_id(name))} for name in ("y", "x", "z")]}]]


def test_records_come_aligned_with_their_ids_under_their_keys(story: Books) -> None:
    fields = (Selected("no", "id"), Selected("called", "name"), Selected("kind", "__typename"))
    assert story.at(1, *fields, names="bca") == [
        None, None, {"no": str(entry_id("a")), "called": "B", "kind": "Account"},
    ]  # fmt: skip


def test_without_a_selection_everything_known_of_the_past_is_shown(story: Books) -> None:
    assert sorted(story.at(1)[0]) == ["due", "id", "name", "owner_id", "pay", "phone", "price", "tags", "total"]


@pytest.mark.parametrize(
    ("selected", "rule", "field"),
    [
        (Selected("s", "shout"), "a_field_is_not_kept_in_the_history", "select.s"),
        (Selected("x", "nothing"), "a_field_is_unknown", "select.x"),
        (
            Selected("l", "lines", {}, (Selected("t", "text"),)), "a_field_is_not_kept_in_the_history", "select.l.t",
        ),
    ],
)  # fmt: skip
def test_what_the_history_does_not_have_is_refused(story: Books, selected: Selected, rule: str, field: str) -> None:
    with pytest.raises(CrmError) as refused:
        story.at(1, "name", selected)
    assert (refused.value.code, refused.value.rule, refused.value.field) == (Code.VALIDATION, rule, field)


VIEWER = caller("anna", "account.view")
ENTITLED = caller("anna", "account.view", "account.pay")


def test_a_history_tells_who_when_why_and_what(story: Books) -> None:
    assert story.told(ENTITLED, "occurred_at", "type", "actor_name", "employee_id", "reason", "changes")[:2] == [
        {
            "occurred_at": "2026-01-03T08:00:00.000000Z", "type": "account.changed", "actor_name": "bert",
            "employee_id": str(caller("bert").authenticated().id), "reason": None,
            "changes": {
                "name": ["B", "C"], "owner_id": [None, str(entry_id("bert"))], "parent_id": [None, str(entry_id("b"))],
            },
        },
        {
            "occurred_at": "2026-01-02T08:00:00.000000Z", "type": "account.changed", "actor_name": "anna",
            "employee_id": str(ENTITLED.authenticated().id), "reason": "a typo",
            "changes": {"name": ["A", "B"], "due": [None, "2026-05-01T08:00:00+08:00"], "pay": [None, 7]},
        },
    ]  # fmt: skip
    assert [each["reason"] for each in story.told(VIEWER, "reason", first=1)] == [None]


def test_masked_fields_are_masked_before_and_after(story: Books) -> None:
    story.tell("a", 3, phone=("13812345678", None), fax=(None, "02788889999"), name=("C", "D"))
    assert story.told(VIEWER, "changes")[0] == {
        "changes": {"phone": ["1***", None], "fax": [None, "0***"], "name": ["C", "D"]}
    }


def test_what_only_some_may_see_of_a_record_only_they_see_in_its_history(story: Books) -> None:
    before = {"name": ["A", "B"], "due": [None, "2026-05-01T08:00:00+08:00"]}
    assert story.told(VIEWER, "changes")[1] == {"changes": before}
    assert story.told(ENTITLED, "changes")[1] == {"changes": before | {"pay": [None, 7]}}
    assert "changes" not in story.told(VIEWER, "type")[1]


def test_a_history_is_for_those_who_see_the_record_and_hold_its_right(story: Books) -> None:
    with pytest.raises(CrmError) as refused:
        story.told(caller("anna"), "type")
    assert refused.value.code is Code.FORBIDDEN
    with story.host.store.transaction() as connection:
        connection.execute(sa.update(account).values(gone=True).where(account.c.name == "C"))
    with pytest.raises(CrmError) as refused:
        story.told(VIEWER, "type")
    assert (refused.value.code, refused.value.field) == (Code.NOT_FOUND, "id")


def test_a_record_is_made_what_it_was_except_for_what_others_changed_since(story: Books) -> None:
    subject = f"account/{entry_id('a')}"
    entries = history.history(story.host.store, subject)
    then, now = (history.state_at(story.host.store, subject, BEGIN + day * DAY) for day in (0, 9))
    assert then is not None
    assert now is not None
    fields = ("name", "price", "due", "pay")

    known = restoration(entries, then, now, fields=fields, seen=3)
    assert known.changes == {"due": ("2026-05-01T08:00:00+08:00", None), "name": ("C", "A"), "pay": (7, None)}
    assert known.conflicts == ()

    stale = restoration(entries, then, now, fields=fields, seen=2)
    assert stale.changes == {"due": ("2026-05-01T08:00:00+08:00", None), "pay": (7, None)}
    assert [(each.field, each.then, each.now) for each in stale.conflicts] == [("name", "A", "C")]
    assert [(entry.seq, entry.actor_name) for entry in stale.conflicts[0].since] == [(3, "bert")]

    blind = restoration(entries, then, now, fields=fields, seen=1)
    assert blind.changes == {}
    assert [(each.field, [entry.seq for entry in each.since]) for each in blind.conflicts] == [
        ("due", [2]), ("name", [2, 3]), ("pay", [2]),
    ]  # fmt: skip


def test_what_is_again_what_it_was_needs_no_change(story: Books) -> None:
    assert restoration([], {"name": "A"}, {"name": "A", "pay": None}, fields=("name", "pay"), seen=0).changes == {}
