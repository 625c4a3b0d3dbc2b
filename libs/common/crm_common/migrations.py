"""Brings a service's database to the shape its code needs: Alembic revisions of its package, run one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from crm_common.jobs.tables import create_job_run
from crm_common.journal import partitions, tables
from crm_common.projections.tables import create_projections, create_setting_value
from crm_common.provision import runtime_role

BeforeUpgrade = Callable[[str, str], None]
"""Called with the present and the wanted revision, before an existing database is changed."""

# One number for all services: the lock is of the database, and each has its own.
_LOCK = 0x63726D01
# Alembic's `op` is one per process; the one-process product upgrades several databases.
_ONE_AT_A_TIME = threading.Lock()


def baseline(op: Any) -> None:
    """Make the tables that every service has; the first revision of each service calls it."""
    tables.create(op)
    create_job_run(op)
    create_setting_value(op)
    create_projections(op)


def run(owner_url: str, package: str, *, before_upgrade: BeforeUpgrade | None = None) -> str:
    """Upgrade the database to the newest revision of ``<package>/migrations/versions`` and answer that revision.

    ``owner_url`` connects as ``crm_<service>_owner``. All revisions go in one transaction: a fault leaves everything as
    it was. Several starting replicas may call this at once: one works, the others wait and find nothing to do.
    """
    script = _script(package)
    head = script.get_current_head()
    if head is None:
        raise LookupError(f"{package} ships no migrations")
    engine = sa.create_engine(_for_sqlalchemy(owner_url), poolclass=sa.NullPool)
    with _ONE_AT_A_TIME, engine.connect() as connection:
        # held by the session, not by the transaction: the next one in line then sees what was committed
        connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK)))
        connection.commit()
        _upgrade(connection, script, head, before_upgrade)
    return head


def _upgrade(
    connection: sa.Connection, script: ScriptDirectory, head: str, before_upgrade: BeforeUpgrade | None
) -> None:
    def steps(current: Any, _context: Any) -> Any:
        if before_upgrade is not None and current and current != (head,):
            before_upgrade(current[0], head)
        return script._upgrade_revs("head", current)

    with EnvironmentContext(Config(), script, fn=steps, as_sql=False) as environment:
        environment.configure(connection=connection, transaction_per_migration=False)
        with connection.begin():
            role = runtime_role(connection)
            for kinds, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
                connection.exec_driver_sql(
                    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kinds} TO {role}"
                )
            environment.run_migrations()
            connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {role}")
            connection.exec_driver_sql(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}")
            partitions.follow_restored_copy(connection)


def revision(connection: sa.Connection) -> str | None:
    """The revision a database is at; None where nothing was migrated yet. The runtime role may ask."""
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar_one() is None:
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    return found


def wanted_revision(package: str) -> str | None:
    """The revision that the code of ``package`` needs."""
    return _script(package).get_current_head()


def _script(package: str) -> ScriptDirectory:
    folder = files(package) / "migrations"
    return ScriptDirectory(str(folder))


def _for_sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
