"""The yardstick: one prepared statement that builds the whole answer, behind the least that an HTTP server can be."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import msgspec
from psycopg.conninfo import conninfo_to_dict

from bench import customer_sql, direct_sql

STATEMENTS = {
    "identity": {
        "Q1": direct_sql.PAGE,
        "Q2": direct_sql.ONE,
        "Q2d": direct_sql.TEAM,
        "Q3": direct_sql.FILTERED,
        "M1": direct_sql.CREATE,
    },
    "customer": {
        "CQ1": customer_sql.PAGE,
        "CQ2": customer_sql.ONE,
        "CQ3": customer_sql.FILTERED,
        "CM1": customer_sql.CREATE,
        "CM2": customer_sql.CLAIM,
        "CM3": customer_sql.FOLLOW,
    },
}


class Direct:
    """The ASGI application: ``POST /<workload>`` with the variables as JSON, answered by one statement."""

    def __init__(self, database_urls: Mapping[str, str], path: str, viewer: str, *, connections: int) -> None:
        self._urls = database_urls
        self._viewer = viewer
        self._reach = (path, path.rstrip("/") + "0")
        self._count = connections
        self._idle: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, or the server's start."""
        if scope["type"] == "lifespan":
            await receive()
            await self._connect()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        message = await receive()
        body: bytes = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        # without a body somebody only asks whether it is there
        answer = await self._answer(scope["path"][1:], msgspec.json.decode(body)) if body else b"{}"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, key: str, variables: dict[str, Any]) -> bytes:
        statements = await self._idle.get()
        try:
            found: str = await statements[key].fetchval(*self._arguments(key, variables))
        finally:
            self._idle.put_nowait(statements)
        return found.encode()

    def _arguments(self, key: str, variables: dict[str, Any]) -> tuple[Any, ...]:
        if key == "Q1":
            return (_key(variables["department"]),)
        if key in ("Q2", "Q2d"):
            return (_key(variables["id"]), self._reach[0])
        if key == "Q3":
            return (f"%{variables['text']}%", *self._reach)
        if key.startswith("C"):
            return self._of_customers(key, variables)
        given = variables["input"]
        return (given["name"], _key(given["departmentId"]))

    def _of_customers(self, key: str, variables: dict[str, Any]) -> tuple[Any, ...]:
        if key == "CQ1":
            return (*self._reach, variables["region"])
        if key == "CQ2":
            return (*self._reach, _key(variables["id"]))
        if key == "CQ3":
            return (*self._reach, variables["region"], variables["level"], variables["text"])
        given = variables["input"]
        if key == "CM1":
            return (given["name"], given["phone"], self._viewer)
        if key == "CM2":
            return ([_key(each) for each in given["ids"]], self._viewer)
        return (_key(given["customerId"]), given["content"], self._viewer)

    async def _connect(self) -> None:
        for _ in range(self._count):
            prepared: dict[str, Any] = {}
            for service, url in self._urls.items():
                place = conninfo_to_dict(url)
                connection = await asyncpg.connect(
                    host=str(place["host"]), port=int(str(place["port"])), user=str(place["user"]),
                    database=str(place["dbname"]),
                )  # fmt: skip
                prepared |= {key: await connection.prepare(sql) for key, sql in STATEMENTS[service].items()}
            self._idle.put_nowait(prepared)


def _key(global_id: str) -> str:
    return base64.b64decode(global_id).partition(b":")[2].decode()
