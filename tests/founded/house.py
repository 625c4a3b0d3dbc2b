"""The identity service in this process on one database, and the people who call it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.clock import FixedClock
from crm_common.context import Actor, ActorKind, Context, Seal, system_context
from crm_common.errors import CrmError
from crm_common.payloads import _view
from crm_common.protocol.declare import Operation
from crm_common.protocol.identity import identity
from crm_common.protocol.selection import names
from crm_common.protocol.views import shape_of
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import load
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from identity.service import IdentityService
from identity.settings import IdentitySettings
from identity.store import roles

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


SECRET = b"a secret of the tests that has 32 bytes"
ENVIRONMENT = {
    "IDENTITY_DATABASE_URL": "postgresql://unused",
    "IDENTITY_KEY_SECRET": "another secret of the tests that has 32 bytes",
    "CRM_CLUSTER_SECRET": SECRET.decode(),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused call said, and that nothing changed."""

    code: str
    rule: str
    field: str | None
    details: dict[str, Any]


class House:
    """Identity on the database ``url``. Calls pass through the runtime: policies, codec, transaction, answer."""

    def __init__(self, url: str, *, size: int = 10) -> None:
        self.store = Store(url, service="identity", size=size)
        self.clock = FixedClock(NOW)
        self.settings = GivenSettings()
        self.runtime = LocalRuntime(seal=Seal(SECRET), clock=self.clock)
        environment = load(IdentitySettings, "IDENTITY_", ENVIRONMENT)
        self.service = self.runtime.add(
            IdentityService, store=self.store, settings=self.settings, environment=environment
        )
        self.service.container.start()

    def close(self) -> None:
        self.service.container.stop()
        self.store.close()

    def call(self, actor: Actor | None, method: str, **payload: Any) -> Any:
        """The decoded answer; every value of every record is selected unless ``select`` says otherwise."""
        context = Context(actor=actor, correlation_id="test", deadline=time.time() + 30, language="zh")
        return self._call(context, method, payload)

    def as_system(self, method: str, **payload: Any) -> Any:
        return self._call(system_context("identity", correlation_id="test"), method, payload)

    def refused(self, actor: Actor | None, method: str, **payload: Any) -> Refusal:
        """The refusal of a call that must be refused; fails if it went through or changed a single row."""
        before = self.rows()
        try:
            answer = self.call(actor, method, **payload)
        except CrmError as refusal:
            assert self.rows() == before, f"{method} was refused, but changed something"
            return Refusal(refusal.code.value, refusal.rule, refusal.field, refusal.details)
        raise AssertionError(f"{method} was not refused: {answer}")

    def rows(self) -> dict[str, str]:
        """A digest of every table, the journal included."""
        tables = [
            row[0]
            for row in self.store.rows(
                "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
                " AND has_table_privilege(c.oid, 'SELECT')"
            )
        ]
        digest = "SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {} AS t"
        return {table: self.store.rows(digest.format(f'"{table}"'))[0][0] for table in tables}

    def events(self, *types: str) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of the journal's events in order, of the given types or all."""
        return [
            (row[0], row[1])
            for row in self.store.rows("SELECT type, data FROM journal ORDER BY txid, position")
            if not types or row[0] in types
        ]

    def actor(self, employee_id: str | UUID) -> Actor:
        """The employee as identity describes him to others."""
        identifier = UUID(str(employee_id))
        with self.store.transaction() as connection:
            rights = roles.rights_of(connection, [identifier])[identifier]
        name, department = self.store.rows("SELECT name, department_id FROM employee WHERE id = %s", (identifier,))[0]
        return Actor(
            kind=ActorKind.EMPLOYEE,
            id=identifier,
            name=name,
            department_id=department,
            permissions=rights.permissions,
            scopes=rights.scopes,
            hidden=rights.hidden,
        )

    @property
    def admin(self) -> Actor:
        """The first administrator."""
        return self.actor(self.store.rows("SELECT id FROM employee WHERE login_name = 'admin'")[0][0])

    @property
    def root(self) -> dict[str, Any]:
        """The company's first department."""
        found: dict[str, Any] = self.call(self.admin, "departments", filter={"depth": {"eq": 0}})["nodes"][0]
        return found

    def department(self, name: str, parent: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A new department, below the root when nothing is said."""
        above = (parent or self.root)["id"]
        created: dict[str, Any] = self.call(self.admin, "create_department", name=name, parent_id=above)["department"]
        return created

    def position(self, name: str, department: Mapping[str, Any], *role_ids: str) -> dict[str, Any]:
        """A new position."""
        created: dict[str, Any] = self.call(
            self.admin, "create_position", name=name, department_id=department["id"], default_role_ids=role_ids
        )["position"]
        return created

    def employee(self, login_name: str, position: Mapping[str, Any], *role_ids: str, **data: Any) -> dict[str, Any]:
        """A new employee."""
        given = {"name": login_name, "initial_password": "Pass-word-1"} | data
        created: dict[str, Any] = self.call(
            self.admin,
            "create_employee",
            login_name=login_name,
            position_id=position["id"],
            role_ids=role_ids,
            **given,
        )["employee"]
        return created

    def role(self, name: str, *permissions: str, **data: Any) -> dict[str, Any]:
        """A new role."""
        created: dict[str, Any] = self.call(self.admin, "create_role", name=name, permissions=permissions, **data)[
            "role"
        ]
        return created

    def preset(self, code: str) -> dict[str, Any]:
        """A preset role."""
        found: dict[str, Any] = self.call(self.admin, "roles", filter={"code": {"eq": code}})["nodes"][0]
        return found

    def get(self, view: str, record_id: str, *fields: str) -> Any:
        """A record as the administrator sees it: all its values, or the given ones."""
        wanted = names(*fields) if fields else None
        return self.call(self.admin, f"{view}_by_ids", ids=[record_id], select=wanted)[0]

    def head(self, department: Mapping[str, Any], employee: Mapping[str, Any] | None) -> dict[str, Any]:
        """The department under another head."""
        changed: dict[str, Any] = self.call(
            self.admin,
            "set_department_head",
            id=department["id"],
            version=self.get("departments", department["id"])["version"],
            head_id=employee["id"] if employee else None,
        )["department"]
        return changed

    def _call(self, context: Context, method: str, payload: dict[str, Any]) -> Any:
        operation = identity.commands.get(method)
        if operation is not None and "select" not in payload:
            payload = payload | {"select": _everything(operation)}
        plain = codec.to_builtins(payload)
        return codec.decode_json(self.runtime.peers.call("identity", method, plain, replace(context)))


def _everything(operation: Operation) -> dict[str, str]:
    return {
        key: names(*(name for name, field in shape_of(view).fields.items() if field.view is None))
        for key, declared in operation.returns.items()
        if (view := _view(declared)) is not None
    }
