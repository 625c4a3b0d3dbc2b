"""Masked fields (CUS-14): who may see a number reads it, everybody else its mask, on every path to it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from crm_common.context import system_context
from crm_common.errors import CrmError
from crm_common.protocol import declare
from crm_common.protocol.declare import GetQuery, ListQuery, ServiceProtocol
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.selection import Selected
from crm_common.protocol.views import ViewShape, child, shown
from crm_common.reading import Reader, bind, many, masked, one, sealed_place
from crm_common.vault import Vault

protocol = ServiceProtocol("masks_test", doc="A service for tests of masked fields.")
declare._SERVICES.pop("masks_test")
VAULT = Vault(b"s" * 32, "phones")
VIEW_ALL = "customer.phone.view_all"


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class FirmView:
    """A firm."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    ratio: float | None = shown("A number whose writing must survive.")
    extra: Any = shown("Whatever was stored.")
    mobiles: list[MobileView] = child("Its numbers.")


@protocol.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class MobileView:
    """A number."""

    id: UUID = shown("Its id.", filterable=True)
    label: str = shown("What for.", filterable=True, sortable=True)
    phone: str | None = shown("The number.", masked=True, filterable=True)
    firm: FirmView | None = child("Whose.")


@protocol.query(AUTHENTICATED, returns=FirmView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Firms(ListQuery):
    """Firms."""


@protocol.query(AUTHENTICATED, returns=MobileView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Mobiles(ListQuery):
    """Numbers."""


@protocol.query(AUTHENTICATED, returns=MobileView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MobilesByIds(GetQuery):
    """Numbers by id."""


meta = sa.MetaData()
TEXT = sa.Text(collation="C")
firm = sa.Table(
    "firm", meta,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("owner_id", sa.Uuid),
    sa.Column("ratio", sa.Float),
    sa.Column("extra", JSONB),
)  # fmt: skip
mobile = sa.Table(
    "mobile", meta,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("firm_id", sa.Uuid, nullable=False),
    sa.Column("label", TEXT, nullable=False),
    sa.Column("phone_cipher", sa.LargeBinary),
    sa.Column("phone_mask", sa.Text),
    sa.Column("phone_index", sa.LargeBinary),
)  # fmt: skip
OWN = "EXISTS (SELECT FROM firm o WHERE o.id = {t}.firm_id AND o.owner_id = {me})"


def digits(text: str) -> str:
    found = "".join(each for each in text if each.isdigit())
    if not found:
        raise ValueError("a number has digits")
    return found


def phone(**about: Any) -> Any:
    given: dict[str, Any] = {
        "visible": f"{OWN} OR {{may:{VIEW_ALL}}}",
        "index": mobile.c.phone_index,
        "normalised": digits,
    }
    given |= about
    return masked(mobile.c.phone_cipher, mobile.c.phone_mask, **given)


def mobiles(**about: Any) -> Any:
    fields = {"phone": phone()} | about.pop("fields", {})
    return bind(
        MobileView, mobile, fields=fields, children={"firm": one(mobile.c.firm_id)}, default_order=("label",), **about
    )


BINDINGS = (
    bind(FirmView, firm, children={"mobiles": many(mobile.c.firm_id)}, default_order=("name",)),
    mobiles(),
)


class Book(NamedTuple):
    company: Any
    reader: Reader

    def add(self, owner: str, number: str | None, *, place: UUID | None = None) -> UUID:
        """A firm of ``owner`` with one number, both named by the number."""
        company, name = self.company, number or "none"
        key = company.number(f"mobile {name}")
        about = {"id": company.number(name), "name": name, "owner_id": company.number(owner)}
        company.insert(firm, about | {"ratio": 1e16, "extra": {"big": 2**70, "exact": [1.50]}})
        row = {"id": key, "firm_id": company.number(name), "label": name, "phone_cipher": None, "phone_mask": None}
        if number:
            row["phone_cipher"] = VAULT.seal(number.encode(), sealed_place("mobile", place or key, "phone"))
            row |= {"phone_mask": mask(number), "phone_index": VAULT.fingerprint(digits(number).encode())}
        company.insert(mobile, row)
        return UUID(str(key))

    def page(self, query: ListQuery, who: str | Any) -> list[Any]:
        context = self.company.viewer(who) if isinstance(who, str) else who
        found: list[Any] = json.loads(self.reader.page(query, context))["nodes"]
        return found

    def phones(self, who: str | Any, **about: Any) -> list[Any]:
        rows = self.page(Mobiles(select=self.company.select("phone"), **about), who)
        return [row["phone"] for row in rows]


def mask(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}"


@pytest.fixture
def book(company: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    monkeypatch.setitem(declare._SERVICES, "masks_test", protocol)
    meta.create_all(company.engine)
    yield Book(company, Reader(BINDINGS, company.store, vault=VAULT))
    meta.drop_all(company.engine)


def test_only_the_owner_reads_the_number_superiors_read_its_mask(book: Book) -> None:
    book.add("ann", "13812345678")
    book.add("bob", "13912345678")
    book.add("bob", None)
    assert book.phones("ann") == ["13812345678", "139****5678", None]
    assert book.phones("bob") == ["138****5678", "13912345678", None]
    assert book.phones("boss") == ["138****5678", "139****5678", None]


def test_the_condition_can_ask_for_a_permission(book: Book) -> None:
    book.add("ann", "13812345678")
    assert book.phones(book.company.viewer("bob", permissions=[VIEW_ALL])) == ["13812345678"]
    hidden = book.company.viewer("bob", permissions=[VIEW_ALL], hidden=frozenset({"customer"}))
    assert book.phones(hidden) == ["138****5678"]
    assert book.phones(system_context("masks_test", correlation_id="x")) == ["13812345678"]


def test_ciphertext_leaves_the_database_only_for_who_may_see_it(book: Book) -> None:
    book.add("ann", "13812345678")
    sealed = book.company.store.connection.execute("SELECT encode(phone_cipher, 'hex') FROM mobile").fetchone()[0]
    for who, holds in (("ann", True), ("bob", False)):
        book.phones(who)
        raw = book.company.store.read(*book.company.store.last)
        assert (sealed.encode() in raw) is holds


def test_masks_hold_at_every_nesting_under_any_key_and_without_the_id(book: Book) -> None:
    book.add("ann", "13812345678")
    book.add("bob", "13912345678")
    number = Selected("number", "phone")
    back = Selected("whose", "firm", {}, (Selected("name", "name"), Selected("again", "mobiles", {}, (number,))))
    select = book.company.select("name", Selected("lines", "mobiles", {}, (number, back)))

    rows = book.page(Firms(select=select, first=5), "ann")

    expected = [("13812345678", "13812345678"), ("13912345678", "139****5678")]
    assert rows == [
        {"name": name, "lines": [{"number": seen, "whose": {"name": name, "again": [{"number": seen}]}}]}
        for name, seen in expected
    ]


def test_masks_hold_for_records_by_id_and_in_what_a_change_answers(book: Book) -> None:
    ids = (book.add("ann", "13812345678"), book.company.number("nobody"), book.add("bob", "13912345678"))
    select, ann = book.company.select("phone"), book.company.viewer("ann")
    expected = [{"phone": "13812345678"}, None, {"phone": "139****5678"}]
    assert json.loads(book.reader.get(MobilesByIds(ids=ids, select=select), ann)) == expected
    assert json.loads(book.reader.by_ids(MobileView, ids, select, ann)) == expected
    assert json.loads(book.reader.by_ids(MobileView, ids[:1], select, ann)) == expected[:1]
    assert json.loads(book.reader.by_ids(MobileView, ids[1:2], select, ann)) == [None]


def test_everything_beside_a_number_is_passed_on_as_it_is_written(book: Book) -> None:
    book.add("ann", "13812345678")
    plain, opened = (
        book.reader.page(Firms(select=book.company.select("ratio", "extra", *more)), book.company.viewer("ann"))
        for more in ((), (Selected("mobiles", "mobiles", {}, (Selected("phone", "phone"),)),))
    )
    assert plain == book.company.store.read(*_of(book, ())), "untouched without a masked field"
    beside = plain[plain.index(b'{"ratio"') : plain.index(b"}}") + 1]
    assert b"1180591620717411303424" in beside
    assert b"1.5" in beside
    assert beside in opened


def _of(book: Book, more: Any) -> Any:
    book.reader.page(Firms(select=book.company.select("ratio", "extra", *more)), book.company.viewer("ann"))
    return book.company.store.last


@pytest.mark.parametrize("who", ["ann", "bob", "boss"])
def test_a_number_is_found_by_the_whole_of_it_however_it_is_written(book: Book, who: str) -> None:
    book.add("ann", "13812345678")
    book.add("bob", "13912345678")
    find = {"ann": "13812345678"}.get(who, "138****5678")
    assert book.phones(who, filter={"phone": {"eq": "138-1234 5678"}}) == [find]
    assert book.phones(who, filter={"phone": {"in": ["0", "138 12345678"]}}) == [find]
    assert book.phones(who, filter={"phone": {"eq": "1381234567"}}) == []
    assert book.phones(who, filter={"not": {"phone": {"eq": "13912345678"}}}) == [find]
    assert "13812345678" not in str(book.company.store.last)


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        *(
            ({operator: value}, "a_masked_field_is_found_by_its_whole_value")
            for operator, value in (
                ("starts_with", "138"), ("contains", "138"), ("gt", "1"), ("between", ["1", "2"]), ("ne", "1"),
                ("is_null", True),
            )
        ),
        ({"eq": "x"}, "a_value_has_the_wrong_shape"),
        ({"eq": 138}, "a_value_has_the_wrong_shape"),
        ({"in": "138"}, "a_value_has_the_wrong_shape"),
        ({"in": ["1"] * 1_001}, "a_filter_is_too_large"),
    ],
)  # fmt: skip
def test_nothing_less_than_the_whole_number_is_a_condition(book: Book, condition: Any, rule: str) -> None:
    with pytest.raises(CrmError) as refused:
        book.phones("ann", filter={"phone": condition})
    assert (refused.value.rule, refused.value.field) == (rule, f"filter.phone.{next(iter(condition))}")


def test_numbers_are_no_order(book: Book) -> None:
    with pytest.raises(CrmError) as refused:
        book.phones("ann", order_by=(declare.OrderBy("phone"),))
    assert refused.value.rule == "a_field_is_unknown"


def test_what_cannot_be_opened_is_shown_as_its_mask_and_logged(book: Book, caplog: pytest.LogCaptureFixture) -> None:
    key = book.add("ann", "13812345678", place=book.company.number("another record"))
    book.add("ann", "13912345678")
    with caplog.at_level(logging.ERROR):
        assert book.phones("ann") == ["138****5678", "13912345678"]
    assert [record.getMessage() for record in caplog.records] == [
        f"mobile/{key}/phone cannot be opened: its mask is shown"
    ]


def test_who_sees_a_number_by_right_alone_is_noted_before_it_is_answered(book: Book) -> None:
    ann, bob = book.add("ann", "13812345678"), book.add("bob", "13912345678")
    noted: list[Any] = []
    bindings = (BINDINGS[0], mobiles(fields={"phone": phone(noted=f"NOT {OWN}")}))
    reader = Reader(bindings, book.company.store, vault=VAULT, noted=lambda *each: noted.append(each))
    with_right = book.company.viewer("ann", permissions=[VIEW_ALL])
    for who in (with_right, book.company.viewer("ann"), book.company.viewer("boss")):
        reader.page(Mobiles(select=book.company.select("label", "phone")), who)
    assert noted == [(with_right, [("mobile", bob, "phone")])]
    noted.clear()
    reader.get(MobilesByIds(ids=(ann,), select=book.company.select("phone")), with_right)
    reader.get(MobilesByIds(ids=(ann, bob), select=book.company.select("label")), with_right)
    assert noted == []

    def fail(*_each: Any) -> None:
        raise ValueError("the note cannot be written")

    reader = Reader(bindings, book.company.store, vault=VAULT, noted=fail)
    with pytest.raises(ValueError, match="cannot be written"):
        reader.get(MobilesByIds(ids=(bob,), select=book.company.select("phone")), with_right)


def message(made: Any) -> str:
    with pytest.raises(TypeError) as fault:
        made()
    return str(fault.value)


def test_a_binding_masks_what_its_view_says_and_nothing_else(company: Any) -> None:
    assert message(lambda: mobiles(fields={"phone": mobile.c.phone_mask})).startswith("Mobile.phone is masked in one")
    both = {"id": phone(), "phone": phone()}
    assert message(lambda: mobiles(fields=both)).startswith("Mobile.id is masked in one")
    assert message(lambda: mobiles(sort={"phone": mobile.c.phone_mask})) == "Mobile.phone is masked: it has no order"
    assert "without an index" in message(lambda: mobiles(fields={"phone": phone(index=None)}))
    assert "{you} stands for nothing" in message(lambda: mobiles(fields={"phone": phone(visible="{you}")}))
    assert "does not name a permission" in message(lambda: mobiles(fields={"phone": phone(visible="{may:a b}")}))
    assert "is not a column of mobile" in message(lambda: mobiles(fields={"phone": phone(index=firm.c.name)}))
    assert message(lambda: Reader(BINDINGS, company.store)) == (
        "Mobile.phone is masked, but there is no vault to open it"
    )


def test_a_masked_field_is_a_text_without_order() -> None:
    @dataclass(slots=True, kw_only=True)
    class SortedNumber:
        """A view that cannot be."""

        phone: str = shown("A number.", masked=True, sortable=True)

    shape = ViewShape(SortedNumber, service="masks_test", policy=AUTHENTICATED, doc="x")
    shape.cls.__annotations__ = {"phone": str}
    assert "cannot be sorted by" in message(lambda: shape.fields)


@pytest.mark.parametrize("key", ["phone", "p" * 70])
def test_a_number_is_opened_under_whatever_key_it_was_asked_for(book: Book, key: str) -> None:
    # beyond 63 letters PostgreSQL is asked for the object in another way, and writes it so
    book.add("ann", "13812345678")
    book.add("bob", "13912345678")
    for first in (1, 5):
        ids = book.page(Mobiles(select=book.company.select(Selected(key, "phone")), first=first), "ann")
        assert {row[key] for row in ids} <= {"13812345678", "139****5678"}
    select, ann = book.company.select(Selected("lines", "mobiles", {}, (Selected(key, "phone"),))), "ann"
    assert book.page(Firms(select=select), ann)[0]["lines"] == [{key: "13812345678"}]
