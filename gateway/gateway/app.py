"""The gateway put together: one ASGI application with /graphql, /calendar, /health and, in development, GraphiQL and
/metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from crm_common.objects import FileObjects
from crm_common.objects.served import SealedObjects
from crm_common.protocol.declare import services
from crm_common.protocol.policy import ACCOUNT, AUTHENTICATED, PUBLIC
from crm_common.runtime.client import Client, Feed
from crm_common.telemetry import logger, render_metrics
from gateway.asgi import Receive, Scope, Send, headers_of, respond
from gateway.authentication import Actors
from gateway.calendars import PREFIX as CALENDARS
from gateway.calendars import Calendars
from gateway.custom_fields.following import Follower
from gateway.execution import execute, subscribe
from gateway.files import PREFIX, Files
from gateway.graphiql import serve_asset, serve_page
from gateway.health import Health
from gateway.http.answers import Cors
from gateway.http.endpoint import Endpoint
from gateway.http.media import Media, wanted_media
from gateway.limits import limited_shape
from gateway.live.connections import Connections
from gateway.live.hub import Hub
from gateway.live.sse import EventStreams
from gateway.live.websocket import Sockets
from gateway.operations import Engine, Operations
from gateway.persisted import PersistedDocuments, read_trusted
from gateway.publishing.naming import camel
from gateway.ratelimit import AtOnce
from gateway.rules import EdgeRules
from gateway.schema import GatewaySchema, Options, SchemaHolder, build_schema
from gateway.settings import GatewaySettings

PATH = "/graphql"
_log = logger("gateway")


class Gateway:
    """The ASGI application. Run its lifespan (``running``), serve it, ``drain`` it before the server goes."""

    def __init__(
        self,
        settings: GatewaySettings,
        engine: Engine,
        client: Client,
        feed: Feed,
        files: FileObjects | None = None,
        *,
        sealed: SealedObjects | None = None,
    ) -> None:
        self.settings = settings
        self.actors = Actors(client, seconds=settings.actor_seconds)
        persisted = PersistedDocuments(
            read_trusted(settings.trusted_documents),
            kept_bytes=settings.kept_persisted_bytes,
            only_trusted=settings.only_trusted_documents,
        )
        self.operations = Operations(settings, engine, client, self.actors, persisted)
        self.hub = Hub(feed, events_of_all(), self.actors, queue=settings.live.queue)
        self.connections = Connections(self.actors)
        self.health = Health(client, self.hub, feed, files)
        self._follower: Follower | None = None
        cors, places = Cors(settings.allowed_origins), AtOnce(settings.limits.sockets)
        streams = EventStreams(self.operations, self.hub, self.connections, places)
        self._endpoint = Endpoint(self.operations, streams, cors)
        self._calendars = Calendars(client, self.operations)
        if sealed is None and files is not None:
            sealed = SealedObjects(files, files.signer)
        self._files = None if sealed is None else Files(files, sealed, cors)
        self._sockets = Sockets(self.operations, self.hub, self.connections, places, cors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection."""
        kind = scope["type"]
        if kind == "http":
            await self._http(scope, receive, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        elif kind == "lifespan":
            await self._lifespan(receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == PATH:
            if self._wants_page(scope):
                await serve_page(send)
            else:
                await self._endpoint(scope, receive, send)
        elif path.startswith("/health/"):
            await self._health(path, send)
        elif path.startswith(CALENDARS):
            await self._calendars(scope, send)
        elif self._files is not None and path.startswith(PREFIX):
            await self._files(scope, receive, send)
        elif self.settings.development and path.startswith("/graphiql/"):
            await serve_asset(scope, send)
        elif self.settings.development and path == "/metrics":
            text, content_type = render_metrics()
            await respond(send, 200, [(b"content-type", content_type.encode())], text)
        else:
            await respond(send, 404, [(b"content-type", b"text/plain")], b"not found")

    def _wants_page(self, scope: Scope) -> bool:
        if not self.settings.development or scope["method"] != "GET" or b"query=" in scope["query_string"]:
            return False
        accept = headers_of(scope).get(b"accept", b"").decode("latin-1")
        return wanted_media(accept)[:1] == (Media.HTML,)

    async def _health(self, path: str, send: Send) -> None:
        faults: list[str] = []
        if path == "/health/ready":
            faults = await self.health.faults()
        elif path != "/health/live":
            await respond(send, 404, [(b"content-type", b"text/plain")], b"not found")
            return
        body = msgspec.json.encode({"status": "unavailable" if faults else "ok", "faults": faults})
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await respond(send, 503 if faults else 200, headers, body)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != PATH or self.health.draining:
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        await self._sockets(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.running():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen to events while the block lasts."""
        running = [asyncio.create_task(self.hub.run())]
        if self._follower is not None:
            running.append(asyncio.create_task(self._follower.run()))
        try:
            yield
        finally:
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def follow(self, follower: Follower) -> None:
        """Let the schema follow the definitions of custom fields; before ``running``."""
        self._follower = follower
        self.hub.watchers.append(follower)
        self.health.custom_fields = follower

    async def drain(self, seconds: float = 5.0) -> None:
        """Take no more sockets and end those that are open; requests in progress go on."""
        self.health.draining = True
        await self.connections.drain(EdgeRules.the_server_is_going_away(), seconds)


def events_of_all() -> frozenset[str]:
    """Every event type of every service."""
    return frozenset(each for service in services().values() for each in service.events)


def schema_options(settings: GatewaySettings) -> Options:
    """What the profile and the limits mean for the schema."""
    return Options(
        rules=(limited_shape(settings.limits),),
        max_tokens=settings.limits.tokens,
        introspection=settings.development,
        suggestions=settings.development,
    )


def public_mutations() -> frozenset[str]:
    """Mutations that need no session, by their names outside: these are rated more strictly."""
    commands = (each for service in services().values() for each in service.commands.values())
    return frozenset(camel(each.name) for each in commands if each.public and each.policy == PUBLIC)


def own_mutations() -> frozenset[str]:
    """Mutations about one's own account, by their names outside: after these the caller may do other things."""
    commands = (each for service in services().values() for each in service.commands.values())
    return frozenset(camel(each.name) for each in commands if each.public and each.policy in (ACCOUNT, AUTHENTICATED))


def create_gateway(
    settings: GatewaySettings,
    client: Client,
    feed: Feed,
    schema: GatewaySchema | None = None,
    *,
    files: FileObjects | None = None,
    sealed: SealedObjects | None = None,
) -> Gateway:
    """The gateway over all services that have a protocol. ``files``: the folder whose signed addresses it serves.

    ``sealed``: what it opens on the way out; absent, what lies sealed in that folder.
    """
    holder = SchemaHolder(schema or build_schema(options=schema_options(settings)))
    engine = Engine(holder, execute, subscribe, public_mutations(), own_mutations())
    gateway = Gateway(settings, engine, client, feed, files, sealed=sealed)
    gateway.follow(Follower(holder, client))
    return gateway
