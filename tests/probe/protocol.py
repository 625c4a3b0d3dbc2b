"""What probe and hearer say to others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol import declare
from crm_common.protocol.declare import Command, Event, ServiceProtocol, given
from crm_common.protocol.policy import ACCOUNT, AUTHENTICATED, INTERNAL, PUBLIC, needs

probe = ServiceProtocol("probe", doc="Answers, for tests.")
hearer = ServiceProtocol("hearer", doc="Hears, for tests.")
stand_in = ServiceProtocol("identity_stand_in", doc="Stands where identity stands.")
for _name in ("probe", "hearer", "identity_stand_in"):
    # known to who runs these services, and not to whoever lists the product's in the same process
    declare._SERVICES.pop(_name)
stand_in.name = "identity"


@contextmanager
def known(*, as_identity: bool = False) -> Iterator[None]:
    """Within the block, this process knows the protocols; ``as_identity``: the stand-in too, not the real one."""
    before = dict(declare.services())
    declare._SERVICES.update({"probe": probe, "hearer": hearer} | ({"identity": stand_in} if as_identity else {}))
    try:
        yield
    finally:
        declare._SERVICES.clear()
        declare._SERVICES.update(before)


class ProbeRules(Rules):
    """Refusals of the probe."""

    the_probe_is_full = Rule(Code.LIMIT_EXCEEDED, en="At most {limit} fit.", zh="最多容纳 {limit} 个。")
    the_probe_dislikes_this = Rule(Code.VALIDATION, en="Not {value}.", zh="不接受 {value}。")


@probe.query(PUBLIC, returns=list)
@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of text."""

    count: Annotated[int, Meta(ge=0, le=10_000)] = given("How many.", default=20)


@probe.query(PUBLIC, returns=list)
@dataclass(frozen=True, slots=True, kw_only=True)
class RawRows:
    """Rows that PostgreSQL has built as JSON text."""

    count: int = given("How many.", default=20)


@probe.query(PUBLIC, returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Sleeps in the database and tells when, by the database's clock."""

    seconds: float = given("How long.")
    note: str | None = given("What to note in the database when it begins.", default=None)


@probe.query(ACCOUNT, returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAsks:
    """The context of the call."""


@probe.query(AUTHENTICATED, returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """For those who are logged in."""


@probe.query(needs("probe.see"), returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """For those who may see."""


@probe.query(INTERNAL, returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """For services only."""


@probe.query(PUBLIC, returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Always fails."""

    how: str = given("refusal, many or crash.")


@probe.query(PUBLIC, returns=dict)
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Calls a peer and gives back what it said."""

    service: str = given("Whom.")
    method: str = given("What.")
    payload: dict[str, Any] = given("With what.", default_factory=dict)
    in_transaction: bool = given("With a transaction open.", default=False)


@probe.command(AUTHENTICATED, returns={"noted": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Command):
    """Write a note and tell of it."""

    text: str = given("The note.")
    about: UUID | None = given("The subject; a new one when absent.", default=None)
    times: int = given("How many events.", default=1)
    seconds: float = given("How long to take.", default=0)


@probe.query(PUBLIC, returns=list)
@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Texts of all notes, in the order in which they were written."""


@probe.event("note.written", subject="note_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Event):
    """A note was written."""

    note_id: UUID
    text: str
    number: int = 1


@probe.event("note.forgotten", subject="note_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForgotten(Event):
    """A note was forgotten; it never is."""

    note_id: UUID


@hearer.query(PUBLIC, returns=list)
@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard, in order: ``[subject, number, text]``."""


@stand_in.query(INTERNAL, returns=dict, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHolder:
    """Whose token it is."""

    token: str = given("The token.")


stand_in.queries["actor_of_token"] = replace(stand_in.queries.pop("token_holder"), name="actor_of_token")
