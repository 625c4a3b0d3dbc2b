"""What the library and the register declare; every kind of field, query, command and reference once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol import declare
from crm_common.protocol.declare import (
    Command,
    Event,
    GetQuery,
    ListQuery,
    OneQuery,
    ServiceProtocol,
    given,
)
from crm_common.protocol.history import GetAsOfQuery
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL, PUBLIC, needs
from crm_common.protocol.views import Ref, child, shown

library = ServiceProtocol("library", doc="Books on shelves.")
register = ServiceProtocol("register", doc="People.")
# they are of the tests: who asks for all services of the product must not find them
for _ours in ("library", "register"):
    declare._SERVICES.pop(_ours)

READ = needs("library.read", "library.edit")
EDIT = needs("library.edit")

BookId = Annotated[UUID, Ref("Book")]
ShelfId = Annotated[UUID, Ref("Shelf")]


class LibraryRules(Rules):
    """What the library refuses."""

    the_shelf_is_full = Rule(Code.LIMIT_EXCEEDED, en="Shelf {shelf} is full.", zh="书架 {shelf} 已满。")
    a_title_is_needed = Rule(Code.VALIDATION, en="A book needs a title.", zh="书名不能为空。")


class Genre(StrEnum):
    """What a book is about."""

    NOVEL = "novel"
    """A long story."""
    SCIENCE = "science"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How large something is."""

    width: int = given("In millimetres.")
    owner_id: Annotated[UUID, Ref("Person")] | None = given("Who measured it.", default=None)
    parts: list[Part] = given("Of what it consists.", default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of something."""

    label: str
    """What is written on it."""


@library.view(READ)
@dataclass(slots=True, kw_only=True)
class ShelfView:
    """A shelf."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    opened_on: date | None = shown("When it was opened.", filterable=True, sortable=True)
    books: list[BookView] = child("Its books.", limit=50, filterable=True)
    signs: list[SignView] = child("What is written on it.")


@library.view(READ)
@dataclass(slots=True, kw_only=True)
class SignView:
    """A sign on a shelf; it has no id of its own."""

    text: str = shown("What it says.")


@library.view(READ)
@dataclass(slots=True, kw_only=True)
class BookView:
    """A book."""

    id: UUID = shown("Its id.", filterable=True)
    title: str = shown("Its title.", filterable=True, sortable=True)
    isbn: str | None = shown("Its number.", masked=True, filterable=True)
    price: Decimal = shown("What it cost.", filterable=True, sortable=True)
    weight: float | None = shown("In kilogrammes.", filterable=True)
    pages: int = shown("How many pages.", filterable=True, sortable=True)
    on_loan: bool = shown("Whether somebody has it.", filterable=True)
    genre: Genre = shown("What it is about.", filterable=True, sortable=True)
    other_genres: list[Genre] = shown("What else it is about.", filterable=True)
    tags: list[str] | None = shown("Free words.", filterable=True)
    printed_at: datetime = shown("When it was printed.", filterable=True, sortable=True)
    measure: Measure | None = shown("How large it is.")
    note: str = shown("For the staff only.", policy=EDIT)
    secret: str | None = shown("Between services.", policy=INTERNAL)
    shelf_id: ShelfId | None = shown("Where it stands.", filterable=True)
    shelf: ShelfView | None = child("Where it stands.", filterable=True)
    keeper_id: Annotated[UUID, Ref("Person", record="keeper")] | None = shown("Who keeps it.", filterable=True)
    reader_ids: list[Annotated[UUID, Ref("Person", record="readers")]] = shown("Who read it.", filterable=True)


@library.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class LibraryView:
    """The library itself."""

    name: str = shown("Its name.")
    shelves: list[ShelfView] = child("All its shelves.", limit=100)


@library.query(READ, returns=BookView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Books(ListQuery):
    """Books."""

    genre: Genre | None = given("Only this genre.", default=None)
    kept_by: Annotated[UUID, Ref("Person")] | None = given("Only what this person keeps.", default=None)


@library.query(READ, returns=BookView)
@dataclass(frozen=True, slots=True, kw_only=True)
class BooksByIds(GetQuery):
    """Books by id."""


@library.query(READ, returns=ShelfView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves(ListQuery):
    """Shelves."""


@library.query(READ, returns=ShelfView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvesByIds(GetAsOfQuery):
    """Shelves by id."""


@library.query(PUBLIC, returns=LibraryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Library(OneQuery):
    """The library itself."""


@library.query(READ, returns=list[Measure])
@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All measures there are."""

    least: int = given("Only those at least so wide.", default=1)


@library.query(INTERNAL, returns=BookView, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class BooksForServices(ListQuery):
    """Books, between services."""


@library.command(EDIT, returns={"book": BookView, "password": str})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddBook(Command):
    """Add a book."""

    title: str = given("Its title.")
    genre: Genre = given("What it is about.", default=Genre.NOVEL)
    price: Decimal | None = given("What it cost.", default=None)
    shelf_id: ShelfId | UnsetType | None = given("Where it shall stand.", default=UNSET)
    reader_ids: tuple[Annotated[UUID, Ref("Person")], ...] = given("Who read it.", default=())
    measure: Measure | None = given("How large it is.", default=None)
    pages: int | UnsetType = given("How many pages.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one book."""

    book_id: BookId
    """The book."""
    refused: str | None
    """Why nothing became of it."""


@library.command(EDIT, returns={"books": list[BookView], "outcomes": list[Outcome], "first_id": BookId})
@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBooks(Command):
    """Move books to a shelf."""

    ids: tuple[BookId, ...] = given("Which ones.")
    shelf_id: ShelfId = given("Where to.")


@library.command(INTERNAL, returns={"book": BookView})
@dataclass(frozen=True, slots=True, kw_only=True)
class BurnBook(Command):
    """Between services only."""


@library.event("book.added", subject="book_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BookAdded(Event):
    """A book was added."""

    book_id: UUID


library.live("book_added", events=(BookAdded,), returns=BookView, policy=READ, doc="A book was added.")


@register.view(needs("register.read"))
@dataclass(slots=True, kw_only=True)
class PersonView:
    """A person."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("The name.", filterable=True, sortable=True)
    born_on: date | None = shown("The birthday.")
    desk_id: Annotated[UUID, Ref("Shelf", record="desk")] | None = shown("The shelf that serves as a desk.")


@register.query(needs("register.read"), returns=PersonView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleByIds(GetQuery):
    """People by id."""


PROTOCOLS = (library, register)
PERMISSIONS = frozenset({"library.read", "library.edit", "register.read"})
