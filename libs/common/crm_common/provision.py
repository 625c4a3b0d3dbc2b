"""Makes a service's database and its two roles: one that owns and migrates, one that runs and may do less."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import sqlalchemy as sa
from psycopg import sql

_LOCK = 0x63726D00


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Where a service finds its database: ``owner_url`` migrates, ``url`` runs."""

    owner_url: str
    url: str


def database(
    admin_url: str,
    service: str,
    *,
    password: str | None = None,
    owner_password: str | None = None,
    name: str | None = None,
) -> Provisioned:
    """Make roles ``crm_<service>_owner`` and ``crm_<service>`` and the database ``crm_<service>`` (or ``name``).

    What exists stays; passwords are set again (None: no password, where the server trusts its socket).
    ``admin_url`` may create roles and databases. Safe to call from several processes at once.
    """
    owner, runtime, name = f"crm_{service}_owner", f"crm_{service}", name or f"crm_{service}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        # roles and databases belong to the whole cluster, and so does what an advisory lock in this database guards
        admin.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        _role(admin, owner, owner_password)
        _role(admin, runtime, password)
        if not admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user AND rolsuper").fetchone():
            admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner)))
        _database(admin, name, owner, runtime)
    return Provisioned(_url(admin_url, owner, owner_password, name), _url(admin_url, runtime, password, name))


def runtime_role(connection: sa.Connection) -> str:
    """The role that runs what the present one owns: ``crm_identity_owner`` → ``crm_identity``; else a LookupError."""
    owner: str = connection.exec_driver_sql("SELECT current_user").scalar_one()
    if not owner.endswith("_owner"):
        raise LookupError(f"migrations run as the owner of the database, crm_<service>_owner, not as {owner}")
    return owner.removesuffix("_owner")


def _role(admin: psycopg.Connection, role: str, password: str | None) -> None:
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    if password is not None:
        admin.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def _database(admin: psycopg.Connection, name: str, owner: str, runtime: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
        # byte order, and case rules that come with PostgreSQL: no index depends on the machine's own library
        admin.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
                " LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            ).format(sql.Identifier(name), sql.Identifier(owner))
        )
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    admin.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(runtime))
    )


def _url(admin_url: str, role: str, password: str | None, name: str) -> str:
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    access = role if password is None else f"{role}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{access}@{place}", path=f"/{name}"))
