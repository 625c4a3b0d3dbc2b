"""The two service classes."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from crm_common import codec
from crm_common.changes import Change
from crm_common.context import Actor, ActorKind, Context
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.providers import Commands, CurrentContext, Peer, Surroundings
from crm_common.runtime.raw import Raw
from probe.protocol import (
    Asked,
    Broken,
    Guarded,
    Heard,
    Inside,
    Members,
    Note,
    Notes,
    NoteWritten,
    ProbeRules,
    RawRows,
    Rows,
    Slow,
    TokenHolder,
    WhoAsks,
)

ROW = {
    "id": "018f2f6e-0000-7000-8000-000000000001",
    "name": "王小明",
    "department": "销售一部",
    "active": True,
    "level": 3,
}
TOKEN = "a-token-that-somebody-got"
TOKEN_HOLDER = Actor(
    kind=ActorKind.API_CLIENT, id=UUID(int=7), name="import robot", permissions=frozenset({"probe.see"})
)


def write_note(change: Change, command: Note) -> dict[str, Any]:
    note_id = command.about or change.new_id()
    if command.seconds:
        change.connection.execute(sa.text("SELECT pg_sleep(:seconds)"), {"seconds": command.seconds})
    for number in range(1, command.times + 1):
        change.connection.execute(sa.text("INSERT INTO note (text) VALUES (:text)"), {"text": command.text})
        change.record(NoteWritten(note_id=note_id, text=command.text, number=number))
    return {"noted": command.times}


class ProbeService:
    """Answers, for tests."""

    name = "probe"
    commands = Commands()
    context = CurrentContext()
    host = Surroundings()
    hearer = Peer("hearer")

    @rpc
    def rows(self, query: Rows) -> list[dict[str, Any]]:
        return [ROW for _ in range(query.count)]

    @rpc
    def raw_rows(self, query: RawRows) -> Raw:
        text = self.host.store.read(
            "SELECT coalesce(json_agg(json_build_object('n', n, 'name', '王小明')), '[]')::text"
            " FROM generate_series(1, %s) n",
            (query.count,),
        )
        return Raw(text or b"null")

    @rpc
    def slow(self, query: Slow) -> dict[str, Any]:
        if query.note:
            with self.host.store.transaction() as connection:
                connection.execute(sa.text("INSERT INTO note (text) VALUES (:text)"), {"text": query.note})
        text = self.host.store.read(
            "WITH began AS MATERIALIZED (SELECT clock_timestamp() AS at),"
            " slept AS MATERIALIZED (SELECT pg_sleep(%s) FROM began)"
            " SELECT json_build_object('began', extract(epoch FROM at),"
            " 'ended', extract(epoch FROM clock_timestamp()))::text"
            " FROM began, slept",
            (query.seconds,),
        )
        answer: dict[str, Any] = codec.decode_json(text or b"null")
        return answer

    @rpc
    def who_asks(self, _query: WhoAsks) -> dict[str, Any]:
        context: Context = self.context
        actor = context.actor
        return {
            "actor": None if actor is None else {"name": actor.name, "kind": actor.kind.value},
            "correlation_id": context.correlation_id,
            "language": context.language,
            "traceparent": context.traceparent,
            "seconds_left": context.remaining(),
        }

    @rpc
    def members(self, _query: Members) -> dict[str, Any]:
        return {"ok": True}

    @rpc
    def guarded(self, _query: Guarded) -> dict[str, Any]:
        return {"ok": True}

    @rpc
    def inside(self, _query: Inside) -> dict[str, Any]:
        return {"ok": True}

    @rpc
    def broken(self, query: Broken) -> dict[str, Any]:
        if query.how == "crash":
            raise RuntimeError("the phone number is 13800138000")
        also = (ProbeRules.the_probe_dislikes_this(field="b", value=uuid4()),) if query.how == "many" else ()
        raise ProbeRules.the_probe_is_full(field="count", limit=10, also=also)

    @rpc
    def asked(self, query: Asked) -> Any:
        client = self.host.client
        if query.service == "hearer" and not query.in_transaction:
            return self.hearer.call(query.method, query.payload)
        if not query.in_transaction:
            return Raw(client.call(query.service, query.method, query.payload, self.context))
        with self.host.store.transaction():
            return Raw(client.call(query.service, query.method, query.payload, self.context))

    @rpc
    def note(self, command: Note) -> Raw:
        return self.commands.run(write_note, command)

    @rpc
    def notes(self, _query: Notes) -> list[str]:
        return [text for (text,) in self.host.store.rows("SELECT text FROM note ORDER BY place")]


class IdentityStandIn:
    """Knows one token, for tests of callers that have nothing else."""

    name = "identity"

    @rpc
    def actor_of_token(self, query: TokenHolder) -> Actor | None:
        return TOKEN_HOLDER if query.token == TOKEN else None


class HearerService:
    """Hears, for tests."""

    name = "hearer"
    host = Surroundings()

    @rpc
    def heard(self, _query: Heard) -> list[list[Any]]:
        found = self.host.store.rows("SELECT subject, number, text FROM heard ORDER BY place")
        return [list(row) for row in found]

    @subscribe(NoteWritten)
    def hear_the_note(self, event: NoteWritten, change: Change) -> None:
        change.connection.execute(
            sa.text("INSERT INTO heard (subject, number, text) VALUES (:subject, :number, :text)"),
            {"subject": str(event.note_id), "number": event.number, "text": event.text},
        )

    @every("0 1 * * *", name="hearer.nightly")
    def nightly(self, _run: Any) -> None:
        """Does nothing, every night."""
